"""Calls functions of the dashboard's pure modules in Node: what they answer, with nothing of a browser around them."""

import json
import subprocess
from typing import Any, NamedTuple

from tests.dashboard.modules import STATIC
from tests.sdk.node import find_node

PAGES = STATIC / "pages"
_PROGRAM = """
import { readFileSync } from "node:fs";
const answers = [];
for (const { module, name, given } of JSON.parse(readFileSync(0, "utf8"))) answers.push((await import(module))[name](...given));
console.log(JSON.stringify(answers));
"""


class Call(NamedTuple):
    """One call: a module below ``pages``, the name of what it exports, and what it is given."""

    module: str
    name: str
    given: tuple[Any, ...]


def answers(*calls: Call) -> list[Any]:
    """What each call answers, by one Node for all."""
    asked = [{**call._asdict(), "module": (PAGES / call.module).as_uri()} for call in calls]
    command = [str(find_node().program), "--input-type=module", "--eval", _PROGRAM]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told: list[Any] = json.loads(done.stdout)
    return told
