"""The samples of the two pages that the product was asked for with, exactly as they stand there."""

import re
from pathlib import Path

_PAGES = Path(__file__).parent
_STARTS_CODE = re.compile(r"^(?:(?:import|const|await|for|curl) |console\.|// )", re.MULTILINE)


def samples(page: str) -> list[str]:
    """The samples of a page, in order: paragraphs of code that follow on one another are one."""
    found: list[list[str]] = [[]]
    for paragraph in (_PAGES / f"{page}.txt").read_text(encoding="utf-8").split("\n\n"):
        start = _STARTS_CODE.search(paragraph)
        if start is None or start.start() > 0:
            found.append([])
        if start is not None:
            found[-1].append(paragraph[start.start() :])
    return ["\n\n".join(paragraphs) for paragraphs in found if paragraphs]
