"""Two servers decide about one wallet at the same moment: each waits for the account, and sees what the other has done."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.ledger.test_two_writers import TESTS, Rivals
from vinr_engagement.commands import (
    CreateAccount,
    IssueCredit,
    MergeAccounts,
    ReceiveEvent,
    SpendCredit,
    Store,
    parse_event,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rivals(database_url: str) -> AsyncIterator[Rivals]:
    """The member has 100 in the wallet."""
    async with AsyncExitStack() as stack:
        servers = []
        for _ in range(2):
            servers.append(await Store.open("test", Settings(database_url=database_url)))
            stack.push_async_callback(servers[-1].close)
        account = (await servers[0].write_path.run(CreateAccount("prog_default", None, {}), TESTS))["id"]
        await servers[0].write_path.run(IssueCredit(account, 100, "EUR", None, {}), TESTS)
        yield Rivals(servers, account)
        assert (await verify(servers[0].database)).faults == []


async def test_of_two_spends_that_the_wallet_allows_once_one_is_refused(rivals: Rivals) -> None:
    answers = await rivals.meet(
        *(
            server.write_path.run(SpendCredit(rivals.account, 60, "EUR", f"pay_{number}"), TESTS)
            for number, server in enumerate(rivals.servers)
        )
    )
    (refused,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (refused.code, refused.details) == ("insufficient_credit", {"balance": 40, "required": 60})
    assert await rivals.amounts() == [100, -60]


async def test_two_spends_that_name_a_payment_nobody_knew_both_count(rivals: Rivals) -> None:
    answers = await rivals.meet(
        *(server.write_path.run(SpendCredit(rivals.account, 30, "EUR", "pay_1"), TESTS) for server in rivals.servers)
    )
    assert sorted(answer["wallet_balance"] for answer in answers) == [40, 70]
    await _tell(rivals, "payment.completed", "pay_1")
    await _tell(rivals, "refund.completed", "re_1")
    assert await rivals.amounts() == [100, -30, -30, 15, 15]


async def test_a_refund_finds_the_survivor_of_a_merge_that_ran_beside_it(rivals: Rivals) -> None:
    one, other = rivals.servers
    survivor = (await one.write_path.run(CreateAccount("prog_default", None, {}), TESTS))["id"]
    await one.write_path.run(SpendCredit(rivals.account, 80, "EUR", "pay_1"), TESTS)
    await _tell(rivals, "payment.completed", "pay_1")
    await rivals.meet(
        one.write_path.run(MergeAccounts(rivals.account, survivor, dry_run=False), TESTS),
        other.write_path.run(_event("refund.completed", "re_1"), TESTS),
    )
    owners = await one.database.read(lambda session: session.fetch("select account, returned from credit_spends"))
    assert owners == [(survivor, 40)]


async def _tell(rivals: Rivals, what: str, identifier: str) -> None:
    await rivals.servers[0].write_path.run(_event(what, identifier), TESTS)


def _event(what: str, identifier: str) -> ReceiveEvent:
    """A payment of 1,000, or a refund of a half of it."""
    body = {"id": identifier, "payment": "pay_1", "amount": 500}
    if what == "payment.completed":
        body = {"id": identifier, "amount": 1_000, "currency": "EUR"}
    event = {"id": f"evt_{identifier}", "type": what, "created_at": "2026-04-01T12:00:00Z"}
    return ReceiveEvent(parse_event({**event, "data": {"object": body}}))
