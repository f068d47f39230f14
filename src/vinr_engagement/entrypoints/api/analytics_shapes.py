"""What the endpoints of analytics answer."""

from typing import Literal

from pydantic import Field

from vinr_engagement.entrypoints.api.fields import Shape, Time

Rate = str
_SHARE = "With four places, as text; null where there is nothing to divide by."
_UNSETTLED = (
    "Members whom time has changed and who are left out, since more than 2,000 wait for the worker: 0 as a rule."
)


class MoneyTotal(Shape):
    """An amount of money."""

    amount: int = Field(description="In minor units; below zero where members owe more than they hold.")
    currency: str = Field(description="ISO 4217.")


class PeriodShape(Shape):
    """A span of time."""

    gte: Time = Field(description="Its first moment.")
    lt: Time = Field(description="The first moment that does not belong to it.")


class Enrollment(Shape):
    """Members who came and went."""

    total: int = Field(description="Members at the end of the period: enrolled, and neither closed nor merged.")
    new: int = Field(description="Enrolled in the period.")
    closed: int = Field(
        description="Closed in the period, less those who were reopened; closed ones that were merged count off."
    )
    merged: int = Field(description="Merged into another member in the period.")


class PointsSummary(Shape):
    """What happened to points: outstanding is what it was before, plus all that was given, less all that was taken."""

    earned: int = Field(description="Given by rules, campaigns and referrals.")
    adjusted: int = Field(description="Given by adjustments and imports, less what adjustments took.")
    redeemed: int = Field(description="Taken by redemptions.")
    returned: int = Field(description="Given back by redemptions that were released or reversed.")
    reversed: int = Field(description="Taken back by refunds and lost disputes.")
    expired: int = Field(description="Taken by expiry.")
    outstanding_before: int = Field(
        description="What members held before the period, pending points included, less debts."
    )
    outstanding: int = Field(description="What members held at its end, pending points included, less debts.")
    pending: int = Field(description="Of that, what was not available yet.")


class Breakage(Shape):
    """What expired unused."""

    points: int = Field(description="Expired in the period.")
    rate: Rate | None = Field(
        description=f"Of all points given up to the end of the period, and not reversed, what had expired. {_SHARE}"
    )


class RedemptionsSummary(Shape):
    """Redemptions by what became of them."""

    count: int = Field(description="Made in the period.", ge=0)
    points: int = Field(description="What those cost.", ge=0)
    applied: int = Field(description="Applied in the period, whenever they were made.", ge=0)
    released: int = Field(description="Released in the period.", ge=0)
    reversed: int = Field(description="Reversed in the period.", ge=0)


class TierMembers(Shape):
    """How many are in a tier now."""

    tier: str | None = Field(description="Its key; null for members who were not put in any yet.")
    name: str | None = Field(description="Null for a tier that the program no longer has.")
    rank: int | None = Field(description="Null for a tier that the program no longer has.")
    members: int = Field(description="Active members.", ge=0)


class CreditSummary(Shape):
    """Store credit in one currency, in minor units."""

    currency: str = Field(description="ISO 4217.")
    issued: int = Field(description="Granted in the period.")
    spent: int = Field(description="Spent on payments in the period.")
    returned: int = Field(description="Given back, by payments that failed or were refunded.")
    reversed: int = Field(description="Taken back, with redemptions that were reversed.")
    expired: int = Field(description="Expired in the period.")
    outstanding_before: int = Field(description="What members held before the period.")
    outstanding: int = Field(description="What they held at its end.")


class AnalyticsSummary(Shape):
    """One period in figures."""

    object: Literal["analytics_summary"]
    program: str
    timezone: str = Field(description="Of the program: its days begin there.")
    currency: str = Field(description="Of the program, ISO 4217.")
    period: PeriodShape
    as_of: Time = Field(
        description="When the counts at the end are of: the end of the period, or now if that comes first."
    )
    unsettled_accounts: int = Field(description=_UNSETTLED, ge=0)
    enrollment: Enrollment
    active_members_90d: int = Field(
        description="Members who earned or redeemed on the day of `as_of` or the 89 days before it.", ge=0
    )
    points: PointsSummary
    points_liability: MoneyTotal = Field(description="`points.outstanding` times the program's `point_value`.")
    redemption_rate: Rate | None = Field(
        description=f"Redeemed and not returned, of what was given and not reversed, both in the period. {_SHARE}"
    )
    breakage: Breakage
    redemptions: RedemptionsSummary
    tiers: list[TierMembers] = Field(description="As they are now, lowest first; empty in a program without tiers.")
    credit: list[CreditSummary] = Field(description="By currency.")


class SeriesPoint(Shape):
    """One day, week or month."""

    start: Time = Field(description="Its first moment, or that of the period.")
    end: Time = Field(description="The first moment that does not belong to it.")
    values: dict[str, int] = Field(description="By metric.")


class AnalyticsTimeseries(Shape):
    """Figures by day, week or month."""

    object: Literal["analytics_timeseries"]
    program: str
    interval: Literal["day", "week", "month"] = Field(description="How long each entry is, in the program's time zone.")
    timezone: str = Field(description="Of the program: days, weeks (from Monday) and months begin there.")
    currency: str = Field(description="Of `points_liability`, which is in its minor units.")
    period: PeriodShape
    as_of: Time = Field(description="When the last value is of.")
    unsettled_accounts: int = Field(description=_UNSETTLED, ge=0)
    metrics: list[str] = Field(description="As they were asked for.")
    data: list[SeriesPoint] = Field(description="Oldest first.")


class LiabilityPoints(Shape):
    """Points as they stand now."""

    outstanding: int = Field(description="What members hold, pending points included, less `debt`.")
    pending: int = Field(description="Of that, what is not available yet.")
    debt: int = Field(description="What members owe whose balance is below zero.", ge=0)
    held: int = Field(description="`outstanding` plus `debt`: the sum of all lots, and of the months below.", ge=0)


class Vintage(Shape):
    """Open points of one month of earning."""

    month: str = Field(description="In the program's timezone.", examples=["2026-01"])
    points: int = Field(ge=0)
    amount: int = Field(description="What they are worth, in minor units.", ge=0)
    expected_points: int | None = Field(description="How many of them may be redeemed; null without an estimate.")


class ExpiryMonth(Shape):
    """Open points that expire in one month."""

    month: str | None = Field(description="In the program's timezone; null for points that never expire.")
    points: int = Field(ge=0)
    amount: int = Field(description="What they are worth, in minor units.", ge=0)


class RedemptionEstimate(Shape):
    """How much of what is open may be redeemed, going by months of earning that came to their end."""

    expected_redemption_rate: Rate | None = Field(
        description="With four places, as text; null where no month has ended."
    )
    expected_points: int | None = Field(description="Of `points.held`; the sum of the months.")
    expected_liability: MoneyTotal | None = Field(description="`expected_points` times the program's `point_value`.")
    method: str = Field(description="How it was made, with its inputs.")


class Liability(Shape):
    """What a program owes its members in points, now."""

    object: Literal["liability"]
    program: str
    timezone: str = Field(description="Of the program: its months begin there.")
    as_of: Time = Field(description="Now.")
    unsettled_accounts: int = Field(description=_UNSETTLED, ge=0)
    currency: str = Field(description="Of all amounts, ISO 4217.")
    points: LiabilityPoints
    points_liability: MoneyTotal = Field(description="`points.outstanding` times the program's `point_value`.")
    by_earning_month: list[Vintage] = Field(description="Oldest first; months of which nothing is open are left out.")
    by_expiry_month: list[ExpiryMonth] = Field(description="Soonest first, what never expires last.")
    estimate: RedemptionEstimate


class CohortPeriod(Shape):
    """What a cohort did in one month."""

    index: int = Field(description="Months since that of the enrolment.", ge=0)
    active: int = Field(description="How many of them earned or redeemed in it.", ge=0)
    active_rate: Rate | None = Field(description=f"Of `members`. {_SHARE}")
    earned: int = Field(description="Points; what refunds took back is not taken off.")
    redeemed: int = Field(description="Points; what came back is not taken off.")


class Cohort(Shape):
    """The members who were enrolled in one month."""

    cohort: str = Field(description="The month, in the program's timezone.", examples=["2026-01"])
    members: int = Field(description="Enrolled in it, whatever became of them.", ge=0)
    periods: list[CohortPeriod] = Field(description="From the month itself to this one.")


class Cohorts(Shape):
    """Members by the month of their enrolment."""

    object: Literal["cohorts"]
    program: str
    interval: Literal["month"] = Field(description="How long each period is, in the program's time zone.")
    timezone: str = Field(description="Of the program: its months begin there.")
    as_of: Time = Field(description="Now.")
    unsettled_accounts: int = Field(description=_UNSETTLED, ge=0)
    data: list[Cohort] = Field(description="Oldest first; months in which nobody was enrolled are left out.")
