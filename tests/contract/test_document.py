"""The API does what its OpenAPI document says: requests made from the document, answers held against it."""

import copy
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import OF_SESSIONS, SIGNING_IN
from tests.contract.steering import make_path_sendable, signature_of, steer
from tests.contract.world import Json, World, furnish, world
from vinr_engagement.entrypoints.api.routing import BATCH

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OFTEN = 0.25
"""The share of the well-formed requests that succeed, at least: below it the test would prove little."""

_RANDOM = st.integers(0, (1 << 60) - 1).map(Random)
AT_ONCE = 3
"""So many operations share what was put there for them."""
CLOCK = "test_helpers.clock."
TRIES = 4
"""An operation that never succeeded is tried so often in all."""

_ORDER = [
    "reports.delete",
    "webhook_endpoints.delete",
    "test_helpers.clock.rejoin_real_time",
    "test_helpers.clock.set",
    "test_helpers.clock.advance",
]
ENDLESS = {"events.stream"}
"""Answers that go on until the client leaves: no check would see the whole of one. ``tests/api/test_event_stream.py`` does."""


@dataclass
class Findings:
    """What came of all requests: the answers by operation, and what was not as documented."""

    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    furnished: int = 0
    """How often something was put there to ask for."""

    @property
    def never_succeeded(self) -> list[str]:
        """Operations that never answered 2xx."""
        return [name for name, found in self.answers.items() if not any(200 <= status < 300 for status in found)]

    @property
    def share(self) -> float:
        """The share of requests that answered 2xx."""
        statuses = sum(self.answers.values(), Counter[int]())
        return sum(count for status, count in statuses.items() if 200 <= status < 300) / statuses.total()

    def report(self) -> str:
        """Every kind of fault, with one example each."""
        return "\n\n".join(f"{name} ({len(found)} times):\n{found[0]}" for name, found in self.faults.items())


def closed(document: Json) -> Json:
    """The document with every described object closed, so that a field which it does not tell of is a fault.

    The document itself stays open: later versions may add fields.
    """
    found = copy.deepcopy(document)
    _close(found["components"]["schemas"])
    return found


def _close(schema: Any) -> None:
    if isinstance(schema, list):
        for entry in schema:
            _close(entry)
    elif isinstance(schema, dict):
        for entry in list(schema.values()):
            _close(entry)
        if isinstance(schema.get("properties"), dict) and "allOf" not in schema:
            schema.setdefault("additionalProperties", False)


def loaded(place: World) -> Any:
    """The document as Schemathesis has it; keys are sent by the test."""
    config = schemathesis.Config()
    config.projects.default.generation = GenerationConfig(with_security_parameters=False, allow_x00=True)
    config.projects.default.request_timeout = 60
    return schemathesis.openapi.from_dict(closed(place.document), config=config)


def operations_of(schema: Any) -> list[Any]:
    """All of them; the clock is set last, since real time is then behind it for good."""
    everything = [result.ok() for result in schema.get_all_operations()]
    found = [each for each in everything if name_of(each) not in ENDLESS | SIGNING_IN | OF_SESSIONS]
    return sorted(found, key=lambda operation: _ORDER.index(name) if (name := name_of(operation)) in _ORDER else -1)


def name_of(operation: Any) -> str:
    """The id of an operation."""
    name: str = operation.definition.raw["operationId"]
    return name


def explore(place: World, *, well_formed: int, malformed: int, chosen_seed: int | None) -> Findings:
    """Sends so many requests to every operation, and holds every answer against the document.

    To those that had no luck, such as to name a redemption that is still pending, it sends further ones.
    """
    findings = Findings()
    operations = operations_of(loaded(place))
    with requests.Session() as session:
        session.headers["X-Api-Key"] = place.keys["test"]
        timeless = [each for each in operations if not name_of(each).startswith(CLOCK)]
        _explore(place, session, timeless, findings, (well_formed, malformed), chosen_seed)
        for again in range(1, TRIES):
            unlucky = [each for each in timeless if name_of(each) in findings.never_succeeded]
            _explore(place, session, unlucky, findings, (well_formed, 0), chosen_seed and chosen_seed + again)
        clock = [each for each in operations if each not in timeless]
        _explore(place, session, clock, findings, (well_formed, malformed), chosen_seed)
    return findings


def _explore(
    place: World,
    session: requests.Session,
    operations: list[Any],
    findings: Findings,
    counts: tuple[int, int],
    chosen_seed: int | None,
) -> None:
    for number, operation in enumerate(operations):
        if number % AT_ONCE == 0:
            findings.furnished += 1
            furnish(place, f"{findings.furnished}")
        for mode, examples in zip((GenerationMode.POSITIVE, GenerationMode.NEGATIVE), counts, strict=True):
            if examples:
                _explore_one(place, session, operation, findings, mode, examples, chosen_seed)


def _explore_one(
    place: World,
    session: requests.Session,
    operation: Any,
    findings: Findings,
    mode: GenerationMode,
    examples: int,
    chosen_seed: int | None,
) -> None:
    def ask(case: Any, random: Random) -> None:
        name = name_of(operation)
        if mode.is_positive:
            steer(case, place, random)
        else:
            make_path_sendable(case, place)
        key = random.choice([place.key_for(name)] * 30 + [place.keys["live"], "sk_test_none", ""])
        signed = signature_of(case) if mode.is_positive else {}
        answer = case.call(base_url=place.url, session=session, headers={"X-Api-Key": key, **signed})
        if mode.is_positive:
            findings.answers[name][answer.status_code] += 1
        _hold(case, answer, findings, name, mode)

    test = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(operation.as_strategy(generation_mode=mode), _RANDOM)(ask))
    try:
        (test if chosen_seed is None else seed(chosen_seed)(test))()
    except Unsatisfiable:  # what takes nothing cannot be asked wrongly
        assert not mode.is_positive


def _hold(case: Any, answer: Any, findings: Findings, name: str, mode: GenerationMode) -> None:
    judged_one_by_one = BATCH in case.operation.definition.raw
    checks = CHECKS if mode.is_positive or judged_one_by_one else [*CHECKS, negative_data_rejection]
    try:
        case.validate_response(answer, checks=checks)
    except (FailureGroup, Failure) as fault:
        for each in fault.exceptions if isinstance(fault, FailureGroup) else [fault]:
            findings.faults[f"{name}: {each.title} {answer.status_code}"].append(
                f"{each}\n{case.as_curl_command(base_url='')}\n{answer.text[:1_000]}"
            )


def test_every_answer_is_as_documented(database_url: str) -> None:
    malformed = 6 if database_url.startswith("sqlite") else 2  # hardly any of them gets as far as the engine
    with world(database_url) as place:
        findings = explore(place, well_formed=14, malformed=malformed, chosen_seed=1)
    assert not findings.faults, findings.report()
    assert findings.never_succeeded == []
    assert findings.share > OFTEN


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_every_answer_is_as_documented_at_length(database_url: str) -> None:
    with world(database_url) as place:
        findings = explore(place, well_formed=100, malformed=40, chosen_seed=None)
    assert not findings.faults, findings.report()
    assert findings.never_succeeded == []
    assert findings.share > OFTEN
