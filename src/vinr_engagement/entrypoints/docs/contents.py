"""The order of the pages: what `docs/README.md` lists under each of its headings, for GitHub and for the site alike."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from vinr_engagement.entrypoints.docs import sources
from vinr_engagement.entrypoints.docs.tokens import plain

_MARKDOWN: Final = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Entry:
    """A page in the list, with the pages that its own list has."""

    path: str
    label: str
    description: str = ""
    children: tuple["Entry", ...] = ()

    def open_at(self, path: str) -> bool:
        """Whether its children are shown beside the page with this path."""
        return path == self.path or path in [child.path for child in self.children]


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    title: str
    entries: tuple[Entry, ...]


def groups() -> list[Group]:
    """All of them, in their order."""
    found = list[tuple[str, list[Entry]]]()
    for heading, entry in _entries(sources.INDEX):
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(entry)
    return [Group(title or "Guides", tuple(entries)) for title, entries in found]


def _entries(index: str) -> Iterator[tuple[str, Entry]]:
    """Each row or item with a link to a page of the site, and the heading that it stands under."""
    tokens = _MARKDOWN.parse(sources.text(index))
    heading, seen = "", set[str]()
    for at, token in enumerate(tokens):
        if token.type in ("heading_open", "paragraph_open") and _is_heading(token, tokens[at + 1]):
            heading = plain(tokens[at + 1]).removesuffix(":")
        elif token.type in ("tr_open", "list_item_open"):
            entry = _entry(index, list(_inside(tokens, at)))
            if entry is not None and entry.path not in seen:
                seen.add(entry.path)
                yield heading, entry


def _is_heading(opening: Token, line: Token) -> bool:
    """A heading, or a line that ends with a colon: what follows is listed under it."""
    if opening.type == "heading_open":
        return opening.tag != "h1"
    return opening.level == 0 and plain(line).endswith(":")


def _inside(tokens: Sequence[Token], at: int) -> Iterator[Token]:
    """The lines of text between an opening token and its close."""
    for token in tokens[at + 1 :]:
        if token.level == tokens[at].level and token.nesting == -1:
            return
        if token.type == "inline":
            yield token


def _entry(index: str, lines: list[Token]) -> Entry | None:
    link = next(((line, child) for line in lines for child in line.children or () if child.type == "link_open"), None)
    if link is None:
        return None
    line, opening = link
    source = sources.target(index, str(opening.attrGet("href")).partition("#")[0])
    path = sources.address(source) if source and source.endswith(".md") else None
    if source is None or path is None:
        return None
    label = _label(line, opening)
    told = " ".join(plain(each) if each is not line else plain(each).replace(label, "", 1) for each in lines)
    return Entry(path, _short(label), _sentence(told), _children(source))


def _label(line: Token, opening: Token) -> str:
    children = line.children or []
    start = children.index(opening) + 1
    end = next(at for at in range(start, len(children)) if children[at].type == "link_close")
    return "".join(child.content for child in children[start:end])


def _short(label: str) -> str:
    """What a file is called that is listed by its name: ``CONTRIBUTING.md`` is Contributing."""
    return posixpath.basename(label).removesuffix(".md").capitalize() if label.endswith(".md") else label


def _sentence(told: str) -> str:
    words = told.strip(" :.–—-")
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _children(source: str) -> tuple[Entry, ...]:
    is_list = posixpath.basename(source) == "README.md" and source != sources.INDEX
    return tuple(entry for _, entry in _entries(source)) if is_list else ()
