"""What the engine signs, npm's stock ``standardwebhooks`` verifies; what is altered, stale or another's it refuses."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from tests.sdk.node import find_node, run
from vinr_engagement.foundation.clock import SECOND
from vinr_engagement.webhooks import signing

VERIFYING = Path(__file__).with_name("verifying.js")
OLD, NEW, ANOTHER = (signing.secret_of(bytes([number]) * signing.KEY_BYTES) for number in (1, 2, 3))
EVENT = {
    "id": "evt_1",
    "type": "loyalty.points.earned",
    "data": {"object": {"reason": "Überraschung 🎁", "amount": 19}},
}
BODY = json.dumps(EVENT, ensure_ascii=False, separators=(",", ":"))


class Delivery(NamedTuple):
    """What a receiver gets, and the secret that it knows."""

    body: str
    headers: dict[str, str]
    secret: str

    def but(self, **headers: str) -> "Delivery":
        """The same with other headers."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._replace(headers=self.headers | changed)


def delivery(*secrets: str, known: str = NEW, age: int = 0) -> Delivery:
    """What the engine sent so many seconds ago, signed with these secrets, to a receiver that knows one."""
    at = (int(time.time()) - age) * SECOND
    return Delivery(BODY, signing.headers("evt_1", BODY.encode(), secrets, at), known)


def verified(package: Path, *deliveries: Delivery) -> list[Any]:
    """The event of each, or why it was refused."""
    given = json.dumps([each._asdict() for each in deliveries])
    told = run(
        *(find_node().program, "--input-type=module", "--eval", VERIFYING.read_text("utf-8"), given), folder=package
    )
    outcomes: list[Any] = json.loads(told)
    return outcomes


def test_a_delivery_is_accepted_also_while_its_secret_is_being_changed(typescript_package: Path) -> None:
    rotating = [delivery(NEW, OLD, known=known) for known in (OLD, NEW)]
    assert verified(typescript_package, delivery(NEW), *rotating, delivery(NEW, age=240)) == [EVENT] * 4


def test_what_is_altered_or_signed_by_another_is_refused(typescript_package: Path) -> None:
    sent = delivery(NEW)
    refused = [
        sent._replace(body=sent.body.replace("19", "91")),
        sent.but(webhook_id="evt_2"),
        sent.but(webhook_timestamp=str(int(sent.headers["webhook-timestamp"]) - 1)),
        sent._replace(secret=ANOTHER),
        sent._replace(secret=OLD),
        delivery(NEW, OLD, known=ANOTHER),
    ]
    told = verified(typescript_package, sent, *refused)
    assert told == [EVENT] + ["WebhookVerificationError: No matching signature found"] * len(refused)


def test_what_is_stale_ahead_of_its_time_or_unsigned_is_refused(typescript_package: Path) -> None:
    stale = [delivery(NEW, age=400), delivery(NEW, OLD, known=OLD, age=400)]
    told = verified(typescript_package, *stale, delivery(NEW, age=-4_000), delivery(NEW).but(webhook_signature=""))
    assert [each.removeprefix("WebhookVerificationError: ") for each in told] == [
        *(["Message timestamp too old"] * 2),
        "Message timestamp too new",
        "Missing required headers",
    ]
