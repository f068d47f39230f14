"""The rows of this room. A *quarter* is a quarter of an hour, counted from 1970 in UTC: every timezone begins its days on one."""

from typing import Final

import msgspec

from vinr_engagement.foundation.clock import MINUTE, Instant
from vinr_engagement.foundation.database import Table

QUARTER: Final = 15 * MINUTE
QUARTERS_A_DAY: Final = 96
ALL_TIME: Final = 0
TIMELESS: Final = -(1 << 40)
"""The quarter of what is counted as it stands now, whenever it came about."""


class Movement(msgspec.Struct, gc=False):
    """What one commit changed in the totals, until it is added to them. ``body`` is JSON; ``created_at`` real time."""

    id: str
    body: str
    created_at: int


class Total(msgspec.Struct, gc=False):
    """The sum of one kind of movement over ``span`` quarters from ``quarter`` on: 1, the 96 of a day in UTC, or 0 for all time.

    ``unit`` is what is counted: points, a currency, ``members`` or ``redemptions``.
    """

    program: str
    span: int
    unit: str
    kind: str
    quarter: int
    amount: int
    number: int


class CohortTotal(msgspec.Struct, gc=False):
    """What the members who were enrolled in one month earned and redeemed in another, both as ``year * 12 + month - 1``."""

    program: str
    cohort: int
    month: int
    earned: int
    redeemed: int


class Activity(msgspec.Struct, gc=False):
    """A part of those who earned or redeemed on one local day (since 1970-01-01), each once within the part.

    ``members`` are 64-bit digests of account ids, ``cohorts`` the months of their enrolment (since 1970-01), both as base64.
    """

    program: str
    day: int
    part: int
    number: int
    members: str
    cohorts: str


class RollUpState(msgspec.Struct, gc=False):
    """How far the totals are: ``built_at`` is ``None`` until they were counted; ``zones`` the timezone of each program when
    its days were, as JSON; ``turn`` counts the changes of the totals.
    """

    id: int
    turn: int
    built_at: int | None
    zones: str


MOVEMENTS = Table("movements", Movement, ("id",))
TOTALS = Table("analytics_totals", Total, ("program", "span", "unit", "kind", "quarter"))
COHORT_TOTALS = Table("analytics_cohorts", CohortTotal, ("program", "cohort", "month"))
ACTIVITY = Table("analytics_activity", Activity, ("program", "day", "part"))
STATE = Table("analytics_state", RollUpState, ("id",))


def quarter_of(moment: Instant) -> int:
    """The quarter of an hour that a moment lies in."""
    return moment // QUARTER
