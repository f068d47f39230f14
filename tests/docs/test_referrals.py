"""docs/guides/referrals.md"""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.docs.shop import CUSTOMER, PROGRAM, Shop, minor, open_shop
from tests.docs.tables import GUIDES, blocks, code, codes, prose, table
from vinr_engagement import outbox, rules
from vinr_engagement.commands import AttributeReferral, CloseAccount, CreateReferral
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.api.errors import CODES
from vinr_engagement.entrypoints.api.referral_shapes import ReferralStatus
from vinr_engagement.entrypoints.api.referrals import NewReferral, referrals
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database.page import Window
from vinr_engagement.members import queries as member_queries
from vinr_engagement.programs import ReferralLimit
from vinr_engagement.referrals import CLOCKS_APART
from vinr_engagement.referrals import queries as referral_queries

GUIDE = GUIDES / "referrals.md"
TEXT = prose(GUIDE)
CASES = {row["case"]: row for row in table(GUIDE, "case")}

pytestmark = pytest.mark.anyio


class Friends:
    """Ann, who has a code, and whoever uses it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.code = ""
        self.referrals: dict[str, str] = {}

    async def make_code(self, terms: dict[str, Any]) -> None:
        asked = {**blocks(GUIDE, "json referral")[0].parsed(), "max_conversions": None, "share_url": None, **terms}
        body = NewReferral.model_validate({**asked, "referrer": self.shop.member})
        made = await self.shop.run(CreateReferral(body.program, body.referrer, body.terms(), body.metadata))
        self.code = made["code"]

    async def play(self, steps: str) -> None:
        for step in steps.split("; "):
            for pattern, action in _STEPS.items():
                if found := re.fullmatch(pattern, step):
                    await action(self, *found.groups())
                    break
            else:
                raise AssertionError(f"nobody knows how to do {step!r}")

    async def uses(self, name: str) -> None:
        made = await self.shop.run(AttributeReferral(self.code, None, name))
        self.referrals[name] = made["id"]

    async def pays(self, name: str, amount: str) -> None:
        self.shop.paid += 1
        self.shop.payment = f"pay_{self.shop.paid}"
        body = {"id": self.shop.payment, "amount": minor(amount), "currency": "GBP", "customer": name}
        await self.shop.tell("payment.completed", body)

    async def closes(self) -> None:
        await self.shop.run(CloseAccount(self.shop.member))

    async def other(self, step: str) -> None:
        await self.shop.play(step.removeprefix("Ann "))

    async def balance(self, name: str) -> int:
        customer = CUSTOMER if name == "Ann" else name

        async def read(session: Any) -> Any:
            page = await member_queries.list_accounts(session, _ALL, customer=customer, status=None)
            return page.rows[0].balance

        return int(await self.shop.store.database.read(read))

    async def status(self, name: str) -> str:
        found = await self.shop.store.database.read(
            lambda session: referral_queries.get_referral(session, self.referrals[name])
        )
        assert found is not None
        return found.status


_ALL = Window(10)
_STEPS: dict[str, Any] = {
    r"(\w+) uses the code": Friends.uses,
    r"(\w+) pays £([\d.]+)": Friends.pays,
    r"Ann's account is closed": Friends.closes,
    r"(.+)": Friends.other,
}


@pytest.mark.parametrize("case", CASES)
async def test_case(case: str, tmp_path: Path) -> None:
    row = CASES[case]
    async with open_shop(tmp_path) as shop:
        await shop.rule(active=False)
        for changes in codes(row["program"]):
            await shop.program(**json.loads(changes))
        friends = Friends(shop)
        await friends.make_code(json.loads(code(row["terms"])) if row["terms"] else {})
        await friends.play(row["what happens"])
        found = (await friends.balance("Ann"), await friends.balance("Bob"), await friends.status("Bob"))
        assert found == (int(row["Ann"]), int(row["Bob"]), code(row["status"]))
        assert (await verify(shop.store.database)).faults == []


def test_statuses_and_their_events() -> None:
    rows = {code(row["status"]): code(row["event"]) for row in table(GUIDE, "status")}
    assert rows.keys() == set(get_args(ReferralStatus))
    assert set(rows.values()) == {name for name in outbox.EVENT_TYPES if name.startswith("referral.")}


def test_refusals_are_those_of_the_endpoint() -> None:
    (route,) = [route for route in referrals.router.routes if route.operation_id == "referrals.attribute"]  # type: ignore[attr-defined]
    declared = set(route.openapi_extra["x-error-codes"])  # type: ignore[attr-defined]
    listed = {code(row["code"]) for row in table(GUIDE, "code")}
    assert listed <= declared & CODES.keys()
    assert {name for name in declared if name.startswith(("referral_", "referee_"))} <= listed


async def test_the_codes(tmp_path: Path) -> None:
    assert "`code`, 8 letters and digits" in TEXT
    assert len(ids.new_readable_code()) == 8
    link = blocks(GUIDE, "json referral")[0].parsed()["share_url"]
    async with open_shop(tmp_path) as shop:
        await shop.program(referral_share_url=link)
        friends = Friends(shop)
        await friends.make_code({})
        await friends.uses("Bob")
        found = await shop.store.database.read(
            lambda session: referral_queries.get_referral(session, friends.referrals["Bob"])
        )
        assert found is not None
        assert found.share_url == link.replace("{code}", friends.code)


def test_defaults() -> None:
    body = NewReferral.model_validate({"program": PROGRAM, "referrer": "loy_1"})
    assert (body.qualify.first_payment_minimum, body.qualify.window_days, body.max_conversions) == (0, 30, None)
    (limit,) = [json.loads(found) for found in re.findall(r'`({"attributions"[^`]+)`', TEXT)]
    assert limit == {name: getattr(ReferralLimit(), name) for name in limit}
    assert "may be 5 minutes before the attribution" in TEXT
    assert CLOCKS_APART == 5 * 60 * 1_000_000


async def test_a_conversion_elsewhere_pays_the_member_that_it_names(tmp_path: Path) -> None:
    (rule,) = blocks(GUIDE, "json rule")
    assert rules.parse_rule(rule.parsed()).recipient == "both"
    async with open_shop(tmp_path) as shop:
        await shop.rule(trigger="referral.converted", award={"type": "fixed", "points": 100}, recipient="referrer")
        await shop.tell("referral.converted", {"id": "theirs_1", "customer": CUSTOMER})
        assert (await shop.account()).balance == 100
