"""Runs the reference's samples in a shell; as a program it records what they are answered, for the reference to show.

``python -m tests.docs_site.recording [operation …]``: all of them, unless some are named.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2

from tests.contract.world import World, world
from tests.docs_site.stage import OWN_WORDS, Stage
from vinr_engagement.entrypoints.docs.reference import answers, samples
from vinr_engagement.entrypoints.docs.reference.api import Api, Operation

RECORD = "python -m tests.docs_site.recording"
NOON = "2026-04-02T12:00:00Z"
"""The time of all that is recorded: what the sample that sets the clock sets it to."""
STREAM_SECONDS = 1
"""A stream goes on for ever: so long is long enough to see that it begins."""
CUT_OFF = 28
"""What curl ends with then."""
LAST = ("campaigns", "earning_rules", "programs", "test_helpers.clock.advance", "test_helpers.clock.rejoin_real_time")
"""After all else, in this order: they change what others are answered, or move the clock."""


def in_order(api: Api) -> list[Operation]:
    """Every operation that has a sample, in an order in which each is answered as if it were alone."""
    found = [operation for listed in api.operations.values() for operation in listed]
    return sorted((operation for operation in found if operation.is_for_readers), key=_place)


def _place(operation: Operation) -> int:
    if operation.id == "test_helpers.clock.set":
        return -1
    return next((at for at, name in enumerate(LAST, 1) if f"{operation.id}.".startswith(f"{name}.")), 0)


class Shell:
    """A shell with curl, a key and a server to ask."""

    def __init__(self, place: World, folder: Path) -> None:
        self._place = place
        self._folder = folder
        self._known = {**os.environ, "CURL_HOME": str(folder)}

    def freeze(self, client: httpx2.Client) -> None:
        """Sets the clock of the test store."""
        client.post("/v1/test-helpers/clock", json={"now": NOON}).raise_for_status()

    def answer(self, operation: Operation, stage: Stage) -> Any:
        """What the sample of an operation is answered, which must be 200: JSON, or text that is none."""
        text = stage.set_for(operation.id, samples.curl(operation.request))
        assert "{" not in text.partition("-d '")[0], f"{operation.id} names something without an example: {text}"
        script = text.replace(samples.SERVER, self._place.url)
        self._settle(f"max-time = {STREAM_SECONDS}\n" if operation.request.is_stream else "")
        known = {**self._known, "VINR_SECRET_KEY": self._place.key_for(operation.id)}
        done = subprocess.run(
            ["bash", "-ec", script], env=known, capture_output=True, text=True, timeout=60, check=False
        )
        body, _, status = done.stdout.rpartition("\n")
        ended = CUT_OFF if operation.request.is_stream else 0
        assert (done.returncode, status) == (ended, "200"), f"{operation.id}\n{text}\n{done.stderr}\n{body}"
        return json.loads(body) if body.startswith("{") else body

    def _settle(self, more: str) -> None:
        """Has curl say the status after the body; the samples know nothing of that."""
        (self._folder / ".curlrc").write_text(f'silent\nshow-error\nwrite-out = "\\n%{{http_code}}"\n{more}')


def record(chosen: list[str]) -> dict[str, Any]:
    """The answer to each sample, in the words of the sample."""
    found = dict(answers.recorded())
    with (
        tempfile.TemporaryDirectory() as folder,
        world(f"sqlite:///{folder}/vinr.db") as place,
        place.client() as client,
    ):
        api, shell = Api(place.document), Shell(place, Path(folder))
        shell.freeze(client)
        for operation in in_order(api):
            if not chosen or operation.id in chosen:
                stage = Stage(client, place.keys["live"])
                answer = shell.answer(operation, stage)
                if isinstance(answer, dict):
                    found[operation.id] = answers.shortened(json.loads(_in_words(json.dumps(answer), stage)))
    return {operation.id: found[operation.id] for operation in in_order(api) if operation.id in found}


def _in_words(text: str, stage: Stage) -> str:
    """With the sample's own ids in place of those that were made for it."""
    for told, made in stage.names.items():
        text = text.replace(made, told)
    return re.sub(rf"({'|'.join(OWN_WORDS)})_\d+", r"\1", text)


def main() -> None:
    """Records, and says how many."""
    found = record(sys.argv[1:])
    answers.PLACE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"Recorded {len(found)} answers.\n")


if __name__ == "__main__":
    main()
