"""Everything that is made from the API: which files, and whether those in the tree are still right."""

from collections.abc import Callable, Mapping
from typing import Final

from scripts.sdk import document, python, typescript
from scripts.sdk.description import MARK, Description
from scripts.sdk.reading import read

Files = Mapping[str, str]
"""Content by path, from the root of the repository."""

GENERATORS: Final[tuple[Callable[[Description], Files], ...]] = (python.files, typescript.files)
MARKED_WITHIN: Final = 500
FOLDERS: Final = ("sdk/python/src", "sdk/typescript/src")


def generated() -> Files:
    """Every generated file."""
    found = document.document()
    described = read(found)
    made = {"sdk/openapi.json": document.written(found)}
    for generator in GENERATORS:
        made |= generator(described)
    return made


def stale(made: Files) -> list[str]:
    """The files that are missing, that differ from what is made now, and that are made no longer."""
    differing = [path for path, content in made.items() if _committed(path) != content]
    return sorted({*differing, *(path for path in _marked() if path not in made)})


def write(made: Files, changed: list[str]) -> None:
    """Brings these files up to date."""
    for path in changed:
        place = document.ROOT / path
        if path in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(made[path], encoding="utf-8")
        else:
            place.unlink()


def _committed(path: str) -> str | None:
    place = document.ROOT / path
    return place.read_text(encoding="utf-8") if place.exists() else None


def _marked() -> list[str]:
    """Files in the tree that were generated once."""
    places = [place for folder in FOLDERS for place in sorted((document.ROOT / folder).rglob("*.*"))]
    sources = [place for place in places if place.suffix in (".py", ".ts")]
    marked = [place for place in sources if MARK in place.read_text(encoding="utf-8")[:MARKED_WITHIN]]
    return [place.relative_to(document.ROOT).as_posix() for place in marked]
