"""A copy of a database that is being written to."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from vinr_engagement.foundation.database import sqlite_copy


def test_a_copy_is_as_of_one_moment_however_much_is_written_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_copy, "PAGES_A_STEP", 1)
    source, target = tmp_path / "source.db", tmp_path / "target.db"
    steps = []
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("create table schema_migrations (name text)")
        writer.execute("create table entries (text text)")
        writer.executemany("insert into entries values (?)", [("x" * 3_000,)] * 50)

        def commit_more(done: int, _: int) -> None:
            steps.append(done)
            writer.execute("insert into entries values (?)", ("y" * 3_000,))
            assert len(steps) < 200, "each commit makes it start anew"

        sqlite_copy.copy_while_in_use(source, target, commit_more)
        assert writer.execute("select count(*) from entries").fetchone() == (50 + len(steps),)
    assert steps == sorted(set(steps))
    assert len(steps) > 50
    with closing(sqlite3.connect(target)) as copied:
        assert copied.execute("select count(*) from entries").fetchone() == (50,)
    assert [path.name for path in tmp_path.glob("target*")] == ["target.db"], "one file, complete without a log"
