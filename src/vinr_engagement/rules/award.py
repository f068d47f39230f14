"""What an award is worth: for the whole payment, and for what is left of it after refunds.

Why refunds in any number and order end where one refund of their sum ends: what a net amount would have earned is a
function of that amount alone (:meth:`Terms.points`), and it never rises as the amount falls. So what is due at each
moment, earned less that, depends only on the total refunded, and never shrinks from one refund to the next.
"""

from fractions import Fraction
from math import ceil
from typing import Any, Literal, NamedTuple

import msgspec

from vinr_engagement.foundation.decimals import Rounding, round_fraction

Step = tuple[int, int, int]
"""``(floor, numerator, denominator)``: a factor that counts while the net amount is at least ``floor``."""


class Terms(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """All it takes to price an award again for any net amount. Stored as JSON with each earn.

    ``amount`` is the payment in minor units, None for an award that does not depend on one; ``eligible`` the part of it
    the award is for (None: all of it). ``numerator / denominator`` is points per minor unit (``proportional``) or just
    points (``fixed``), with every unconditional factor in it. Each ladder of ``steps`` adds the first factor whose
    floor the net amount reaches. Below ``floor`` nothing is earned; ``room`` is what cap and budget left,
    if they cut. ``boost`` is the ladder of a campaign, and adds ``boost_room`` points at most where it has a limit.
    """

    kind: Literal["proportional", "fixed"]
    numerator: int
    denominator: int
    rounding: Rounding
    amount: int | None = None
    eligible: int | None = None
    floor: int = 0
    room: int | None = None
    steps: tuple[tuple[Step, ...], ...] = ()
    boost: tuple[Step, ...] = ()
    boost_room: int | None = None

    def points(self, net: int | None) -> int:
        """What a net amount of ``net`` minor units earns: the one function behind both awards and clawbacks.

        Exact, rounded once, then cut to ``room``. Never negative, and never rises as ``net`` falls. Nothing is earned
        for a net of zero or below ``floor``; None, or more than ``amount``, counts as ``amount``. Without an ``amount``
        the award is always the same.
        """
        numerator, denominator = self.exact(net)
        rounded = round_fraction(numerator, denominator, self.rounding)
        if self.boost_room is not None:
            rounded = min(rounded, round_fraction(*self._plain(net), self.rounding) + self.boost_room)
        return rounded if self.room is None or rounded < self.room else self.room

    def plain_points(self, net: int | None) -> int:
        """The same without the campaign."""
        rounded = round_fraction(*self._plain(net), self.rounding)
        return rounded if self.room is None or rounded < self.room else self.room

    def boost_points(self, net: int | None) -> int:
        """What the campaign adds to what a net amount earns; it may rise by a point as ``net`` falls."""
        return self.points(net) - self.plain_points(net)

    def boost_left(self, net: int | None, given: int) -> int:
        """What the campaign's part of the award, ``given`` at first, counts for a net amount; it never rises as ``net`` falls.

        That is what the campaign adds there before rounding, rounded up: no less than the points that it adds, so that a
        budget is never freed of points that are still given. Below the least amount that the campaign asks for it is 0.
        """
        reached = self._net(net)
        if reached is not None and reached < self.boost[0][0]:
            return 0
        return min(given, ceil(Fraction(*self.exact(net)) - Fraction(*self._plain(net))))

    def exact(self, net: int | None) -> tuple[int, int]:
        """The same before rounding and room, as numerator and denominator."""
        numerator, denominator = self._plain(net)
        return _climbed(numerator, denominator, self.boost, self._net(net)) if self.boost else (numerator, denominator)

    def _net(self, net: int | None) -> int | None:
        """The net amount as the terms count it; None where they go by none."""
        if self.amount is None or (net is not None and net <= self.amount):
            return None if self.amount is None else net
        return self.amount

    def _plain(self, net: int | None) -> tuple[int, int]:
        """Without the campaign."""
        numerator, denominator = self.numerator, self.denominator
        net = self._net(net)
        if net is not None:
            if net <= 0 or net < self.floor:
                return 0, 1
            if self.kind == "proportional":
                numerator, denominator = self._in_proportion(net)
        for ladder in self.steps:
            numerator, denominator = _climbed(numerator, denominator, ladder, net)
        return numerator, denominator

    def _in_proportion(self, net: int) -> tuple[int, int]:
        """Rate × eligible × net ÷ amount."""
        if self.eligible is None:
            return self.numerator * net, self.denominator
        assert self.amount is not None
        return self.numerator * self.eligible * net, self.denominator * self.amount


def _climbed(numerator: int, denominator: int, ladder: tuple[Step, ...], net: int | None) -> tuple[int, int]:
    """Times the first factor whose floor the net amount reaches."""
    for floor, above, below in ladder:
        if net is None or net >= floor:
            return numerator * above, denominator * below
    return numerator, denominator


class Limited(msgspec.Struct, frozen=True):
    """An award after cap and budget.

    ``reason`` is None if something is left of it, else ``cap_reached`` or ``budget_exhausted``. ``terms`` are the ones
    to store; ``explanation`` is to be merged into the verdict's.
    """

    points: int
    reason: str | None
    terms: Terms
    explanation: dict[str, Any]


def limit(
    terms: Terms, *, cap_points: int | None = None, cap_times: int | None = None, budget_points: int | None = None
) -> Limited:
    """Cut an award to what cap and budget leave, each None where there is no such limit.

    ``cap_points`` and ``cap_times`` are what the member has left in the window, ``budget_points`` what the rule as a
    whole has left. The cap is applied first; negative room is none.
    """
    priced = terms.points(terms.amount)
    within_cap = 0 if cap_times is not None and cap_times <= 0 else _cut(priced, cap_points)
    points = _cut(within_cap, budget_points)
    explanation: dict[str, Any] = {}
    if cap_points is not None or cap_times is not None:
        explanation["cap"] = {"points_left": cap_points, "times_left": cap_times, "cut": priced - within_cap}
    if budget_points is not None:
        explanation["budget"] = {"points_left": budget_points, "cut": within_cap - points}
    explanation["result"] = points
    if points < priced:
        terms = msgspec.structs.replace(terms, room=points)
    return Limited(points, _reason(priced, within_cap, points), terms, explanation)


class Boosted(NamedTuple):
    """An award after what a campaign has left: ``extra`` of its ``points`` are the campaign's. ``cut`` were too many."""

    points: int
    extra: int
    cut: int
    terms: Terms


def limit_boost(terms: Terms, room: int | None) -> Boosted:
    """Cut what a campaign adds to an award to the room that it has left, None where it has no limit.

    Why that keeps the promise on refunds: neither what is earned with the campaign nor what is earned without it plus the
    room rises as the net amount falls, so the lesser of them does not either.
    """
    points = terms.points(terms.amount)
    extra = points - terms.plain_points(terms.amount)
    if room is None:
        return Boosted(points, extra, 0, terms)
    given = _cut(extra, room)
    # Also where all of it fits: what it adds may rise by a point as the net amount falls.
    terms = msgspec.structs.replace(terms, boost_room=max(0, room))
    return Boosted(points - (extra - given), given, extra - given, terms)


def _cut(points: int, room: int | None) -> int:
    return points if room is None or points <= room else max(0, room)


def _reason(priced: int, within_cap: int, points: int) -> str | None:
    if points > 0 or priced == 0:
        return None
    return "cap_reached" if within_cap == 0 else "budget_exhausted"


def exact_text(numerator: int, denominator: int) -> str:
    """A fraction from zero up for people: ``19.99``, or ``1/3`` where it has more than 8 places."""
    whole, rest = divmod(numerator, denominator)
    if rest == 0:
        return str(whole)
    scaled, beyond = divmod(rest * 10**8, denominator)
    if beyond:
        return str(Fraction(numerator, denominator))
    return f"{whole}.{scaled:08d}".rstrip("0")
