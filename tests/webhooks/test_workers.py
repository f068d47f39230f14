"""Several workers: no attempt is made twice at once, a killed one is replaced, a stop finishes what is under way."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.crash.processes import Server, Vinr, ready
from tests.crash.year import FOR_EVER, opened, prepare
from tests.webhooks.conftest import Office, until
from tests.webhooks.receiver import Answer, Receiver, receiving
from vinr_engagement.commands import Store, leases
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.webhooks import progress
from vinr_engagement.webhooks.health import Health
from vinr_engagement.webhooks.window import Place

pytestmark = pytest.mark.anyio
PRIVATE = {"VINR_WEBHOOK_ALLOW_PRIVATE": "true"}


async def holder_of(store: Store, endpoint: str) -> str:
    sql = "select holder from leases where name = $1"
    found = await store.database.read(lambda session: session.fetch(sql, f"webhooks:{endpoint}"))
    return found[0][0] if found else ""


async def test_of_two_one_delivers_and_the_other_takes_over_when_it_stops(office: Office) -> None:
    async with receiving() as receiver:
        endpoint = await office.endpoint(receiver.url)
        async with office.delivering("second"):
            async with office.delivering("first"):
                for number in range(30):
                    await office.member(f"cust_{number}")
                await until(lambda: len(receiver.came) == 30)
                first = await holder_of(office.store, endpoint["id"])
                await asyncio.sleep(0.3)
            await office.member()
            await until(lambda: len(receiver.came) == 31)
        assert Counter(receiver.ids).most_common(1)[0][1] == 1, "nothing came twice"
        assert first in ("first", "second")
        assert await holder_of(office.store, endpoint["id"]) == "", "given up in the end"


async def test_a_stop_finishes_what_is_under_way_and_repeats_nothing(office: Office) -> None:
    members = [await office.member() for _ in range(4)]
    async with receiving() as receiver:
        receiver.answer = lambda each: Answer(after=0.2 if each.event["account"] == members[0] else 0.01)
        endpoint = await office.endpoint(receiver.url, "loyalty.points.*")
        bodies = [{"account": member, "amount": 1} for _ in range(5) for member in members]
        await office.api.post("/v1/loyalty/transactions/batch", {"transactions": bodies})
        async with office.delivering():
            await until(lambda: len(receiver.came) >= 10)
        assert receiver.at_once == 0, "every attempt was finished"
        came = len(receiver.came)
        assert came < 20
        assert len(await office.deliveries(endpoint, status="succeeded")) == came, "and saved"
        async with office.delivering():
            await until(lambda: len(receiver.came) == 20)
        for member in members:
            assert receiver.numbers(member) == [2, 3, 4, 5, 6]


async def test_who_was_replaced_saves_nothing(office: Office) -> None:
    async with receiving() as receiver:
        endpoint = await office.endpoint(receiver.url)
    database, identifier = office.store.database, endpoint["id"]
    assert await leases.hold(database, f"webhooks:{identifier}", "slow", real_now())
    row = await progress.take(database, identifier, "slow")
    assert row is not None
    await progress.save_first(database, identifier, "slow", Place(row.position, 1), Health(), [])
    await progress.take(database, identifier, "quick")
    with pytest.raises(progress.Replaced):
        await progress.save_first(database, identifier, "slow", Place(row.position + 5, 0), Health(), [])
    held = await progress.take(database, identifier, "quick")
    assert held is not None
    assert (held.position, held.within) == (row.position, 1)
    assert await progress.take(database, "we_none", "quick") is None


async def test_another_worker_waits_while_the_lease_is_held(office: Office) -> None:
    async with receiving() as receiver:
        endpoint = await office.endpoint(receiver.url)
        name = f"webhooks:{endpoint['id']}"
        assert await leases.hold(office.store.database, name, "elsewhere", real_now())
        async with office.delivering():
            await office.member()
            await asyncio.sleep(0.5)
            assert receiver.came == []
            assert await holder_of(office.store, endpoint["id"]) == "elsewhere"


async def _endpoint(office: Any, receiver: Receiver) -> str:
    found: str = (await office.endpoint(receiver.url, "loyalty.account.created"))["id"]
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(
    office: Office, database_url: str, tmp_path: Path
) -> None:
    first, second = (Vinr(database_url, tmp_path, "worker", **PRIVATE) for _ in range(2))
    async with receiving() as receiver:
        receiver.answer = lambda _: Answer(after=0.05)
        endpoint = await _endpoint(office, receiver)
        bodies = [{"program": "prog_default", "customer": f"cust_{number}"} for number in range(400)]
        with first.running():
            made = await asyncio.gather(*(office.api.post("/v1/loyalty/accounts", body) for body in bodies))
            await until(lambda: len(receiver.came) >= 120)
            killed = await holder_of(office.store, endpoint)
            first.kill()
            before = set(receiver.ids)
            assert len(before) < 400, "killed in the middle"
            with second.running():
                await asyncio.sleep(0.5)
                assert set(receiver.ids) == before or await holder_of(office.store, endpoint) != killed
                sql = "update leases set until = 0"  # as if the half minute were over
                await office.store.database.write(lambda session: session.execute(sql))
                await until(lambda: len(set(receiver.ids)) == 400)
                assert await holder_of(office.store, endpoint) not in ("", killed)
                assert second.stop() == 0
        assert {each.event["account"] for each in receiver.came} == {each["id"] for each in made}
        repeated = len(receiver.ids) - 400
        assert repeated <= 100, "a step at most"
    assert (await verify(office.store.database)).faults == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_server_that_is_killed_goes_on_where_it_was_when_it_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    key = await prepare(database_url, FOR_EVER)
    server = Server(database_url, tmp_path, **PRIVATE)
    async with receiving() as receiver:
        with server.running():
            async with server.client(key) as client:
                await ready(client)
                asked = {"url": receiver.url, "enabled_events": ["loyalty.account.created"]}
                assert (await client.post("/v1/webhook-endpoints", json=asked)).status_code == 200
                receiver.answer = lambda _: Answer(after=0.05)
                bodies = [{"program": "prog_default", "customer": f"cust_{number}"} for number in range(300)]
                answers = await asyncio.gather(*(client.post("/v1/loyalty/accounts", json=body) for body in bodies))
                assert {answer.status_code for answer in answers} == {200}
                await until(lambda: len(receiver.came) >= 40)
            server.kill()
        assert len(set(receiver.ids)) < 300, "killed in the middle"
        async with opened(database_url) as store:
            await store.database.write(lambda session: session.execute("update leases set until = 0"))
        with server.running():
            await until(lambda: len(set(receiver.ids)) == 300)
            assert server.stop() == 0
    async with opened(database_url) as store:
        assert (await verify(store.database)).faults == []
