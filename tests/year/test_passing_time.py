"""A year after the real year, watched in one jump, in days, or in steps of any size: the store ends in the same state."""

import random
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.served import TESTS
from vinr_engagement.commands import (
    AdvanceClock,
    AttributeReferral,
    CreateCampaign,
    CreateReferral,
    CreateReward,
    IssueCredit,
    ReceiveEvent,
    RedeemReward,
    SetClock,
    Store,
    UpdateProgram,
    parse_event,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.demo.year import load_year
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import DAY, parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.referrals import Terms

BEGIN = parse_instant("2011-12-10T00:00:00Z")
DAYS = 366
EVERY = 8
"""One customer in so many is played: the days are what takes time."""

SPENDERS = 60
"""As many members have a redemption open when the year ends, store credit that expires, and friends whom they referred."""

PROGRAM: dict[str, Any] = {
    "redemption_ttl_hours": 40 * 24,
    "return_grace_days": 20,
    "currency": {"expiry": {"type": "rolling", "months": 9}},
    "hold_days": 14,
    "tier_config": {
        "qualify_on": "spend",
        "period": {"type": "rolling", "months": 12},
        "downgrade": {"mode": "immediate", "grace_days": 10},
        "tiers": [
            {"name": "Bronze", "rank": 0, "threshold": 0},
            {"name": "Silver", "rank": 1, "threshold": 50_000, "multiplier": "1.25"},
            {"name": "Gold", "rank": 2, "threshold": 200_000, "multiplier": "1.5"},
        ],
    },
}


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await Store.open("test", Settings(database_url=url, log_level="critical"))
    try:
        yield store
    finally:
        await store.close()


async def play(url: str) -> None:
    """The year, the clock standing at its end."""
    events = [parse_event(event) for event in load_year()]
    chosen = [event for event in events if _played(event.object)]
    async with opened(url) as store:
        await store.write_path.run(UpdateProgram("prog_default", PROGRAM), TESTS)
        await store.write_path.run(SetClock(BEGIN), TESTS)
        await store.write_path.run_each([ReceiveEvent(event) for event in chosen], TESTS)
        await leave_open(store)


async def leave_open(store: Store) -> None:
    """What has a deadline of its own: redemptions, credit, referrals."""
    run = store.write_path.run
    off = {"program": "prog_default", "name": "£1 off", "cost": 100, "value": {"amount": 100, "currency": "GBP"}}
    reward = await run(CreateReward(off), TESTS)
    double = {"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}
    schedule = {"starts_at": BEGIN + 30 * DAY, "ends_at": BEGIN + 100 * DAY}
    weekend = {"program": "prog_default", "name": "Later", "mechanics": [double], "schedule": schedule}
    await run(CreateCampaign({**weekend, "status": "active"}), TESTS)

    async def richest(session: Session) -> list[tuple[Any, ...]]:
        return await session.fetch(
            "select id from accounts where balance > 500 order by balance, id limit $1", SPENDERS
        )

    for place, (account,) in enumerate(await store.database.read(richest)):
        await run(RedeemReward(account, reward["id"], 1 + place % 5, {}), TESTS)
        await run(IssueCredit(account, 500, "GBP", None, {}, BEGIN + (place + 1) * 3 * DAY), TESTS)
        code = (await run(CreateReferral("prog_default", account, Terms(5, 5, 0, 1 + place * 2), {}), TESTS))["code"]
        await run(AttributeReferral(code, None, f"cust_friend_{place}"), TESTS)


def _played(body: dict[str, Any]) -> bool:
    """Payments of some customers, and every refund: those of other payments wait for ever, as they should."""
    customer = body.get("customer")
    return "payment" in body or (customer is not None and int(customer.rpartition("_")[2]) % EVERY == 0)


async def pass_time(url: str, days: Iterator[int]) -> dict[str, Any]:
    """What a store holds once time has passed in these steps, the sweep running after each."""
    async with opened(url) as store:
        now = BEGIN
        for step in days:
            now += step * DAY
            await store.write_path.run(AdvanceClock(now), TESTS)
            await store.sweep()
        assert now == BEGIN + DAYS * DAY
        assert (await verify(store.database)).faults == []
        return await store.database.read(_state)


async def _state(session: Session) -> dict[str, Any]:
    """All that a reader can tell, but for ids and for when it was written."""
    accounts = await session.fetch(
        "select id, status, balance, pending_balance, lifetime_points, tier, tier_earned, tier_kept_until,"
        " tier_below_since, sequence, activity_at from accounts order by id"
    )
    rows = await session.fetch(
        "select account, type, amount, balance_after, reason, source_type, effective_at, explanation from transactions"
        " order by account, id"
    )
    lots = await session.fetch("select account, id, remaining, expired, pending, noticed_for from lots order by 1, 2")
    redemptions = await session.fetch("select id, status, released_at from redemptions order by id")
    wallets = await session.fetch("select account, currency, balance from wallets order by 1, 2")
    referrals = await session.fetch("select id, status, ended_at from referrals order by id")
    told = await session.fetch("select account, sequence, type, data from outgoing_events order by 1, 2")
    return {
        "accounts": accounts,
        "rows": rows,
        "lots": lots,
        "redemptions": redemptions,
        "wallets": wallets,
        "referrals": referrals,
        "told": [(account, sequence, kind, _timeless(data)) for account, sequence, kind, data in told],
    }


def _timeless(data: str) -> dict[str, Any]:
    body: dict[str, Any] = json.decode(data)["object"]
    return {name: value for name, value in body.items() if name not in ("id", "created_at", "updated_at")}


HAPPENING = {
    "loyalty.points.available",
    "loyalty.points.expired",
    "loyalty.points.expiring",
    "loyalty.tier.changed",
    "redemption.released",
    "credit.expired",
    "referral.rejected",
    "campaign.started",
    "campaign.ended",
}
"""All that time can bring."""


def random_steps(seed: int) -> Iterator[int]:
    draw, left = random.Random(seed), DAYS
    while left:
        step = min(left, draw.choice((1, 2, 7, 30, 90)))
        left -= step
        yield step


async def copy_of(url: str, name: str) -> str:
    """The URL of another database with the same content."""
    parts = urlsplit(url)
    if url.startswith("sqlite"):
        source = Path(parts.path[1:] if parts.path.startswith("//") else parts.path)
        for file in source.parent.glob(f"{source.stem}*"):
            shutil.copy(file, file.with_name(file.name.replace(source.stem, name, 1)))
        return url.replace(source.name, source.name.replace(source.stem, name, 1))
    database = parts.path.removeprefix("/")
    connection = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
    try:
        await connection.execute(f"create database {database}_{name} template {database} strategy file_copy")
    finally:
        await connection.close()
    return urlunsplit(parts._replace(path=f"/{database}_{name}"))


@pytest.mark.anyio
async def test_a_year_in_one_jump_in_days_and_in_steps_of_any_size(database_url: str) -> None:
    await play(database_url)
    ways = {"jump": iter([DAYS]), "days": iter([1] * DAYS), "random": random_steps(20111209)}
    found = {name: await pass_time(await copy_of(database_url, name), steps) for name, steps in ways.items()}
    jump = found.pop("jump")
    kinds = {kind for _, _, kind, _ in jump["told"]}
    assert kinds >= HAPPENING
    for name, state in found.items():
        for part, expected in jump.items():
            differing = [pair for pair in zip(expected, state[part], strict=False) if pair[0] != pair[1]]
            assert (name, part, len(state[part]), differing[:3]) == (name, part, len(expected), [])
