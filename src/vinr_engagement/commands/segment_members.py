"""Who is in a segment: all members of its program looked at, some at a time, with the conditions that events are judged by.

Nothing is settled and nothing is written: a member counts as the store has them. Each chunk is read by itself, so members
that change meanwhile count as they are when their chunk is read.
"""

from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

from vinr_engagement import members, rules, tiers
from vinr_engagement.commands.appraise import DaysCounted, account_facts, window_of
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Database, Session, Wanted
from vinr_engagement.foundation.database.page import Filters, Window
from vinr_engagement.members import Account
from vinr_engagement.programs import Program
from vinr_engagement.rules import Segment

CHUNK_ACCOUNTS = 250
"""So many are read and judged together: some milliseconds of work."""
PAGE_LOOKS_AT = 10_000
"""A page of members looks at no more accounts than this, however few of them are in the segment."""


class MembersPage(NamedTuple):
    """Members, newest first. ``cursor`` continues in the direction asked for; ``None`` where nobody is left to look at."""

    members: list[Account]
    cursor: str | None
    looked_at: int


class Count(NamedTuple):
    """How many members a segment has, of how many that were looked at."""

    members: int
    looked_at: int


class Census(NamedTuple):
    """Whose members are looked at, when, and what has to be known of each."""

    program: Program
    segment: Segment
    at: Instant

    @property
    def windows(self) -> dict[str, DaysCounted]:
        """The days that the segment's behavioural facts go by."""
        found = {name: window_of(self.program, name, self.at) for name in sorted(self.segment.needs.behaviour)}
        return {name: window for name, window in found.items() if window is not None}


async def members_page(database: Database, census: Census, window: Window) -> MembersPage:
    """The active members of a segment after (or before) a place in the list of all accounts.

    The page may hold fewer than were asked for, even none, and still lead on: see :data:`PAGE_LOOKS_AT`.
    """
    found: list[Account] = []
    looked_at, cursor = 0, None
    async for accounts, is_in in _chunks(database, census, window):
        found += [account for account, inside in zip(accounts, is_in, strict=True) if inside]
        looked_at += len(accounts)
        if len(found) > window.limit:
            found = found[: window.limit]
            cursor = found[-1].id
            break
        if looked_at >= PAGE_LOOKS_AT:
            cursor = accounts[-1].id
            break
    return MembersPage(found if window.before is None else found[::-1], cursor, looked_at)


async def count_members(database: Database, census: Census) -> Count:
    """How many active members are in a segment."""
    inside = looked_at = 0
    async for accounts, is_in in _chunks(database, census, Window(0)):
        inside, looked_at = inside + sum(is_in), looked_at + len(accounts)
    return Count(inside, looked_at)


_Chunk = tuple[list[Account], list[bool]]
"""Accounts that follow each other, and whether each is in the segment."""


async def _chunks(database: Database, census: Census, window: Window) -> AsyncIterator[_Chunk]:
    """All active accounts of the program in the direction of the window, judged."""
    while True:
        accounts, is_in = await _read_chunk(database, census, window)
        if accounts:
            yield accounts, is_in
        if len(accounts) < CHUNK_ACCOUNTS:
            return
        last = accounts[-1].id
        window = Window(0, after=last) if window.before is None else Window(0, before=last)


async def _read_chunk(database: Database, census: Census, window: Window) -> _Chunk:
    async def read(session: Session) -> _Chunk:
        accounts = await _accounts(session, census.program.id, window)
        return accounts, await _judged(session, census, accounts) if accounts else []

    return await database.read(read)


async def _accounts(session: Session, program: str, window: Window) -> list[Account]:
    filters, order = Filters().equal("program", program).equal("status", "active"), "desc"
    if window.before is not None:
        filters, order = filters.where("id > {}", window.before), "asc"
    elif window.after is not None:
        filters.where("id < {}", window.after)
    ending = f" order by id {order} limit {CHUNK_ACCOUNTS}"
    return await session.rows(members.ACCOUNTS, filters.sql() + ending, *filters.arguments)


async def _judged(session: Session, census: Census, accounts: list[Account]) -> list[bool]:
    needs, holds = census.segment.needs, census.segment.holds
    customers = await _customers(session, accounts) if needs.customer else {}
    behaviour = await _behaviour(session, census, accounts) if census.windows else {}
    nothing: dict[str, int] = {}
    is_in = []
    for account in accounts:
        known = behaviour.get(account.id, nothing)
        facts = rules.Facts(
            {},
            account_facts(account),
            census.at,
            customer=None if account.customer is None else customers.get(account.customer),
            behaviour=_reader(account, known),
        )
        is_in.append(holds(facts))
    return is_in


def _reader(account: Account, known: dict[str, int]) -> rules.Behaviour:
    return lambda name: account.redemptions if name == "redemptions_total" else known.get(name, 0)


async def _customers(session: Session, accounts: list[Account]) -> dict[str, dict[str, object]]:
    """The mirrored customers of accounts, by id."""
    keys = [members.customer_key(account.customer) for account in accounts if account.customer is not None]
    found = await session.find(members.CUSTOMERS, keys) if keys else []
    return {row.id: json.decode(row.body) for row in found}


async def _behaviour(session: Session, census: Census, accounts: list[Account]) -> dict[str, dict[str, int]]:
    """The sums of each account that go by days, by the fact's name; an account without any is left out."""
    names = list(census.windows)
    sums = ", ".join(
        f"sum(case when t.day between {window.first} and {window.last} then t.{window.measure} else 0 end)"
        for window in census.windows.values()
    )
    low, high = sorted((accounts[0].id, accounts[-1].id))
    rows = await session.fetch(
        f"select a.id, {sums} from accounts a join daily_totals t on t.bucket = a.bucket and t.account = a.id"
        " where a.id between $1 and $2 and a.program = $3 and a.status = 'active' group by a.id",
        low,
        high,
        census.program.id,
    )
    found = {account: dict(zip(names, map(int, values), strict=True)) for account, *values in rows}
    await _add_merged(session, census, accounts, found)
    return found


async def _add_merged(
    session: Session, census: Census, accounts: Iterable[Account], found: dict[str, dict[str, int]]
) -> None:
    """Adds what accounts brought with them that were merged into these: it stands in other buckets."""
    elsewhere = [(bucket, account.id) for account in accounts for bucket in account.all_buckets()[1:]]
    if not elsewhere:
        return
    (rows,) = await session.gather([Wanted(tiers.TOTALS_OF_ACCOUNT, elsewhere, lock=False)])
    for total in rows:
        sums = found.setdefault(total.account, {})
        for name, window in census.windows.items():
            if window.first <= total.day <= window.last:
                sums[name] = sums.get(name, 0) + getattr(total, window.measure)
