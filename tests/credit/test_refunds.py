"""However a refund is cut, and whatever is heard of first: wallets and lots end the same, all the way through the write path."""

import asyncio
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stores import sqlite_url
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    CreateAccount,
    IssueCredit,
    ReceiveEvent,
    SetClock,
    SpendCredit,
    Store,
    parse_event,
)
from vinr_engagement.commands.verify import verify
from vinr_engagement.credit import queries as credit_queries
from vinr_engagement.foundation.clock import DAY, parse_instant
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.ledger import queries as ledger_queries
from vinr_engagement.members import queries as member_queries

NOW = parse_instant("2026-04-01T12:00:00Z")
PAID = 1_000
_numbers = itertools.count()

Story = list[tuple[str, int]]


class Till:
    """A member with credit in three lots, and a payment that is refunded in parts."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.account = ""

    async def run(self, command: Any) -> Any:
        return await self.store.write_path.run(command, Origin("tests"))

    async def open(self) -> None:
        self.account = (await self.run(CreateAccount("prog_default", None, {})))["id"]
        for amount, days in ((300, 10), (200, None), (400, 5)):
            expires_at = None if days is None else NOW + days * DAY
            await self.run(IssueCredit(self.account, amount, "EUR", None, {}, expires_at))

    async def tell(self, payment: str, what: str, amount: int) -> None:
        body: dict[str, Any] = {"id": payment, "amount": PAID, "currency": "EUR"}
        if what == "refund.completed":
            body = {"id": f"re_{next(_numbers)}", "payment": payment, "amount": amount}
        if what == "payment.refunded":
            body = {"id": payment, "amount_refunded": amount}
        event = {"id": f"evt_{next(_numbers)}", "type": what, "created_at": "2026-04-01T12:00:00Z"}
        await self.run(ReceiveEvent(parse_event({**event, "data": {"object": body}})))

    async def play(self, payment: str, story: Story) -> None:
        for what, amount in story:
            if what == "spend":
                await self.run(SpendCredit(self.account, amount, "EUR", payment))
            else:
                await self.tell(payment, what, amount)

    async def holds(self) -> Any:
        account = await self.store.database.read(lambda session: member_queries.get_account(session, self.account))
        assert account is not None
        wallets = await self.store.database.read(lambda session: credit_queries.wallets_of(session, account))
        lots = await self.store.database.read(lambda session: ledger_queries.all_lots(session, account))
        spends = await self.store.database.read(lambda session: credit_queries.spends_of(session, account))
        assert (await verify(self.store.database)).faults == []
        return (
            [wallet.balance for wallet in wallets],
            [lot.remaining for lot in lots],
            [(spent.amount, spent.returned) for spent in spends],
        )


@st.composite
def stories(draw: st.DrawFn) -> tuple[int, list[int], list[int], Any]:
    """What was spent, what was refunded, and an order in which it is heard of."""
    spends = draw(st.lists(st.integers(1, 300), min_size=1, max_size=3))
    cuts = sorted(draw(st.lists(st.integers(0, PAID), min_size=1, max_size=4)))
    refunds = [after - before for before, after in itertools.pairwise([0, *cuts])]
    return cuts[-1], spends, refunds, draw(st.randoms(use_true_random=False))


@given(stories())
@settings(max_examples=40, deadline=None)
def test_any_split_and_any_order_of_refunds_end_where_one_of_their_sum_ends(
    story: tuple[int, list[int], list[int], Any],
) -> None:
    total, spends, refunds, random = story
    completed: Story = [("payment.completed", PAID)]
    spent: Story = [("spend", amount) for amount in spends]
    plain = [*spent, *completed, ("refund.completed", total)]
    rest: Story = [*completed, *(("refund.completed", amount) for amount in refunds)]
    random.shuffle(rest)
    one = asyncio.run(_end(plain))
    assert asyncio.run(_end([*spent, *rest])) == one
    expected = [(amount, amount * total // PAID) for amount in spends]
    assert one[2] == expected
    # Spends that are heard of in between have their share as well; which lots they find is another matter.
    places = sorted(random.sample(range(len(rest) + len(spent)), len(spent)))
    mixed = list(rest)
    for place, each in zip(places, spent, strict=True):
        mixed.insert(place, each)
    assert asyncio.run(_end(mixed))[2] == expected


async def _end(story: Story) -> Any:
    """What the member holds in the end."""
    with TemporaryDirectory() as folder:
        store = await Store.open("test", Settings(database_url=sqlite_url(Path(folder))))
        try:
            till = Till(store)
            await till.run(SetClock(NOW))
            await till.open()
            await till.play("pay_1", story)
            return await till.holds()
        finally:
            await store.close()
