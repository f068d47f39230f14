"""docs/guides/webhooks.md"""

import re
from collections.abc import Callable
from typing import Any, get_args

import pytest

from tests.docs.tables import GUIDES, blocks, code, prose, table
from vinr_engagement.commands import leases
from vinr_engagement.entrypoints.api.webhook_shapes import AttemptError, DeliveryStatus, DisabledReason
from vinr_engagement.entrypoints.worker.courier import STANDBY_SECONDS
from vinr_engagement.foundation.clock import DAY, HOUR, MINUTE, SECOND, real_now
from vinr_engagement.outbox import log
from vinr_engagement.outbox.log import Entry
from vinr_engagement.webhooks import (
    MOST_ENDPOINTS,
    Outcome,
    deliveries,
    endpoint,
    health,
    record,
    schedule,
    sending,
    signing,
)
from vinr_engagement.webhooks.deliveries import to_replay

GUIDE = GUIDES / "webhooks.md"
TEXT = prose(GUIDE)
BODY = b'{"id":"evt_1"}'
UNITS = {"minute": MINUTE, "minutes": MINUTE, "hours": HOUR}


def test_the_table_of_retries_is_the_schedule() -> None:
    (row,) = to_replay("we_1", [Entry(1, "loy_1", "evt_1", "credit.issued")], 0)
    lines = table(GUIDE, "attempt", "after the one before")
    record(row, Outcome(at=0, duration_ms=0, http_status=500, error="http_error"), 0.5)
    for line in lines:
        number, unit = line["after the one before"].split(" ")
        assert row.next_attempt_at == int(number) * UNITS[unit]
        record(row, Outcome(at=0, duration_ms=0, http_status=500, error="http_error"), 0.5)
        assert row.tries == int(line["attempt"])
        assert row.status == code(line["if it fails"])
    assert row.next_attempt_at is None
    assert f"varies by up to {schedule.JITTER * 100:g} %" in TEXT


def test_errors_reasons_and_states_are_all_named() -> None:
    assert {code(row["error"]) for row in table(GUIDE, "error", "means")} == set(get_args(AttemptError))
    assert all(f"`{name}`" in TEXT for name in get_args(DeliveryStatus))
    assert all(f"`{name}`" in TEXT for name in get_args(DisabledReason) if name != "requested")


def test_the_headers_are_those_that_are_sent() -> None:
    listed = {code(row["header"]).lower() for row in table(GUIDE, "header", "holds")}
    assert listed == signing.headers("evt_1", BODY, [signing.secret_of(b"x" * 32)], 0).keys()


def test_the_numbers_are_those_of_the_code() -> None:
    told = [
        f"up to {MOST_ENDPOINTS} endpoints",
        f"within {sending.ATTEMPT_SECONDS:g} seconds",
        f"for {endpoint.OVERLAP_HOURS} hours",
        f"(0 to {endpoint.LONGEST_OVERLAP_HOURS})",
        f"failed {health.GENTLE_AFTER} times in a row",
        f"up to {health.LONGEST_REST // SECOND} seconds",
        f"failed for {health.GIVEN_UP_AFTER // DAY} days",
        f"answers {health.GONE} at once",
        f"deliveries of {deliveries.KEPT // DAY} days",
        f"waits, for up to {log.KEPT // DAY} days",
        f"first {deliveries.RESPONSE_BYTES:,} bytes",
        f"up to {deliveries.MOST_REPLAYED:,} events",
        f"within {leases.LEASE // SECOND + STANDBY_SECONDS:g} seconds of a kill",
    ]
    missing = [words for words in told if words not in TEXT]
    assert not missing


@pytest.fixture
def recipe() -> dict[str, Callable[..., Any]]:
    """The functions of the recipe, as somebody has them who copies it."""
    (block,) = blocks(GUIDE, "text recipe")
    names: dict[str, Any] = {}
    exec(block.text, names)
    return {name: found for name, found in names.items() if name.startswith("is_genuine")}


def spoiled(headers: dict[str, str], name: str, pattern: str) -> dict[str, str]:
    """The headers with one of them altered where the pattern says."""
    found = re.sub(pattern, lambda match: "A" if match[0] != "A" else "B", headers[name], count=1)
    assert found != headers[name]
    return {**headers, name: found}


def test_the_recipe_takes_what_is_ours_and_nothing_else(recipe: dict[str, Callable[..., Any]]) -> None:
    new, old, other = (signing.secret_of(bytes([number] * 32)) for number in range(3))
    headers = signing.headers("evt_1", BODY, [new, old], real_now())
    stale = signing.headers("evt_1", BODY, [new], real_now() - 10 * MINUTE)
    standard, ours = recipe["is_genuine"], recipe["is_genuine_by_vinr_signature"]
    for secret in (new, old):
        assert standard(BODY, headers, secret)
        assert ours(BODY, headers["vinr-signature"], secret)
    for body, sent, secret in ((BODY + b" ", headers, new), (BODY, headers, other), (BODY, stale, new)):
        assert not standard(body, sent, secret)
        assert not ours(body, sent["vinr-signature"], secret)
    single = signing.headers("evt_1", BODY, [new], real_now())
    assert not standard(BODY, spoiled(single, "webhook-signature", r"(?<=v1,)."), new)
    assert not ours(BODY, spoiled(single, "vinr-signature", r"(?<=v1=).")["vinr-signature"], new)
    assert not standard(BODY, {**single, "webhook-id": "evt_2"}, new)
