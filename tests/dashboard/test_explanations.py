"""Every way in which an amount can come about is told in plain words: real rows of the API, told by the page's own modules."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.conftest import Api, Json, close_api, open_api
from tests.dashboard import unusual
from tests.dashboard.telling import Told, rows_of, tell
from tests.docs.shop import START
from tests.docs.story import Story, settings
from tests.docs.test_hard_cases import STORIES, members_of
from tests.stores import sqlite_url

pytestmark = pytest.mark.anyio

PROGRAM = "/v1/loyalty/programs/prog_default"
CLOCK = "/v1/test-helpers/clock"
KINDS = {
    *("rule", "referral", "bonus", "challenge", "adjustment", "opening", "lifetime"),
    *("redemption", "expiry", "clawback", "return"),
    *("credit_issued", "credit_reward", "credit_opening", "credit_spent", "credit_expired", "credit_returned"),
}
WHOLE_POUNDS = "rule 1 point per whole pound, version 2"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Api]:
    """A shop whose clock stands at the start of the guides' tables."""
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


async def words_of(api: Api, folder: Path, rows: list[Json]) -> list[Told]:
    """The rows in words, of which none is without."""
    told = tell(folder, await api.get(PROGRAM), rows)
    assert [words.id for words in told] == [row["id"] for row in rows]
    assert {words.kind for words in told} <= KINDS
    assert not [words for words in told for gap in ("undefined", "null", "NaN", "[object") if gap in str(words)]
    return told


async def test_a_purchase_that_was_doubled_raised_capped_and_refunded(shop: Api, tmp_path: Path) -> None:
    told = await words_of(shop, tmp_path, await played(shop, "1a. With a debt"))
    assert [words.sentence for words in told] == [
        f"200 points = £100.00 × 1 point per £1 ({WHOLE_POUNDS}) × 2 by campaign Campaign.",
        (
            f"300 points = £120.00 × 1 point per £1 ({WHOLE_POUNDS}) × 1.5 for the Silver tier × 2 by campaign Campaign, "
            "cut to the daily cap of 300."
        ),
        "350 points taken by hand (spent), from 200 of the 200 points of 1 Apr 2026 and 150 of the 300 points of 2 Apr 2026.",
        "30 points taken back after a refund of pay_2. Of the 300 points earned on 2 Apr 2026, 30 are not due any more.",
        (
            "270 points taken back after a refund of pay_2. Of the 300 points earned on 2 Apr 2026, 300 are not due any more; "
            "30 of them had been taken back before."
        ),
        f"300 points = £100.00 × 1 point per £1 ({WHOLE_POUNDS}) × 1.5 for the Silver tier × 2 by campaign Campaign.",
    ]
    assert told[1].steps == [
        *("Amount: £120.00", "Award: 1 point per £1", "× 1.5: for the Silver tier", "× 2: by campaign Campaign"),
        *("Exactly: 360", "Rounded down: 360", "Member's cap: 300 points left, 60 cut off"),
        *("From the campaign: 120 points", "Result: 300 points"),
    ]
    assert told[4].notes == [
        "150 points had been spent already: the balance went below zero by them, and what comes next pays them off."
    ]
    assert told[5].notes == [
        "150 points of it are from campaign Campaign.",
        "150 points of it paid off what the member owed.",
    ]


async def test_points_that_could_not_be_collected(shop: Api, tmp_path: Path) -> None:
    told = await words_of(shop, tmp_path, await played(shop, "1b. Without a debt, the campaign over"))
    assert (
        "150 points could not be taken, for they had been spent; the program does not ask for them again."
        in told[4].notes
    )


async def test_a_redemption_that_came_back_after_its_points_expired(shop: Api, tmp_path: Path) -> None:
    told = await words_of(shop, tmp_path, await played(shop, "2a. Without grace"))
    assert [words.sentence for words in told[2:]] == [
        "300 points for £3 off, from 100 of the 100 points of 1 Apr 2026 and 200 of the 200 points of 1 Apr 2026.",
        (
            "300 points returned: £3 off was released. They are back in 100 of the 100 points of 1 Apr 2026 and 200 of the 200 "
            "points of 1 Apr 2026, with the expiry that they had."
        ),
        "100 points expired on 11 May 2026: what was left of the 100 points of 1 Apr 2026.",
    ]


async def test_a_merged_member_and_a_payment_refunded_in_full(shop: Api, tmp_path: Path) -> None:
    heading = "3. Two members become one while both have a redemption open"
    told = await words_of(shop, tmp_path, await played(shop, heading))
    assert [words.notes[-1].split(" loy_")[0] for words in told if words.notes] == ["Written for", "Written for"]
    assert told[6].sentence.startswith("300 points returned: £3 off was used on a payment that was refunded in full.")


async def test_a_referral_that_was_taken_back(shop: Api, tmp_path: Path) -> None:
    told = await words_of(shop, tmp_path, await played(shop, "4a. With a debt"))
    assert told[0].sentence == "500 points for bringing a member (referral)."
    assert "200 points for coming by another member's code (referral)." in [words.sentence for words in told]
    assert told[2].sentence.startswith("500 points taken back after a refund. Of the 500 points earned on 1 Apr 2026")


async def test_points_that_come_back_to_a_debt(shop: Api, tmp_path: Path) -> None:
    told = await words_of(shop, tmp_path, await played(shop, "8a. With a debt"))
    assert told[4].sentence == (
        "300 points returned: £3 off was released. The other 100 are back in the 300 points of 1 Apr 2026, "
        "with the expiry that they had."
    )
    assert told[4].notes == ["200 points of it paid off what the member owed."]


UNUSUAL = [
    "100 points for joining (rule Welcome, version 1).",
    "50 points, a bonus of campaign Quests.",
    (
        "25 points = £60.00 of the £70.00 × 1 point per £2 (rule Shoes, version 1) × 1.1 for the Gold tier × 2 by "
        "campaign Autumn, "
        "cut to the 25 points left of the rule's budget."
    ),
    (
        "400 points = £70.00 × 2 points per £1 (rule Purchases, version 2) × 1.5 by the rule for the Gold tier × 1.1 "
        "for the Gold "
        "tier × 2 by campaign Autumn, cut to the daily cap of 400."
    ),
    (
        "323 points = US$123.45 × 1.2 points per US$1 (rule Dollars, version 1) × 1.1 for the Gold tier × 2 by campaign Autumn = "
        "325.908, rounded down to 325, cut by 2, for the campaign had 161 points left."
    ),
    "100 points for meeting the challenge of campaign Quests, cut to the 70 points left of what one member gets.",
    (
        "200 points for £3 of credit at the price of campaign Autumn, from 100 of the 100 points of 1 Apr 2026, 50 of "
        "the 50 points "
        "of 1 Apr 2026, 25 of the 25 points of 1 Apr 2026 and 1 more."
    ),
    (
        "2,000 points taken by hand (abuse), from 375 of the 400 points of 1 Apr 2026, 323 of the 323 points of 1 Apr "
        "2026 and 70 of "
        "the 70 points of 1 Apr 2026."
    ),
    (
        "26 points = US$19.99 × 1.2 points per US$1 (rule Dollars, version 1) × 1.1 for the Gold tier = 26.3868, rounded to the "
        "nearest to 26."
    ),
    "500 points given by hand (goodwill).",
    "£3.00 for a redemption.",
    "£2.00 issued by hand (late parcel).",
    "£2.50 spent on pay_9.",
    "£2.50 given back from pay_9, after a payment that failed, with the expiry that it had.",
    "£2.00 expired on 3 Apr 2026: what was left of a credit that ended then.",
    "300 points that the member brought from another system.",
    "700 points earned in another system and held no more: they count as lifetime points, and leave the balance as it is.",
    "£5.00 that the member brought from another system.",
]


async def test_what_no_story_tells(shop: Api, tmp_path: Path) -> None:
    rows = await rows_of(shop, await unusual.live(shop))
    told = await words_of(shop, tmp_path, rows)
    assert [words.sentence for words in told] == UNUSUAL
    assert told[7].notes == ["1,232 points of it went beyond what was there, and are owed."]
    assert told[8].notes == ["Pending until 15 Apr 2026, in case the money goes back."]
    assert {words.kind for words in told} == KINDS - {"referral", "expiry", "clawback", "return"}
