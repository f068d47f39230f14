"""A file of lines: read once, forward, in bounded memory, able to go on at a byte where it stopped."""

import gzip
import io
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import IO, Literal

from vinr_engagement.foundation.errors import Invalid

Format = Literal["ndjson", "csv"]
ENDINGS: dict[str, Format] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson", ".csv": "csv"}
STANDARD_INPUT = "-"
LONGEST_LINE = 1 << 20
"""Bytes of a line; a longer one is refused."""
_READ_BYTES = 1 << 20


class UnknownFormat(ValueError):
    """The name of a file says nothing of its format."""


def format_of(path: str) -> Format:
    """By the ending, ``.gz`` left out. Raises ``UnknownFormat``."""
    name = Path(path).name.lower().removesuffix(".gz")
    for ending, found in ENDINGS.items():
        if name.endswith(ending):
            return found
    raise UnknownFormat(f"{path} ends in none of {', '.join(ENDINGS)} (nor these and .gz): say --format ndjson or csv")


class Source:
    """The lines of a file or of standard input. ``line`` and ``position`` tell of the last one that was read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.line = 0
        self.position = 0
        self._file = sys.stdin.buffer if path == STANDARD_INPUT else Path(path).open("rb")  # noqa: SIM115 (close does)
        self.regular = path != STANDARD_INPUT and Path(path).is_file()
        self.size = Path(path).stat().st_size if self.regular else None
        self._lines: IO[bytes] = self._file
        if path.lower().endswith(".gz"):
            self._lines = io.BufferedReader(gzip.GzipFile(fileobj=self._file, mode="rb"))  # type: ignore[arg-type]

    def fingerprint(self, *also: str) -> str | None:
        """A digest of the content, and of how it is read; ``None`` for what can be read only once."""
        if not self.regular:
            return None
        digest = blake2b("\n".join(also).encode(), digest_size=16)
        with Path(self.path).open("rb") as file:
            while part := file.read(_READ_BYTES):
                digest.update(part)
        return digest.hexdigest()

    def progress(self) -> int:
        """How many bytes of the file itself were read."""
        return self._file.tell() if self.regular else self.position

    def go_to(self, line: int, position: int) -> None:
        """Goes on after a line that ended before this byte of the (unpacked) content."""
        self._lines.seek(position)
        self.line, self.position = line, position

    def lines(self) -> Iterator[bytes]:
        """Each line with its ending. One that is too long is cut to ``LONGEST_LINE`` and a byte, and the rest skipped.

        Raises ``OSError`` and ``EOFError`` where the file is damaged.
        """
        while line := self._lines.readline(LONGEST_LINE + 1):
            self.line += 1
            self.position += len(line)
            if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                self._skip_rest()
            yield line

    def _skip_rest(self) -> None:
        while rest := self._lines.readline(_READ_BYTES):
            self.position += len(rest)
            if rest.endswith(b"\n"):
                return

    def close(self) -> None:
        """Lets go of the file."""
        if self.path != STANDARD_INPUT:
            self._lines.close()
            self._file.close()


def too_long(line: bytes) -> Invalid | None:
    """The refusal of a line that was cut."""
    if len(line) <= LONGEST_LINE:
        return None
    return Invalid("line_too_long", f"The line is longer than {LONGEST_LINE:,} bytes.")
