"""The server is killed (SIGKILL) at random moments of the year, and the sender sends again what got no answer.

Nothing is lost and nothing counts twice: the end is exact, and every account agrees with its ledger. ``make soak`` plays
the whole year and kills more often.
"""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from tests.served import TESTS
from vinr_engagement.commands import Store, UpdateProgram
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.demo.year import load_year
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings

EXECUTABLE = str(Path(sys.executable).with_name("vinr"))
SENDERS = 8
BATCH = 5
TRIES = 400

Event = dict[str, Any]


class Server:
    """``vinr serve`` in a process of its own, killed and started again."""

    def __init__(self, database_url: str, folder: Path, port: int) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("VINR_")}
        self._environment = {**inherited, "VINR_DATABASE_URL": database_url, "VINR_LOG_LEVEL": "critical"}
        self._folder = folder
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        """Starts it; requests are answered some time later."""
        self._process = subprocess.Popen(
            [EXECUTABLE, "serve", "--port", str(self.port)],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """Ends it without a word."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)
        self.kills += 1


async def _until_answered(client: httpx2.AsyncClient, body: bytes) -> None:
    """Sends a batch until it is answered, as a shop's queue would."""
    for _ in range(TRIES):
        try:
            answer = await client.post("/v1/events/batch", content=body, headers={"Content-Type": "application/json"})
        except httpx2.TransportError:
            await asyncio.sleep(0.05)
            continue
        if answer.status_code == 200:
            assert {element["status"] for element in answer.json()["data"]} == {200}
            return
        assert answer.status_code == 503, answer.text
        await asyncio.sleep(0.05)
    raise AssertionError("the server did not come back")


async def _send_all(client: httpx2.AsyncClient, bodies: list[bytes]) -> None:
    waiting = iter(bodies)

    async def sender() -> None:
        for body in waiting:
            await _until_answered(client, body)

    await asyncio.gather(*[sender() for _ in range(SENDERS)])


async def _keep_killing(server: Server, client: httpx2.AsyncClient, chance: random.Random) -> None:
    """Lets it work for a moment, kills it, starts it again, until cancelled."""
    while True:
        await _ready(client)
        await asyncio.sleep(chance.uniform(0.02, 0.5))
        await asyncio.to_thread(server.kill)
        server.start()


async def _ready(client: httpx2.AsyncClient) -> None:
    for _ in range(TRIES):
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("the server did not start")


def _expected(events: list[Event]) -> tuple[int, int]:
    """Points earned and kept, by plain arithmetic."""
    net: Counter[str] = Counter()
    earned = 0
    for event in events:
        body = event["data"]["object"]
        if event["type"] == "payment.completed" and "customer" in body:
            net[body["id"]] = body["amount"]
            earned += body["amount"] // 100
        elif event["type"] == "refund.completed" and body["payment"] in net:
            net[body["payment"]] -= body["amount"]
    return earned, sum(amount // 100 for amount in net.values())


async def _prepare(database_url: str) -> str:
    store = await Store.open("test", Settings(database_url=database_url))
    try:
        await store.write_path.run(UpdateProgram("prog_default", {"currency": {"expiry": None}}), TESTS)
        made = await store.write_path.run(store.new_key("crash", "secret", []), TESTS)
    finally:
        await store.close()
    secret: str = made["secret"]
    return secret


async def _check(database_url: str, events: list[Event]) -> None:
    store = await Store.open("test", Settings(database_url=database_url))

    async def totals(session: Session) -> tuple[int, int, int]:
        ((balance, lifetime),) = await session.fetch("select sum(balance), sum(lifetime_points) from accounts")
        ((seen,),) = await session.fetch("select count(*) from received_events")
        return int(lifetime), int(balance), int(seen)

    try:
        assert await store.database.read(totals) == (*_expected(events), len(events))
        assert (await verify(store.database)).faults == []
    finally:
        await store.close()


async def _play(database_url: str, folder: Path, events: list[Event], least_kills: int) -> None:
    key = await _prepare(database_url)
    server = Server(database_url, folder, port=_free_port())
    server.start()
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}", headers={"X-Api-Key": key}, timeout=20
    ) as client:
        killing = asyncio.create_task(_keep_killing(server, client, random.Random(7)))
        bodies = [msgspec.json.encode({"events": events[at : at + BATCH]}) for at in range(0, len(events), BATCH)]
        try:
            await _send_all(client, bodies)
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            server.kill()
    assert server.kills > least_kills
    await _check(database_url, events)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.anyio
async def test_a_server_killed_at_random_moments_loses_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    await _play(database_url, tmp_path, load_year()[:2_500], least_kills=1)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.anyio
async def test_the_whole_year(database_url: str, tmp_path: Path) -> None:
    await _play(database_url, tmp_path, load_year(), least_kills=10)
