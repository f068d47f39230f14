"""What time takes from a member, and what it leaves."""

import pytest

from tests.tiers.club import Account, Member, at, program_of, total
from vinr_engagement import tiers

JOINED = at("2020-01-01")

# period, mode, grace, payments (when, how much), watched until, moves, why
HISTORIES = [
    (
        "lifetime", "immediate", 0, [("2024-01-01 12:00", 250)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-01 12:00"],
        "a lifetime is not lost by waiting; the tier between is skipped",
    ),
    (
        "lifetime", "immediate", 0, [("2024-01-01 12:00", 200), ("2024-01-02 12:00", -1)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-01 12:00", "gold > silver refunded 2024-01-02 12:00"],
        "exactly the threshold is enough, one less is not, and the refund's own transaction moves the member",
    ),
    (
        "lifetime", "period_end", 2, [("2024-01-01", 200), ("2024-01-05", -150)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-01 00:00", "gold > bronze refunded 2024-01-07 00:00"],
        "no period ends in a lifetime, so a fall is immediate after its grace, also one noted at midnight",
    ),
    (
        "rolling 12", "immediate", 0, [("2024-01-31 12:00", 150), ("2024-06-15 12:00", 100)], "2030-01-01",
        [
            "bronze > silver threshold_reached 2024-01-31 12:00",
            "silver > gold threshold_reached 2024-06-15 12:00",
            "gold > silver window_moved 2025-01-31 00:00",
            "silver > bronze window_moved 2025-06-15 00:00",
        ],
        "each day that leaves may cost a tier, at its local midnight",
    ),
    (
        "rolling 1", "immediate", 0, [("2024-01-31 12:00", 200)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-31 12:00", "gold > bronze window_moved 2024-02-29 00:00"],
        "31 January and a month is 29 February",
    ),
    (
        "rolling 12", "immediate", 30, [("2024-01-31 12:00", 200)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-31 12:00", "gold > bronze window_moved 2025-03-02 00:00"],
        "thirty days of grace after the fall on 31 January",
    ),
    (
        "rolling 12", "immediate", 30, [("2024-01-31 12:00", 200), ("2025-03-01 23:59", 200)], "2026-01-01",
        ["bronze > gold threshold_reached 2024-01-31 12:00"],
        "who recovers in the last minute of the grace has not fallen",
    ),
    (
        "rolling 12", "immediate", 30, [("2024-01-31 12:00", 200), ("2025-02-10", 199)], "2025-12-01",
        ["bronze > gold threshold_reached 2024-01-31 12:00", "gold > silver window_moved 2025-03-02 00:00"],
        "a payment that falls short does not stop the grace; it decides where the fall ends",
    ),
    (
        "rolling 12", "immediate", 30,
        [("2024-01-31", 200), ("2025-02-10", 200), ("2025-02-20", -200)], "2025-12-01",
        ["bronze > gold threshold_reached 2024-01-31 00:00", "gold > bronze refunded 2025-03-22 00:00"],
        "a second fall has a grace of its own",
    ),
    (
        "rolling 12", "immediate", 40, [("2024-01-10", 100), ("2024-01-20", 100)], "2030-01-01",
        [
            "bronze > silver threshold_reached 2024-01-10 00:00",
            "silver > gold threshold_reached 2024-01-20 00:00",
            "gold > bronze window_moved 2025-02-19 00:00",
        ],
        "a value that falls further in the grace is looked at when the grace is over",
    ),
    (
        "rolling 12", "period_end", 0, [("2024-01-01 15:00", 100), ("2024-03-31 10:00", 100)], "2030-01-01",
        [
            "bronze > silver threshold_reached 2024-01-01 15:00",
            "silver > gold threshold_reached 2024-03-31 10:00",
            "gold > bronze period_ended 2025-03-31 10:00",
        ],
        "gold is kept for a year from reaching it, though half of it had left in January",
    ),
    (
        "rolling 12", "period_end", 10, [("2024-01-01 15:00", 200)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-01 15:00", "gold > bronze period_ended 2025-01-11 15:00"],
        "the grace begins when the kept time is over, though the value fell at midnight before",
    ),
    (
        "rolling 12", "period_end", 0, [("2024-01-01", 200), ("2024-07-01", 200)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-01 00:00", "gold > bronze window_moved 2025-07-01 00:00"],
        "who still qualifies when the kept time is over stays for as long as that lasts",
    ),
    (
        "rolling 12", "period_end", 0, [("2024-01-01", 200), ("2024-02-01", -150), ("2024-03-01", 150)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-01-01 00:00", "gold > bronze period_ended 2025-03-01 00:00"],
        "a refund does not cost a kept tier, and reaching it anew keeps it anew",
    ),
    (
        "calendar 12", "immediate", 0, [("2024-05-01", 250)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-05-01 00:00", "gold > bronze period_ended 2025-01-01 00:00"],
        "a new year starts from nothing",
    ),
    (
        "calendar 12", "immediate", 5, [("2024-05-01", 250)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-05-01 00:00", "gold > bronze period_ended 2025-01-06 00:00"],
        "with a grace, five days later and for the same reason",
    ),
    (
        "calendar 12 from 4", "period_end", 0, [("2024-05-01", 250)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-05-01 00:00", "gold > bronze period_ended 2026-04-01 00:00"],
        "kept to the end of the next year, which is March's",
    ),
    (
        "calendar 12", "period_end", 0, [("2024-12-31 23:59", 200), ("2025-06-01", 200)], "2030-01-01",
        ["bronze > gold threshold_reached 2024-12-31 23:59", "gold > bronze period_ended 2027-01-01 00:00"],
        "meeting the threshold in the new year keeps the tier through the one after",
    ),
    (
        "calendar 12", "period_end", 0, [("2024-03-01", 200), ("2025-06-01", 120)], "2030-01-01",
        [
            "bronze > gold threshold_reached 2024-03-01 00:00",
            "gold > bronze period_ended 2026-01-01 00:00",
        ],
        "what silver would have been reached by in 2025 is over with 2025",
    ),
    (
        "calendar 12", "period_end", 0, [("2024-03-01", 100), ("2024-04-01", 100), ("2026-01-01", 100)], "2030-01-01",
        [
            "bronze > silver threshold_reached 2024-03-01 00:00",
            "silver > gold threshold_reached 2024-04-01 00:00",
            "gold > bronze period_ended 2026-01-01 00:00",
            "bronze > silver threshold_reached 2026-01-01 00:00",
            "silver > bronze period_ended 2028-01-01 00:00",
        ],
        "time acts before a payment of the same instant does",
    ),
    (
        "rolling 12", "period_end", 0, [("2024-01-01", 200), ("2024-12-01", 100), ("2025-11-30", -100)], "2030-01-01",
        [
            "bronze > gold threshold_reached 2024-01-01 00:00",
            "gold > silver period_ended 2025-01-01 00:00",
            "silver > bronze refunded 2025-11-30 00:00",
        ],
        "a tier that one falls into is not kept",
    ),
    (
        "rolling 1", "never", 0, [("2024-01-01", 200), ("2024-01-02", -200), ("2026-01-01", 500)], "2030-01-01",
        [
            "bronze > gold threshold_reached 2024-01-01 00:00",
            "gold > platinum threshold_reached 2026-01-01 00:00",
        ],
        "neither a refund nor time moves anyone down",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("period", "mode", "grace", "payments", "until", "moves", "why"), HISTORIES, ids=[case[-1] for case in HISTORIES]
)
def test_a_history_has_these_moves(
    period: str, mode: str, grace: int, payments: list[tuple[str, int]], until: str, moves: list[str], why: str
) -> None:
    """Refunds count on the day of the latest payment before them."""
    member = Member(program_of(period, mode, grace=grace), JOINED)
    last = JOINED
    for moment, amount in payments:
        last = at(moment) if amount > 0 else last
        member.pay(amount, at(moment), dated=last)
    member.watch(at(until))
    assert member.told == moves, why


def test_the_change_names_the_value_that_decided() -> None:
    member = Member(program_of("rolling 12"), JOINED)
    member.pay(150, at("2024-01-01"))
    member.pay(120, at("2024-02-01"))
    member.watch(at("2025-01-01"))
    assert [(move.direction, move.qualifying_value) for move in member.moves] == [
        ("up", 150),
        ("up", 270),
        ("down", 120),
    ]


def test_the_next_change_is_known_to_the_instant_and_never_missed() -> None:
    member = Member(program_of("rolling 12", grace=3), JOINED)
    assert member.next_change(JOINED) is None
    member.pay(200, at("2024-01-01 12:00"))
    fall, end = at("2025-01-01"), at("2025-01-04")
    assert member.next_change(at("2024-01-01 12:00")) == fall
    member.watch(fall - 1)
    assert member.account.tier_below_since is None
    member.watch(fall)
    assert (member.account.tier_below_since, member.next_change(fall)) == (fall, end)
    member.watch(end - 1)
    assert (member.account.tier, member.next_change(end - 1)) == ("gold", end)
    member.watch(end)
    assert (member.account.tier, member.account.tier_below_since, member.next_change(end)) == ("bronze", None, None)


def test_a_value_that_changes_nothing_is_not_waited_for() -> None:
    """Days leave in January and February; only the one in February costs a tier."""
    member = Member(program_of("rolling 12"), JOINED)
    member.pay(50, at("2024-01-01"))
    member.pay(110, at("2024-02-01"))
    assert member.next_change(at("2024-02-01")) == at("2025-02-01")


def test_a_kept_tier_is_next_looked_at_when_the_kept_time_is_over() -> None:
    member = Member(program_of("calendar 12", "period_end"), JOINED)
    member.pay(200, at("2024-01-01"))
    assert member.next_change(at("2024-01-01")) == at("2026-01-01")


def test_nothing_is_due_where_nobody_is_moved_down() -> None:
    member = Member(program_of("rolling 1", "never", grace=5), JOINED)
    member.pay(200, at("2024-01-01"))
    assert member.next_change(at("2024-01-01")) is None


def test_a_fall_that_was_noted_is_dropped_when_nobody_is_moved_down_any_more() -> None:
    member = Member(program_of("rolling 1", grace=30), JOINED)
    member.pay(200, at("2024-01-01"))
    member.watch(at("2024-02-02"))
    member.program = program_of("rolling 1", "never", grace=30)
    assert member.next_change(at("2024-02-02")) is None


def test_a_dip_that_ends_by_itself_moves_nobody() -> None:
    """What was taken back stands a day after what it was taken from, so for a day the value is too low."""
    days = [total("2024-01-01", 100), total("2024-01-02", -100), total("2024-03-01", 200)]
    program, account = program_of("rolling 12"), Account("gold", "gold")
    assert tiers.qualifying_value(program, account, days, at("2025-01-01")) == 100
    assert tiers.next_change_at(program, account, days, at("2024-03-01")) == at("2025-03-01")


def test_a_grace_that_ends_after_the_value_rose_by_itself_moves_nobody() -> None:
    days = [total("2024-01-02", -100), total("2024-03-01", 200)]
    account = Account("gold", "gold", tier_below_since=at("2024-12-31"))
    program = program_of("rolling 12", grace=5)
    assert tiers.advance(program, account, days, at("2025-02-01")) is None
    assert (account.tier, account.tier_below_since) == ("gold", None)
