"""What one server configures, another one of the same store decides by from its next command on."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from vinr_engagement import ledger, members
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    AdvanceClock,
    CreateProgram,
    CreateRule,
    ReceiveEvent,
    SetClock,
    Store,
    parse_event,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import HOUR
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio

TESTS = Origin("tests")
NOON = "2026-11-01T12:00:00Z"
PROGRAM = {"name": "Second", "default_currency": "GBP", "timezone": "Europe/London", "auto_enroll": True}
RULE = {"program": "prog_second", "trigger": "payment.completed", "award": {"type": "fixed", "points": 7}}


@pytest.fixture
async def servers(database_url: str) -> AsyncIterator[list[Store]]:
    """Two, each of which has decided something already."""
    async with AsyncExitStack() as stack:
        opened: list[Store] = []
        for number in range(2):
            opened.append(await Store.open("test", Settings(database_url=database_url)))
            stack.push_async_callback(opened[-1].close)
            await tell(opened[-1], f"pay_{number}")
        yield opened
        assert (await verify(opened[0].database)).faults == []


async def tell(server: Store, subject: str, kind: str = "payment.completed", **more: Any) -> Any:
    body = {"id": subject, "amount": 1_000, "currency": "GBP", "customer": "cust_ada", **more}
    event = {"id": f"evt_{subject}", "type": kind, "created_at": NOON, "data": {"object": body}}
    return await server.write_path.run(ReceiveEvent(parse_event(event)), TESTS)


async def test_a_program_that_another_one_made_is_known_with_the_payments_that_were_made_in_it(
    servers: list[Store],
) -> None:
    one, other = servers
    await one.write_path.run(CreateProgram(dict(PROGRAM), "prog_second"), TESTS)
    await one.write_path.run(CreateRule(dict(RULE), "rule_second"), TESTS)
    paid = await tell(one, "pay_2")
    assert {entry.program: entry.balance for entry in paid.programs}["prog_second"] == 7
    refunded = await tell(other, "re_1", "refund.completed", payment="pay_2")
    assert {entry.program: entry.balance for entry in refunded.programs}["prog_second"] == 0


async def test_an_account_of_a_program_that_another_one_made_can_be_named(servers: list[Store]) -> None:
    one, other = servers
    await one.write_path.run(CreateProgram(dict(PROGRAM), "prog_second"), TESTS)
    await one.write_path.run(CreateRule(dict(RULE), "rule_second"), TESTS)
    await tell(one, "pay_2")
    rows = await one.database.read(lambda session: session.rows(members.ACCOUNTS, "program = $1", "prog_second"))
    adjusted = await other.write_path.run(Adjust(rows[0].id, 5, "goodwill", {}), TESTS)
    assert adjusted["balance_after"] == 12


async def test_the_time_is_the_one_that_another_one_set(servers: list[Store]) -> None:
    one, other = servers
    start = (await one.write_path.view(TESTS)).now
    await one.write_path.run(SetClock(start), TESTS)
    for hours in (1, 2):
        await one.write_path.run(AdvanceClock(start + hours * HOUR), TESTS)
        await tell(other, f"pay_at_{hours}")
    rows = await other.database.read(lambda session: session.rows(ledger.TRANSACTIONS, "true order by id desc limit 2"))
    assert [row.created_at for row in rows] == [start + 2 * HOUR, start + HOUR]
