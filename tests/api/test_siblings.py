"""Processes that serve together tell of each other."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from vinr_engagement.entrypoints.api import siblings as module
from vinr_engagement.entrypoints.api.observe import WRITE_BYTES, pieces
from vinr_engagement.entrypoints.api.siblings import Siblings

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: that of a socket may have some hundred characters."""
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


def counting(folder: Path, requests: int) -> Siblings:
    """A process that counted some requests."""
    registry = CollectorRegistry()
    Counter("requests", 'With "quotes" and a \\.', ("route",), registry=registry).labels('/a"b\\c\n').inc(requests)
    Histogram("seconds", "Time.", buckets=(1, 2), registry=registry).observe(1.5)
    Gauge("vinr_due_accounts", "Of the database.", ("store",), registry=registry).labels("test").set(requests)
    siblings = Siblings(folder)
    siblings.counted = registry.collect
    return siblings


def samples(text: bytes) -> list[str]:
    lines = text.decode().splitlines()
    types = [line for line in lines if line.startswith("# TYPE")]
    assert len(set(types)) == len(types), "a family comes once"
    return [line for line in lines if not line.startswith("#") and "_created" not in line]


async def test_whoever_is_asked_tells_of_all(folder: Path) -> None:
    first, second = counting(folder, 3), counting(folder, 4)
    async with first.telling(), second.telling():
        told_by_first, told_by_second = await first.metrics(), await second.metrics()
    assert samples(told_by_first) == [
        r'requests_total{process="1",route="/a\"b\\c\n"} 3.0',
        r'requests_total{process="2",route="/a\"b\\c\n"} 4.0',
        'seconds_bucket{le="1.0",process="1"} 0.0',
        'seconds_bucket{le="2.0",process="1"} 1.0',
        'seconds_bucket{le="+Inf",process="1"} 1.0',
        'seconds_count{process="1"} 1.0',
        'seconds_sum{process="1"} 1.5',
        'seconds_bucket{le="1.0",process="2"} 0.0',
        'seconds_bucket{le="2.0",process="2"} 1.0',
        'seconds_bucket{le="+Inf",process="2"} 1.0',
        'seconds_count{process="2"} 1.0',
        'seconds_sum{process="2"} 1.5',
        'vinr_due_accounts{store="test"} 3.0',
    ]
    assert samples(told_by_second)[-1] == 'vinr_due_accounts{store="test"} 4.0'
    assert samples(told_by_second)[:-1] == samples(told_by_first)[:-1]


async def test_one_that_is_gone_or_silent_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.5)
    first, second, third = (counting(folder, number) for number in (1, 2, 3))
    (folder / "4.socket").touch()
    held = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    def say_half(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"100\nrequests_total")
        writer.close()

    silent = await asyncio.start_unix_server(say_nothing, folder / "5.socket")
    cut_off = await asyncio.start_unix_server(say_half, folder / "6.socket")
    async with first.telling(), second.telling():
        async with third.telling():
            pass
        told = samples(await first.metrics())
    held.set()
    silent.close()
    cut_off.close()
    assert [line.rpartition(" ")[2] for line in told if line.startswith("requests_total")] == ["1.0", "2.0"]


async def test_who_comes_for_another_has_its_number(folder: Path) -> None:
    first, second, third, fourth = (Siblings(folder) for _ in range(4))
    async with second.telling():
        async with first.telling():
            assert (second.number, first.number) == (1, 2)
        async with third.telling(), fourth.telling():
            assert (second.number, third.number, fourth.number) == (1, 2, 3)


async def test_lines_are_written_whole_in_pieces_that_a_pipe_takes_at_once() -> None:
    lines = ["é" * length + "\n" for length in (0, 1, 700, 1_500, 3_000, 10, 2_047, 2_047, 1)]
    written = list(pieces(lines))
    assert "".join(written) == "".join(lines)
    assert all(piece.endswith("\n") for piece in written)
    assert [len(piece.encode()) for piece in written if len(piece.encode()) > WRITE_BYTES] == [6_001]
    assert list(pieces([])) == []
