"""How an answer is written: its head and its body at once, whatever is written alone in the same turn of the loop."""

import asyncio
from typing import Any, cast

import pytest

from vinr_engagement.entrypoints.cli.connection import Together

pytestmark = pytest.mark.anyio


class Wire:
    """A transport that keeps each piece that it was given."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.pieces.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def wired() -> tuple[Together, Wire]:
    wire = Wire()
    return Together(cast("Any", wire), asyncio.get_running_loop()), wire


async def test_head_and_body_are_one_piece_and_at_once() -> None:
    together, wire = wired()
    together.write(b"head ")
    together.write(b"body")
    assert wire.pieces == [b"head body"]
    together.write(b"next head ")
    together.write(b"next body")
    await asyncio.sleep(0)
    assert wire.pieces == [b"head body", b"next head next body"], "in their order, and nothing twice"


async def test_what_is_written_alone_waits_for_no_more_than_the_turn() -> None:
    together, wire = wired()
    together.write(b"head of a stream")
    assert wire.pieces == []
    await asyncio.sleep(0)
    assert wire.pieces == [b"head of a stream"]
    together.write(b"head without a body")
    together.write(b"")
    assert wire.pieces[1:] == [b"head without a body"]
    together.write(b"")
    await asyncio.sleep(0)
    assert len(wire.pieces) == 2


async def test_nothing_is_lost_by_closing() -> None:
    together, wire = wired()
    together.write(b"the last")
    together.close()
    assert (wire.pieces, wire.closed) == ([b"the last"], True)
    assert together.is_closing(), "all else is the transport's own"
    await asyncio.sleep(0)
    assert wire.pieces == [b"the last"]
