"""The processes of one server: each tells the others what it counted, and whichever is asked tells of all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Final

import msgspec
from prometheus_client import generate_latest
from prometheus_client.core import Metric

from vinr_engagement.entrypoints.api.store_metrics import ASKED_OF_THE_DATABASE

PATIENCE_SECONDS: Final = 3.0
"""A process that does not tell soon is left out."""
_FAMILIES: Final = msgspec.msgpack.Decoder(list[tuple[str, str, str, list[tuple[str, dict[str, str], float]]]])
"""Name, documentation and type of each family, and of its samples name, labels and value."""


class Siblings:
    """This process among those that share a folder, which nobody else may enter.

    They are numbered from 1. A process has the lowest number that is free, so that one which takes the place of
    another goes on under its number. It has none but while it is :meth:`telling`.
    """

    def __init__(self, folder: Path) -> None:
        self.number = 0
        self.counted: Callable[[], Iterable[Metric]] = list
        self._folder = folder

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Meanwhile the others are told what :attr:`counted` says."""
        with _claimed(self._folder) as self.number:
            socket = self._folder / f"{self.number}.socket"
            socket.unlink(missing_ok=True)  # Of one that was killed.
            server = await asyncio.start_unix_server(self._tell, socket)
            try:
                yield
            finally:
                server.close()
                socket.unlink(missing_ok=True)

    def _tell(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = _packed(self.counted())
        writer.write(b"%d\n" % len(told) + told)
        writer.close()

    async def metrics(self) -> bytes:
        """What all processes counted, as Prometheus reads it; each sample has the number of its ``process``.

        What only the database knows is as this process asked it.
        """
        others = self._others()
        answers = await asyncio.gather(*(_ask(path) for path in others.values()))
        told = {number: answer for number, answer in zip(others, answers, strict=True) if answer is not None}
        told[self.number] = _packed(self.counted())
        return await asyncio.to_thread(_exposition, told, self.number)

    def _others(self) -> dict[int, Path]:
        found = {int(path.stem): path for path in self._folder.glob("*.socket")}
        return {number: path for number, path in found.items() if number != self.number}


@contextmanager
def _claimed(folder: Path) -> Iterator[int]:
    """A number that no other process has meanwhile; the end of this one frees it too, however it comes."""
    for number in count(1):
        with (folder / f"{number}.lock").open("wb") as lock:
            if _locked(lock):
                yield number
                return


def _locked(file: IO[bytes]) -> bool:
    import fcntl  # noqa: PLC0415 (Windows has none, nor several processes)

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _ask(path: Path) -> bytes | None:
    """What a sibling counted; ``None`` where it does not answer, or not to the end."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                return await reader.readexactly(int(await reader.readline()))
            finally:
                writer.close()
    except (OSError, EOFError, ValueError, TimeoutError):
        return None


def _packed(families: Iterable[Metric]) -> bytes:
    """As one process tells another: ten times cheaper to read than text."""
    return msgspec.msgpack.encode(
        [
            (
                family.name,
                family.documentation,
                family.type,
                [(each.name, each.labels, each.value) for each in family.samples],
            )
            for family in families
        ]
    )


def _exposition(told: Mapping[int, bytes], asked: int) -> bytes:
    """The text of what several processes told; ``asked`` is the one that asked the database just now."""
    together = _Together()
    for process, packed in sorted(told.items()):
        together.add(packed, process, has_asked=process == asked)
    return generate_latest(together)


class _Together:
    """The metrics of several processes as if of one, family by family."""

    def __init__(self) -> None:
        self._families: dict[str, Metric] = {}

    def add(self, packed: bytes, process: int, *, has_asked: bool) -> None:
        """Adds what a process told."""
        for name, documentation, kind, samples in _FAMILIES.decode(packed):
            family = self._families.setdefault(name, Metric(name, documentation, kind))
            if name not in ASKED_OF_THE_DATABASE:
                for sample, labels, value in samples:
                    family.add_sample(sample, {**labels, "process": str(process)}, value)
            elif has_asked:
                for sample, labels, value in samples:
                    family.add_sample(sample, labels, value)

    def collect(self) -> Iterable[Metric]:
        """Every family once."""
        return self._families.values()
