"""Code in colours, as classes that the style sheet knows."""

from functools import cache
from typing import Any, Final

from markupsafe import Markup
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_FORMATTER: Final = HtmlFormatter(nowrap=True)
_NAMES: Final = {
    "sh": "Shell",
    "bash": "Shell",
    "json": "JSON",
    "sql": "SQL",
    "python": "Python",
    "ts": "TypeScript",
    "typescript": "TypeScript",
    "js": "JavaScript",
    "http": "HTTP",
    "csv": "CSV",
    "yaml": "YAML",
    "toml": "TOML",
    "html": "HTML",
}


def name_of(language: str) -> str:
    """A language as people call it; empty for plain text."""
    return _NAMES.get(language, "")


def coloured(text: str, language: str) -> Markup:
    """Code as HTML; one in a language that is not known stays plain."""
    return Markup(highlight(text.rstrip("\n"), _lexer(language), _FORMATTER).rstrip("\n"))  # noqa: S704 (escaped by it)


@cache
def _lexer(language: str) -> Any:
    try:
        return get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False)
