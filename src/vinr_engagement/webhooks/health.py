"""How an endpoint is doing, and what follows: it is tried gently once it keeps failing, and given up after days of that."""

from typing import Final, Literal

import msgspec

from vinr_engagement.foundation.clock import DAY, MINUTE, SECOND, Instant
from vinr_engagement.webhooks.tables import CursorRow

GENTLE_AFTER: Final = 10
"""So many failures in a row, and attempts are made one at a time."""
LONGEST_REST: Final = MINUTE
"""Between two such attempts."""
GIVEN_UP_AFTER: Final = 5 * DAY
"""An endpoint that only failed for so long is disabled."""
GONE: Final = 410
"""The status by which a receiver says that it wants no more."""

Verdict = Literal["gone", "failing"]


class Health(msgspec.Struct):
    """What came of the attempts so far; all times are real. ``gone`` once the receiver answered 410."""

    failures: int = 0
    failing_since: Instant | None = None
    probe_at: Instant | None = None
    last_success_at: Instant | None = None
    last_failure_at: Instant | None = None
    gone: bool = False

    @classmethod
    def of(cls, row: CursorRow) -> "Health":
        """As it was saved."""
        return cls(row.failures, row.failing_since, row.probe_at, row.last_success_at, row.last_failure_at)

    @property
    def is_gentle(self) -> bool:
        """Whether one attempt is made at a time."""
        return self.failures >= GENTLE_AFTER

    def rests(self, now: Instant) -> bool:
        """Whether nothing is to be tried yet."""
        return self.is_gentle and self.probe_at is not None and now < self.probe_at

    def succeeded(self, now: Instant) -> None:
        """Counts a success: all is well."""
        self.failures, self.failing_since, self.probe_at, self.last_success_at = 0, None, None, now

    def failed(self, now: Instant, http_status: int | None) -> None:
        """Counts a failure; from the tenth in a row on the next attempt waits 1, 2, 4 … up to 60 seconds."""
        self.failures += 1
        self.failing_since = now if self.failing_since is None else self.failing_since
        self.last_failure_at = now
        self.gone = self.gone or http_status == GONE
        if self.is_gentle:
            doublings = min(self.failures - GENTLE_AFTER, 10)
            self.probe_at = now + min(LONGEST_REST, SECOND << doublings)

    def verdict(self, now: Instant) -> Verdict | None:
        """Why the endpoint is to be disabled, if it is."""
        if self.gone:
            return "gone"
        if self.failing_since is not None and now - self.failing_since >= GIVEN_UP_AFTER:
            return "failing"
        return None
