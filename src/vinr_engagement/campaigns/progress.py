"""How far a member came in a challenge: what each payment counts, what is left of that, and how often the target was met.

Progress is a sum of contributions, and each depends on the net amount of its payment alone. So any sequence of refunds ends
where one refund of their sum ends.
"""

from typing import Any, NamedTuple

import msgspec

from vinr_engagement.campaigns.mechanics import Challenge
from vinr_engagement.rules import Terms


class Contribution(msgspec.Struct, array_like=True):
    """What a payment counts in a challenge, remembered with the purchase; ``terms`` say what it counts for a net amount.

    ``account`` is whose progress it is: an invoice may be another member's than its payment.
    """

    campaign: str
    place: int
    account: str
    counted: int
    terms: Terms


class Due(NamedTuple):
    """What is to be taken back for completions that are no longer there."""

    points: int
    times: int


class Completion(msgspec.Struct, array_like=True):
    """The target met, ``met`` times by one event, and the bonus for it.

    ``times`` of them were given something, ``points`` in all: both as they stand after refunds. Without a ``transaction``
    there was nothing left to give. ``due`` is what refunds took from the bonus, ``reversed`` what was reversed of that;
    ``day`` is the local day that it counts on.
    """

    transaction: str | None
    bucket: int
    met: int
    times: int
    points: int
    due: int
    reversed: int
    day: int
    budgeted: bool

    @property
    def kept(self) -> int:
        """What the member has of the bonus: what expired before it could be reversed included."""
        return self.points + self.due - self.reversed

    def release(self, unmet: int) -> Due:
        """Takes so many completions away; the bonus goes in proportion, exactly with the last of them."""
        left = self.met - unmet
        points, times = self.points * left // self.met, min(self.times, left)
        due = Due(self.points - points, self.times - times)
        self.met, self.points, self.times, self.due = left, points, times, self.due + due.points
        return due


class Progress(msgspec.Struct, omit_defaults=True):
    """A member in one challenge.

    ``value`` is the sum of what counts, ``kept`` the part of it that no refund can take back; ``most`` is how often a
    challenge that is not repeatable may be met: once, but for members who were merged after both had met it.
    """

    value: int = 0
    kept: int = 0
    most: int = 1
    completions: list[Completion] = []

    def newest(self) -> Completion:
        """The completion to take back first."""
        return next(completion for completion in reversed(self.completions) if completion.met)

    def drop_reversed(self) -> None:
        """Forgets completions of which nothing is left."""
        self.completions = [each for each in self.completions if each.met or each.kept]

    def missing(self, challenge: Challenge) -> int:
        """How many completions are to be given; below zero for those to be taken back."""
        return challenge.completions(self.value, self.most) - self.met

    @property
    def met(self) -> int:
        """How often the target was met so far."""
        return sum(completion.met for completion in self.completions)


_contributions = msgspec.json.Decoder(list[Contribution])
_progress = msgspec.json.Decoder(dict[str, Progress])


def contributions_of(text: str) -> list[Contribution]:
    """What a purchase remembers."""
    return [] if text == "[]" else _contributions.decode(text)


def encoded(value: Any) -> str:
    """Contributions, or progress by place of the mechanic, as JSON."""
    return msgspec.json.encode(value).decode()


def progress_of(text: str) -> dict[str, Progress]:
    """How far a member came in each challenge of a campaign, by the place of the mechanic."""
    return {} if text == "{}" else _progress.decode(text)


def combined(one: str, other: str) -> str:
    """The progress of two members who become one. Nothing that either has got is taken back for it."""
    both = progress_of(one)
    for place, more in progress_of(other).items():
        held = both.setdefault(place, Progress())
        held.value, held.kept = held.value + more.value, held.kept + more.kept
        held.completions = held.completions + more.completions
        held.most = max(held.most, more.most, held.met)
    return encoded(both) if both else "{}"
