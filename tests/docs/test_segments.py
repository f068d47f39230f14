"""docs/guides/segments.md"""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import PROGRAM, Json, empty_store, minor
from tests.docs.tables import GUIDES, Row, blocks, code, codes, table
from vinr_engagement import rules
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Census,
    CreateAccount,
    CreateRule,
    CreateSegment,
    ReceiveEvent,
    SetClock,
    Store,
    UpdateRule,
    UpdateSegment,
    count_members,
    members_page,
    parse_event,
)
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.database.page import Window
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.rules import queries as rule_queries

GUIDE = GUIDES / "segments.md"
NOW = "2026-04-01T11:00:00Z"
MEMBERS = table(GUIDE, "member")
CASES = table(GUIDE, "match", "conditions")

pytestmark = pytest.mark.anyio


class Town:
    """The members of the guide, in a store of their own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.names: dict[str, str] = {}
        self.count = 0

    async def run(self, command: Any) -> Any:
        return await self.store.write_path.run(command, Origin("tests"))

    async def tell(self, event_type: str, at: str, body: Json) -> Any:
        self.count += 1
        event = {"id": f"evt_{self.count}", "type": event_type, "created_at": at, "data": {"object": body}}
        return await self.run(ReceiveEvent(parse_event(event)))

    async def settle_in(self, row: Row) -> None:
        customer = f"cust_{row['member'].lower()}"
        enrolled = f"{row['enrolled']}T09:00:00Z"
        await self.run(SetClock(parse_instant(enrolled)))
        made = await self.run(CreateAccount(PROGRAM, customer, json.loads(code(row["metadata"]))))
        self.names[made["id"]] = row["member"]
        if row["customer"]:
            await self.tell("customer.created", enrolled, {"id": customer, **json.loads(code(row["customer"]))})

    async def pay(self, row: Row) -> None:
        for day, amount in re.findall(r"([\d-]+) £(\d+)", row["paid"]):
            paid = {"id": f"pay_{self.count}", "amount": minor(amount), "currency": "GBP"}
            await self.tell(
                "payment.completed", f"{day}T10:00:00Z", {**paid, "customer": f"cust_{row['member'].lower()}"}
            )

    async def census(self, segment: str) -> Census:
        row = await self.store.database.read(lambda session: rule_queries.get_segment(session, segment))
        assert row is not None
        program = self.store.write_path.configuration.program(PROGRAM)
        return Census(program, rules.parse_segment(json.loads(row.body)), await self.store.now())

    async def listed(self, segment: str) -> list[str]:
        page = await members_page(self.store.database, await self.census(segment), Window(100))
        assert page.cursor is None
        return sorted(self.names[account.id] for account in page.members)

    async def judged_by_an_event(self, segment: str) -> list[str]:
        """Whom a rule that asks for the segment gives something."""
        given = []
        conditions = [{"fact": "segment", "op": "eq", "value": segment}]
        await self.run(UpdateRule("rule_asked", {"conditions": conditions}))
        for identifier, name in self.names.items():
            outcome = await self.tell("member.asked", NOW, {"metadata": {"loyalty_account": identifier}})
            given += [name for rule in outcome.programs[0].rules if rule.reason == "zero_award" or rule.matched]
        return sorted(given)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with empty_store(tmp_path, None) as store:
        town = Town(store)
        for row in sorted(MEMBERS, key=lambda row: row["enrolled"]):
            await town.settle_in(row)
        await town.run(SetClock(parse_instant(NOW)))
        for row in MEMBERS:
            await town.pay(row)
        yield town


NOTHING_FOR_IT = {"trigger": "member.asked", "award": {"type": "fixed", "points": 1}, "multiplier": 0}


async def test_who_is_in_which_segment(town: Town) -> None:
    """By the list, by the count, and by an event of each member."""
    made = await town.run(CreateSegment({"program": PROGRAM, "name": "Asked for"}))
    await town.run(CreateRule({"program": PROGRAM, **NOTHING_FOR_IT}, "rule_asked"))
    for row in sorted(CASES, key=_by_activity_first):
        changes = {"match": row["match"], "conditions": json.loads(code(row["conditions"]))}
        await town.run(UpdateSegment(made["id"], changes))
        expected = row["members"].split()
        assert await town.listed(made["id"]) == expected, row["conditions"]
        count = await count_members(town.store.database, await town.census(made["id"]))
        assert count == (len(expected), len(MEMBERS))
        if "last_activity_days" not in row["conditions"]:
            assert await town.judged_by_an_event(made["id"]) == expected, row["conditions"]


def _by_activity_first(row: Row) -> bool:
    """Being asked is an activity."""
    return "last_activity_days" not in row["conditions"]


async def test_the_payment_that_brings_a_member_in_does_not_count_yet(town: Town) -> None:
    made = await town.run(
        CreateSegment(
            {"program": PROGRAM, "name": "Spent", "conditions": [{"fact": "spend_90d", "op": "gte", "value": 70_000}]}
        )
    )
    await town.run(UpdateRule("rule_default", {"multipliers": [{"when": {"segment": made["id"]}, "factor": 2}]}))
    points = []
    for number in range(2):
        paid = {"id": f"p{number}", "amount": 10_000, "currency": "GBP", "customer": "cust_ada"}
        points.append((await town.tell("payment.completed", NOW, paid)).programs[0].rules[0].points)
    assert points == [100, 200]


def test_the_example_is_a_segment() -> None:
    (block,) = blocks(GUIDE, "json segment")
    assert rules.parse_segment(block.parsed()).needs.behaviour == {"spend_90d"}


@pytest.mark.parametrize("fact", ["event.amount", "segment"])
def test_facts_that_are_refused(fact: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.parse_segment({"name": "No", "conditions": [{"fact": fact, "op": "eq", "value": "x"}]})
    assert refused.value.code == "parameter_invalid"


def test_every_fact_of_the_guide_may_be_asked_for() -> None:
    for name in (name for row in table(GUIDE, "fact") for name in codes(row["fact"])):
        rules.parse_segment({"name": "Any", "conditions": [{"fact": name, "op": "exists", "value": True}]})
