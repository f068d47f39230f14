"""What becomes of a referral: ``pending`` → ``attributed`` → ``converted`` | ``rejected`` | ``expired``, and ``converted`` →
``reversed``. Whoever changes one has announced it to the state.
"""

from typing import Any, NamedTuple

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import DAY, MINUTE, Instant, format_instant
from vinr_engagement.members import Account
from vinr_engagement.referrals.tables import Referral, ReferralDay

CLOCKS_APART: Instant = 5 * MINUTE
"""A payment may be dated so much before the referee was attributed: the shop's clock, or whole seconds, may say so."""


class Terms(NamedTuple):
    """What a referral pays each side, for which first payment, and where it can be shared.

    Points of 0 pay nothing; ``first_payment_minimum`` is in minor units of the program's default currency.
    """

    referrer_points: int = 0
    referee_points: int = 0
    first_payment_minimum: int = 0
    window_days: int = 30
    max_conversions: int | None = None
    share_url: str | None = None


def new_referral(referrer: Account, code: str, terms: Terms, metadata: dict[str, str], now: Instant) -> Referral:
    """A pending referral: nobody has used its code."""
    return Referral(
        bucket=referrer.bucket,
        id=ids.new_id("ref", referrer.bucket),
        program=referrer.program,
        code=code,
        referrer=referrer.id,
        referee=None,
        status="pending",
        reason=None,
        referrer_points=terms.referrer_points,
        referee_points=terms.referee_points,
        first_payment_minimum=terms.first_payment_minimum,
        window_days=terms.window_days,
        max_conversions=terms.max_conversions,
        share_url=None if terms.share_url is None else terms.share_url.replace("{code}", code),
        metadata=json.text(metadata),
        payment=None,
        attributed_at=None,
        expires_at=None,
        converted_at=None,
        ended_at=None,
        created_at=now,
        updated_at=now,
    )


def another(first: Referral, referrer: Account, now: Instant) -> Referral:
    """A pending referral under the same code, with the same terms."""
    terms = Terms(
        first.referrer_points, first.referee_points, first.first_payment_minimum, first.window_days,
        first.max_conversions, first.share_url,
    )  # fmt: skip
    return new_referral(referrer, first.code, terms, json.decode(first.metadata), now)


def attribute(referral: Referral, referee: str, now: Instant) -> None:
    """Somebody used the code; the window opens."""
    referral.status, referral.referee = "attributed", referee
    referral.attributed_at, referral.expires_at = now, now + referral.window_days * DAY
    referral.updated_at = now


def passed_over(
    referral: Referral, default_currency: str, amount: int, currency: str | None, at: Instant
) -> str | None:
    """Why a payment of ``amount`` minor units that was made at ``at`` does not convert an attributed referral, if it does not.

    It has to be made within the window and reach the minimum, which only one in the default currency does; without a
    minimum any payment will do, but for one of nothing.
    """
    assert referral.attributed_at is not None
    assert referral.expires_at is not None
    if not referral.attributed_at - CLOCKS_APART <= at < referral.expires_at:
        return "outside_window"
    if currency != default_currency and referral.first_payment_minimum > 0:
        return "currency_not_default"
    return None if still_qualifies(referral, amount) else "below_minimum"


def still_qualifies(referral: Referral, net: int) -> bool:
    """Whether what refunds left of the payment, in minor units, is enough."""
    return net > 0 and net >= referral.first_payment_minimum


def convert(referral: Referral, payment: str, at: Instant, now: Instant) -> None:
    """The referee has paid."""
    referral.status, referral.payment, referral.converted_at = "converted", payment, min(at, now)
    referral.updated_at = now


def end(referral: Referral, status: str, reason: str, at: Instant, now: Instant) -> None:
    """``rejected``, ``expired`` or ``reversed``: nothing more will come of it."""
    referral.status, referral.reason = status, reason
    referral.ended_at, referral.updated_at = min(at, now), now


def day_of(moment: Instant) -> int:
    """The day of 24 hours that limits count a moment on."""
    return moment // DAY


def brought(days: list[ReferralDay], last: int, window_days: int) -> tuple[int, int]:
    """Attributions and conversions of a referrer on ``last`` and the days before it, ``window_days`` in all."""
    within = [day for day in days if last - window_days < day.day <= last]
    return sum(day.attributions for day in within), sum(day.conversions for day in within)


def referral_snapshot(referral: Referral) -> dict[str, Any]:
    """The referral as the API and outgoing events show it."""
    moments = ("attributed_at", "expires_at", "converted_at", "ended_at")
    times = {name: getattr(referral, name) for name in moments}
    return {
        "id": referral.id,
        "object": "referral",
        "program": referral.program,
        "code": referral.code,
        "share_url": referral.share_url,
        "referrer": referral.referrer,
        "referee": referral.referee,
        "status": referral.status,
        "reason": referral.reason,
        "reward": {
            "referrer": _reward(referral.referrer_points),
            "referee": _reward(referral.referee_points),
        },
        "qualify": {
            "first_payment_minimum": referral.first_payment_minimum,
            "window_days": referral.window_days,
        },
        "max_conversions": referral.max_conversions,
        "payment": referral.payment,
        "metadata": json.decode(referral.metadata),
        **{name: None if moment is None else format_instant(moment) for name, moment in times.items()},
        "created_at": format_instant(referral.created_at),
        "updated_at": format_instant(referral.updated_at),
    }


def _reward(points: int) -> dict[str, int] | None:
    return {"points": points} if points else None
