"""PostgreSQL is killed (SIGKILL) at random moments of the year, as a whole or one of its backends, and comes back.

The server outlives that: it answers 503 meanwhile, the sender sends again, and the end is exact. The cluster is the
test's own, with ``fsync`` and ``synchronous_commit`` on, as docs/guides/production.md asks for.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.crash.postgres import Postgres, own_postgres
from tests.crash.processes import Server, ready
from tests.crash.sending import Event, Sender, bodies_of
from tests.crash.year import FOR_EVER, check, prepare
from vinr_engagement.entrypoints.demo.year import load_year

Kill = Callable[[Postgres, Sender], Awaitable[None]]


async def the_postmaster(postgres: Postgres, sender: Sender) -> None:
    """All of it: what was not on disk is gone."""
    sender.kills.append(sender.unanswered)
    postgres.kill()
    await asyncio.to_thread(postgres.start)


async def a_backend(postgres: Postgres, sender: Sender) -> None:
    """One process in mid-transaction: the postmaster ends all others, recovers, and goes on by itself."""
    victim = await postgres.busy_backend()
    if victim is not None and sender.unanswered:
        sender.kills.append(sender.unanswered)
        os.kill(victim, signal.SIGKILL)


@pytest.fixture
def postgres(postgres_server: Any) -> Iterator[Postgres]:
    with own_postgres(postgres_server) as started:
        yield started


async def _play(postgres: Postgres, kill: Kill, folder: Path, events: list[Event], kills: int) -> None:
    await _assert_durable(postgres)
    key = await prepare(postgres.url, FOR_EVER)
    server = Server(postgres.url, folder, VINR_LANES="2")
    with server.running():
        async with server.client(key) as client:
            sender = Sender(client)
            await sender.send_all_while_killing(bodies_of(events), lambda: kill(postgres, sender), kills=kills)
            await asyncio.to_thread(postgres.start)
            await ready(client)
        assert server.is_alive(), "the server outlives its database"
        assert server.stop() == 0
    sender.assert_killed(times=kills)
    await check(postgres.url, events)


async def _assert_durable(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.url)
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await connection.fetchval(f"show {setting}") == "on"
    finally:
        await connection.close()


@pytest.mark.anyio
@pytest.mark.parametrize("kill", [the_postmaster, a_backend])
async def test_a_killed_postgresql_loses_and_doubles_nothing(postgres: Postgres, kill: Kill, tmp_path: Path) -> None:
    await _play(postgres, kill, tmp_path, load_year()[:2_500], kills=4)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.anyio
@pytest.mark.parametrize("kill", [the_postmaster, a_backend])
async def test_the_whole_year_on_a_killed_postgresql(postgres: Postgres, kill: Kill, tmp_path: Path) -> None:
    await _play(postgres, kill, tmp_path, load_year(), kills=40)
