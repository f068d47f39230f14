"""What was measured, as it is kept beside the report so that it can be drawn anew."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec


class Sample(msgspec.Struct):
    """One run of a case. Rates are events (or requests) a second, latencies milliseconds, memory bytes.

    ``cpu`` is microseconds for each event, by process. ``wall_rate`` counts a command's start and end as well.
    """

    rate: float
    seconds: float
    cpu: dict[str, float]
    p50: float | None = None
    p99: float | None = None
    wall_rate: float | None = None
    memory: int | None = None


class Yard(msgspec.Struct):
    """One run of the yardstick: the rate of each number of clients, and what took it."""

    how: str
    rates: dict[str, float]

    @property
    def rate(self) -> float:
        """The best."""
        return max(self.rates.values())


class Round(msgspec.Struct):
    """One run of everything: the yardstick, and a sample of each case."""

    yard: Yard
    samples: dict[str, Sample]


class Parts(msgspec.Struct):
    """Where a process spends its CPU: shares of the whole by part, and by part and module."""

    parts: dict[str, float]
    modules: list[tuple[str, str, float]]
    samples: int


class Filled(msgspec.Struct):
    """How a store was filled: its size, how long that took, and the bytes that it takes on the disk."""

    members: int
    rows: int
    seconds: float
    bytes: int


class Scale(msgspec.Struct):
    """The same cases on a large store, run beside those on the small one. ``commit`` where it is not the engine's."""

    filled: Filled
    small: list[dict[str, Sample]]
    large: list[dict[str, Sample]]
    peak_memory: int
    commit: str = ""


class Second(msgspec.Struct):
    """One second of the sweep's timeline; milliseconds."""

    at: float
    lots: int
    p50: float
    p99: float


class Sweep(msgspec.Struct):
    """Lots expiring under a steady load; milliseconds, seconds, and lots. ``commit`` where it is not the engine's."""

    lots: int
    expired: int
    seconds: float
    rate: float
    before: tuple[float, float]
    during: tuple[float, float]
    timeline: list[Second]
    complete: bool
    peak_memory: int
    commit: str = ""


class Pair(msgspec.Struct):
    """One run of either after the other: events a second."""

    then: float
    now: float


class Beside(msgspec.Struct):
    """Everything on beside the plain program of an earlier commit: series of runs in turn, each on stores of its own.

    ``commit`` is that of the later code where it is not the engine's.
    """

    earlier: str
    members: int
    events: int
    series: list[list[Pair]]
    commit: str = ""

    @property
    def ratios(self) -> list[float]:
        """Of each series: the median of what now is of then."""
        return [statistics.median(pair.now / pair.then for pair in series) for series in self.series]

    @property
    def ratio(self) -> float:
        """The median of the series."""
        return statistics.median(self.ratios)


class EngineResult(msgspec.Struct):
    """Everything of one engine. ``commit`` is that of the code, empty where that is unknown; ``command`` measures it again."""

    engine: str
    title: str
    version: str
    processes: int
    members: int
    events: int
    rounds: list[Round] = []
    parts: dict[str, Parts] = {}
    peak_memory: int = 0
    scale: Scale | None = None
    sweep: Sweep | None = None
    beside: Beside | None = None
    commit: str = ""
    command: str = ""


class Results(msgspec.Struct):
    """What was measured on one machine, each engine when it was measured last."""

    machine: dict[str, str]
    engines: list[EngineResult]

    def put(self, found: EngineResult) -> None:
        """Adds what was found of an engine, in place of what is there of it. The large store, the sweep and what is measured
        beside an earlier commit take long: where they were left out, what is there of them stays, with the commit that it is of.
        """
        for known in self.engines:
            if known.engine == found.engine:
                found.scale = found.scale or _dated(known.scale, known.commit)
                found.sweep = found.sweep or _dated(known.sweep, known.commit)
                found.beside = found.beside or _dated(known.beside, known.commit)
        self.engines = sorted([*(each for each in self.engines if each.engine != found.engine), found], key=_by_engine)


Long = TypeVar("Long", Scale, Sweep, Beside)


def _dated(kept: Long | None, commit: str) -> Long | None:
    """What is kept of an earlier run, with the commit of that."""
    return None if kept is None else msgspec.structs.replace(kept, commit=kept.commit or commit)


def _by_engine(result: EngineResult) -> str:
    return result.engine


def median(values: Iterable[float | None]) -> float | None:
    """The median of what is there; ``None`` of nothing."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def rates(rounds: Sequence[dict[str, Sample]], name: str) -> list[float]:
    """The rates of a case, run by run."""
    return [samples[name].rate for samples in rounds if name in samples]


def figure(rounds: Iterable[Round], name: str, of: Callable[[Sample], float | None]) -> float | None:
    """The median of something of a case."""
    return median(of(each.samples[name]) for each in rounds if name in each.samples)


def ratio(rounds: Iterable[Round], name: str, against: str) -> float | None:
    """The median, over the runs, of a case's rate to that of what it is measured by in the same run."""
    return median(
        each.samples[name].rate / (each.yard.rate if against == "yardstick" else each.samples[against].rate)
        for each in rounds
        if name in each.samples and (against == "yardstick" or against in each.samples)
    )


def slowdown(scale: Scale, name: str) -> float | None:
    """The rate on the large store as a share of that on the small one, the median over the runs."""
    return median(
        large[name].rate / small[name].rate
        for small, large in zip(scale.small, scale.large, strict=True)
        if name in small and name in large
    )


def write(results: Results, path: Path) -> None:
    """As indented JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def read(path: Path) -> Results:
    """What was written. Raises ``msgspec.ValidationError`` for a file of another shape."""
    return msgspec.json.decode(path.read_bytes(), type=Results)
