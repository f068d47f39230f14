"""Whoever sweeps is killed (SIGKILL) in the middle of sweeps, while the year goes on.

On PostgreSQL that is ``vinr worker`` beside ``vinr serve --no-worker``, on SQLite the server itself, as production.md
says. Points wait a week and expire after a month by the store's clock, which moves in steps; in the end it is far ahead
and every lot has expired, once.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crash.processes import Server, Vinr, ready
from tests.crash.sending import Event, Sender, bodies_of
from tests.crash.sweeping import (
    WAITING_AND_EXPIRING,
    Killing,
    check_all_expired,
    in_steps,
    move_clock,
    returned_in_time,
    swept,
)
from tests.crash.year import opened, prepare
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.demo.year import load_year
from vinr_engagement.foundation.clock import DAY, Instant, parse_instant

AFTERWARDS = (8 * DAY, 28 * DAY, 70 * DAY)
"""After the last event: when all points are available, when all are announced, when all are gone."""


@contextmanager
def _server_and_sweeper(database_url: str, folder: Path) -> Iterator[tuple[Server, Vinr]]:
    if database_url.startswith("sqlite"):
        server = Server(database_url, folder)
        with server.running():
            yield server, server
        return
    server, worker = Server(database_url, folder, "--no-worker"), Vinr(database_url, folder, "worker")
    with server.running(), worker.running():
        yield server, worker


async def _play(database_url: str, folder: Path, events: list[Event], least_kills: int, kills_at_end: int) -> None:
    key = await prepare(database_url, WAITING_AND_EXPIRING)
    async with opened(database_url) as store:
        with _server_and_sweeper(database_url, folder) as (server, sweeper):
            killing = Killing(store, sweeper, random.Random(5))
            async with server.client(key) as client:
                await ready(client)
                await _send_in_steps(store, Sender(client), killing, events)
            await _let_all_expire(store, killing, parse_instant(events[-1]["created_at"]), kills_at_end)
        assert len(killing.left) >= least_kills, killing.left
        await check_all_expired(store, events)


async def _send_in_steps(store: Store, sender: Sender, killing: Killing, events: list[Event]) -> None:
    """Moves the clock, then sends what happened until then, while the sweep that the move brought about is killed."""
    for now, part in in_steps(events):
        await move_clock(store, now)
        await asyncio.gather(sender.send_all(bodies_of(part)), killing.once())


async def _let_all_expire(store: Store, killing: Killing, end: Instant, kills: int) -> None:
    for later in AFTERWARDS:
        await move_clock(store, end + later)
        for _ in range(kills):
            await killing.once()
        await swept(store)


@pytest.mark.anyio
async def test_a_sweep_killed_in_the_middle_settles_each_account_once(database_url: str, tmp_path: Path) -> None:
    await _play(database_url, tmp_path, returned_in_time(load_year()[:1_500]), least_kills=3, kills_at_end=2)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.anyio
async def test_the_whole_year_of_killed_sweeps(database_url: str, tmp_path: Path) -> None:
    await _play(database_url, tmp_path, returned_in_time(load_year()), least_kills=20, kills_at_end=10)
