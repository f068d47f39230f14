"""The dashboard's files as they are sent: one page for every path, and what it loads under an address that names its content.

Modules name each other by relative paths. So one digest of all files, put into the address of the first, is in the address of
all: browsers keep each for good, and a release changes every address at once. The page itself is asked about each time.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Final

from vinr_engagement.entrypoints.pages.file import HTML, TEXT, TYPES, File

PAGE: Final = "index.html"
START: Final = "app.js"
"""The module that the page begins with."""
COMPONENTS: Final = "ui/index.js"
"""What pages are made of: whichever is shown first imports it."""
_PRELOADS: Final = "<!-- preloads -->"
ALL_STYLES: Final = "css/all.css"
"""Every sheet in one file, which is made here: they are small, and all wanted before anything is painted."""
_FIRST_STYLES: Final = ("css/tokens.css", "css/base.css", "css/layout.css", "css/components.css", "vendor/uplot.css")
_STYLE_OF_PAGES: Final = re.compile(r"css/pages-[\w-]+\.css")
_IMPORT: Final = re.compile(r"""^(?:import|export)\b[^;"'()]*?["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)
_VERSIONED: Final = re.compile(r"/static/[0-9a-f]{16}/(.+)")
_MISSING: Final = File(b"There is no such file.\n", TEXT, status=404)


class Bundle:
    """Every file of the dashboard. ``static`` is the path where they are found."""

    def __init__(self, sources: Mapping[str, bytes], static: str) -> None:
        self.digest = _digest(sources)
        self.root = f"{static}{self.digest}/"
        sources = {**sources, ALL_STYLES: _styles(sources)}
        files = {name: File(body, TYPES.get(Path(name).suffix, TEXT)) for name, body in sources.items() if name != PAGE}
        self._changing = files
        self._final = {name: replace(file, is_final=True) for name, file in files.items()}
        self._page = File(self._filled(sources[PAGE].decode(), sources, static).encode(), HTML)

    @classmethod
    def read(cls, folder: Path, static: str) -> "Bundle":
        """What is in a folder."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return cls({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}, static)

    def file(self, path: str) -> File:
        """What is at a path under the dashboard's own: the page, unless it is the path of a file.

        At the address of another release is the file of this one, which browsers do not keep there: while a new release takes
        over, a page that an old server sent finds its modules at a new one.
        """
        if not path.startswith("/static/"):
            return _MISSING if "." in posixpath.basename(path) else self._page
        match = _VERSIONED.fullmatch(path)
        if match is None:
            return _MISSING
        files = self._final if path.startswith(f"/static/{self.digest}/") else self._changing
        return files.get(match[1], _MISSING)

    def _filled(self, page: str, sources: Mapping[str, bytes], static: str) -> str:
        """The page with its files' addresses, and all that the first view needs named, so that it is fetched at once."""
        modules = sorted((needed(START, sources) | needed(COMPONENTS, sources)) - {START})
        links = [f'<link rel="modulepreload" href="{static}{name}">' for name in modules]
        return page.replace(_PRELOADS, "\n    ".join(links)).replace(static, self.root)


def _styles(sources: Mapping[str, bytes]) -> bytes:
    of_pages = sorted(name for name in sources if _STYLE_OF_PAGES.fullmatch(name))
    return b"\n".join(sources[name] for name in (*_FIRST_STYLES, *of_pages))


def needed(module: str, sources: Mapping[str, bytes]) -> set[str]:
    """A module and all that it imports, and they in turn; what is loaded later, with ``import()``, is left out."""
    found: set[str] = set()
    left = [module]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(imported(name, sources[name].decode()))
    return found


def imported(name: str, text: str) -> Iterator[str]:
    """The files that a module imports, by their path from the root."""
    for target in _IMPORT.findall(text):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


def _digest(sources: Mapping[str, bytes]) -> str:
    digest = blake2b(digest_size=8)
    for name in sorted(sources):
        digest.update(f"{name}\0{len(sources[name])}\0".encode())
        digest.update(sources[name])
    return digest.hexdigest()
