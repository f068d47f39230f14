"""A real year of a real shop, over real connections, on both engines: the figures are exact however the events arrive."""

import asyncio
import random
from collections.abc import AsyncIterator

import msgspec
import pytest

from benchmarks import load
from tests.served import TESTS, served
from vinr_engagement.commands import Store, UpdateProgram
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.demo.year import load_year
from vinr_engagement.foundation.database import Session

MEMBERS, EARNED, REVERSED = 4_338, 8_902_670, 516_114
PAYMENTS, AMOUNT, WITH_CUSTOMER = 19_960, 1_066_668_454, 18_532
REFUNDS, REFUNDED, REFUNDED_PAYMENTS = 3_848, 51_615_445, 3_265
BATCH = 500
CONNECTIONS = 32

Event = dict[str, object]


class Shop:
    """A running server with the default program, its points never expiring: the check figures know no expiry."""

    def __init__(self, store: Store, port: int, key: str) -> None:
        self.store = store
        self.port = port
        self.key = key

    async def send_in_batches(self, events: list[Event]) -> None:
        """In order, ``BATCH`` a request, one request after the other."""
        bodies = [msgspec.json.encode({"events": events[at : at + BATCH]}) for at in range(0, len(events), BATCH)]
        await self._send("/v1/events/batch", bodies, connections=1)

    async def send_one_by_one(self, events: list[Event]) -> None:
        """One a request, over several connections, so that neighbours overtake each other."""
        await self._send("/v1/events", [msgspec.json.encode(event) for event in events], connections=CONNECTIONS)

    async def _send(self, path: str, bodies: list[bytes], connections: int) -> None:
        requests = [load.request("POST", path, self.key, body) for body in bodies]
        measured = await asyncio.to_thread(load.run, self.port, requests, connections)
        assert (measured.requests, measured.failures) == (len(bodies), 0)

    async def figures(self) -> dict[str, int]:
        """What the store says."""

        async def read(session: Session) -> dict[str, int]:
            ((members, balance, lifetime),) = await session.fetch(
                "select count(*), sum(balance), sum(lifetime_points) from accounts"
            )
            by_type = {
                kind: int(amount)
                for kind, amount in await session.fetch("select type, sum(amount) from transactions group by type")
            }
            ((payments, amount, with_customer, refunded, refunded_payments),) = await session.fetch(
                "select count(*), sum(amount), count(customer), sum(refunded), count(nullif(refunded, 0)) from payments"
            )
            ((refunds,),) = await session.fetch("select count(*) from refunds")
            return {
                "members": members,
                "earned": by_type["earn"],
                "reversed": -by_type["reverse"],
                "kept": int(balance),
                "lifetime": int(lifetime),
                "payments": payments,
                "amount": int(amount),
                "with customer": with_customer,
                "refunds": refunds,
                "refunded": int(refunded),
                "refunded payments": refunded_payments,
            }

        return await self.store.database.read(read)

    async def kept_by_payment(self) -> dict[str, int]:
        """Points that each payment kept."""

        async def read(session: Session) -> dict[str, int]:
            rows = await session.fetch(
                "select source_id, sum(amount) from transactions where source_type = 'payment' group by source_id"
            )
            return {payment: int(points) for payment, points in rows}

        return await self.store.database.read(read)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    async with served(database_url) as server:
        await server.store.write_path.run(UpdateProgram("prog_default", {"currency": {"expiry": None}}), TESTS)
        yield Shop(server.store, server.port, server.key)


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return load_year()


EXPECTED = {
    "members": MEMBERS,
    "earned": EARNED,
    "reversed": REVERSED,
    "kept": EARNED - REVERSED,
    "lifetime": EARNED,
    "payments": PAYMENTS,
    "amount": AMOUNT,
    "with customer": WITH_CUSTOMER,
    "refunds": REFUNDS,
    "refunded": REFUNDED,
    "refunded payments": REFUNDED_PAYMENTS,
}


def _expected_by_payment(year: list[Event]) -> dict[str, int]:
    """One point per whole pound of what was not refunded, by plain arithmetic on the events."""
    objects = [(event["type"], event["data"]["object"]) for event in year]  # type: ignore[index]
    net = {paid["id"]: paid["amount"] for kind, paid in objects if kind == "payment.completed" and "customer" in paid}
    earning = {payment for payment, amount in net.items() if amount >= 100}
    for kind, refund in objects:
        if kind == "refund.completed" and refund["payment"] in net:
            net[refund["payment"]] -= refund["amount"]
    return {payment: net[payment] // 100 for payment in earning}


@pytest.mark.anyio
async def test_in_batches_and_every_event_twice(shop: Shop, year: list[Event]) -> None:
    await shop.send_in_batches(year)
    assert await shop.figures() == EXPECTED
    assert await shop.kept_by_payment() == _expected_by_payment(year)
    await shop.send_in_batches(year)
    assert await shop.figures() == EXPECTED
    assert (await verify(shop.store.database)).faults == []


@pytest.mark.anyio
async def test_one_by_one(shop: Shop, year: list[Event]) -> None:
    await shop.send_one_by_one(year)
    assert await shop.figures() == EXPECTED
    assert (await verify(shop.store.database)).faults == []


@pytest.mark.anyio
async def test_shuffled(shop: Shop, year: list[Event]) -> None:
    """Refunds before their payments, payments in any order: the same lifetime, the same kept points of every payment."""
    shuffled = list(year)
    random.Random(20111209).shuffle(shuffled)
    await shop.send_in_batches(shuffled)
    assert await shop.figures() == EXPECTED
    assert await shop.kept_by_payment() == _expected_by_payment(year)
    assert (await verify(shop.store.database)).faults == []
