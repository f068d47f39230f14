"""The figures that are published: the report is drawn from its raw data, and the guide says what the report says."""

from pathlib import Path

import pytest

from benchmarks import report, results
from benchmarks.results import EngineResult, figure

DOCS = Path(__file__).parents[2] / "docs"
PUBLISHED = DOCS / "benchmarks"
POSTGRESQL, SQLITE = results.read(PUBLISHED / "results.json").engines


def test_the_report_is_drawn_from_its_raw_figures(tmp_path: Path) -> None:
    report.write(results.read(PUBLISHED / "results.json"), tmp_path)
    drawn = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert drawn == {path.name: path.read_bytes() for path in PUBLISHED.iterdir() if path.name != "results.json"}


def rate(engine: EngineResult, case: str) -> str:
    found = figure(engine.rounds, case, lambda sample: sample.rate)
    assert found is not None
    return f"{found:,.0f}/s"


def filled(engine: EngineResult) -> str:
    assert engine.scale is not None
    return f"{engine.scale.filled.bytes / 1e9:.1f} GB"


def beside(engine: EngineResult) -> str:
    assert engine.beside is not None
    assert engine.beside.earlier == "93a15ce"
    return f"{engine.beside.ratio:.2f}"


def swept(engine: EngineResult) -> str:
    assert engine.sweep is not None
    return f"{engine.sweep.rate:,.0f}/s"


ROWS = {
    "events, one a request": lambda engine: rate(engine, "one"),
    "events in batches of 500": lambda engine: rate(engine, "batch"),
    "events by `vinr import`": lambda engine: rate(engine, "import"),
    "events of one single member": lambda engine: rate(engine, "hot"),
    "reads of an account": lambda engine: rate(engine, "read"),
    "memory of the server, at most": lambda engine: f"{engine.peak_memory / 1e6:,.0f} MB",
    "everything on, of the plain program of commit 93a15ce": beside,
    "a store of 10,000,000 ledger rows": filled,
    "lots expired a second beside 200 events a second": swept,
}


@pytest.mark.parametrize("what", ROWS)
def test_the_guide_says_what_was_measured(what: str) -> None:
    page = (DOCS / "guides" / "performance.md").read_text(encoding="utf-8")
    told = ROWS[what]
    assert page.count(f"| {what} | {told(POSTGRESQL)} | {told(SQLITE)} |") == 1, "once, and in no other table's place"


def test_what_takes_long_is_kept_with_its_commit_when_the_rest_is_measured_anew() -> None:
    found = results.read(PUBLISHED / "results.json")
    before = next(each for each in found.engines if each.engine == "postgresql")
    assert before.scale is not None
    assert before.sweep is not None
    assert before.beside is not None
    commit, later = before.scale.commit or before.commit, before.beside.commit or before.commit
    found.put(EngineResult("postgresql", "PostgreSQL", "18", 2, 1, 1, commit="later"))
    found.put(EngineResult("postgresql", "PostgreSQL", "18", 2, 1, 1, commit="latest"))
    (kept,) = (each for each in found.engines if each.engine == "postgresql")
    assert kept.scale is not None
    assert kept.sweep is not None
    assert (kept.commit, kept.scale.commit, kept.scale.filled) == ("latest", commit, before.scale.filled)
    assert kept.sweep.rate == before.sweep.rate
    assert kept.beside is not None
    assert (kept.beside.commit, kept.beside.ratio) == (later, before.beside.ratio)
    drawn = "\n".join(report._page(found, set()))
    assert f"PostgreSQL's figures of this are those of commit {commit}." in drawn
