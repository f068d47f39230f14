"""What is particular to SQLite: its log stays bounded however long the traffic goes on, and commits reach the disk; and
several may open a new file.
"""

import threading
from pathlib import Path

import pytest

from vinr_engagement.foundation.database import Session, sqlite
from vinr_engagement.foundation.database.sqlite import SQLiteDatabase

LIMIT = 256 * 1024
ROW = "x" * 4_000


@pytest.fixture(autouse=True)
def _as_careful_as_ever(durability: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "SYNCHRONOUS", durability)


@pytest.mark.anyio
async def test_the_log_stays_bounded_under_steady_writes(tmp_path: Path) -> None:
    """Each write is followed by the next at once, so that the log is never found idle. Once it was full it keeps its room."""
    database = SQLiteDatabase(tmp_path / "steady.db", checkpoint_bytes=LIMIT)
    await database.write(lambda session: session.execute("create table t (body text)"))

    async def insert(session: Session) -> None:
        for _ in range(10):
            await session.execute("insert into t (body) values ($1)", ROW)

    sizes = []
    for _ in range(600):
        await database.write(insert)
        sizes.append((tmp_path / "steady.db-wal").stat().st_size)
    await database.close()
    assert (tmp_path / "steady.db").stat().st_size > 20 * LIMIT
    assert max(sizes) < 8 * LIMIT
    filled = next(place for place, size in enumerate(sizes) if size > LIMIT)
    assert min(sizes[filled:]) >= LIMIT
    assert LIMIT in sizes[filled:], "it started anew"


@pytest.mark.anyio
async def test_commits_wait_for_the_disk(tmp_path: Path) -> None:
    database = SQLiteDatabase(tmp_path / "careful.db")
    assert await database.write(lambda session: session.fetch("pragma synchronous")) == [(2,)], "2 is full"
    await database.close()


def test_several_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Of a hundred files about six could not be opened by one of those who came together."""
    together, failures = threading.Barrier(6), list[BaseException]()

    def open_each() -> None:
        for number in range(100):
            together.wait(30)
            try:
                sqlite._connect(tmp_path / f"{number}.db").close()
            except BaseException as failure:  # noqa: BLE001 (the others wait for this thread)
                failures.append(failure)

    threads = [threading.Thread(target=open_each) for _ in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
