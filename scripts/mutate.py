"""Make small faults in the pure modules, one at a time, and see whether a test notices each.

    python -m scripts.mutate                       # a sample of 100 faults per room, the same ones each time
    python -m scripts.mutate ledger --sample 0     # every fault in one room
    python -m scripts.mutate rules --seed 7        # another sample

Prints the faults that no test noticed, and each room's score: noticed / all that were tried, equivalent ones not left out.
Exits with 1 where a score is below 85 %. A fault is only ever made in memory, of a process of its own: no file is written.

Each is judged by the room's own tests that run its line and open no store, the fastest first, with Hypothesis' examples
always the same. The tests are imported once; a fault is put into the functions as they were imported, and its module runs
anew, for what it works out when it is loaded. That this alone makes no test fail is seen to first.
"""

import argparse
import functools
import os
import pickle
import random
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import coverage
import hypothesis
import pytest

from scripts.mutants import Mutant, mutants_of, no_fault

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "vinr_engagement"
ROOMS = {
    "rules": [f"rules/{name}.py" for name in ("award", "conditions", "definition", "evaluate", "facts", "fields")]
    + ["rules/operators.py", "rules/values.py"],
    "ledger": [
        f"ledger/{name}.py" for name in ("as_of", "bounds", "holder", "lots", "merge", "post", "settle", "snapshot")
    ],
    "payments": ["payments/projection.py", "payments/tables.py"],
    "referrals": ["referrals/referral.py", "referrals/tables.py"],
    "programs": ["programs/policy.py", "programs/program.py"],
    "foundation": [f"foundation/{name}.py" for name in ("calendar", "decimals", "ids", "money")],
}
PYTEST = ["-n0", "-qq", "-p", "no:cacheprovider", "--no-summary", "-W", "ignore"]
ENOUGH = 85
"""Per cent of the faults that have to be noticed in each room."""

SECONDS = 30
"""After so long a fault counts as noticed: the tests do not end with it."""
MEMORY = 3 << 30
EVERY_LINE = 0
_CACHED = type(functools.cache(len))
NOTICED, SURVIVED, ENDLESS = "noticed", "survived", "endless"

Line = tuple[str, int]
"""A file and a line of it; line 0 stands for every line."""

TestsOf = dict[Line, list[tuple[float, int]]]
"""For each line the tests that run it: the seconds that each takes, and its place among all."""


def main() -> None:
    """Try the faults and print what was found."""
    arguments = _arguments()
    hypothesis.settings.register_profile(
        "mutate",
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        max_examples=50,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutate")
    chosen = {room: _sample(room, arguments.sample, arguments.seed) for room in arguments.rooms or ROOMS}
    until = time.monotonic() + 60 * arguments.minutes
    runner = _Runner([mutant for mutants in chosen.values() for mutant in mutants], until)
    tests = [f"tests/{room}" for room in chosen]
    pytest.main([*PYTEST, *tests], plugins=[runner])
    sys.exit(_report(chosen, runner.found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make small faults and see whether a test notices each.")
    parser.add_argument("rooms", nargs="*", metavar="room", help=f"any of {', '.join(ROOMS)}; all, unless named")
    parser.add_argument("--sample", type=int, default=100, help="faults per room; 0 for every one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30, help="no fault is tried after so many")
    return parser.parse_args()


def _sample(room: str, size: int, seed: int) -> list[Mutant]:
    mutants = [mutant for name in ROOMS[room] for mutant in mutants_of(SOURCE / name)]
    if 0 < size < len(mutants):
        places = sorted(random.Random(seed).sample(range(len(mutants)), size))
        mutants = [mutants[place] for place in places]
    return mutants


# judging


class _Runner:
    """Collects the tests once, sees which lines each of them runs, and judges each fault by those that run its lines."""

    def __init__(self, mutants: list[Mutant], until: float) -> None:
        self.mutants = mutants
        self.until = until
        self.found: dict[Mutant, str] = {}
        self.failed = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves out what opens a store: pure modules are judged by tests as pure as they are."""
        items[:] = [item for item in items if item.get_closest_marker("anyio") is None]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes whether a test failed."""
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        tests_of = self._tests_of_lines(session.items)
        for path in sorted({mutant.path for mutant in self.mutants}):
            if self._judge(no_fault(path), session.items, tests_of) != SURVIVED:
                sys.exit(f"{path} cannot be judged: its tests fail without any fault once it was loaded again.")
        for number, mutant in enumerate(self.mutants, 1):
            if time.monotonic() > self.until:
                break
            self.found[mutant] = self._judge(mutant, session.items, tests_of)
            if number % 100 == 0:
                print(f"{number} of {len(self.mutants)} faults tried", file=sys.stderr, flush=True)
        return True

    def _judge(self, mutant: Mutant, items: list[pytest.Item], tests_of: TestsOf) -> str:
        lines = mutant.lines if mutant.function else [EVERY_LINE]
        tests = {test for line in lines for test in tests_of.get((str(mutant.path), line), ())}
        tests = tests or set(tests_of[str(mutant.path), EVERY_LINE])  # it runs when the module is loaded
        chosen = [items[place] for _, place in sorted(tests)]

        def work() -> int:
            _say_nothing(items)
            _infect(mutant)
            for item, following in zip(chosen, [*chosen[1:], None][: len(chosen)], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.failed:
                    return 1
            return 0

        return _in_a_process(work)

    def _tests_of_lines(self, items: list[pytest.Item]) -> TestsOf:
        """For each line the tests that run it, with the seconds that each takes; learnt in a process of its own."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            _say_nothing(items)
            tests = self._learn(items)
            with os.fdopen(write, "wb") as pipe:
                pickle.dump(tests, pipe)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            tests = pickle.load(pipe)
        os.waitpid(child, 0)
        if self.mutants and not tests:
            sys.exit("A test fails without any fault: see `make test`.")
        return tests

    def _learn(self, items: list[pytest.Item]) -> TestsOf:
        paths = {str(mutant.path) for mutant in self.mutants}
        watch = coverage.Coverage(data_file=None, config_file=False, include=sorted(paths))
        seconds: list[float] = []
        watch.start()
        for place, item in enumerate(items):
            _forget()
            watch.switch_context(str(place))
            started = time.perf_counter()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            seconds.append(time.perf_counter() - started)
        watch.stop()
        tests: TestsOf = {}
        for path in paths:
            own = f"tests/{Path(path).parent.name}/"
            all_of_room = [place for place, item in enumerate(items) if item.nodeid.startswith(own)]
            tests[path, EVERY_LINE] = [(seconds[place], place) for place in all_of_room]
            for line, places in watch.get_data().contexts_by_lineno(path).items():
                tests[path, line] = [(seconds[int(place)], int(place)) for place in places if place]
        return {} if self.failed else tests


def _infect(mutant: Mutant) -> None:
    """Put the fault into the module as it was imported; forget what was worked out without it.

    The functions that somebody holds get the faulty code, and the module runs anew, for what it works out when it is loaded.
    """
    module, code = _module_of(mutant.path), mutant.compiled()
    if mutant.function is not None:
        _function_named(module, mutant.function).__code__ = _code_named(code, mutant.function)
    _load_again(module, code)
    _forget()


def _module_of(path: Path) -> ModuleType:
    return sys.modules[".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)]


def _load_again(module: ModuleType, code: CodeType) -> None:
    """Run a module anew, and give what it defines to all that had imported it."""
    before = dict(vars(module))
    exec(code, vars(module))
    for other in _modules("vinr_engagement", "tests"):
        for name, value in list(vars(other).items()):
            if name in before and before[name] is value:
                setattr(other, name, vars(module)[name])


def _function_named(module: ModuleType, name: str) -> Any:
    target: Any = module
    for part in name.split("."):
        target = vars(target)[part]
    for wrapper in ("fget", "func", "__func__", "__wrapped__"):
        target = getattr(target, wrapper, target)
    return target


def _code_named(code: CodeType, name: str) -> CodeType:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    for each in inner:
        if each.co_qualname == name:
            return each
    return next(_code_named(each, name) for each in inner if name.startswith(each.co_qualname + "."))


def _forget() -> None:
    """Empty every cache of the product."""
    for module in _modules("vinr_engagement"):
        for value in list(vars(module).values()):
            if isinstance(value, _CACHED):
                value.cache_clear()


def _modules(*packages: str) -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.startswith(packages) and module is not None]


# processes


def _in_a_process(work: Callable[[], int]) -> str:
    """``noticed`` or ``survived``, as the work says in a process of its own."""
    child = os.fork()
    if child == 0:
        _be_modest()
        try:
            code = work()
        except BaseException:  # noqa: BLE001 (whatever it is, the fault was noticed)
            code = 1
        os._exit(code)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return SURVIVED if status == 0 else NOTICED
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return ENDLESS


def _be_modest() -> None:
    with suppress(ValueError):  # not every system limits it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _say_nothing(items: list[pytest.Item]) -> None:
    for item in items[:1]:
        item.config.pluginmanager.unregister(name="terminalreporter")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def _report(chosen: dict[str, list[Mutant]], found: dict[Mutant, str]) -> int:
    """Print what was not noticed, and the scores; answer 1 where one is too low."""
    for room, mutants in chosen.items():
        for mutant in mutants:
            if found.get(mutant) == SURVIVED:
                print(f"{room}: {mutant.path.relative_to(SOURCE)}:{mutant.line}: {mutant.what}")
    return max([_scored(room, [found.get(mutant) for mutant in mutants]) for room, mutants in chosen.items()])


def _scored(room: str, outcomes: list[str | None]) -> int:
    tried = len(outcomes) - outcomes.count(None)
    noticed, endless = tried - outcomes.count(SURVIVED), outcomes.count(ENDLESS)
    score = 100 * noticed / max(tried, 1)
    print(
        f"{room:12} {tried:5} of {len(outcomes)} faults tried, {noticed} noticed ({endless} without an end): {score:.1f} %"
    )
    return 1 if score < ENOUGH else 0


if __name__ == "__main__":
    main()
