"""The pages that people wrote: what they link to, as HTML and as Markdown."""

import re
from typing import Final

from vinr_engagement.entrypoints.docs import sources
from vinr_engagement.entrypoints.docs.contents import Entry
from vinr_engagement.entrypoints.docs.pages import Page
from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.docs.prose import Prose
from vinr_engagement.entrypoints.docs.tokens import Resolve

_LINK: Final = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|#")


def page_of(source: str, entry: Entry, prose: Prose, place: Place) -> Page:
    """The page that a file is."""
    return Page(
        entry.path,
        entry.label,
        entry.description,
        "landing" if source == sources.INDEX else "written",
        "guides",
        lambda: with_links(sources.text(source), source, place),
        lambda: prose.article(sources.text(source), resolver(source, place)),
    )


def resolver(source: str, place: Place) -> Resolve:
    """Where links of a page lead on the site."""

    def resolve(link: str) -> str | None:
        found = _address(source, link)
        return None if found is None else place.href("".join(found))

    return resolve


def _address(source: str, link: str) -> tuple[str, str] | None:
    """The address that a link leads to, and the anchor with its ``#``."""
    path, hash_mark, anchor = link.partition("#")
    if path.startswith("/"):
        return path, hash_mark + anchor
    file = sources.target(source, path)
    address = None if file is None else sources.address(file)
    return None if address is None else (address, hash_mark + anchor)


def with_links(text: str, source: str, place: Place) -> str:
    """Markdown whose links lead to the Markdown of other pages, wherever it is read; what leads nowhere keeps its text."""
    pieces = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(piece if piece.startswith("```") else _linked(piece, source, place) for piece in pieces)


def _linked(text: str, source: str, place: Place) -> str:
    def followed(found: re.Match[str]) -> str:
        told, link = found.groups()
        if _ELSEWHERE.match(link):
            return found[0]
        address = _address(source, link)
        if address is None:
            return str(told)
        return f"[{told}]({place.url(sources.markdown_address(address[0]) + address[1])})"

    return _LINK.sub(followed, text)
