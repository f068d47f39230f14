"""The TypeScript package, built."""

from pathlib import Path

import pytest

from tests.sdk.node import Project, built_package, new_project


@pytest.fixture(scope="session")
def typescript_package() -> Path:
    """A copy of the TypeScript package, with its development dependencies, built."""
    return built_package()


@pytest.fixture
def project(typescript_package: Path, tmp_path: Path) -> Project:
    """An empty project that has the TypeScript package installed."""
    folder = tmp_path / "project"
    folder.mkdir()
    return new_project(folder, typescript_package)
