"""What forms send, and how a history tells what changed: functions that need no browser."""

from typing import Any

from tests.dashboard.javascript import Call, answers

WORDS = {"currency": "GBP", "zone": "Europe/London", "locale": "en-GB", "points": "points", "tiers": []}
RULE: dict[str, Any] = {
    "object": "earning_rule",
    "name": "A point per pound",
    "trigger": "payment.completed",
    "award": {"type": "per_amount", "per": 100, "points": 1},
    "conditions": None,
    "multiplier": 1,
    "multipliers": [],
    "cap": {"points": 50, "times": None},
    "window": "day",
    "budget": None,
    "recipient": None,
    "starts_at": None,
    "ends_at": None,
    "active": True,
    "metadata": {"owner": "Ann", "season": "spring"},
}


def test_a_new_rule_is_sent_without_what_says_nothing() -> None:
    draft = {**RULE, "metadata": {}, "cap": None, "conditions": {"match": "any", "conditions": []}}
    del draft["object"]
    assert answers(Call("program/rule_draft.js", "creation", (draft, "prog_1"))) == [
        {
            "program": "prog_1",
            "name": "A point per pound",
            "trigger": "payment.completed",
            "award": {"type": "per_amount", "per": 100, "points": 1},
            "active": True,
        }
    ]


def test_a_change_is_sent_field_by_field_and_metadata_key_by_key() -> None:
    module = "program/rule_draft.js"
    draft = answers(Call(module, "draftOf", (RULE,)))[0]
    fewer = {**draft, "cap": None, "metadata": {"owner": "Ben"}}
    assert answers(Call(module, "update", (draft, RULE)), Call(module, "update", (fewer, RULE))) == [
        {},
        {"cap": None, "window": None, "metadata": {"owner": "Ben", "season": None}},
    ]


def test_a_campaign_is_changed_in_the_fields_of_its_schedule() -> None:
    held = {
        "name": "May",
        "audience": {"type": "all"},
        "schedule": {"starts_at": "2026-05-01T00:00:00Z", "ends_at": None},
        "mechanics": [{"type": "bonus_points", "trigger": "payment.completed", "points": 5}],
        "goal": None,
        "budget": None,
        "per_member_limit": None,
        "metadata": {},
    }
    later = {**held, "schedule": {"starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"}}
    emptied = {**held, "mechanics": [{**held["mechanics"][0], "conditions": {"match": "all", "conditions": []}}]}
    module = "program/campaign_draft.js"
    assert answers(Call(module, "update", (later, held)), Call(module, "update", (emptied, held))) == [
        {"schedule": {"ends_at": "2026-06-01T00:00:00Z"}},
        {},
    ]


def test_what_stays_once_a_campaign_has_begun() -> None:
    fields = ("name", "audience", "mechanics", "per_member_limit", "schedule.starts_at", "budget", "metadata")
    calls = [
        Call("program/campaign_draft.js", "isSettled", ({"status": status}, field))
        for status in ("draft", "active", "archived")
        for field in fields
    ]
    told = answers(*calls)
    assert told[:7] == [False] * 7
    assert told[7:14] == [False, True, True, True, True, False, False]
    assert told[14:] == [False, True, True, True, True, True, False]


def test_a_history_tells_each_field_that_changed_in_plain_words() -> None:
    after = {
        **RULE,
        "award": {"type": "fixed", "points": 75},
        "conditions": {"match": "all", "conditions": [{"fact": "event.amount", "op": "gte", "value": 3000}]},
        "cap": {"points": None, "times": 1},
        "window": "week",
        "active": False,
        "metadata": {"owner": "Ben"},
    }
    told = answers(Call("program/differences.js", "differences", (RULE, after, WORDS)))[0]
    assert {each["label"]: (each["before"], each["after"]) for each in told} == {
        "In force": ("yes", "no"),
        "Gives": ("1 point per £1", "75 points for each payment"),
        "Conditions": (None, "if the payment is at least £30"),
        "Most for a member": ("50 points per day", "1 time per week"),
        "Metadata “owner”": ("Ann", "Ben"),
        "Metadata “season”": ("spring", None),
    }


def test_a_history_of_tiers_tells_those_that_came_and_went() -> None:
    def program(*tiers: dict[str, Any], mode: str = "immediate") -> dict[str, Any]:
        config = {
            "qualify_on": "points",
            "period": {"type": "lifetime"},
            "tiers": list(tiers),
            "downgrade": {"mode": mode, "grace_days": 0},
        }
        currency = {"name": "points", "point_value": 1, "rounding": "down", "expiry": None}
        policies = {"hold_days": 0, "return_grace_days": 0, "redemption_ttl_hours": 24, "expiring_notice_days": 14}
        return {
            **policies,
            "object": "program",
            "name": "Rewards",
            "currency": currency,
            "tier_config": config,
            "referral_limit": None,
        }

    bronze = {"key": "bronze", "name": "Bronze", "rank": 0, "threshold": 0, "multiplier": "1", "benefits": []}
    gold = {
        **bronze,
        "key": "gold",
        "name": "Gold",
        "rank": 1,
        "threshold": 500,
        "multiplier": "2",
        "benefits": ["Tea"],
    }
    told = answers(
        Call("program/differences.js", "differences", (program(bronze), program(bronze, gold, mode="never"), WORDS))
    )[0]
    assert told == [
        {"label": "Moving down", "before": "at once", "after": "never"},
        {"label": "Tier “gold”", "before": None, "after": "Gold (rank 1) from 500, × 2, Tea"},
    ]
