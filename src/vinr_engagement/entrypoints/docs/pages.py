"""A page: where it is, what it is called, and its content in Markdown and in HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from markupsafe import Markup

from vinr_engagement.entrypoints.docs.prose import Article, Heading, Section

Kind = Literal["landing", "written", "resource"]


@dataclass(frozen=True)
class Page:
    """A page of the site; its content is made when it is first asked for.

    ``read`` makes its Markdown, with links that lead from anywhere; ``render`` its content.
    """

    path: str
    label: str
    summary: str
    kind: Kind
    section: Literal["guides", "api"]
    read: Callable[[], str]
    render: Callable[[], Article]
    found: bool = True

    @cached_property
    def article(self) -> Article:
        """Its content."""
        return self.render()

    @cached_property
    def markdown(self) -> str:
        """Its content in Markdown."""
        return self.read()

    @property
    def title(self) -> str:
        """What its first heading says."""
        return self.article.title or self.label

    @property
    def description(self) -> str:
        """What it is for, in a sentence."""
        return self.summary or _shortened(self.article.lead) or self.label

    @property
    def html(self) -> Markup:
        """Its content as HTML."""
        return self.article.html

    @property
    def outline(self) -> tuple[Heading, ...]:
        """Its headings."""
        return self.article.outline

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its words, heading by heading."""
        return self.article.sections


def _shortened(text: str, most: int = 160) -> str:
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(",;:") + "…"
