"""Random lives of members, against the same rules said slowly; and time in one jump against time in small steps."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tiers.club import THRESHOLDS, Account, at, program_of
from tests.tiers.naive import Slow
from vinr_engagement import tiers
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import DAY, HOUR, parse_instant
from vinr_engagement.programs import Program
from vinr_engagement.tiers import DailyTotal

KEYS = list(THRESHOLDS)
MONTHS = st.sampled_from([1, 1, 2, 3, 5, 12])
PERIODS = st.one_of(
    st.just("lifetime"),
    st.builds("rolling {}".format, MONTHS),
    st.builds("calendar {} from {}".format, MONTHS, st.integers(1, 12)),
)
# Midnight is skipped in Cairo and Havana in spring and repeated in Havana in autumn; Apia has no 30 December 2011.
PLACES = {
    "UTC": "2024-01-29",
    "Europe/London": "2024-02-28",
    "Africa/Cairo": "2024-03-20",
    "America/Havana": "2024-10-01",
    "Pacific/Apia": "2011-11-28",
}
PROGRAMS = st.builds(
    program_of,
    PERIODS,
    st.sampled_from(["immediate", "period_end", "never"]),
    grace=st.sampled_from([0, 0, 1, 3, 40]),
    on=st.sampled_from(["points", "spend"]),
    zone=st.sampled_from(sorted(PLACES)),
)
# Whole and half days meet the midnights of UTC; odd minutes meet none.
GAPS = st.one_of(
    st.just(0), st.integers(1, 40).map(lambda n: n * 12 * HOUR), st.integers(0, 100).map(lambda n: n * 17 * HOUR + 7)
)
AMOUNTS = st.sampled_from([40, 60, 100, 140, 260])
EVENTS = st.lists(
    st.tuples(
        GAPS,
        st.one_of(
            st.tuples(st.just("pay"), AMOUNTS, st.sampled_from([0, 0, 0, 1, 20, 60])),
            st.tuples(st.just("refund"), st.integers(0, 5), AMOUNTS),
            st.tuples(st.just("pin"), st.sampled_from(KEYS), st.none() | GAPS.map(lambda gap: gap + 1)),
            st.tuples(st.just("unpin"), st.none(), st.none()),
        ),
    ),
    max_size=12,
)
STEPS = st.lists(st.sampled_from([1, HOUR, 5 * HOUR + 1, DAY, 11 * DAY, 45 * DAY]), min_size=1, max_size=6)
AFTERWARDS = 800 * DAY
Move = tuple[int, str | None, str | None, str]


class Quick:
    """A member as the room has it. ``steps`` are how long it is left alone at most, in turn; none is one jump."""

    def __init__(self, program: Program, now: int, steps: list[int]) -> None:
        self.program, self.now, self.steps, self.turn = program, now, steps, 0
        self.account = Account()
        self.payments: list[tuple[DailyTotal, list[int]]] = []
        self.days: dict[int, DailyTotal] = {}
        self.moves: list[Move] = []
        tiers.settle_in(program, self.account, [], now)

    @property
    def totals(self) -> list[DailyTotal]:
        return list(self.days.values())[::-1]

    def note(self, change: tiers.TierChange | None) -> None:
        if change is not None:
            assert change.from_tier != change.to_tier == self.account.tier
            up = KEYS.index(str(change.to_tier)) > KEYS.index(str(change.from_tier))
            assert change.direction == ("up" if up else "down")
            value = tiers.qualifying_value(self.program, self.account, self.totals, change.at)
            assert change.qualifying_value == value
            self.moves.append((change.at, change.from_tier, change.to_tier, change.reason))

    def wait(self, until: int) -> None:
        while self.now < until:
            self.now = min(until, self.now + self.steps[self.turn % len(self.steps)]) if self.steps else until
            self.turn += 1
            self.settle()

    def settle(self) -> None:
        due = tiers.next_change_at(self.program, self.account, self.totals, self.now)
        as_it_was = str(self.account)
        while (change := tiers.advance(self.program, self.account, self.totals, self.now)) is not None:
            assert due is not None
            assert due <= change.at <= self.now
            self.note(change)
        assert (str(self.account) != as_it_was) == (due is not None and due <= self.now)
        following = tiers.next_change_at(self.program, self.account, self.totals, self.now)
        assert following is None or following > self.now

    def pay(self, amount: int, days_ago: int) -> None:
        before = self.value()
        number = calendar.day_number(self.now, self.program.zone) - days_ago
        row = self.days.setdefault(number, DailyTotal(1, "loy_1", number, 0, 0, 0))
        self.payments.append((row, [amount]))
        self.account.lifetime_points += amount
        self.change(row, amount, before)

    def refund(self, which: int, amount: int) -> None:
        if self.payments:
            row, left = self.payments[which % len(self.payments)]
            less = min(amount, left[0])
            left[0] -= less
            self.change(row, -less, self.value())

    def change(self, row: DailyTotal, amount: int, before: int) -> None:
        row.points += amount
        row.spend += amount
        self.note(tiers.reassess(self.program, self.account, self.totals, before, self.now))

    def value(self) -> int:
        return tiers.qualifying_value(self.program, self.account, self.totals, self.now)

    def set_pin(self, tier: str, until: int | None) -> None:
        self.note(tiers.pin(self.program, self.account, self.totals, tier, until=until, now=self.now))

    def unpin(self) -> None:
        self.note(tiers.pin(self.program, self.account, self.totals, None, now=self.now))


def live(member: Any, events: list[Any]) -> None:
    for gap, (kind, one, other) in events:
        member.wait(member.now + gap)
        if kind == "pay":
            member.pay(one, other)
        elif kind == "refund":
            member.refund(one, other)
        elif kind == "pin":
            member.set_pin(one, None if other is None else member.now + other)
        else:
            member.unpin()
        if isinstance(member, Quick):
            in_exactly_one_tier(member)


def in_exactly_one_tier(member: Quick) -> None:
    """The higher of the pinned one and the earned, which is no lower than what the value reaches."""
    account, pin = member.account, tiers.pin_of(member.account)
    held = [str(account.tier_earned)] if pin is None else [str(account.tier_earned), pin.tier]
    assert account.tier == max(held, key=KEYS.index)
    reached = [key for key, least in THRESHOLDS.items() if max(0, member.value()) >= least]
    assert KEYS.index(str(account.tier_earned)) >= KEYS.index(reached[-1])


def start_of(program: Program) -> int:
    return at(PLACES[program.timezone])


def lived(program: Program, events: list[Any], steps: list[int]) -> Quick:
    member = Quick(program, start_of(program), steps)
    live(member, events)
    member.wait(member.now + AFTERWARDS)
    return member


@settings(max_examples=100, deadline=None)
@given(PROGRAMS, EVENTS)
@example(  # refunded in full once its period was over, while the grace ran
    program_of("calendar 1 from 1", "immediate", grace=1, on="points", zone="Africa/Cairo"),
    [(0, ("pay", 100, 0)), (12 * DAY, ("refund", 0, 100))],
)
@example(
    program_of("rolling 1", "immediate", grace=3, on="points", zone="UTC"),
    [(0, ("pay", 100, 0)), (30 * DAY, ("refund", 0, 100))],
)
def test_a_life_has_the_moves_that_the_slow_rules_give_it(program: Program, events: list[Any]) -> None:
    slow = Slow(program, start_of(program))
    live(slow, events)
    slow.wait(slow.now + AFTERWARDS)
    quick = lived(program, events, [])
    assert quick.moves == slow.moves
    account, pin = quick.account, tiers.pin_of(quick.account)
    assert (account.tier_earned, account.tier_below_since) == (slow.earned, slow.below_since)
    assert account.tier_kept_until == slow.kept_until
    assert (None if pin is None else (pin.tier, pin.until)) == slow.pin


@settings(max_examples=150, deadline=None)
@given(PROGRAMS, EVENTS, STEPS)
def test_time_in_steps_changes_what_time_in_one_jump_does(
    program: Program, events: list[Any], steps: list[int]
) -> None:
    jump, walk = lived(program, events, []), lived(program, events, [*steps, 30 * DAY])
    assert (walk.moves, walk.account) == (jump.moves, jump.account)


@settings(max_examples=40, deadline=None)
@given(PROGRAMS, EVENTS)
def test_days_one_by_one_do_the_same(program: Program, events: list[Any]) -> None:
    jump, walk = lived(program, events, []), lived(program, events, [DAY])
    assert (walk.moves, walk.account) == (jump.moves, jump.account)


@settings(max_examples=100, deadline=None)
@given(PROGRAMS, EVENTS)
def test_what_is_shown_to_come_is_what_comes(program: Program, events: list[Any]) -> None:
    """``would_fall_at`` and ``would_fall_to`` come true for the earned tier if nothing more happens."""
    member = Quick(program, start_of(program), [])
    live(member, events)
    shown = tiers.progress(program, member.account, member.totals, member.now)
    assert shown["tier"] == member.account.tier
    keeps = shown["keeps"]
    if keeps is not None and keeps["would_fall_at"] is not None:
        falls_at = parse_instant(keeps["would_fall_at"])
        member.wait(falls_at - 1)
        assert member.account.tier_earned == keeps["tier"]
        member.wait(falls_at)
        assert member.account.tier_earned == keeps["would_fall_to"] != keeps["tier"]
    elif keeps is not None:
        member.wait(member.now + AFTERWARDS)
        assert member.account.tier_earned == keeps["tier"]


@settings(deadline=None)
@given(
    PROGRAMS,
    st.lists(st.tuples(st.integers(0, 130), st.sampled_from([0, 1, 40, 99, 100, 140])), max_size=12),
    st.sampled_from(KEYS),
)
def test_the_next_fall_is_the_first_day_on_which_the_value_is_too_low(
    program: Program, days: list[tuple[int, int]], tier: str
) -> None:
    """Also where days stop counting together, and where a day stands there twice."""
    start = at(PLACES[program.timezone])
    first = calendar.day_number(start, program.zone)
    totals = [
        DailyTotal(place % 2, "loy_1", first + day, amount, amount, 1) for place, (day, amount) in enumerate(days)
    ]
    account = Account(tier=tier, tier_earned=tier, lifetime_points=150)
    mornings = [calendar.start_of_day_number(first + day, program.zone) for day in range(130, 900)]
    low = [moment for moment in mornings if tiers.qualifying_value(program, account, totals, moment) < THRESHOLDS[tier]]
    falls_at = tiers.next_change_at(program, account, totals, mornings[0])
    mode = program.tier_config.downgrade.mode
    if tier == KEYS[0] or mode == "never" or not low:
        assert falls_at is None
    elif low[0] > mornings[0]:
        assert falls_at == low[0], "with a grace it begins to run then"
    else:
        assert falls_at is not None
        assert falls_at <= mornings[0]
