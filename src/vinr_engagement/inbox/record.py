"""Recording what was received, in the transaction of all that comes of it."""

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import State
from vinr_engagement.inbox.tables import ReceivedEvent, event_key


def record(
    state: State,
    event: str,
    event_type: str,
    *,
    customer: str | None,
    account: str | None,
    status: str,
    canonical: bytes,
    outcome: bytes,
    occurred_at: Instant,
    now: Instant,
) -> ReceivedEvent:
    """Adds an event that was not there: its canonical JSON, and the first answer to it."""
    bucket, identifier = event_key(event)
    return state.insert(
        ReceivedEvent(
            bucket=bucket,
            id=identifier,
            received_id=ids.new_id("rcv"),
            type=event_type,
            customer=customer,
            status=status,
            fingerprint=json.fingerprint(canonical),
            body=canonical.decode(),
            outcome=outcome.decode(),
            occurred_at=occurred_at,
            received_at=now,
            account=account,
        )
    )
