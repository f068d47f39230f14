"""Trying a program's rules on what really happened: today's and proposed ones beside each other, without effect.

A few events are read at a time, and each is judged by itself before others get their turn: neither the database nor the
process stops for it. Each read has its own snapshot; an event is judged by both sides at once.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from vinr_engagement import inbox, members
from vinr_engagement.commands import appraise, campaigning, gathering, standing
from vinr_engagement.commands.backtest_report import Report
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.trial import Trial
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Database, Key, Need, NotGathered, Session, State
from vinr_engagement.inbox import ReceivedEvent
from vinr_engagement.members import Account
from vinr_engagement.members import queries as member_queries
from vinr_engagement.rules import Verdict

LOOKED_THROUGH = 20_000
"""How many of the last received events are looked through for those that a rule reacts to."""
SECONDS = 5
"""After so long what was tried by then is answered."""
_PAGE = 500
_AT_ONCE = 50
_LAST = "\U0010ffff"


class Subject(NamedTuple):
    """An event of the program: where it is, and the member that it is about; without one, a customer who would be enrolled."""

    event: Key
    account: Key | None
    customer: str | None


async def backtest(database: Database, context: Context, trial: Trial, last: int) -> dict[str, Any]:
    """What the program's last events would bring by both sides; the oldest of them is tried first."""
    until = time.perf_counter() + SECONDS
    subjects = await _last_subjects(database, trial, last)
    report = Report(trial, len(subjects), last)
    for first in range(0, len(subjects), _AT_ONCE):
        piece = subjects[first : first + _AT_ONCE]
        own = replace(context, state=State())
        rows = await database.read(lambda session, own=own, piece=piece: _gather(session, own, trial, piece))
        for subject in piece:
            if time.perf_counter() > until:
                return report.answer(stopped=True)
            await _try(database, own, trial, rows[subject.event], subject, report)
            await asyncio.sleep(0)  # others' turn
    return report.answer()


# which events


async def _last_subjects(database: Database, trial: Trial, last: int) -> list[Subject]:
    """The program's last events that a rule of either side reacts to, the oldest first."""
    subjects: list[Subject] = []
    since, before = await _first_looked_at(database), _LAST
    while trial.triggers and len(subjects) < last and before:
        found, before = await database.read(
            lambda session, before=before: _subjects_before(session, trial, since, before)
        )
        subjects += found
    return subjects[:last][::-1]


async def _first_looked_at(database: Database) -> str:
    found = await database.ask(
        "select received_id from received_events order by received_id desc limit 1 offset $1", LOOKED_THROUGH - 1
    )
    return found[0][0] if found else ""


async def _subjects_before(session: Session, trial: Trial, since: str, before: str) -> tuple[list[Subject], str]:
    """Some of the events, the last one first, and where to go on; nowhere once there are no more."""
    triggers = sorted(trial.triggers)
    types = ", ".join(f"${number}" for number in range(3, 3 + len(triggers)))
    rows = await session.fetch(
        "select received_id, bucket, id, customer, account from received_events where received_id >= $1 and received_id < $2"
        f" and type in ({types}) and outcome <> '' and not (status = 'ignored' and outcome like {_TOLD_BEFORE})"
        f" order by received_id desc limit {_PAGE}",
        since,
        before,
        *triggers,
    )
    holders = await _holders(session, trial, {(customer, account) for *_, customer, account in rows})
    subjects = []
    for _, bucket, event, customer, account in rows:
        known, holder = holders[customer, account]
        if holder is not None or (not known and customer is not None and trial.program.auto_enroll):
            key = None if holder is None else members.account_key(holder.id)
            subjects.append(Subject((bucket, event), key, customer))
    return subjects, rows[-1][0] if len(rows) == _PAGE else ""


_TOLD_BEFORE = '\'%"reason":"payment_already_completed"%\''

_Named = tuple[str | None, str | None]


async def _holders(session: Session, trial: Trial, named: set[_Named]) -> dict[_Named, tuple[bool, Account | None]]:
    """For customers and the accounts that events without one reached or named: whether that is anybody's, and who earns."""
    program = trial.program.id
    keys = [members.link_key(customer, program) for customer in {customer for customer, _ in named if customer}]
    links = {link.customer: link.account for link in await session.find(members.LINKS, keys)} if keys else {}
    wanted = {each: links.get(each[0] or "") or each[1] for each in named}
    accounts = await _survivors(session, {identifier for identifier in wanted.values() if identifier is not None})
    found: dict[_Named, tuple[bool, Account | None]] = {}
    for each, identifier in wanted.items():
        account = None if identifier is None else accounts.get(identifier)
        earns = account is not None and account.program == program and members.may_earn(account)
        found[each] = identifier is not None, account if earns else None
    return found


async def _survivors(session: Session, identifiers: set[str]) -> dict[str, Account]:
    """The accounts that now hold what these held, by the ids of these."""
    accounts = {account.id: account for account in await member_queries.get_accounts(session, identifiers)}
    return {identifier: await member_queries.survivor_of(session, account) for identifier, account in accounts.items()}


# what they would bring


async def _gather(session: Session, own: Context, trial: Trial, piece: Sequence[Subject]) -> dict[Key, ReceivedEvent]:
    """The events of some subjects; all that rules look at for them is in the state afterwards."""
    rows = await session.find(inbox.RECEIVED_EVENTS, [subject.event for subject in piece])
    found = {(row.bucket, row.id): row for row in rows}
    keys = [subject.account for subject in piece if subject.account is not None]
    await gathering.gather(session, own.state, [(members.ACCOUNTS, key) for key in keys], lock=False)
    needs = [need for subject in piece for need in _needs(own, trial, found[subject.event], subject)]
    await gathering.gather(session, own.state, needs, lock=False)
    return found


def _needs(own: Context, trial: Trial, event: ReceivedEvent, subject: Subject) -> list[Need]:
    account = _account_in(own, subject)
    wanted, needs = trial.entry.needs_of(event.type), list[Need]()
    customer = subject.customer if account is None else account.customer
    if wanted.customer and customer is not None:
        needs.append((members.CUSTOMERS, members.customer_key(customer)))
    if wanted.behaviour and account is not None:
        needs += standing.totals_needed(account)
    return needs


def _account_in(own: Context, subject: Subject) -> Account | None:
    return None if subject.account is None else own.state.find(members.ACCOUNTS, subject.account)


async def _try(
    database: Database, own: Context, trial: Trial, event: ReceivedEvent, subject: Subject, report: Report
) -> None:
    if event.outcome == inbox.ERASED:  # since it was found
        return
    event_object = json.decode(event.body)["data"]["object"]
    while True:
        try:
            verdicts = _verdicts(own, trial, event, event_object, subject)
        except NotGathered as missing:
            needs = missing.needs
            await database.read(lambda session, needs=needs: gathering.gather(session, own.state, needs, lock=False))
        else:
            report.add(
                event, event_object, None if subject.account is None else subject.account[1], subject.customer, verdicts
            )
            return


def _verdicts(
    own: Context, trial: Trial, event: ReceivedEvent, event_object: dict[str, Any], subject: Subject
) -> list[Verdict]:
    """One for each rule of the event's type, of both sides."""
    entry, account = trial.entry, _account_in(own, subject)
    facts = appraise.facts_of(own, entry, event.type, account, event_object, event.occurred_at, subject.customer)
    factors = campaigning.factors_in_force(entry, event.type, account, facts)
    return appraise.verdicts(entry, entry.rules_for(event.type), account, facts, factors)
