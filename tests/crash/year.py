"""The real year on a store that is killed: how it is prepared, what it comes to by plain arithmetic, and the check."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from tests.crash.sending import Event
from tests.served import TESTS
from vinr_engagement.commands import Store, UpdateProgram
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.settings import Settings

FOR_EVER: dict[str, Any] = {"currency": {"expiry": None}}


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Store]:
    """The test store, beside whatever serves it."""
    store = await Store.open("test", Settings(database_url=database_url))
    try:
        yield store
    finally:
        await store.close()


async def prepare(database_url: str, program: dict[str, Any]) -> str:
    """Makes both stores and changes the default program of the one for tests; answers a secret key."""
    await (await Store.open("live", Settings(database_url=database_url))).close()
    async with opened(database_url) as store:
        await store.write_path.run(UpdateProgram("prog_default", program), TESTS)
        made = await store.write_path.run(store.new_key("crash", "secret", []), TESTS)
    secret: str = made["secret"]
    return secret


async def fetch(store: Store, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Rows as the database has them."""
    return await store.database.read(lambda session: session.fetch(sql, *arguments))


def earned(events: Iterable[Event]) -> Counter[str]:
    """Points of each payment of a member, before refunds: one for each whole pound."""
    return _points(events, refunds=False)


def kept(events: Iterable[Event]) -> Counter[str]:
    """Points of each payment of a member, after refunds."""
    return _points(events, refunds=True)


def _points(events: Iterable[Event], *, refunds: bool) -> Counter[str]:
    net: Counter[str] = Counter()
    for event in events:
        body = event["data"]["object"]
        if event["type"] == "payment.completed" and "customer" in body:
            net[body["id"]] = body["amount"]
        elif refunds and event["type"] == "refund.completed" and body["payment"] in net:
            net[body["payment"]] -= body["amount"]
    return Counter({payment: amount // 100 for payment, amount in net.items()})


async def check(database_url: str, events: list[Event]) -> None:
    """Each event counted once, and every account agrees with its ledger."""
    async with opened(database_url) as store:
        ((balance, lifetime),) = await fetch(store, "select sum(balance), sum(lifetime_points) from accounts")
        ((seen,),) = await fetch(store, "select count(*) from received_events")
        assert (int(lifetime), int(balance), seen) == (earned(events).total(), kept(events).total(), len(events))
        assert (await verify(store.database)).faults == []
