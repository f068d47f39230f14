"""A member of a club with tiers, and the words that its tests speak in."""

from typing import Any

import msgspec

from vinr_engagement import tiers
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.programs import Program, Tier, TierConfig, TierDowngrade, TierPeriod
from vinr_engagement.tiers import DailyTotal, TierChange

THRESHOLDS = {"bronze": 0, "silver": 100, "gold": 200, "platinum": 500}


def at(text: str) -> int:
    """``2026-04-01``, midnight UTC, or ``2026-04-01 12:30``."""
    return parse_instant(text.replace(" ", "T") + ("Z" if " " in text else "T00:00Z"))


def day(text: str) -> int:
    """A date as days since 1970-01-01."""
    return at(text) // 86_400_000_000


def program_of(
    period: str = "lifetime",
    mode: Any = "immediate",
    *,
    grace: int = 0,
    on: Any = "spend",
    zone: str = "UTC",
    thresholds: dict[str, int] = THRESHOLDS,
) -> Program:
    """``period`` is ``lifetime``, ``rolling 12``, ``calendar 12`` or ``calendar 12 from 4``."""
    kind, months, start = [*period.replace("from ", "").split(), None, None][:3]
    # Out of order, because a program's tiers are ordered by rank and not by place.
    steps = [Tier(key, key.title(), rank * 10, least) for rank, (key, least) in enumerate(thresholds.items())][::-1]
    config = TierConfig(
        qualify_on=on,
        period=TierPeriod(kind, months and int(months), start and int(start)),  # type: ignore[arg-type]
        tiers=steps,
        downgrade=TierDowngrade(mode, grace),
    )
    return Program("prog_club", "Club", timezone=zone, tier_config=config)


class Account(msgspec.Struct):
    """The fields of an account that tiers look at."""

    tier: str | None = None
    tier_earned: str | None = None
    tier_kept_until: int | None = None
    tier_below_since: int | None = None
    tier_pin: str | None = None
    lifetime_points: int = 0


def total(date: str, amount: int) -> DailyTotal:
    """A day that brought as many points as minor units of spend."""
    return DailyTotal(1, "loy_1", day(date), amount, amount, 1)


class Member:
    """An account, its days, and all its moves so far; time comes before every transaction."""

    def __init__(self, program: Program, joined: int) -> None:
        self.program = program
        self.account = Account()
        self.days: dict[int, DailyTotal] = {}
        self.moves: list[TierChange] = []
        tiers.settle_in(program, self.account, [], joined)

    @property
    def totals(self) -> list[DailyTotal]:
        return list(self.days.values())

    @property
    def told(self) -> list[str]:
        """The moves, as ``bronze > gold threshold_reached 2026-04-01 12:30``."""
        return [_words(move) for move in self.moves]

    def watch(self, until: int) -> None:
        """Lets time pass."""
        while (change := tiers.advance(self.program, self.account, self.totals, until)) is not None:
            self.moves.append(change)

    def pay(self, amount: int, now: int, *, dated: int | None = None) -> int:
        """Spends (or gets back) money and as many points, on the day of ``dated``; answers that day."""
        self.watch(now)
        before = tiers.qualifying_value(self.program, self.account, self.totals, now)
        number = calendar.day_number(now if dated is None else dated, self.program.zone)
        row = self.days.setdefault(number, DailyTotal(1, "loy_1", number, 0, 0, 0))
        row.points += amount
        row.spend += amount
        self.account.lifetime_points += max(0, amount)
        self.note(tiers.reassess(self.program, self.account, self.totals, before, now))
        return number

    def pin(self, tier: str | None, now: int, until: int | None = None) -> None:
        self.watch(now)
        self.note(tiers.pin(self.program, self.account, self.totals, tier, until=until, now=now))

    def edit(self, program: Program, now: int) -> None:
        """The program becomes another one."""
        self.watch(now)
        self.program = program
        self.note(tiers.settle_in(program, self.account, self.totals, now))

    def note(self, change: TierChange | None) -> None:
        if change is not None:
            self.moves.append(change)

    def next_change(self, now: int) -> int | None:
        return tiers.next_change_at(self.program, self.account, self.totals, now)


def _words(move: TierChange) -> str:
    moment = calendar.local_datetime(move.at, calendar.zone("UTC"))
    return f"{move.from_tier} > {move.to_tier} {move.reason} {moment:%Y-%m-%d %H:%M}"
