"""The rules of tiers once more, as slowly as they can be said: every local midnight is looked at, and every day is added up.

It shares no code with the room: months, midnights and windows are counted here with ``datetime`` alone.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from vinr_engagement.programs import Program

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
GRACE_DAY = 24 * 60 * 60 * 1_000_000

Move = tuple[int, str, str, str]
"""When, from, to and why."""


def midnight(day: date, zone: ZoneInfo) -> int:
    return (datetime(day.year, day.month, day.day, tzinfo=zone) - EPOCH) // MICROSECOND


@cache
def later_month(day: date, months: int) -> date:
    """Month by month; then back from the day that may not exist to one that does."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, day.day)


@cache
def period_of(day: date, months: int, starts_month: int) -> date:
    """The first day of the calendar period, counted up from 1970."""
    start = date(1970, starts_month, 1)
    while later_month(start, months) <= day:
        start = later_month(start, months)
    return start


@dataclass
class Slow:
    """One member. ``paid`` is what is left of each payment, with its local day."""

    program: Program
    now: int
    paid: list[list[object]] = field(default_factory=list)
    lifetime: int = 0
    earned: str = "bronze"
    kept_until: int | None = None
    below_since: int | None = None
    fell_by: str = ""
    pin: tuple[str, int | None] | None = None
    moves: list[Move] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.config = self.program.tier_config
        self.months = self.config.period.months or 0
        self.least = {tier.key: tier.threshold for tier in self.config.tiers}
        self.order = sorted(self.least, key=lambda key: self.least[key])
        self.zone = ZoneInfo(self.program.timezone)
        self.shown = self.effective()

    # --- What counts

    def local(self, moment: int) -> datetime:
        return (EPOCH + moment * MICROSECOND).astimezone(self.zone)

    def counts(self, day: date, today: date) -> bool:
        if self.config.period.type == "lifetime":
            return True
        if self.config.period.type == "rolling":
            return today < later_month(day, self.months)
        return self.period_of(day) == self.period_of(today)

    def period_of(self, day: date) -> date:
        return period_of(day, self.months, self.config.period.starts_month or 1)

    def value(self, moment: int) -> int:
        if self.config.qualify_on == "points" and self.config.period.type == "lifetime":
            return self.lifetime
        today = self.local(moment).date()
        return sum(amount for day, amount in self.paid if self.counts(day, today))  # type: ignore[misc,arg-type]

    def best(self, value: int) -> str:
        found = self.order[0]
        for key in self.order:
            if value >= self.least[key]:
                found = key
        return found

    def above(self, one: str, other: str) -> bool:
        return self.order.index(one) > self.order.index(other)

    def effective(self) -> str:
        return self.pin[0] if self.pin and self.above(self.pin[0], self.earned) else self.earned

    def tell(self, moment: int, reason: str) -> None:
        if self.effective() != self.shown:
            self.moves.append((moment, self.shown, self.effective(), reason))
            self.shown = self.effective()

    # --- Time

    def wait(self, until: int) -> None:
        """Looks at every local midnight up to ``until``, and at every moment that a pin, a kept time or a grace ends."""
        while self.now < until:
            day = self.local(self.now).date() + timedelta(1)
            while midnight(day, self.zone) <= self.now:
                day += timedelta(1)
            moments = [until, midnight(day, self.zone), *self.ends()]
            self.now = min(moment for moment in moments if moment > self.now)
            self.look()

    def ends(self) -> list[int]:
        pin = [] if self.pin is None or self.pin[1] is None else [self.pin[1]]
        kept = [] if self.kept_until is None else [self.kept_until]
        grace = [] if self.below_since is None else [self.below_since + self.grace]
        return pin + kept + grace

    @property
    def grace(self) -> int:
        return self.config.downgrade.grace_days * GRACE_DAY

    def look(self) -> None:
        if self.pin is not None and self.pin[1] == self.now:
            self.pin = None
            self.tell(self.now, "pin_ended")
        by = "window_moved" if self.config.period.type == "rolling" else "period_ended"
        self.fall("period_ended" if self.kept_until == self.now else by)

    def fall(self, by: str) -> None:
        if self.config.downgrade.mode == "never" or self.value(self.now) >= self.least[self.earned]:
            return
        if self.kept_until is not None and self.now < self.kept_until:
            return
        if self.below_since is None:
            self.below_since, self.fell_by = self.now, by
        if self.now >= self.below_since + self.grace:
            self.earned, self.below_since, self.kept_until = self.best(self.value(self.now)), None, None
            self.tell(self.now, self.fell_by)

    # --- Transactions

    def pay(self, amount: int, days_ago: int) -> None:
        day = self.local(self.now).date() - timedelta(days_ago)
        self.lifetime += amount
        self.changed(lambda: self.paid.append([day, amount]), self.lifetime - amount)

    def refund(self, which: int, amount: int) -> None:
        if self.paid:
            payment = self.paid[which % len(self.paid)]
            less = min(amount, payment[1])  # type: ignore[type-var]

            def take() -> None:
                payment[1] -= less  # type: ignore[operator]

            self.changed(take, self.lifetime)

    def changed(self, change: object, lifetime_before: int) -> None:
        by_points = self.config.qualify_on == "points" and self.config.period.type == "lifetime"
        before = lifetime_before if by_points else self.value(self.now)
        change()  # type: ignore[operator]
        after = self.value(self.now)
        best = self.best(after)
        if self.above(best, self.earned):
            self.earned, self.kept_until, self.below_since = best, self.keep(), None
        elif after >= self.least[self.earned]:
            self.below_since = None
            if before < self.least[self.earned]:
                self.kept_until = max((end for end in (self.keep(), self.kept_until) if end), default=None)
        else:
            self.fall("refunded")
        self.tell(self.now, "threshold_reached")

    def keep(self) -> int | None:
        """Up to when a tier reached now stays."""
        if self.config.downgrade.mode != "period_end" or self.config.period.type == "lifetime":
            return None
        local = self.local(self.now)
        if self.config.period.type == "calendar":
            following = later_month(self.period_of(local.date()), self.months)
            return midnight(later_month(following, self.months), self.zone)
        then = later_month(local.date(), self.months)
        moved = local.replace(year=then.year, month=then.month, day=then.day, fold=0)
        return (moved - EPOCH) // MICROSECOND

    def set_pin(self, tier: str, until: int | None) -> None:
        self.pin = (tier, until)
        self.tell(self.now, "pinned")

    def unpin(self) -> None:
        self.pin = None
        self.tell(self.now, "pin_ended")
