"""The Python SDK's wheel: it holds the package alone, installs where nothing else is, carries its types, and is light."""

import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.test_wheel import ROOT, UV, run, uv
from tests.sdk.python.test_types import RIGHT, WRONG, faults

pytestmark = pytest.mark.slow

PACKAGE = ROOT / "sdk" / "python"
TRIES = 5
CALLS = {
    "vinr": "from vinr import Vinr; Vinr('sk_test_1').loyalty.accounts.create",
    "stripe": "from stripe import StripeClient; StripeClient('sk_test_1').v1.customers.create",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the package."""
    folder = tmp_path_factory.mktemp("sdk")
    shutil.copytree(PACKAGE, folder / "tree", ignore=shutil.ignore_patterns("__pycache__"))
    uv("build", "--wheel", "--out-dir", folder / "dist", folder=folder / "tree")
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """The Python of an environment with the wheel, what it depends on, and Stripe's SDK to compare with."""
    environment = wheel.parent / "environment"
    uv("venv", "--python", sys.executable, environment, folder=wheel.parent)
    uv("pip", "install", "--python", environment / "bin" / "python", wheel, folder=wheel.parent)
    return environment / "bin" / "python"


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert re.fullmatch(r"vinr-\d+\.\d+\.\d+-py3-none-any\.whl", wheel.name)
    source = PACKAGE / "src"
    modules = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {name for name in names if ".dist-info/" not in name} == {
        name for name in modules if "__pycache__" not in name
    }
    assert "vinr/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert re.findall(r"^Requires-Dist: (\S+?)[<>=].*$", metadata, re.MULTILINE) == ["httpx2"]
    assert "License-Expression: Apache-2.0" in metadata
    assert (PACKAGE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_it_installs_and_runs_where_nothing_else_is(python: Path, tmp_path: Path) -> None:
    listed = run(UV, "pip", "list", "--python", python, "--format=freeze", folder=tmp_path)
    assert re.search(r"^vinr==", listed, re.MULTILINE)
    assert "vinr-engagement" not in listed
    assert run(UV, "pip", "check", "--python", python, folder=tmp_path) == ""
    everything = "import vinr; print(len([getattr(vinr, name) for name in vinr.__all__]) == len(vinr.__all__))"
    assert run(python, "-c", everything, folder=tmp_path) == "True\n"


def test_its_types_come_along(python: Path, tmp_path: Path) -> None:
    assert faults(tmp_path, RIGHT, python=python) == {}
    assert len(faults(tmp_path, WRONG, python=python)) > 20


def test_it_is_small_and_starts_quickly(
    wheel: Path, python: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uv("pip", "install", "--python", python, "stripe", folder=tmp_path)
    starts = {name: cold_start(python, call, tmp_path) for name, call in CALLS.items()}
    sizes = {name: installed_size(python, name) for name in CALLS}
    told = [f"\nThe wheel of vinr has {wheel.stat().st_size / 1024:.0f} KiB."]
    told += [f"{name:6} {sizes[name] / 1024:6.0f} KiB, {starts[name]:4.0f} ms to its first method" for name in CALLS]
    with capsys.disabled():
        sys.stdout.write("\n".join(told) + "\n")
    assert starts["vinr"] < starts["stripe"]
    assert sizes["vinr"] < sizes["stripe"]


def cold_start(python: Path, call: str, folder: Path) -> float:
    """Milliseconds to a method of a new client, at best."""
    timed = f"import time; start = time.perf_counter(); {call}; print((time.perf_counter() - start) * 1000)"
    return min(float(run(python, "-c", timed, folder=folder)) for _ in range(TRIES))


def installed_size(python: Path, package: str) -> int:
    """Bytes of a package's own files, without what Python compiled of them."""
    (folder,) = python.parents[1].glob(f"lib/python*/site-packages/{package}")
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
