"""The code of a page as its reader runs it: blocks that stand together make a step, and below it its answer is shown.

The words after the opening fence say what a block is. ``sh``, ``python`` and ``ts`` are run as they stand, unless
``norun: REASON`` follows; ``sh curl`` is an ``sh`` beside which stand the same in Python and TypeScript. ``json answer`` is what
the server answered last in the step above it, shortened; ``text output`` are lines that its commands printed.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.tables import DOCS, Block, blocks

ROOT = DOCS.parent
RUN = ("sh", "python", "ts")
LANGUAGES = (*RUN, "json", "sql", "text")
NOT_RUN = "norun:"
ANSWER = "json answer"
OUTPUT = "text output"
ELLIPSIS = "…"
"""In what is shown: at the end of a text, however it goes on; as the last element of a list, whatever else it holds."""

_SAYS = re.compile(r"^\s*(?:print\(|console\.log\(|echo ).*?\s{2,}(?:#|//) (.*)$")


class Step(NamedTuple):
    """One thing to do, in one language or several; what the server answers, and what is printed."""

    blocks: dict[str, Block]
    answers: list[Block]
    outputs: list[Block]

    def runs(self, language: str) -> bool:
        """Whether there is something to run in this language."""
        return language in self.blocks and not is_left_out(self.blocks[language])

    def is_refused(self) -> bool:
        """Whether the answer shown is an error."""
        return any("error" in answer.parsed() for answer in self.answers)


def pages() -> list[Path]:
    """Every page whose blocks are run."""
    return [
        ROOT / "README.md",
        *sorted(DOCS.rglob("*.md")),
        *sorted(ROOT.glob("sdk/*/README.md")),
    ]


def language_of(block: Block) -> str:
    """The first word after the fence."""
    return block.kind.partition(" ")[0]


def is_left_out(block: Block) -> bool:
    """Whether a block is marked as one that cannot be run here."""
    return block.kind.partition(" ")[2].startswith(NOT_RUN)


def steps(path: Path) -> list[Step]:
    """The steps of a page, from top to bottom."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found: list[Step] = []
    end = 0
    for block in blocks(path):
        language = language_of(block)
        if language in RUN:
            together = end and not any(line.strip() for line in lines[end : block.line - 1])
            if not (together and _belongs(block, found[-1])):
                found.append(Step({}, [], []))
            found[-1].blocks[language] = block
        elif block.kind in (ANSWER, OUTPUT):
            assert found, f"{path.name}:{block.line} follows nothing"
            (found[-1].answers if block.kind == ANSWER else found[-1].outputs).append(block)
        end = last_line(block) if language in RUN else 0
    return found


def _belongs(block: Block, step: Step) -> bool:
    """Whether a block is the same step in another language."""
    others = step.blocks.values()
    return language_of(block) not in step.blocks and {is_left_out(other) for other in others} == {is_left_out(block)}


def last_line(block: Block) -> int:
    """The line of the closing fence, from 1."""
    return block.line + len(block.text.splitlines()) + 1


def says(block: Block) -> list[str]:
    """What the block's comments say that it prints, line by line: ``print(member.balance)  # 142``."""
    return [match.group(1) for match in map(_SAYS.match, block.text.splitlines()) if match]


def differences(shown: Any, answered: Any, at: str = "answer") -> list[str]:
    """Where an answer is not what the page shows of it; fields that the page leaves out may be anything."""
    if isinstance(shown, dict) and isinstance(answered, dict):
        missing = [f"{at} has no {name}" for name in shown if name not in answered]
        both = [(f"{at}.{name}", value, answered[name]) for name, value in shown.items() if name in answered]
        return missing + [fault for where, one, other in both for fault in differences(one, other, where)]
    if isinstance(shown, list) and isinstance(answered, list):
        return _differences_of_lists(shown, answered, at)
    if isinstance(shown, str) and isinstance(answered, str):
        return [] if is_like(shown, answered) else [f"{at} is {answered!r}, not {shown!r}"]
    same = shown == answered and type(shown) is type(answered)
    return [] if same else [f"{at} is {answered!r}, not {shown!r}"]


def _differences_of_lists(shown: list[Any], answered: list[Any], at: str) -> list[str]:
    is_open = bool(shown) and shown[-1] == ELLIPSIS
    first = shown[:-1] if is_open else shown
    if len(answered) < len(first) or (len(answered) > len(first) and not is_open):
        return [f"{at} has {len(answered)} elements, not {len(first)}: {answered!r}"]
    return [
        fault
        for i, (one, other) in enumerate(zip(first, answered, strict=False))
        for fault in differences(one, other, f"{at}[{i}]")
    ]


def is_like(shown: str, found: str) -> bool:
    """Whether a text is what is shown, where ``…`` stands for anything."""
    return re.fullmatch(".*".join(re.escape(part) for part in shown.split(ELLIPSIS)), found, re.DOTALL) is not None
