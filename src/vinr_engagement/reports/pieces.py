"""A file in pieces of one size, so that any part of it is found without reading the rest."""

import hashlib
import zlib
from typing import Final, NamedTuple

PIECE_BYTES: Final = 1 << 20
_FAST: Final = 1


class TooLarge(Exception):
    """The file would be larger than one may be."""


class Piece(NamedTuple):
    """A part of a file as it is kept; all but the last are of :data:`PIECE_BYTES` once unpacked."""

    number: int
    data: bytes


class Cutter:
    """Cuts a file that is being written into pieces. ``bytes`` is how long it is so far."""

    def __init__(self, most_bytes: int) -> None:
        self.bytes = 0
        self._most = most_bytes
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._number = 0

    def add(self, data: bytes) -> list[Piece]:
        """The pieces that became whole. Raises ``TooLarge``."""
        self.bytes += len(data)
        if self.bytes > self._most:
            raise TooLarge
        self._digest.update(data)
        self._waiting += data
        pieces = []
        while len(self._waiting) >= PIECE_BYTES:
            pieces.append(self._cut(PIECE_BYTES))
        return pieces

    def finish(self) -> list[Piece]:
        """The last piece, unless nothing is left."""
        return [self._cut(len(self._waiting))] if self._waiting else []

    @property
    def sha256(self) -> str:
        """The digest of all that was added."""
        return self._digest.hexdigest()

    def _cut(self, size: int) -> Piece:
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        piece = Piece(self._number, zlib.compress(data, _FAST))
        self._number += 1
        return piece


def unpacked(data: bytes) -> bytes:
    """What a piece was before it was packed."""
    return zlib.decompress(data)
