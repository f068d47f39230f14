"""Whatever happens to redemptions, and in whatever order: points, stock and limits are where a few lines of sums say."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.commands.test_verify import NOW, Shop
from tests.stores import sqlite_url
from vinr_engagement.commands import (
    Adjust,
    AdvanceClock,
    ApplyRedemption,
    CreateReward,
    MergeAccounts,
    RedeemReward,
    ReleaseRedemption,
    SetClock,
    Store,
    UpdateProgram,
    UpdateReward,
)
from vinr_engagement.foundation.clock import HOUR
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.members import queries as member_queries
from vinr_engagement.rewards import queries as reward_queries

GIVEN, COST, INVENTORY, LIMIT, TTL_HOURS = 1_000, 100, 12, 8, 24
OFF = {"program": "prog_default", "name": "Off", "cost": COST, "value": {"amount": 500, "currency": "GBP"}}


@dataclass
class Bought:
    """What must be true of a redemption."""

    identifier: str
    owner: str
    points: int
    quantity: int
    expires_at: int
    status: str = "pending"
    payment: str | None = None

    @property
    def held(self) -> bool:
        return self.status in ("pending", "applied")

    @property
    def counted(self) -> bool:
        return self.status != "released"


@dataclass
class Book:
    """The naive side: lists and sums."""

    owners: list[str]
    now: int = NOW
    bought: list[Bought] = field(default_factory=list)
    merged: int = 0
    payments: int = 0
    refunded: set[str] = field(default_factory=set)

    def wait(self, hours: int) -> None:
        self.now += hours * HOUR
        for each in self.bought:
            if each.status == "pending" and each.expires_at <= self.now:
                each.status = "released"

    def balance(self, owner: str) -> int:
        shares = 1 + self.merged if owner == self.owners[0] else 1
        return GIVEN * shares - sum(each.points for each in self.bought if each.owner == owner and each.held)

    def room(self, owner: str, quantity: int) -> bool:
        taken = sum(each.quantity for each in self.bought if each.counted)
        used = sum(each.quantity for each in self.bought if each.counted and each.owner == owner)
        fits = taken + quantity <= INVENTORY and used + quantity <= LIMIT
        return fits and self.balance(owner) >= quantity * COST

    def use(self, each: Bought, payment: str) -> None:
        """A payment that names it."""
        if each.status == "released" and self.room(each.owner, each.quantity):
            each.status = "pending"
        if each.status == "pending" or (each.status == "applied" and each.payment is None):
            each.status, each.payment = "applied", payment


Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ("redeem", "redeem", "redeem", "apply", "release", "pay", "pay", "fail", "refund", "wait", "merge")
        ),
        st.integers(0, 30),
        st.integers(1, 4),
    ),
    min_size=5,
    max_size=30,
)


async def play(shop: Shop, book: Book, reward: str, step: Step) -> None:
    what, number, size = step
    owner = book.owners[number % len(book.owners)]
    each = book.bought[number % len(book.bought)] if book.bought else None
    if what == "redeem":
        await redeem(shop, book, owner, reward, size)
    elif what == "wait":
        book.wait(size * 7)
        await shop.run(AdvanceClock(book.now))
    elif what == "merge" and len(book.owners) > 1:
        await merge(shop, book)
    elif what == "pay" and each is not None:
        await pay(shop, book, each)
    elif what == "refund" and book.payments:
        await refund(shop, book, f"pay_{number % book.payments}")
    elif each is not None and what in ("apply", "release", "fail"):
        await move(shop, book, each, what)


async def redeem(shop: Shop, book: Book, owner: str, reward: str, quantity: int) -> None:
    possible = book.room(owner, quantity)
    answer = await tried(shop, RedeemReward(owner, reward, quantity, {}))
    assert (answer is not None) is possible
    if answer is not None:
        due = book.now + TTL_HOURS * HOUR
        book.bought.append(Bought(answer["id"], owner, quantity * COST, quantity, due))


async def merge(shop: Shop, book: Book) -> None:
    leaving = book.owners.pop()
    await shop.run(MergeAccounts(leaving, book.owners[0], dry_run=False))
    book.merged += 1
    for each in book.bought:
        each.owner = book.owners[0] if each.owner == leaving else each.owner


async def pay(shop: Shop, book: Book, each: Bought) -> None:
    payment, book.payments = f"pay_{book.payments}", book.payments + 1
    book.use(each, payment)
    body = {"amount": 50, "currency": "GBP", "metadata": {"redemption": each.identifier}}
    await shop.hear(f"evt_{payment}", "payment.completed", id=payment, **body)


async def refund(shop: Shop, book: Book, payment: str) -> None:
    if payment not in book.refunded:
        book.refunded.add(payment)
        await shop.hear(f"evt_re_{payment}", "refund.completed", id=f"re_{payment}", payment=payment, amount=50)
    for each in book.bought:
        if each.payment == payment and each.status == "applied":
            each.status = "reversed"


async def move(shop: Shop, book: Book, each: Bought, what: str) -> None:
    possible = each.status == "pending" or (what == "apply" and each.status == "applied")
    if what == "fail":
        event = f"evt_fail_{len(book.bought)}_{book.now}_{each.identifier}"
        body: dict[str, Any] = {"metadata": {"redemption": each.identifier}}
        await shop.hear(event, "payment.failed", id="pay_never", **body)
    else:
        kind = ApplyRedemption if what == "apply" else ReleaseRedemption
        assert (await tried(shop, kind(each.identifier, None)) is not None) is possible
    if each.status == "pending":
        each.status = "applied" if what == "apply" else "released"


async def tried(shop: Shop, command: Any) -> Any:
    try:
        return await shop.run(command)
    except Refusal:
        return None


async def both_agree(shop: Shop, book: Book, reward: str) -> None:
    await shop.store.sweep()

    async def read(session: Any) -> tuple[Any, Any, Any]:
        accounts = await member_queries.get_accounts(session, book.owners)
        found = await reward_queries.get_redemptions(session, [each.identifier for each in book.bought])
        return accounts, found, await reward_queries.taken_of(session, [reward])

    accounts, found, taken = await shop.store.database.read(read)
    assert {each.id: each.balance for each in accounts} == {owner: book.balance(owner) for owner in book.owners}
    assert {each.id: each.status for each in found} == {each.identifier: each.status for each in book.bought}
    assert taken[reward] == sum(each.quantity for each in book.bought if each.counted)
    assert await shop.faults() == []


async def history(folder: Path, listed: list[Step]) -> None:
    store = await Store.open("test", Settings(database_url=sqlite_url(folder)))
    shop = Shop(store)
    try:
        await shop.run(SetClock(NOW))
        await shop.run(UpdateProgram("prog_default", {"currency": {"expiry": None}}))
        for name in ("ann", "bob", "cy"):
            await shop.enrol(f"cust_{name}", name)
            await shop.run(Adjust(shop.ids[name], GIVEN - 300, None, {}))
            await shop.run(Adjust(shop.ids[name], 300, None, {}))
        reward = (await shop.run(CreateReward(OFF)))["id"]
        await shop.run(UpdateReward(reward, {"inventory": INVENTORY, "per_member_limit": LIMIT}))
        book = Book([shop.ids[name] for name in ("ann", "bob", "cy")])
        for step in listed:
            await play(shop, book, reward, step)
            await both_agree(shop, book, reward)
    finally:
        await store.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(listed=steps)
def test_points_stock_and_limits_are_where_sums_say(listed: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(history(Path(folder), listed))
