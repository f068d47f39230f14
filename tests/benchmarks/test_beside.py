"""Everything on beside the plain program of an earlier commit: either runs its own code, in turn."""

from pathlib import Path

from click.testing import CliRunner, Result

from benchmarks import beside, report, results
from benchmarks.__main__ import main
from benchmarks.results import Beside, EngineResult, Pair, Results

TINY = ["--engine", "sqlite", "--only", "none", "--series", "1", "--series-members", "20", "--series-events", "8"]


def measured(folder: Path, commit: str) -> Result:
    arguments = [*TINY, "--beside", commit, "--folder", str(folder), "--report", str(folder / "report")]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_the_code_of_a_commit_runs_beside_this(tmp_path: Path) -> None:
    done = measured(tmp_path, "HEAD")
    assert done.exit_code == 0, done.output
    (engine,) = results.read(tmp_path / "report" / "results.json").engines
    found = engine.beside
    assert found is not None
    assert (found.earlier, found.members, found.events) == ("HEAD", 20, 8)
    (series,) = found.series
    assert len(series) == beside.RUNS
    assert all(pair.then > 0 and pair.now > 0 for pair in series)
    page = (tmp_path / "report" / "README.md").read_text(encoding="utf-8")
    assert f"| SQLite | HEAD | {median_of(series, 'then'):,.0f} |" in page


def median_of(series: list[Pair], which: str) -> float:
    found = results.median(getattr(pair, which) for pair in series)
    assert found is not None
    return found


def test_a_commit_that_git_does_not_know_is_told(tmp_path: Path) -> None:
    done = measured(tmp_path, "0000000")
    assert done.exit_code == 2
    assert "--beside: fatal: not a valid object name: 0000000" in done.output
    assert not (tmp_path / "report").exists()


def test_the_ratio_is_the_median_of_the_series_and_of_each_the_median_of_its_runs() -> None:
    series = [[Pair(100, each) for each in ratios] for ratios in ((10, 80, 90), (70, 75, 500), (85, 85, 85))]
    found = Beside("abc1234", 20, 8, series)
    assert found.ratios == [0.8, 0.75, 0.85]
    assert found.ratio == 0.8
    engine = EngineResult("sqlite", "SQLite", "3", 1, 20, 8, beside=found)
    page = "\n".join(report._page(Results({}, [engine]), set()))
    assert "| SQLite | abc1234 | 100 | 85 | 0.80 × | ≥ 0.8 met | 0.75, 0.80, 0.85 |" in page
    found.series[0] = [Pair(100, 79)]
    assert "| 0.79 × | ≥ 0.8 missed |" in "\n".join(report._page(Results({}, [engine]), set()))
