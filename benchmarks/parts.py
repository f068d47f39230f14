"""Which part of the engine uses the CPU: shares by part and module, from what the sampler saw.

A stack belongs to the innermost module that has a part; what has none (a library, the basics in ``foundation``) counts
for whoever called it. What a thread had used when it was seen at rest is shared out over what it was seen at otherwise.
"""

import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import msgspec

from benchmarks import servers
from benchmarks.cases import Case
from benchmarks.profiled_server import NATIVE, REST
from benchmarks.results import Parts
from benchmarks.servers import Site

HTTP, LOOP, DECIDE, DATABASE, IMPORT, OTHER = "HTTP", "event loop", "decide", "database client", "import", "other"
MODULES = 25
ORDER = (HTTP, LOOP, IMPORT, DECIDE, DATABASE, OTHER)
_IMPORTING = "importlib._bootstrap"
"""Loading modules: before the first event."""
_ROOT = "vinr_engagement."
_PARTS = (
    (_ROOT + "foundation.database.state", DECIDE),
    (_ROOT + "foundation.database.table", DECIDE),
    (_ROOT + "foundation.database", DATABASE),
    ("asyncpg", DATABASE),
    ("sqlite3", DATABASE),
    (_ROOT + "foundation", ""),
    (_ROOT + "entrypoints.imports", IMPORT),
    (_ROOT + "entrypoints.cli.importing", IMPORT),
    (_ROOT + "entrypoints.worker", OTHER),
    (_ROOT + "entrypoints.cli", ""),
    (_ROOT + "entrypoints", HTTP),
    (_ROOT, DECIDE),
    ("uvicorn", HTTP),
    ("fastapi", HTTP),
    ("starlette", HTTP),
    ("httptools", HTTP),
)
"""The first prefix that fits; an empty part is the caller's."""


class _Seen(msgspec.Struct):
    samples: int
    stacks: list[tuple[tuple[str, ...], float]]


def measure(site: Site, port: int, case: Case, count: int) -> Parts:
    """One run of a case with the server (or the import) under the sampler."""
    with tempfile.TemporaryDirectory(dir=site.engine.folder) as folder:
        report = Path(folder) / "stacks.json"
        launcher = (sys.executable, "-P", servers.LAUNCHER, str(report))
        begin = report.with_name(report.name + ".begin")
        if case.name == "import":
            begin.touch()
            with servers.served(site, port):
                case.measure(replace(site, importer=launcher), count)
            site.take(2 * count)
        else:
            with servers.served(site, port, launcher=launcher):
                begin.touch()
                case.measure(site, count)
        return _summed(msgspec.json.decode(report.read_bytes(), type=_Seen))


def _summed(seen: _Seen) -> Parts:
    by_module: defaultdict[tuple[str, str], float] = defaultdict(float)
    rest, active = _by_thread(seen, at_rest=True), _by_thread(seen, at_rest=False)
    for (thread, *stack), seconds in seen.stacks:
        if stack != [REST] and _IMPORTING not in stack:
            by_module[_owner(stack)] += seconds * (1 + rest[thread] / active[thread])
    total = sum(by_module.values()) or 1.0
    by_part: defaultdict[str, float] = defaultdict(float)
    for (part, _), seconds in by_module.items():
        by_part[part] += seconds
    shares = {part: by_part[part] / total for part in ORDER if by_part[part]}
    largest = sorted(by_module.items(), key=lambda item: -item[1])
    modules = [(part, module, seconds / total) for (part, module), seconds in largest[:MODULES]]
    return Parts(shares, modules, seen.samples)


def _by_thread(seen: _Seen, *, at_rest: bool) -> dict[str, float]:
    seconds: defaultdict[str, float] = defaultdict(float)
    for (thread, *stack), used in seen.stacks:
        if (stack == [REST]) == at_rest:
            seconds[thread] += used
    return seconds


def _owner(stack: list[str]) -> tuple[str, str]:
    """The part, and the module that it was found by."""
    if stack == [NATIVE]:
        return LOOP, "uvloop and what it calls"
    for module in stack:
        part = _part_of(module)
        if part:
            return part, module.removeprefix(_ROOT)
    return OTHER, stack[0]


def _part_of(module: str) -> str:
    for prefix, part in _PARTS:
        if module == prefix.rstrip(".") or module.startswith(prefix.rstrip(".") + "."):
            return part
    return ""
