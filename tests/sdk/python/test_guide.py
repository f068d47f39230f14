"""docs/guides/python.md and sdk/python/README.md: every sample runs, one after the other, against a server."""

import re
from pathlib import Path
from typing import Any

import pytest

import vinr
from tests.contract.world import world
from tests.docs.tables import DOCS, GUIDES, blocks
from tests.sdk.python.test_types import faults

TODAY = "2026-04-10T12:00:00Z"
"""So that what the pages earn never expires before they look at it."""
README = DOCS.parent / "sdk" / "python" / "README.md"


@pytest.mark.parametrize("page", [GUIDES / "python.md", README], ids=["guide", "readme"])
def test_every_sample_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(f"sqlite:///{tmp_path / 'vinr.db'}") as place:
        monkeypatch.setenv("VINR_API_BASE", place.url)
        monkeypatch.setenv("VINR_SECRET_KEY", place.keys["test"])
        with vinr.Vinr() as client:
            client.test_helpers.clock.set(now=TODAY)
        names: dict[str, Any] = {}
        samples = [block for block in blocks(page) if block.kind == "python"]
        try:
            for sample in samples:
                exec(compile("\n" * sample.line + sample.text, str(page), "exec"), names)
        finally:
            names["vinr"].close()
    assert len(samples) > 5


@pytest.mark.parametrize("page", [GUIDES / "python.md", README], ids=["guide", "readme"])
def test_every_sample_is_typed(page: Path, tmp_path: Path) -> None:
    assert faults(tmp_path, "\n".join(block.text for block in blocks(page) if block.kind == "python")) == {}


def test_the_readme_lists_every_error() -> None:
    told = set(re.findall(r"`(\w+Error)`", README.read_text(encoding="utf-8")))
    assert told == set(vinr.errors.__all__)
