"""The guide and the README: each page is one program, which is type-checked, runs, and prints what its comments say."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.docs.tables import GUIDES, blocks
from tests.sdk.node import PACKAGE, Project, new_project
from tests.served import served

PAGES = {"guide": GUIDES / "typescript.md", "readme": PACKAGE / "README.md"}
BROWSER_TYPES = '/// <reference lib="dom" />\n'
_PRINTED = re.compile(r"(?:^|;|\)) ?// (.+)$", re.MULTILINE)


def program(page: Path) -> str:
    return "\n".join(block.text for block in blocks(page, "ts"))


@pytest.fixture(scope="module")
def compiled(typescript_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Both pages, as programs."""
    project = new_project(tmp_path_factory.mktemp("guide"), typescript_package)
    (project.folder / "ambient.d.ts").write_text(
        BROWSER_TYPES + "declare const process: { env: Record<string, string | undefined> };\n", encoding="utf-8"
    )
    project.compile(**{name: program(page) for name, page in PAGES.items()})
    return project


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_prints_what_it_says(database_url: str, compiled: Project, name: str) -> None:
    promised = _PRINTED.findall(program(PAGES[name]))
    assert promised
    async with served(database_url) as server:
        environment = {"VINR_API_BASE": server.url, "VINR_SECRET_KEY": server.key}
        told = await asyncio.to_thread(compiled.node, f"{name}.mjs", **environment)
    assert told.splitlines() == promised


def test_the_guide_names_every_error() -> None:
    exported = set(re.findall(r"\b\w+Error\b", (PACKAGE / "src" / "index.ts").read_text("utf-8")))
    assert exported == set(re.findall(r"`(\w+Error)`", PAGES["guide"].read_text("utf-8")))
