"""Every way in which an amount can come about is told in plain words: real rows of the API, told by the page's own modules."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.conftest import Api, Json, close_api, open_api, payment
from tests.dashboard.telling import Told, rows_of, tell
from tests.docs.shop import START
from tests.docs.story import Story, settings
from tests.docs.test_hard_cases import STORIES, members_of
from tests.stores import sqlite_url
from vinr_engagement.audit import Origin
from vinr_engagement.commands import ImportMember
from vinr_engagement.commands.member_in import parse_member

pytestmark = pytest.mark.anyio

PROGRAM = "/v1/loyalty/programs/prog_default"
CLOCK = "/v1/test-helpers/clock"
KINDS = {
    *("rule", "referral", "bonus", "challenge", "adjustment", "opening", "lifetime"),
    *("redemption", "expiry", "clawback", "return"),
    *("credit_issued", "credit_reward", "credit_opening", "credit_spent", "credit_expired", "credit_returned"),
}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Api]:
    api = await open_api(sqlite_url(tmp_path))
    await api.post(CLOCK, {"now": START})
    yield api
    await close_api(api)


async def played(api: Api, heading: str) -> list[Json]:
    """The rows of a story of the guide on hard cases."""
    section, story = STORIES[heading], Story(api.stores["test"])
    (steps,) = section.tables
    for changes in settings(section.text, "program"):
        await story.program(**json.loads(changes))
    for changes in settings(section.text, "rule"):
        await story.rule(**json.loads(changes))
    for definition in settings(section.text, "campaign"):
        await story.campaign(json.loads(definition))
    await story.open(members_of(steps), [json.loads(reward) for reward in settings(section.text, "reward") or ["{}"]])
    for step in steps:
        await story.show(step)
    return await rows_of(api, story.members.values())


def sentences(told: list[Told]) -> list[str]:
    return [words.sentence for words in told]


async def test_a_story_with_a_cap_a_tier_a_campaign_and_a_debt(shop: Api, tmp_path: Path) -> None:
    rows = await played(shop, "1a. With a debt")
    told = tell(tmp_path, await shop.get(PROGRAM), rows)
    assert sentences(told) == CAPPED
    assert told[1].steps == CAPPED_STEPS
    assert ["150 points of it paid off what the member owed."] == [note for note in told[5].notes if "owed" in note]
    assert told[4].notes == [DEBT]


CAPPED: list[str] = []
CAPPED_STEPS: list[str] = []
DEBT = ""


@pytest.mark.parametrize("heading", STORIES)
async def test_no_story_has_a_row_without_words(heading: str, shop: Api, tmp_path: Path) -> None:
    rows = await played(shop, heading)
    told = tell(tmp_path, await shop.get(PROGRAM), rows)
    assert len(told) == len(rows) > 0
    assert {words.kind for words in told} <= KINDS
    assert not [words for words in told if "undefined" in str(words) or "null" in str(words) or "NaN" in str(words)]
