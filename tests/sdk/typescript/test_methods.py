"""Every method against a running server: it sends what the API takes, and what comes back is what its types promise."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.sdk.description import Method, Resource
from scripts.sdk.reading import read
from scripts.sdk.typescript.types import camel
from tests.contract.world import World, world
from tests.sdk.node import Project, find_node
from tests.sdk.samples import Sample, samples
from tests.stores import sqlite_url
from vinr import Vinr

Json = dict[str, Any]
CALLING = Path(__file__).with_name("calling.js")
CALLERS_OWN = {"metadata", "data", "rates", "points_per_currency_unit"}
"""What keeps its keys, however the rest is spelled."""


@dataclass
class Calling:
    """A Node that makes calls."""

    process: subprocess.Popen[str]
    place: World

    def call(self, resource: Resource, method: Method, given: list[Any]) -> Json:
        """What a call answers, which must succeed."""
        asked = {
            "key": self.place.key_for(method.operation),
            "resource": [camel(name) for name in resource.path.split(".")],
            "method": camel(method.name),
            "given": given,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert "error" not in told, f"{method.operation}: {told}"
        answer: Json = told["answer"]
        return answer


@contextmanager
def calling(project: Project, place: World) -> Iterator[Calling]:
    """A Node that calls this server for as long as the block runs."""
    script = project.folder / "calling.js"
    script.write_text(CALLING.read_text("utf-8"), encoding="utf-8")
    environment = {"VINR_API_BASE": place.url}
    pipes: Json = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([find_node().program, script], env=environment, **pipes) as process:
        yield Calling(process, place)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running server."""
    with world(sqlite_url(tmp_path_factory.mktemp("methods"))) as running:
        yield running


def test_every_method_sends_what_the_api_takes_and_gets_what_its_type_says(place: World, project: Project) -> None:
    known = {method.operation: (resource, method) for resource, method in read(place.document).methods}
    reached, lines = set(), []
    with (
        Vinr(place.keys["test"], base_url=place.url) as preparing,
        Vinr(place.keys["live"], base_url=place.url) as live,
        calling(project, place) as node,
    ):
        for each in samples(preparing, "typescript", live):
            resource, method = known[each.operation]
            named = {name.rstrip("_"): value for name, value in each.named.items()}  # as the API has them, not Python
            answer = node.call(resource, method, arguments(each, camelised(named)))
            lines += typed(resource, method, each, named, answer)
            reached.add(each.operation)
    assert reached == set(known)
    project.compile(calls="\n".join(["import { Vinr } from '@vinr/sdk';", "const vinr = new Vinr();", *lines]))


def arguments(given: Sample, named: Json) -> list[Any]:
    return [*given.ids, *([named] if named else [])]


def camelised(value: Any) -> Any:
    """Names in camelCase, except where keys are data."""
    if isinstance(value, list):
        return [camelised(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {camel(name): entry if name in CALLERS_OWN else camelised(entry) for name, entry in value.items()}


def typed(resource: Resource, method: Method, given: Sample, named: Json, answer: Json) -> list[str]:
    """The call in both spellings, and its answer, for the compiler to judge: it knows of no field too many or too few."""
    called = "vinr." + ".".join(camel(name) for name in [*resource.path.split("."), method.name])
    spellings = [arguments(given, camelised(named)), arguments(given, named)]
    calls = [f"() => {called}({json.dumps(each)[1:-1]});" for each in spellings]
    return [*calls, f"({json.dumps(answer)}) satisfies Awaited<ReturnType<typeof {called}>>;"]
