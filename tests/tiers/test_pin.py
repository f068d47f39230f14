"""A pin is a floor, for a time."""

import pytest

from tests.tiers.club import Account, Member, at, program_of
from vinr_engagement import tiers
from vinr_engagement.foundation import json
from vinr_engagement.foundation.errors import Invalid, Unprocessable

JOINED = at("2024-01-01")
MAY, JUNE = at("2024-05-01"), at("2024-06-01")


def member_of(period: str = "rolling 12") -> Member:
    return Member(program_of(period), JOINED)


def test_a_pin_lifts_at_once_and_ends_at_exactly_its_instant() -> None:
    member = member_of()
    member.pin("gold", MAY, JUNE)
    assert (member.account.tier, member.account.tier_earned, member.next_change(MAY)) == ("gold", "bronze", JUNE)
    member.watch(JUNE - 1)
    assert member.account.tier == "gold"
    member.watch(JUNE)
    assert member.told == ["bronze > gold pinned 2024-05-01 00:00", "gold > bronze pin_ended 2024-06-01 00:00"]
    assert (member.account.tier_pin, member.next_change(JUNE)) == (None, None)


def test_a_pin_is_kept_with_what_was_said_of_it() -> None:
    account = Account("bronze", "bronze")
    tiers.pin(program_of(), account, [], "silver", until=JUNE, reason="moved house", now=MAY)
    assert json.decode(account.tier_pin or "") == {"tier": "silver", "until": JUNE, "reason": "moved house"}
    assert tiers.pin_of(account) == tiers.Pin("silver", JUNE, "moved house")


def test_a_pin_below_what_is_earned_is_not_seen_until_the_member_falls() -> None:
    member = member_of()
    member.pay(200, MAY)
    member.pin("silver", MAY)
    assert member.account.tier == "gold"
    member.watch(at("2030-01-01"))
    assert member.told[1:] == ["gold > silver window_moved 2025-05-01 00:00"]
    assert member.account.tier_earned == "bronze"


def test_what_is_earned_goes_on_beneath_a_pin() -> None:
    """Gold is earned and lost without being seen; platinum is seen; what time does unseen is still due."""
    member = member_of()
    member.pin("gold", JOINED)
    member.pay(200, MAY)
    assert member.account.tier_earned == "gold"
    member.pay(300, JUNE)
    assert member.next_change(JUNE) == at("2025-05-01")
    member.watch(at("2030-01-01"))
    assert member.told[1:] == [
        "gold > platinum threshold_reached 2024-06-01 00:00",
        "platinum > gold window_moved 2025-05-01 00:00",
    ]
    assert member.account.tier_earned == "bronze"


def test_a_pin_ends_before_the_value_decides_so_that_the_member_moves_once() -> None:
    member = member_of()
    member.pay(200, MAY)
    member.pin("silver", MAY, at("2025-05-01"))
    member.watch(at("2030-01-01"))
    assert member.told[1:] == ["gold > bronze window_moved 2025-05-01 00:00"]


def test_a_pin_takes_the_place_of_a_higher_one_and_none_takes_it_away() -> None:
    member = member_of()
    member.pin("gold", MAY)
    member.pin("silver", MAY)
    member.pin(None, JUNE)
    assert member.told == [
        "bronze > gold pinned 2024-05-01 00:00",
        "gold > silver pinned 2024-05-01 00:00",
        "silver > bronze pin_ended 2024-06-01 00:00",
    ]
    assert member.account.tier_pin is None
    assert [move.direction for move in member.moves] == ["up", "down", "down"]


def test_a_pin_tells_the_value_that_stands_beside_it() -> None:
    member = member_of()
    member.pay(30, MAY)
    member.pin("gold", MAY, JUNE)
    member.watch(JUNE)
    assert [move.qualifying_value for move in member.moves] == [30, 30]


def test_a_tier_that_does_not_exist_is_refused_with_those_that_do() -> None:
    account = Account("bronze", "bronze")
    with pytest.raises(Invalid, match="bronze, silver, gold, platinum") as refused:
        tiers.pin(program_of(), account, [], "diamond", now=MAY)
    assert (refused.value.code, refused.value.param, account.tier_pin) == ("parameter_invalid", "tier", None)
    with pytest.raises(Invalid, match="has no tiers"):
        tiers.pin(program_of(thresholds={}), Account(), [], "gold", now=MAY)


@pytest.mark.parametrize("until", [MAY, MAY - 1])
def test_a_pin_that_has_ended_before_it_begins_is_refused(until: int) -> None:
    account = Account("bronze", "bronze")
    with pytest.raises(Unprocessable, match="2024-05-01T00:00:00Z") as refused:
        tiers.pin(program_of(), account, [], "gold", until=until, now=MAY)
    assert (refused.value.code, refused.value.param, account.tier_pin) == ("until_in_past", "until", None)


def test_a_pin_lasts_at_least_the_next_instant() -> None:
    account = Account("bronze", "bronze")
    assert tiers.pin(program_of(), account, [], "gold", until=MAY + 1, now=MAY) is not None


def test_a_pin_to_a_tier_that_is_gone_holds_nothing_and_still_ends() -> None:
    member = member_of()
    member.pin("gold", MAY, JUNE)
    member.edit(program_of(thresholds={"bronze": 0, "silver": 100}), at("2024-05-02"))
    assert member.told[1:] == ["gold > bronze program_changed 2024-05-02 00:00"]
    assert member.next_change(at("2024-05-02")) == JUNE
    member.watch(JUNE)
    assert (len(member.moves), member.account.tier_pin) == (2, None)
