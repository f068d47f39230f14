"""Markdown into HTML, with what else a page knows of itself: its headings, and the words under each."""

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from jinja2 import Environment
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup
from mdit_py_plugins.front_matter import front_matter_plugin

from vinr_engagement.entrypoints.docs import tokens
from vinr_engagement.entrypoints.docs.code import of_fence

_SHOWN_LEVELS: Final = (2, 3)


@dataclass(frozen=True)
class Heading:
    """A heading of a page."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Section:
    """What stands under a heading; the words of the page's beginning have no anchor."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True)
class Article:
    """A page's content."""

    html: Markup
    title: str = ""
    lead: str = ""
    outline: tuple[Heading, ...] = ()
    sections: tuple[Section, ...] = field(default=())


class Prose:
    """The reader of Markdown. Templates make the HTML of code."""

    def __init__(self, templates: Environment) -> None:
        self._code: Any = templates.get_template("parts/code.html").module
        self._markdown = MarkdownIt("commonmark", {"html": True, "alerts": True})
        self._markdown.enable(["table", "strikethrough"]).use(front_matter_plugin)
        for rule in (tokens.anchor_headings, tokens.follow_links, tokens.frame_tables, tokens.gather_tabs):
            self._markdown.core.ruler.push(rule.__name__, rule)
        self._markdown.add_render_rule("fence", lambda _, *told: self._fence(*told))
        self._markdown.add_render_rule("tabs", lambda _, *told: self._tabs(*told))

    def article(self, text: str, resolve: tokens.Resolve) -> Article:
        """The content of a page."""
        env: MutableMapping[str, Any] = {tokens.RESOLVE: resolve}
        found = self._markdown.parse(text, env)
        headings = list(_headings(found))
        html = Markup(self._markdown.renderer.render(found, self._markdown.options, env))  # noqa: S704 (our own pages)
        return Article(
            html,
            next((each.text for each in headings if each.level == 1), ""),
            _lead(found),
            tuple(each for each in headings if each.level in _SHOWN_LEVELS),
            tuple(_sections(found)),
        )

    def line(self, text: str) -> Markup:
        """A line of Markdown, as descriptions of the API have it."""
        env: MutableMapping[str, Any] = {tokens.RESOLVE: lambda href: href}
        return Markup(self._markdown.renderInline(text, env))  # noqa: S704 (our own text)

    def paragraphs(self, text: str) -> Markup:
        """Markdown without headings of its own, as descriptions of the API have it."""
        env: MutableMapping[str, Any] = {tokens.RESOLVE: lambda href: href}
        return Markup(self._markdown.render(text, env))  # noqa: S704 (our own text)

    def _fence(self, found: Sequence[Token], at: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        del options, env
        return str(self._code.code(of_fence(found[at])))

    def _tabs(self, found: Sequence[Token], at: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        del options
        number = env["groups"] = env.get("groups", 0) + 1
        return str(self._code.tabs([of_fence(fence) for fence in found[at].meta["fences"]], f"group-{number}"))


def _headings(found: Sequence[Token]) -> Iterator[Heading]:
    for opening, inline in pairwise(found):
        if opening.type == "heading_open":
            yield Heading(int(opening.tag[1]), str(opening.attrGet("id")), _text(inline).removesuffix("#").strip())


def _text(token: Token) -> str:
    return tokens.plain(token) if token.type == "inline" else token.content


def _lead(found: Sequence[Token]) -> str:
    """The first paragraph, in plain words."""
    paragraphs = (line for before, line in pairwise(found) if before.type == "paragraph_open" and before.level == 0)
    return next(map(tokens.plain, paragraphs), "")


def _sections(found: Sequence[Token]) -> Iterator[Section]:
    anchor, heading, words = "", "", list[str]()
    for at, token in enumerate(found):
        if token.type == "heading_open" and token.tag in ("h2", "h3"):
            yield Section(anchor, heading, " ".join(words))
            anchor, heading, words = str(token.attrGet("id")), _text(found[at + 1]).removesuffix("#").strip(), []
        elif token.type in ("inline", "fence", "tabs") and found[at - 1].type != "heading_open":
            words += _text(token).split()
    yield Section(anchor, heading, " ".join(words))
