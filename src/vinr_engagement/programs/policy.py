"""What a program's policies say of one credit: when it becomes available and when it expires."""

from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import DAY, Instant
from vinr_engagement.programs.program import Program


def credit_dates(program: Program, effective_at: Instant, *, held: bool) -> tuple[Instant, Instant | None, int | None]:
    """``(available_at, expires_at, inactivity_months)`` of points that were earned at ``effective_at``.

    ``held`` credits (awards from payments and invoices, referral payouts) wait for the program's ``hold_days`` of 24 hours.
    Points that expire by inactivity have months in place of a date.
    """
    available_at = effective_at + program.hold_days * DAY if held else effective_at
    expiry = program.currency.expiry
    if expiry is None:
        return available_at, None, None
    if expiry.type == "inactivity":
        return available_at, None, expiry.months
    if expiry.type == "rolling":
        return available_at, calendar.add_months(effective_at, expiry.months or 0, program.zone), None
    end = calendar.end_of_fixed_period(
        effective_at, expiry.month or 1, expiry.day or 1, expiry.min_months, program.zone
    )
    return available_at, end, None


def inactivity_deadline(program: Program, activity_at: Instant, months: int) -> Instant:
    """When points that wait for activity expire: calendar months after the last earn or redemption."""
    return calendar.add_months(activity_at, months, program.zone)


def lowest_tier(program: Program) -> str | None:
    """The key of the tier that every member is in at least; ``None`` where the program has no tiers."""
    ladder = program.tier_config.ladder
    return ladder[0].key if ladder else None
