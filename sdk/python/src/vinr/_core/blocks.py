"""Server-sent events, read from bytes that arrive cut anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_LINE_END: Final = re.compile(rb"\r\n|\n|\r(?!\Z)")
"""A carriage return at the very end may be the first half of a line end."""
_MARK: Final = b"\xef\xbb\xbf"


class Block(NamedTuple):
    """What stands between two blank lines; fields that were not sent are ``None``. ``retry`` is in milliseconds."""

    event: str | None = None
    data: str | None = None
    id: str | None = None
    retry: int | None = None


class Blocks:
    """Reads one connection."""

    def __init__(self) -> None:
        self._rest = b""
        self._begun = False
        self._block = Block()

    def feed(self, chunk: bytes) -> Iterator[Block]:
        """The blocks that these bytes complete. What never is completed is not told."""
        for line in self._lines(chunk):
            if line:
                self._block = _with(self._block, line)
            elif self._block != Block():
                found, self._block = self._block, Block()
                yield found

    def _lines(self, chunk: bytes) -> list[str]:
        self._rest += chunk
        if not self._begun:
            if len(self._rest) < len(_MARK) and _MARK.startswith(self._rest):
                return []
            self._begun, self._rest = True, self._rest.removeprefix(_MARK)
        *lines, self._rest = _LINE_END.split(self._rest)
        return [line.decode(errors="replace") for line in lines]


def _with(block: Block, line: str) -> Block:
    """The block with one more of its lines. Comments and unknown fields add nothing."""
    name, _, value = line.partition(":")
    value = value.removeprefix(" ")
    if name == "data":
        return block._replace(data=value if block.data is None else f"{block.data}\n{value}")
    if name == "event":
        return block._replace(event=value)
    if name == "id" and "\0" not in value:
        return block._replace(id=value)
    if name == "retry" and value.isascii() and value.isdigit():
        return block._replace(retry=int(value))
    return block
