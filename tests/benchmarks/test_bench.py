"""The whole benchmark, with next to nothing to do: so that it runs when it is needed."""

import signal
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from benchmarks import machine, results
from benchmarks.__main__ import main
from benchmarks.cases import CASES

TINY = ["--members", "40", "--events", "64", "--runs", "1", "--seconds", "0.2", "--no-parts"]
REST = ["--parts", "--scale", "--scale-members", "20", "--sweep", "--sweep-lots", "200", "--sweep-before", "1"]


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A benchmark that is told to stop ends what it started; this process goes on."""
    monkeypatch.setattr(machine, "FSYNC_SECONDS", 0.1)
    taken = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, taken)


def bench(folder: Path, *arguments: str) -> results.Results:
    """Measures, and answers the raw figures."""
    into = folder / "report"
    done = CliRunner().invoke(
        main, [*arguments, "--folder", str(folder), "--report", str(into)], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return results.read(into / "results.json")


def test_every_case(tmp_path: Path) -> None:
    into = tmp_path / "report"
    into.mkdir()
    other = results.EngineResult("postgresql", "PostgreSQL", "18.4", 2, 40, 64, command="make bench")
    results.write(results.Results({"CPU": machine.describe(None)["CPU"]}, [other]), into / "results.json")
    kept, engine = bench(tmp_path, "--engine", "sqlite", *TINY).engines
    assert kept == other, "what was measured of the other engine stays"
    assert engine.rounds[0].samples.keys() == CASES.keys()
    assert engine.peak_memory > 1e6
    assert engine.command.startswith("make bench")


@pytest.mark.parametrize("case", ["full", "redeem"])
def test_what_is_told_of_a_case_beside_the_plain_one(tmp_path: Path, case: str) -> None:
    (engine,) = bench(tmp_path, "--engine", "sqlite", "--only", case, *TINY).engines
    (run,) = engine.rounds
    assert run.samples.keys() == {"one", case}
    page = (tmp_path / "report" / "README.md").read_text(encoding="utf-8")
    rate, plain = run.samples[case].rate, run.samples["one"].rate
    told = f"{rate / plain:.2f} × of one a request, {rate / run.yard.rate:.2f} × of the yardstick"
    (line,) = [line for line in page.splitlines() if told in line]
    assert line.startswith(f"| {CASES[case].title} ")
    assert f"≥ {CASES[case].targets['sqlite']}" in line


def test_a_report_can_be_redrawn(tmp_path: Path) -> None:
    bench(tmp_path, "--engine", "sqlite", "--only", "one", *TINY)
    into = tmp_path / "report"
    before = {path.name: path.read_bytes() for path in into.iterdir()}
    assert {"README.md", "rates.svg", "latency.svg", "results.json"} <= before.keys()
    assert CliRunner().invoke(main, ["--report", str(into), "--redraw"]).exit_code == 0
    assert {path.name: path.read_bytes() for path in into.iterdir()} == before
    assert str(tmp_path) not in (into / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("postgres_server")  # it is loaded once in a process, with a folder that outlives this test
@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_everything(tmp_path: Path, name: str) -> None:
    (engine,) = bench(tmp_path, "--engine", name, *TINY, *REST).engines
    assert engine.rounds[0].samples.keys() == CASES.keys()
    assert set(engine.parts) == {"one", "full", "batch", "import", "redeem"}
    assert engine.scale is not None
    assert engine.scale.filled.rows == 200
    assert "redeem" in engine.scale.large[0]
    assert "full" not in engine.scale.large[0], "the large store is of a plain program"
    assert engine.sweep is not None
    assert engine.sweep.complete
    for drawn in (tmp_path / "report").glob("*.svg"):
        ElementTree.parse(drawn)
