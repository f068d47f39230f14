"""The wheel: it holds what the product needs to run, and runs where nothing else is."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from vinr_engagement.entrypoints.docs.sources import PROJECT

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
PAGES = "vinr_engagement/entrypoints/docs/pages"
WHEEL = re.compile(r"vinr_engagement-[\w.]+-py3-none-any\.whl")


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """What a command prints that must not fail."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("VINR_", "PYTHON"))}
    done = subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def uv(*arguments: str | Path, folder: Path) -> None:
    """From what was downloaded before, if it can be; else with the registry's help."""
    try:
        run(UV, "--offline", "--quiet", *arguments, folder=folder)
    except AssertionError:
        run(UV, "--quiet", *arguments, folder=folder)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built from a copy of what is in it, as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("docs", "deploy"):
        shutil.copytree(ROOT / name, tree / name)
    for name in ("pyproject.toml", "LICENSE", *(path.name for path in ROOT.glob("*.md"))):
        shutil.copy(ROOT / name, tree / name)
    uv("build", "--wheel", "--out-dir", folder / "dist", folder=tree)
    (built,) = (folder / "dist").glob("*.whl")
    assert WHEEL.fullmatch(built.name)
    return built


def written(tree: Path) -> set[str]:
    """What the documentation is made from."""
    found = [path for folder in ("docs", "deploy") for path in (tree / folder).rglob("*") if path.is_file()]
    return {path.relative_to(tree).as_posix() for path in found} | set(PROJECT)


def test_the_wheel_shows_its_own_pages(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "from vinr_engagement.entrypoints.docs import sources; "
        "print(sources.root(), len(sources.pages()), sources.address('deploy/alerts.yml'))"
    )
    root, pages, file = run(sys.executable, "-c", code, folder=tmp_path, PYTHONPATH=str(tmp_path)).split()
    assert root == str(tmp_path / PAGES)
    assert int(pages) == len([name for name in written(ROOT) if name.endswith(".md")])
    assert file == "/docs/files/deploy/alerts.yml"


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        notes = [name.partition(".dist-info/")[2] for name in archive.namelist() if ".dist-info/" in name]
    tree = wheel.parents[1] / "tree"
    source = tree / "src"
    package = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    pages = {f"{PAGES}/{name}" for name in written(tree)}
    assert held == package | pages
    migrations = {name for name in held if name.endswith(".sql")}
    assert "vinr_engagement/foundation/database/migrations/0001_loop.sql" in migrations
    data = "vinr_engagement/entrypoints/demo/data"
    assert {f"{data}/LICENSE.md", f"{data}/online_retail.ndjson.gz"} <= held
    assert "licenses/LICENSE" in notes
    assert "entry_points.txt" in notes


@pytest.mark.slow
def test_the_wheel_installs_and_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    uv("venv", "--python", sys.executable, environment, folder=tmp_path)
    python = environment / "bin" / "python"
    requirements = ROOT / "requirements" / "runtime.txt"
    uv("pip", "install", "--python", python, "--requirement", requirements, folder=tmp_path)
    uv("pip", "install", "--python", python, "--no-deps", wheel, folder=tmp_path)

    vinr = environment / "bin" / "vinr"
    assert re.fullmatch(r"vinr \d+\.\d+\.\d+\S*\n", run(vinr, "--version", folder=tmp_path))
    assert run(vinr, "migrate", folder=tmp_path).startswith("test: applied 0001_loop.sql")
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["vinr.live.db", "vinr.test.db"]
    assert run(vinr, "verify", folder=tmp_path).startswith("test: all is right")
    assert run(vinr, "backup", "copy", folder=tmp_path).startswith("Backed up to copy")
    assert run(python, "-c", "import vinr_engagement.entrypoints.api", folder=tmp_path) == ""
    assert run(UV, "pip", "check", "--python", python, folder=tmp_path) == ""
