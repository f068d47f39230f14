"""When a delivery that failed is tried again."""

from typing import Final

from vinr_engagement.foundation.clock import HOUR, MINUTE, Instant

STEPS: Final[tuple[Instant, ...]] = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 24 * HOUR)
"""The pauses after the first attempt and each retry; after the last one a delivery has failed."""
JITTER: Final = 0.1
"""Each pause is longer or shorter by up to this share, so that retries do not all come at once."""


def pause_after(tries: int, chance: float, retry_after: Instant | None = None) -> Instant | None:
    """How long to wait after so many failed attempts (at least 1), in microseconds; ``None`` where there are no more.

    ``chance`` is a random number from 0 to 1. A receiver that asks for a longer pause gets it, up to the step's longest.
    """
    if tries > len(STEPS):
        return None
    step = STEPS[tries - 1]
    pause = step + round(step * JITTER * (2 * chance - 1))
    longest = step + round(step * JITTER)
    return pause if retry_after is None else max(pause, min(retry_after, longest))
