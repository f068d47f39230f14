"""Where the pages come from: the folders of a checkout, or their copies in an installed package."""

import posixpath
from functools import cache
from pathlib import Path
from typing import Final

from vinr_engagement.entrypoints.pages.file import PICTURES, TEXT, File

_PACKAGED: Final = Path(__file__).parent / "pages"
_CHECKOUT: Final = Path(__file__).parents[4]
INDEX: Final = "docs/README.md"
PROJECT: Final = ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
"""Pages that a repository keeps at its root."""
_FOLDERS: Final = ("docs/", "deploy/")
_FILES: Final = "/docs/files/"


@cache
def root() -> Path:
    """The folder that has ``docs`` in it."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def text(source: str) -> str:
    """What a file says. Raises ``FileNotFoundError``."""
    return (root() / source).read_text(encoding="utf-8")


def pages() -> list[str]:
    """Every file that is a page, by its path from the root."""
    written = sorted(path.relative_to(root()).as_posix() for path in (root() / "docs").rglob("*.md"))
    return [source for source in (*written, *PROJECT) if (root() / source).is_file()]


def files() -> list[str]:
    """Every file that pages may link to and that is none itself."""
    found = [path for folder in _FOLDERS for path in sorted((root() / folder).rglob("*"))]
    return [path.relative_to(root()).as_posix() for path in found if path.is_file() and path.suffix != ".md"]


def file(source: str) -> File:
    """A file that is no page: a picture as such, all else as text."""
    path = root() / source
    return File(path.read_bytes(), PICTURES.get(path.suffix, TEXT))


def address(source: str) -> str | None:
    """Where a file is on the site; ``None`` for one that is not there: ``docs/guides/events.md`` is ``/docs/guides/events``."""
    if source == "README.md":
        return "/docs"
    if not (root() / source).is_file():
        return None
    if source in PROJECT:
        return f"/docs/project/{source.removesuffix('.md').lower()}"
    if not source.startswith(_FOLDERS):
        return None
    if not source.endswith(".md"):
        return _FILES + source
    return f"/{source.removesuffix('.md').removesuffix('/README')}"


def markdown_address(address: str) -> str:
    """Where the Markdown of a page is that is at this address; what is a file anyway is there itself."""
    return address if "." in posixpath.basename(address) or address.startswith(_FILES) else f"{address}.md"


def target(page: str, link: str) -> str | None:
    """The file that a relative link of a page leads to, by its path from the root; ``None`` for one out of it."""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
    if (root() / found).is_dir():
        found = f"{found}/README.md"
    return None if found.startswith("..") else found
