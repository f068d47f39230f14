"""Reading the Markdown of docs/: tables, code blocks, links, headings."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = DOCS / "guides"
REFERENCE = DOCS / "reference"

Row = dict[str, str]
Table = list[Row]

_FENCE = re.compile(r"^```(.*)$")
_RULE = re.compile(r"^\|[\s:|-]+\|$")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A fenced block; ``kind`` is what follows the opening fence, like ``json event``."""

    path: Path
    line: int
    kind: str
    text: str

    def parsed(self) -> Any:
        """What a JSON block says."""
        return json.loads(self.text)


class Section(NamedTuple):
    """What stands under a heading: its text in one line, tables included, and those tables."""

    text: str
    tables: list[Table]


def own_pages() -> list[Path]:
    """The pages that these tests answer for."""
    start = (DOCS / "README.md", DOCS / "tutorial.md", DOCS / "concepts.md")
    return [*start, REFERENCE / "events.md", *sorted(GUIDES.glob("*.md"))]


def prose(path: Path) -> str:
    """A page without its line breaks."""
    return " ".join(path.read_text(encoding="utf-8").split())


def tables(path: Path) -> list[Table]:
    """Every table of a page, in its order."""
    return _tables(_outside_fences(path))


def _tables(lines: list[tuple[int, str]]) -> list[Table]:
    found: list[Table] = []
    for above, rule in itertools.pairwise(lines):
        if _RULE.match(rule[1]) and above[1].startswith("|"):
            found.append(list(_rows(lines, above[0], _cells(above[1]))))
    return found


def sections(path: Path) -> dict[str, Section]:
    """What stands under each heading of a page, up to the next heading of any level."""
    found: dict[str, Section] = {}
    lines = _outside_fences(path)
    starts = [at for at, (_, line) in enumerate(lines) if re.match(r"#{1,6} ", line)]
    for start, end in itertools.pairwise([*starts, len(lines)]):
        heading = lines[start][1].lstrip("# ")
        assert heading not in found, f"{path.name} has two headings {heading!r}"
        found[heading] = Section(" ".join(line for _, line in lines[start + 1 : end]), _tables(lines[start:end]))
    return found


def table(path: Path, *columns: str) -> Table:
    """The one table of a page that has these columns first."""
    matching = [each for each in tables(path) if each and tuple(each[0])[: len(columns)] == columns]
    assert len(matching) == 1, f"{path.name} has {len(matching)} tables that start with {columns}"
    return matching[0]


def _rows(lines: list[tuple[int, str]], header: int, names: list[str]) -> Iterator[Row]:
    for number, line in lines:
        if number < header + 2:
            continue
        if not line.startswith("|"):
            return
        cells = _cells(line)
        assert len(cells) == len(names), f"line {number + 1} has {len(cells)} cells, not {len(names)}: {line}"
        yield dict(zip(names, cells, strict=True))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _outside_fences(path: Path) -> list[tuple[int, str]]:
    lines, inside = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if _FENCE.match(line):
            inside = not inside
        lines.append((number, "" if inside else line))
    return lines


def codes(cell: str) -> list[str]:
    """What a cell has in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def code(cell: str) -> str:
    """The only thing that a cell has in backticks."""
    (found,) = codes(cell)
    return found


def blocks(path: Path, kind: str = "") -> list[Block]:
    """The fenced blocks of a page whose kind starts so."""
    found: list[Block] = []
    start, opened, lines = 0, "", []
    inside = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.match(line)
        if fence and inside:
            found.append(Block(path, start, opened, "\n".join(lines)))
        if fence:
            inside, start, opened, lines = not inside, number, fence.group(1).strip(), []
        elif inside:
            lines.append(line)
    return [block for block in found if (block.kind + " ").startswith(kind and kind + " ")]


def links(path: Path) -> list[str]:
    """The targets of a page's links."""
    text = "\n".join(line for _, line in _outside_fences(path))
    return _LINK.findall(re.sub(r"`[^`]*`", "", text))


def anchors(path: Path) -> set[str]:
    """What a link to a page may have after ``#``: its headings, and the anchors set by hand."""
    text = path.read_text(encoding="utf-8")
    headings = [line.lstrip("#") for _, line in _outside_fences(path) if re.match(r"#{1,6} ", line)]
    return {_slug(heading) for heading in headings} | set(re.findall(r'id="([^"]+)"', text))


def _slug(heading: str) -> str:
    kept = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return re.sub(r"\s", "-", kept)
