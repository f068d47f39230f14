"""Runs the code of a page in one language against a server of its own, and holds what comes of it against the page."""

import asyncio
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.page_program import MARK, PRINTED, SDK_PYTHON, prepare
from tests.docs.steps import ROOT, Step, differences, is_like, says, steps
from tests.served import Served, served
from vinr_engagement.audit import Origin
from vinr_engagement.commands import SetClock
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import parse_instant

TODAY = "2026-04-10T12:00:00Z"
"""Where a page does not set the clock itself, its store's clock stands here, so that no example grows old."""
SECONDS_AT_MOST = 60
_HAS_ITS_TIME = ("/v1/test-helpers/clock", "new Date()")
"""In a page that sets the clock, or goes by the real one."""


class Answer(NamedTuple):
    """What the server said once."""

    asked: str
    status: int
    body: bytes


class Notebook:
    """An application that notes each answer under the block that was running."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.line = 0
        self.answers: dict[int, list[Answer]] = defaultdict(list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(MARK):
            self.line = int(scope["path"].removeprefix(MARK))
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, self._noting(scope, send) if scope["type"] == "http" else send)

    def _noting(self, scope: Any, send: Any) -> Callable[[Any], Any]:
        status, parts, line = 0, [], self.line

        async def note(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                asked = f"{scope['method']} {scope['path']}"
                self.answers[line].append(Answer(asked, status, b"".join(parts)))
            await send(message)

        return note


class Ended(NamedTuple):
    """How a program ended: its exit code, what it printed in each block, and its complaints."""

    code: int | None
    printed: dict[int, list[str]]
    complaints: str


async def run_page(path: Path, language: str, database_url: str, folder: Path) -> list[str]:
    """Runs a page's blocks of a language from top to bottom; answers what went otherwise than the page says."""
    notebooks: list[Notebook] = []

    def noting(app: Any) -> Notebook:
        notebooks.append(Notebook(app))
        return notebooks[0]

    async with served(database_url, around=noting) as server:
        if not _has_its_time(path):
            await server.store.write_path.run(SetClock(parse_instant(TODAY)), Origin("tests"))
        command = await prepare(path, language, server.url, folder)
        ended = await execute(command, folder, surroundings(server, database_url, folder))
    faults = [] if ended.code == 0 else [f"{path.name} in {language} ended with {ended.code}:\n{ended.complaints}"]
    for step in steps(path):
        if step.runs(language):
            line = step.blocks[language].line
            answers = notebooks[0].answers[line]
            refused = _refused(step, answers) if language == "sh" else []
            otherwise = (*refused, *_unlike(step, answers), *_unsaid(step, language, ended.printed[line]))
            faults += [f"{path.name}:{line}: {fault}" for fault in otherwise]
    return faults


def _has_its_time(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(sign in text for sign in _HAS_ITS_TIME)


async def execute(command: list[str], folder: Path, environment: dict[str, str]) -> Ended:
    """Runs a program to its end."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS_AT_MOST):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode, _by_block(out.decode()), err.decode())


def surroundings(server: Served, database_url: str, folder: Path) -> dict[str, str]:
    """What a reader has set by then."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(SDK_PYTHON)]),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "VINR_DATABASE_URL": database_url,
        "VINR_SECRET_KEY": server.key,
        "VINR_API_BASE": server.url,
        "VINR_TEST_SERVER": server.url,
    }


def _by_block(out: str) -> dict[int, list[str]]:
    printed: dict[int, list[str]] = defaultdict(list)
    for part in re.split(rf"^{PRINTED}", out, flags=re.MULTILINE)[1:]:
        line, _, rest = part.partition("\n")
        printed[int(line)] = rest.splitlines()
    return printed


def _refused(step: Step, answers: list[Answer]) -> list[str]:
    """What was refused though no error is shown: curl says nothing of that, where the SDKs raise it."""
    if step.is_refused():
        return []
    return [f"{one.asked} was refused: {one.body.decode()}" for one in answers if one.status >= 400]


def _unlike(step: Step, answers: list[Answer]) -> list[str]:
    if step.answers and not answers:
        return ["the server was not asked anything"]
    return [fault for shown in step.answers for fault in differences(shown.parsed(), json.decode(answers[-1].body))]


def _unsaid(step: Step, language: str, printed: list[str]) -> list[str]:
    """What the page says that the block prints and it did not, in that order."""
    left = iter(printed)
    lines = [line for output in step.outputs for line in output.text.splitlines()] if language == "sh" else []
    told = [*says(step.blocks[language]), *lines]
    return [f"does not print {each!r}, but {printed}" for each in told if not any(is_like(each, line) for line in left)]
