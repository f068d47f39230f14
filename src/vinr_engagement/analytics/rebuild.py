"""Counting the totals from the rows themselves: when a store first has them, when they are in doubt, and to verify them."""

from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final, NamedTuple

import msgspec

from vinr_engagement.analytics.rollup import Addition, names_a_kind, parts_of, programs_of, state_of, take_turn
from vinr_engagement.analytics.tables import (
    ACTIVITY,
    COHORT_TOTALS,
    MOVEMENTS,
    QUARTER,
    STATE,
    TOTALS,
    Movement,
    RollUpState,
)
from vinr_engagement.analytics.tally import MEMBERS, Tally
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Changes, Database, Session, Table
from vinr_engagement.ledger import LOTS, Lot, Taken
from vinr_engagement.members import ACCOUNTS, Account
from vinr_engagement.programs import Program
from vinr_engagement.rewards import REDEMPTIONS

RANGE_ACCOUNTS: Final = 5_000
"""About how many accounts are in memory at once."""
SAVED_AT_ONCE: Final = 500


class Row(msgspec.Struct, gc=False):
    """What is looked at of a ledger row."""

    program: str
    unit: str
    type: str
    amount: int
    original_account: str
    available_at: int | None
    effective_at: int
    account: str
    taken: str | None


_ROWS = (
    "select program, unit, type, amount, original_account, available_at, effective_at, account,"
    " case when amount < 0 and unit = 'points' and type in ('reverse', 'expire') then explanation end"
    " from transactions where bucket between $1 and $2"
)
_STATUS_EVENTS = (
    "select a.program, o.account, o.type, o.created_at from outgoing_events o"
    " join accounts a on a.bucket = o.bucket and a.id = o.account"
    " where o.bucket between $1 and $2 and o.type in ('loyalty.account.closed', 'loyalty.account.reopened')"
)


Days = dict[tuple[str, int], tuple["array[int]", "array[int]"]]
"""Who did something on each day of each program: their digests, and the months of their enrolment."""


class Recount(NamedTuple):
    """The totals as the rows of a snapshot make them."""

    addition: Addition
    days: Days


async def recount(session: Session, known: dict[str, Program]) -> Recount:
    """Counts everything in a snapshot. Memory is bounded by the number of accounts times the days on which each did something."""
    addition, days = Addition(), Days()
    async for first, last in _ranges(session):
        tally = Tally()
        accounts = {row.id: row for row in await session.rows(ACCOUNTS, "bucket between $1 and $2", first, last)}
        _count_accounts(tally, accounts.values())
        await _count_closings(session, tally, accounts, first, last)
        for redemption in await session.rows(REDEMPTIONS, "bucket between $1 and $2", first, last):
            tally.count_redemption(redemption, 1)
        await _count_ledger(session, tally, accounts, first, last)
        addition.add(tally, known)
        _move_days(addition, days)
    return Recount(addition, days)


def _move_days(addition: Addition, days: Days) -> None:
    """Ten bytes for each member and day, where a dictionary has a hundred."""
    for key, found in addition.days.items():
        members, cohorts = days.setdefault(key, (array("Q"), array("l")))
        members.extend(found)
        cohorts.extend(found.values())
    addition.days.clear()


async def _ranges(session: Session) -> AsyncIterator[tuple[int, int]]:
    ((count,),) = await session.fetch("select count(*) from accounts")
    width = max(1, ids.BUCKETS // (1 + count // RANGE_ACCOUNTS))
    for first in range(0, ids.BUCKETS, width):
        yield first, min(first + width, ids.BUCKETS) - 1


def _count_accounts(tally: Tally, accounts: Iterable[Account]) -> None:
    """Members as they are; when they were closed is told by events, when they were merged by their row."""
    for account in accounts:
        tally.count_account(None, account, dated=False)
        if account.merged_at is not None:
            tally.add(account.program, MEMBERS, "merged", account.merged_at // QUARTER, 0, 1)


async def _count_closings(session: Session, tally: Tally, accounts: dict[str, Account], first: int, last: int) -> None:
    closed: dict[str, int] = defaultdict(int)
    for program, account, event_type, moment in await session.fetch(_STATUS_EVENTS, first, last):
        number = 1 if event_type == "loyalty.account.closed" else -1
        closed[account] += number
        tally.add(program, MEMBERS, "closed", moment // QUARTER, 0, number)
    for name, number in closed.items():
        account = accounts[name]  # of this bucket, as the query has it
        if account.merged_at is not None and number:
            tally.add(account.program, MEMBERS, "closed", account.merged_at // QUARTER, 0, -number)


async def _count_ledger(session: Session, tally: Tally, accounts: dict[str, Account], first: int, last: int) -> None:
    """Rows and lots of some buckets; what belongs to nothing that is there is passed over, for ``vinr verify`` to name."""
    lots = {(lot.bucket, lot.id): lot for lot in await session.rows(LOTS, "bucket between $1 and $2", first, last)}
    own, programs = list(lots.values()), dict[str, str]()
    for values in await session.fetch(_ROWS, first, last):
        row = Row(*values)
        programs[row.account] = row.program
        if row.original_account not in accounts:
            continue
        tally.count_row(row, accounts[row.original_account].enrolled_at)
        if row.taken is not None:
            taken = [(ids.carried_bucket(part["lot"]) or 0, part["lot"], part["amount"]) for part in _parts(row.taken)]
            await _gather(session, lots, row.account, taken)
            there = [part for part in taken if part[:2] in lots]
            tally.count_taken(row, there, lambda each: lots[each[:2]])
    for lot in own:
        if lot.account in programs:
            tally.count_lot(programs[lot.account], None, lot)


def _parts(explanation: str) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = json.decode(explanation).get("lots", [])
    return parts


async def _gather(session: Session, lots: dict[tuple[int, str], Lot], account: str, taken: list[Taken]) -> None:
    """Lots of accounts merged into this one may be in other buckets."""
    missing = [(bucket, account, lot) for bucket, lot, _ in taken if (bucket, lot) not in lots]
    for lot in await session.find(LOTS, missing) if missing else []:
        lots[lot.bucket, lot.id] = lot


async def rebuild(database: Database, now: Instant) -> None:
    """Counts everything anew, beside whoever writes meanwhile. ``now`` is real time.

    Raises ``Contention`` where somebody else changed the totals in between: try again.
    """

    async def read(session: Session) -> tuple[RollUpState, Recount, list[Movement], dict[str, str]]:
        state, known = await state_of(session), await programs_of(session)
        included = [Movement(name, "", 0) for (name,) in await session.fetch("select id from movements")]
        counted = await recount(session, known)
        return state, counted, included, {name: program.timezone for name, program in known.items()}

    state, counted, included, zones = await database.read(read)

    async def write(session: Session) -> None:
        await take_turn(session, state)
        for table in (TOTALS, COHORT_TOTALS, ACTIVITY):
            await session.execute(f"delete from {table.name}")
        after = RollUpState(1, state.turn + 1, now, json.text(zones))
        before = RollUpState(1, state.turn + 1, None, "")
        await session.save(Changes({MOVEMENTS: included} if included else {}, {STATE: [(before, after)]}, {}))
        for table, rows in _rows_of(counted):
            for at in range(0, len(rows), SAVED_AT_ONCE):
                await session.save(Changes({}, {}, {table: rows[at : at + SAVED_AT_ONCE]}))

    await database.write(write)


def _rows_of(counted: Recount) -> Iterable[tuple[Table[Any], list[Any]]]:
    yield TOTALS, [row for row in counted.addition.totals.values() if row.amount or row.number or names_a_kind(row)]
    yield COHORT_TOTALS, list(counted.addition.cohorts.values())
    for (program, day), (members, cohorts) in counted.days.items():
        found = dict(zip(members, cohorts, strict=True))
        yield ACTIVITY, list(parts_of(program, day, 0, {}, found))
