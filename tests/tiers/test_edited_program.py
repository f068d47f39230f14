"""New members, and members whose program was edited: always in exactly one tier."""

import pytest

from tests.tiers.club import THRESHOLDS, Account, Member, at, program_of, total
from vinr_engagement import tiers
from vinr_engagement.programs import Program

JOINED, PAID, EDITED = at("2024-01-01"), at("2024-03-01"), at("2024-06-01")
RAISED = {"bronze": 0, "silver": 150, "gold": 400}
LOWERED = {"bronze": 0, "silver": 20, "gold": 60, "platinum": 90}
WITHOUT_GOLD = {"bronze": 0, "silver": 100, "platinum": 500}
WITHOUT_BRONZE = {"silver": 0, "gold": 200}

# the program before and after, what was paid, the tier before and after, why
EDITS = [
    (program_of(), program_of(thresholds=RAISED), 250, "gold", "silver", "a raised threshold moves down at once"),
    (program_of(), program_of(thresholds=LOWERED), 80, "bronze", "gold", "a lowered one moves up"),
    (program_of(), program_of(thresholds=WITHOUT_GOLD), 250, "gold", "silver", "a tier that is gone leaves nobody in it"),
    (program_of(), program_of(thresholds=WITHOUT_BRONZE), 50, "bronze", "silver", "the lowest that is left takes all"),
    (program_of(), program_of(thresholds={}), 250, "gold", None, "no tiers, no tier"),
    (program_of(thresholds={}), program_of(), 250, None, "gold", "tiers that are new take in everybody"),
    (program_of(), program_of(mode="never", thresholds=RAISED), 250, "gold", "gold", "never means never"),
    (
        program_of(), program_of(mode="never", thresholds=WITHOUT_GOLD), 250, "gold", "silver",
        "not even never keeps a tier that is gone",
    ),
    (
        program_of("rolling 12", "period_end"), program_of("rolling 12", "period_end", thresholds=RAISED), 250,
        "gold", "gold", "a kept tier stays kept",
    ),
    (
        program_of("rolling 12", "period_end"), program_of("rolling 12", "immediate", thresholds=RAISED), 250,
        "gold", "silver", "unless tiers are no longer kept",
    ),
    (
        program_of("rolling 12", "period_end"), program_of("rolling 2", "period_end"), 250,
        "gold", "gold", "nor does a shorter period shorten what was promised",
    ),
    (program_of("rolling 12"), program_of("rolling 2"), 250, "gold", "bronze", "but a value that follows it is gone"),
    (
        program_of(), program_of(grace=30, thresholds=RAISED), 250, "gold", "silver",
        "an edit is no fall, and has no grace",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "paid", "tier_before", "tier_after", "why"), EDITS, ids=[case[-1] for case in EDITS]
)
def test_an_edited_program_puts_its_members_where_they_belong(
    before: Program, after: Program, paid: int, tier_before: str | None, tier_after: str | None, why: str
) -> None:
    member = Member(before, JOINED)
    member.pay(paid, PAID)
    assert member.account.tier == tier_before
    moves = len(member.moves)
    member.edit(after, EDITED)
    assert (member.account.tier, member.account.tier_earned) == (tier_after, tier_after), why
    told = [f"{tier_before} > {tier_after} program_changed 2024-06-01 00:00"]
    assert member.told[moves:] == ([] if tier_before == tier_after else told)


def test_a_member_that_an_edit_was_not_told_of_is_due_at_once_and_settled_by_time() -> None:
    for edited in (program_of(thresholds=RAISED), program_of(thresholds=WITHOUT_GOLD), program_of(thresholds={})):
        member = Member(program_of(), JOINED)
        member.pay(250, PAID)
        member.program = edited
        assert member.next_change(EDITED) == EDITED
        member.watch(EDITED)
        assert member.account.tier == ("silver" if edited.tier_config.tiers else None)
        assert (member.moves[-1].reason, member.next_change(EDITED)) == ("program_changed", None)


def test_a_transaction_settles_such_a_member_too() -> None:
    account = Account("gone", "gone")
    change = tiers.reassess(program_of(), account, [total("2024-03-01", 120)], 0, PAID)
    assert change is not None
    assert (account.tier, change.reason, change.direction) == ("silver", "program_changed", "down")


@pytest.mark.parametrize("tier", ["gone", None])
def test_who_is_put_into_a_tier_from_nowhere_is_in_exactly_that(tier: str | None) -> None:
    account = Account(tier, tier, tier_below_since=PAID)
    tiers.settle_in(program_of(), account, [total("2024-03-01", 120)], EDITED)
    assert (account.tier, account.tier_earned, account.tier_below_since) == ("silver", "silver", None)


def test_a_new_member_is_in_the_lowest_tier_and_waits_for_nothing() -> None:
    account = Account()
    change = tiers.settle_in(program_of("rolling 12", "period_end"), account, [], JOINED)
    assert (account.tier, account.tier_kept_until, change and change.direction) == ("bronze", None, "up")
    assert tiers.next_change_at(program_of("rolling 12", "period_end"), account, [], JOINED) is None


def test_a_new_member_of_a_program_without_tiers_is_in_none() -> None:
    account, program = Account(), program_of(thresholds={})
    assert tiers.settle_in(program, account, [], JOINED) is None
    assert (account.tier, tiers.reassess(program, account, [], 0, PAID), tiers.next_change_at(program, account, [], PAID)) == (
        None, None, None,
    )  # fmt: skip


def test_who_comes_up_by_an_edit_or_brings_a_history_has_reached_the_tier_now() -> None:
    program = program_of("rolling 12", "period_end", thresholds=LOWERED)
    member = Member(program_of("rolling 12", "period_end"), JOINED)
    member.pay(80, PAID)
    member.edit(program, EDITED)
    newcomer = Account()
    tiers.settle_in(program, newcomer, member.totals, EDITED)
    assert (member.account.tier_kept_until, newcomer.tier_kept_until) == (at("2025-06-01"), at("2025-06-01"))


def test_who_leaves_a_tier_that_is_gone_is_not_kept() -> None:
    member = Member(program_of("rolling 12", "period_end"), JOINED)
    member.pay(250, PAID)
    member.edit(program_of("rolling 12", "period_end", thresholds=WITHOUT_GOLD), EDITED)
    assert (member.account.tier, member.account.tier_kept_until) == ("silver", None)
    assert member.moves[-1].direction == "down"


def test_an_edit_that_does_not_matter_leaves_a_grace_and_a_kept_time_as_they_are() -> None:
    in_grace = Member(program_of("rolling 1", grace=30), JOINED)
    in_grace.pay(200, PAID)
    in_grace.edit(program_of("rolling 1", grace=30), at("2024-04-10"))
    assert (in_grace.account.tier, in_grace.account.tier_below_since) == ("gold", at("2024-04-01"))
    kept = Member(program_of("rolling 12", "period_end"), JOINED)
    kept.pay(200, PAID)
    kept.edit(program_of("rolling 12", "period_end"), EDITED)
    assert kept.account.tier_kept_until == at("2025-03-01")
    in_grace.edit(program_of("rolling 1", grace=9), at("2024-04-10"))
    assert in_grace.account.tier == "bronze"


def test_a_tier_that_is_to_be_chosen_anew_is_remembered_by_the_one_that_counts() -> None:
    kept = Member(program_of("rolling 12", "period_end"), JOINED)
    kept.pay(200, PAID)
    kept.account.tier_earned = None
    kept.edit(program_of("rolling 12", "period_end", thresholds=RAISED), EDITED)
    assert (kept.account.tier, kept.account.tier_earned) == ("gold", "gold")
    pinned = Member(program_of("rolling 12", "period_end"), JOINED)
    pinned.pin("gold", PAID)
    pinned.account.tier_earned = None
    pinned.edit(program_of("rolling 12", "never"), EDITED)
    assert (pinned.account.tier, pinned.account.tier_earned) == ("gold", "bronze")


def test_an_edit_forgets_what_no_longer_keeps_a_member() -> None:
    kept = Member(program_of("rolling 12", "period_end"), JOINED)
    kept.pay(200, PAID)
    kept.edit(program_of("rolling 12"), EDITED)
    assert (kept.account.tier, kept.account.tier_kept_until) == ("gold", None)
    in_grace = Member(program_of("rolling 1", grace=90), JOINED)
    in_grace.pay(200, PAID)
    in_grace.watch(EDITED)
    in_grace.edit(program_of("rolling 12", grace=90), EDITED)
    assert (in_grace.account.tier, in_grace.account.tier_below_since) == ("gold", None)


def test_where_a_program_is_validated_or_not_the_lowest_tier_is_nobodys_to_lose() -> None:
    program = program_of("rolling 1", thresholds={"bronze": 50, "silver": 100})
    member = Member(program, JOINED)
    member.pay(60, PAID)
    member.watch(EDITED)
    assert (member.account.tier, member.moves, member.next_change(EDITED)) == ("bronze", [], None)
    assert THRESHOLDS["bronze"] == 0
