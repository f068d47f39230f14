"""The TypeScript package by itself: its own tests, its manifest, its lock file."""

import json
import re
from pathlib import Path

import pytest

from tests.sdk.node import PACKAGE, find_node, run

OWN_TESTS = sorted(path.name for path in (PACKAGE / "test").glob("*.test.js"))


@pytest.mark.parametrize("name", OWN_TESTS)
def test_its_own_tests_pass(typescript_package: Path, name: str) -> None:
    told = run(find_node().program, "--test", "--test-reporter=tap", f"test/{name}", folder=typescript_package)
    assert re.search(r"^# pass [1-9]", told, re.MULTILINE), told


def test_it_depends_on_nothing_at_run_time() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text("utf-8"))
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & set(manifest)
    assert set(manifest["devDependencies"]) == {"standardwebhooks", "typescript"}
    assert manifest["license"] == "Apache-2.0"
    assert manifest["type"] == "module"
    assert manifest["sideEffects"] is False


def test_its_version_is_told_in_one_way() -> None:
    manifest, lock = (json.loads((PACKAGE / name).read_text("utf-8")) for name in ("package.json", "package-lock.json"))
    version = manifest["version"]
    assert f'export const VERSION = "{version}";' in (PACKAGE / "src" / "version.ts").read_text("utf-8")
    assert lock["version"] == lock["packages"][""]["version"] == version


def test_its_lock_file_names_no_registry() -> None:
    lock = (PACKAGE / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert "http" not in lock
    packages = json.loads(lock)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_its_licence_is_ours() -> None:
    assert (PACKAGE / "LICENSE").read_bytes() == (PACKAGE.parents[1] / "LICENSE").read_bytes()
