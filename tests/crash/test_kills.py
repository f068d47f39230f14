"""The server is killed (SIGKILL) at random moments of the year, and the sender sends again what got no answer.

Nothing is lost and nothing counts twice: the end is exact, and every account agrees with its ledger. ``make soak`` plays
the whole year and kills more often.
"""

from pathlib import Path

import pytest

from tests.crash.processes import Server
from tests.crash.sending import Event, Sender, bodies_of
from tests.crash.year import FOR_EVER, check, prepare
from vinr_engagement.entrypoints.demo.year import load_year


async def _play(database_url: str, folder: Path, events: list[Event], kills: int) -> None:
    key = await prepare(database_url, FOR_EVER)
    server = Server(database_url, folder)
    with server.running():
        async with server.client(key) as client:
            sender = Sender(client)

            async def kill() -> None:
                sender.kills.append(sender.unanswered)
                server.kill()
                server.start()

            await sender.send_all_while_killing(bodies_of(events), kill, kills=kills)
    sender.assert_killed(times=kills)
    await check(database_url, events)


@pytest.mark.anyio
async def test_a_server_killed_at_random_moments_loses_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    await _play(database_url, tmp_path, load_year()[:2_000], kills=3)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.anyio
async def test_the_whole_year(database_url: str, tmp_path: Path) -> None:
    await _play(database_url, tmp_path, load_year(), kills=40)
