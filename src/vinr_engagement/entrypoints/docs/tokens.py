"""What is made of a page's tokens before they become HTML: anchors, links, tables that scroll, tabs."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from vinr_engagement.entrypoints.docs.code import with_tabs

Resolve = Callable[[str], str | None]
"""Where a link of the page leads on the site; ``None`` for nowhere."""
RESOLVE: Final = "resolve"
_ABSOLUTE: Final = re.compile(r"[a-z][a-z0-9+.-]*:")


def slug(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", title.strip().lower()))


def plain(inline: Token) -> str:
    """The text of a line, without what marks it up."""
    found = [
        " " if each.type in ("softbreak", "hardbreak") else each.content
        for each in inline.children or ()
        if each.type in ("text", "code_inline", "softbreak", "hardbreak")
    ]
    return "".join(found).strip()


def anchor_headings(state: StateCore) -> None:
    """Gives every heading an id, and a link to itself below the first level."""
    taken = set[str]()
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open":
            continue
        name = plain(inline)
        opening.attrSet("id", _free(slug(name), taken))
        if opening.tag != "h1":
            assert inline.children is not None
            inline.children += _link_to(str(opening.attrGet("id")), name)


def _free(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 0
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found


def _link_to(identifier: str, name: str) -> list[Token]:
    opening = Token("link_open", "a", 1)
    opening.attrs = {"class": "anchor", "href": f"#{identifier}", "aria-label": f"Link to {name}"}
    return [opening, Token("text", "", 0, content="#"), Token("link_close", "a", -1)]


def follow_links(state: StateCore) -> None:
    """Leads links to pages of the site; one that leads nowhere here keeps its text alone."""
    resolve: Resolve = state.env[RESOLVE]
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_followed(token.children, resolve))


def _followed(children: list[Token], resolve: Resolve) -> Iterator[Token]:
    kept = list[bool]()
    for child in children:
        if child.type == "link_open":
            kept.append(_follow(child, resolve))
            if not kept[-1]:
                continue
        elif child.type == "link_close" and not kept.pop():
            continue
        yield child


def _follow(link: Token, resolve: Resolve) -> bool:
    href = str(link.attrGet("href") or "")
    if href.startswith("#"):
        return True
    if _ABSOLUTE.match(href):
        link.attrSet("rel", "noopener")
        return True
    found = resolve(href)
    if found is not None:
        link.attrSet("href", found)
    return found is not None


def frame_tables(state: StateCore) -> None:
    """Puts every table into a frame that scrolls by itself, and says alignment by class: the policy forbids styles."""
    framed, heading = list[Token](), "this page"
    for at, token in enumerate(state.tokens):
        if token.type == "heading_open":
            heading = plain(state.tokens[at + 1])
        if token.type == "table_open":
            framed.append(_frame(heading))
        framed.append(_without_style(token))
        if token.type == "table_close":
            framed.append(Token("frame_close", "div", -1, block=True))
    state.tokens = framed


def _frame(heading: str) -> Token:
    opening = Token("frame_open", "div", 1, block=True)
    opening.attrs = {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": f"Table: {heading}"}
    return opening


def _without_style(token: Token) -> Token:
    aligned = str(token.attrs.pop("style", "")).removeprefix("text-align:")
    if aligned in ("right", "center"):
        token.attrSet("class", aligned)
    return token


def gather_tabs(state: StateCore) -> None:
    """Makes tabs of code blocks that follow each other."""
    state.tokens = list(with_tabs(state.tokens))
