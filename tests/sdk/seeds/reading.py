"""The samples of the two pages that the product was asked for with, exactly as they stand there."""

import re
from itertools import groupby
from pathlib import Path

_PAGES = Path(__file__).parent
_STARTS_CODE = re.compile(r"(import|const|await|for|curl) |console\.|// ")


def samples(page: str) -> list[str]:
    """The samples of a page, in order: paragraphs of code that follow on one another are one."""
    text = (_PAGES / f"{page}.txt").read_text(encoding="utf-8")
    grouped = groupby(text.split("\n\n"), key=lambda paragraph: _STARTS_CODE.match(paragraph) is not None)
    return ["\n\n".join(paragraphs) for is_code, paragraphs in grouped if is_code]
