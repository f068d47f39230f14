"""What the search in the browser looks through."""

from collections.abc import Iterable
from typing import Any

from vinr_engagement.entrypoints.docs.pages import Page
from vinr_engagement.entrypoints.docs.place import Place


def index(pages: Iterable[tuple[str, Page]], place: Place) -> dict[str, list[Any]]:
    """Pages as ``[address, title, group]`` and their sections as ``[page, anchor, heading, text]``."""
    listed, sections = list[list[str]](), list[list[Any]]()
    for number, (group, page) in enumerate(pages):
        listed.append([place.href(page.path), page.title, group])
        sections += [[number, each.anchor, each.heading, each.text] for each in page.sections]
    return {"pages": listed, "sections": sections}
