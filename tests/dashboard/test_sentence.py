"""What the dashboard says that rules, campaigns, segments and rewards do: each documented example, in its own sentence."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.javascript import Call, answers
from tests.docs.tables import DOCS, GUIDES, Row, blocks, own_pages, table

EXPECTED = json.loads(Path(__file__).with_name("sentences.json").read_text("utf-8"))
"""What stands beside the examples of the guides, and words to say it with."""
WORDS = EXPECTED["words"]
SAID_BY = {
    "rule": "ruleSentence",
    "campaign": "campaignSentence",
    "segment": "segmentSentence",
    "reward": "rewardSentence",
    "referral": "referralSentence",
}
PAID = "payment.completed"
POINT = {"type": "per_amount", "per": 100, "points": 1}


def said(kind: str, *things: Any) -> list[str]:
    """The sentences of several things of a kind."""
    return answers(*(Call("program/sentence.js", SAID_BY[kind], (thing, WORDS)) for thing in things))


def documented() -> dict[str, list[tuple[str, Any]]]:
    """Every documented body that has a sentence, with its kind, by the page that shows it."""
    found = {str(page.relative_to(DOCS)): list(_bodies(page)) for page in own_pages()}
    return {page: bodies for page, bodies in found.items() if bodies}


def _bodies(page: Any) -> Iterator[tuple[str, Any]]:
    for block in blocks(page, "json"):
        kind = block.kind.removeprefix("json ")
        if kind in SAID_BY:
            yield kind, block.parsed()


def cell(row: Row, column: str) -> Any:
    """The JSON in a cell of a table."""
    return json.loads(row[column].strip("`"))


def test_each_documented_example_has_its_sentence() -> None:
    shown = documented()
    calls = [
        Call("program/sentence.js", SAID_BY[kind], (body, WORDS)) for bodies in shown.values() for kind, body in bodies
    ]
    told = iter(answers(*calls))
    assert {page: list(itertools.islice(told, len(bodies))) for page, bodies in shown.items()} == EXPECTED["examples"]


def test_each_award_of_the_guide_has_its_sentence() -> None:
    rows = table(GUIDES / "earning-rules.md", "award", "event")
    assert said("rule", *({"trigger": PAID, "award": cell(row, "award")} for row in rows)) == EXPECTED["awards"]


def test_each_segment_of_the_guide_has_its_sentence() -> None:
    rows = table(GUIDES / "segments.md", "match", "conditions")
    shown = ({"match": row["match"], "conditions": cell(row, "conditions")} for row in rows)
    assert said("segment", *shown) == EXPECTED["segments"]


def test_each_campaign_of_the_guide_has_its_sentence() -> None:
    rows = table(GUIDES / "campaigns.md", "case", "campaign")
    assert said("campaign", *(cell(row, "campaign") for row in rows)) == EXPECTED["campaigns"]


def test_tiers_are_told_by_what_reaches_them_and_what_they_bring() -> None:
    config = next(block.parsed()["tier_config"] for block in blocks(GUIDES / "marketing.md", "json program changes"))
    module = "program/tier_words.js"
    config["downgrade"]["grace_days"] = 7
    told = answers(
        Call(module, "tiersSentence", (config, WORDS)),
        *(Call(module, "tierSentence", (tier, config, WORDS)) for tier in config["tiers"]),
    )
    assert told == EXPECTED["tiers"]


@pytest.mark.parametrize("case", EXPECTED["rules"], ids=lambda case: case["says"][:40])
def test_a_rule_says_everything_that_it_does_and_leaves_open_what_is_not_filled_in(case: dict[str, Any]) -> None:
    assert said("rule", {"trigger": PAID, **case["rule"]}) == [case["says"]]


def test_every_fact_with_every_operator_reads_as_a_sentence() -> None:
    groups = answers(Call("program/facts.js", "groups", ("event",)))[0]
    facts = [fact for group in groups for fact in group["facts"]]
    operators = answers(*(Call("program/facts.js", "operators", (fact,)) for fact in facts))
    conditions = [
        {
            "fact": fact["key"].replace("{}", "90" if fact.get("blank", {}).get("whole") else "abcdefgh"[place % 8]),
            "op": op,
            "value": value,
        }
        for place, (fact, named) in enumerate(zip(facts, operators, strict=True))
        for op, _ in named
        for value in values(fact["kind"], op)
    ]
    assert len(conditions) > 250
    told = said("rule", *({"trigger": PAID, "award": POINT, "conditions": [each]} for each in conditions))
    alike = [sentence for sentence, times in Counter(told).items() if times > 1]
    assert not alike, "conditions that differ read alike"
    for condition, sentence in zip(conditions, told, strict=True):
        assert not any(word in sentence for word in ("undefined", "NaN", "null", "[object", "…", "  ")), (
            condition,
            sentence,
        )


def values(kind: str, op: str) -> list[Any]:
    """Values that an operator takes for a kind of fact."""
    one = {"number": 1234, "flag": True, "instant": "2026-04-01T12:00:00Z", "tier": "gold"}.get(kind, "seg_other")
    two = {"number": 2345, "instant": "2026-05-01T12:00:00Z", "tier": "silver"}.get(kind, "shoes")
    if op == "exists":
        return [True, False]
    if op == "between":
        return [[one, two]] if kind in ("number", "instant") else [[1234, 2345]]
    if op in ("in", "not_in"):
        return [[one, two]]
    if kind == "any" and op in ("gt", "gte", "lt", "lte"):
        return [1234]
    return [True, False] if kind == "flag" else [one]
