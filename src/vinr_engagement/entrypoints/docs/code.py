"""Blocks of code, alone or as tabs of languages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it.token import Token
from markupsafe import Markup

from vinr_engagement.entrypoints.docs.highlight import coloured, name_of

TABS: Final = {"curl": "curl", "python": "Python", "ts": "TypeScript"}
"""The languages that become tabs where they follow each other, and what they are called."""
_TAB_OF: Final = {
    "sh curl": "curl",
    "bash curl": "curl",
    "python": "python",
    "py": "python",
    "ts": "ts",
    "typescript": "ts",
}
_ANSWERS: Final = (["answer"], ["outcome"])


@dataclass(frozen=True)
class Block:
    """Code as it is shown. ``tab`` is one of :data:`TABS`, or empty."""

    label: str
    html: Markup
    tab: str = ""


def block(text: str, language: str, *, tab: str = "", label: str = "") -> Block:
    """Code in a language."""
    return Block(label or TABS.get(tab) or name_of(language), coloured(text, language), tab)


def block_of(info: str, text: str) -> Block:
    """A fenced block by what stands after its fence: a language, and more for whoever tests the pages."""
    words = info.split()
    label = "Answer" if words[1:2] in _ANSWERS else ""
    return block(text, words[0] if words else "", tab=_tab_of(info), label=label)


def of_fence(token: Token) -> Block:
    """A fenced block of a page."""
    return block_of(token.info, token.content)


def _tab_of(info: str) -> str:
    words = re.sub(r"\s+", " ", info.strip())
    return _TAB_OF.get(words) or _TAB_OF.get(words.partition(" ")[0], "")


def with_tabs(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens of a page, with one ``tabs`` in place of fences in different languages that follow each other."""
    waiting = list[Token]()
    for token in tokens:
        tab = _tab_of(token.info) if token.type == "fence" else ""
        if waiting and (not tab or tab in [_tab_of(each.info) for each in waiting]):
            yield _together(waiting)
            waiting = []
        if tab:
            waiting.append(token)
        else:
            yield token
    if waiting:
        yield _together(waiting)


def _together(fences: list[Token]) -> Token:
    if len(fences) == 1:
        return fences[0]
    return Token("tabs", "", 0, content="\n\n".join(fence.content for fence in fences), meta={"fences": fences})
