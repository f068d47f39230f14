"""Tiers behind the API: what `verify` finds wrong with them, merges within one bucket, batches that began before an edit."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    AdvanceClock,
    CreateAccount,
    MergeAccounts,
    PinTier,
    ReceiveEvent,
    SetClock,
    Store,
    UpdateProgram,
    parse_event,
)
from vinr_engagement.commands.configuration import Configuration
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.members import Account
from vinr_engagement.members import queries as member_queries

TIERS = [
    {"name": "Bronze", "rank": 0, "threshold": 0},
    {"name": "Silver", "rank": 1, "threshold": 10_000},
    {"name": "Gold", "rank": 2, "threshold": 30_000},
]
pytestmark = pytest.mark.anyio


class Club:
    """A store whose members climb by what they spend in twelve months."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ids: dict[str, str] = {}
        self.sent = 0

    async def run(self, command: Any) -> Any:
        return await self.store.write_path.run(command, Origin("tests"))

    async def configure(self, **config: Any) -> None:
        await self.run(UpdateProgram("prog_default", {"tier_config": config}))

    async def enrol(self, name: str) -> str:
        self.ids[name] = (await self.run(CreateAccount("prog_default", f"cust_{name}", {})))["id"]
        return self.ids[name]

    async def hear(self, event_type: str, **body: Any) -> None:
        self.sent += 1
        raw = {
            "id": f"evt_{self.sent}",
            "type": event_type,
            "created_at": "2026-04-01T11:00:00Z",
            "data": {"object": body},
        }
        await self.run(ReceiveEvent(parse_event(raw)))

    async def pay(self, name: str, payment: str, amount: int) -> None:
        await self.hear("payment.completed", id=payment, amount=amount, currency="GBP", customer=f"cust_{name}")

    async def merge(self, source: str, target: str) -> None:
        await self.run(MergeAccounts(self.ids[source], self.ids[target], dry_run=False))

    async def account(self, name: str) -> Account:
        found = await self.store.database.read(lambda session: member_queries.get_account(session, self.ids[name]))
        assert found is not None
        return found

    async def damage(self, sql: str) -> None:
        async def change(session: Session) -> int:
            return await session.execute(sql.format(**self.ids))

        assert await self.store.database.write(change) > 0, "nothing was damaged"

    async def faults(self) -> list[tuple[str | None, str, str]]:
        names = {identifier: name for name, identifier in self.ids.items()}
        report = await verify(self.store.database)
        return [(names.get(fault.account or ""), fault.invariant, fault.message) for fault in report.faults]


@pytest.fixture
async def club(database_url: str) -> AsyncIterator[Club]:
    """An empty one."""
    store = await Store.open("test", Settings(database_url=database_url))
    club = Club(store)
    await club.run(SetClock(parse_instant("2026-04-01T12:00:00Z")))
    await club.configure(qualify_on="spend", period={"type": "rolling", "months": 12}, tiers=TIERS)
    yield club
    await store.close()


@pytest.fixture
async def lively(club: Club) -> Club:
    """Ann, with what was Bob's, is in gold; Cy is pinned to silver; Di was refunded and is in bronze."""
    for name in ("ann", "bob", "cy", "di"):
        await club.enrol(name)
    await club.pay("ann", "pay_1", 25_000)
    await club.pay("bob", "pay_2", 9_000)
    await club.pay("di", "pay_3", 12_000)
    await club.hear("refund.completed", id="re_1", payment="pay_3", amount=5_000)
    await club.run(PinTier(club.ids["cy"], "silver", parse_instant("2026-05-01T00:00:00Z"), "press"))
    await club.merge("bob", "ann")
    return club


async def test_a_healthy_club_is_clean(lively: Club) -> None:
    assert [(await lively.account(name)).tier for name in ("ann", "bob", "cy", "di")] == [
        "gold",
        None,
        "silver",
        "bronze",
    ]
    assert await lively.faults() == []


DAMAGES = {
    "points of a day": (
        "update daily_totals set points = points + 7 where account = '{di}'",
        ("di", "days", "its days have 7 more points than it earned"),
    ),
    "points that are due": (
        "update transactions set qualifying = qualifying + 3 where account = '{di}' and type = 'earn'",
        ("di", "days", "its days have 3 less points"),
    ),
    "spend of a day": (
        "update daily_totals set spend = spend - 2 where account = '{di}'",
        ("di", "days", "counts -2 more spend and 0 more orders"),
    ),
    "spend on another day": (
        "update daily_totals set day = day + 1 where account = '{di}'",
        ("di", "days", "counts 7000 more spend and 1 more orders"),
    ),
    "orders of a day": (
        "update daily_totals set orders = 5 where account = '{di}'",
        ("di", "days", "counts 0 more spend and 4 more orders"),
    ),
    "a day that is gone": (
        "delete from daily_totals where account = '{di}'",
        ("di", "days", "counts -7000 more spend and -1 more orders"),
    ),
    "days that stayed behind": (
        "update daily_totals set account = '{bob}' where account = '{ann}' and spend = 9000",
        ("bob", "merge", "owns 1 daily total rows"),
    ),
    "days of a merged account that the survivor does not look for": (
        "update accounts set buckets = '[]' where id = '{ann}'",
        ("ann", "bucket", "daily total rows are in bucket"),
    ),
    "a tier that does not exist": (
        "update accounts set tier = 'platinum' where id = '{di}'",
        ("di", "tier", "it is in the tier platinum, its program has bronze, silver, gold"),
    ),
    "an earned tier that does not exist": (
        "update accounts set tier_earned = 'platinum' where id = '{di}'",
        ("di", "tier", "it has earned the tier platinum"),
    ),
    "no tier": ("update accounts set tier = null where id = '{di}'", ("di", "tier", "it is in the tier None")),
    "a tier below what is earned": (
        "update accounts set tier = 'silver' where id = '{ann}'",
        ("ann", "tier", "it is in the tier silver, by what it earned and its pin it is gold"),
    ),
    "a tier below the pin": (
        "update accounts set tier = 'bronze' where id = '{cy}'",
        ("cy", "tier", "by what it earned and its pin it is silver"),
    ),
    "a tier below what the value reaches": (
        "update accounts set tier = 'silver', tier_earned = 'silver' where id = '{ann}'",
        ("ann", "tier", "its value of 34000 reaches gold, it has earned silver"),
    ),
    "a tier above what the value reaches": (
        "update accounts set tier = 'gold', tier_earned = 'gold' where id = '{di}'",
        ("di", "tier", "before the account is settled next"),
    ),
    "a pin that nothing will end": (
        "update accounts set next_due_at = null where id = '{cy}'",
        ("cy", "tier", "its tier changes some time before the account is settled next"),
    ),
    "days that stop counting unseen": (
        "update accounts set next_due_at = next_due_at + 400 * 86400000000 where id = '{ann}'",
        ("ann", "tier", "its tier changes"),
    ),
    "an edit that nobody follows": (
        "update accounts set tier_earned = '', next_due_at = null where id = '{di}'",
        ("di", "tier", "its program has other tiers since"),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_damage_is_named(lively: Club, name: str) -> None:
    sql, (member, invariant, words) = DAMAGES[name]
    await lively.run(UpdateProgram("prog_default", {"currency": {"expiry": None}}))
    await lively.damage(sql)
    found = await lively.faults()
    assert any(fault[:2] == (member, invariant) and words in fault[2] for fault in found), found


async def test_verify_passes_over_members_that_are_due(lively: Club) -> None:
    await lively.run(AdvanceClock(parse_instant("2027-06-01T00:00:00Z")))
    assert await lively.faults() == []
    assert await lively.store.sweep() > 0
    assert await lively.faults() == []
    assert [(await lively.account(name)).tier for name in ("ann", "cy", "di")] == ["bronze"] * 3


async def test_a_member_without_tiers_is_in_none(lively: Club) -> None:
    await lively.configure(tiers=[])
    await lively.store.sweep()
    assert await lively.faults() == []
    await lively.damage("update accounts set tier = 'gold' where id = '{ann}'")
    assert [fault for fault in await lively.faults() if fault[1] == "tier"] == [
        ("ann", "tier", "it is in the tier gold, its program has none")
    ]


async def test_merging_two_members_of_one_bucket_adds_up_their_days(club: Club) -> None:
    seen: dict[int, str] = {}
    first = second = ""
    for number in range(2_000):
        name = f"m{number}"
        bucket = ids.bucket_of(await club.enrol(name))
        if bucket in seen:
            first, second = seen[bucket], name
            break
        seen[bucket] = name
    assert second, "no two members share a bucket"
    await club.pay(first, "pay_1", 6_000)
    await club.pay(second, "pay_2", 5_000)
    await club.merge(first, second)
    assert (await club.account(second)).tier == "silver"
    await club.hear("refund.completed", id="re_1", payment="pay_1", amount=2_000)
    assert (await club.account(second)).tier == "bronze"
    assert await club.faults() == []


async def test_a_chain_of_merges_keeps_every_day(club: Club) -> None:
    for number, name in enumerate(("ann", "bob", "cy")):
        await club.enrol(name)
        await club.pay(name, f"pay_{number}", 12_000)
    await club.merge("ann", "bob")
    await club.merge("bob", "cy")
    assert (await club.account("cy")).tier == "gold"
    await club.hear("refund.completed", id="re_1", payment="pay_0", amount=12_000)
    assert (await club.account("cy")).tier_earned == "silver"
    assert await club.faults() == []


async def test_a_batch_that_began_before_an_edit_begins_again(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    await club.enrol("ann")
    await club.pay("ann", "pay_1", 8_000)
    stale: Configuration = club.store.write_path.configuration
    await club.configure(tiers=[TIERS[0], {**TIERS[1], "threshold": 5_000}])
    begun, context_of = [], club.store.write_path._gathered

    async def once_with_the_old_tiers(*arguments: Any, **more: Any) -> Any:
        context = await context_of(*arguments, **more)
        begun.append(context.configuration.version)
        if len(begun) == 1:
            context.configuration = stale
        return context

    monkeypatch.setattr(club.store.write_path, "_gathered", once_with_the_old_tiers)
    assert await club.store.sweep() == 1
    assert (await club.account("ann")).tier == "silver", "by the tiers that there are now"
    assert len(begun) > 1
