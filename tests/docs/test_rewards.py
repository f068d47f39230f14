"""docs/guides/rewards.md"""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import CUSTOMER, PROGRAM, Shop, empty_store, minor
from tests.docs.tables import GUIDES, code, codes, prose, table
from vinr_engagement.commands import (
    ApplyRedemption,
    CreateReward,
    FulfillRedemption,
    RedeemReward,
    ReleaseRedemption,
)
from vinr_engagement.commands.events.redeemed import MOST_NAMED
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.api.errors import CODES
from vinr_engagement.foundation.clock import HOUR
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.rewards import TYPES, parse_reward
from vinr_engagement.rewards import queries as reward_queries
from vinr_engagement.rewards.reward import DEFAULTS

GUIDE = GUIDES / "rewards.md"
CASES = {row["case"]: row for row in table(GUIDE, "case", "reward")}
OFF = {"name": "£5 off", "cost": 300, "value": {"amount": 500, "currency": "GBP"}}

pytestmark = pytest.mark.anyio


class RewardShop(Shop):
    """The shop, with a reward."""

    redemption = ""
    code = ""

    async def open_case(self, reward: dict[str, Any]) -> None:
        await self.enrol()
        await self.is_given("1000")
        self.reward = await self.run(CreateReward({"program": PROGRAM, **OFF, **reward}))

    async def status(self) -> str:
        found = await self.store.database.read(lambda session: reward_queries.get_redemption(session, self.redemption))
        assert found is not None
        return found.status

    async def _step(self, step: str) -> None:
        for pattern, action in _STEPS.items():
            found = re.fullmatch(pattern, step)
            if found:
                await action(self, *found.groups())
                return
        await super()._step(step)

    async def redeems(self, quantity: str | None) -> None:
        made = await self.run(RedeemReward(self.member, self.reward["id"], int(quantity or 1), {}))
        self.redemption = made["id"]
        self.code = (made["discount"] or {}).get("code", "")

    async def pays_with(self, amount: str, named: str) -> None:
        metadata = {"redemption": self.redemption} if named == "it" else {"discount_code": self.code}
        self.paid = minor(amount)
        body = {"id": "pay_1", "amount": self.paid, "currency": "GBP", "customer": CUSTOMER, "metadata": metadata}
        await self.tell("payment.completed", body)

    async def payment_fails(self) -> None:
        await self.tell("payment.failed", {"id": "pay_1", "metadata": {"redemption": self.redemption}})

    async def applies(self) -> None:
        await self.run(ApplyRedemption(self.redemption, None))

    async def releases(self) -> None:
        await self.run(ReleaseRedemption(self.redemption, None))

    async def hands_over(self) -> None:
        await self.run(FulfillRedemption(self.redemption))

    async def pass_hours(self, hours: str) -> None:
        await self.advance(await self.store.now() + int(hours) * HOUR)


_STEPS: dict[str, Callable[..., Awaitable[None]]] = {
    r"redeems(?: (\d+))?": RewardShop.redeems,
    r"pays £(\d+) with (it|its code)": RewardShop.pays_with,
    r"the payment fails": RewardShop.payment_fails,
    r"applies it": RewardShop.applies,
    r"releases it": RewardShop.releases,
    r"hands it over": RewardShop.hands_over,
    r"(\d+) hours pass": RewardShop.pass_hours,
}


@asynccontextmanager
async def opened(folder: Path, reward: dict[str, Any]) -> AsyncIterator[RewardShop]:
    async with empty_store(folder) as store:
        shop = RewardShop(store)
        await shop.open_case(reward)
        yield shop


@pytest.mark.parametrize("case", CASES)
async def test_case(case: str, tmp_path: Path) -> None:
    row = CASES[case]
    reward = json.loads(code(row["reward"])) if row["reward"] else {}
    async with opened(tmp_path, reward) as shop:
        for changes in codes(row["program"]):
            await shop.program(**json.loads(changes))
        await shop.play(row["what happens"])
        assert (await shop.status(), (await shop.account()).balance) == (row["status"], int(row["balance"]))
        assert (await verify(shop.store.database)).faults == []


async def test_every_type_gives_what_the_table_says(tmp_path: Path) -> None:
    rows = {codes(row["type"])[0]: row for row in table(GUIDE, "type", "`value`")}
    assert rows.keys() == TYPES.keys()
    assert next(iter(rows)) == DEFAULTS["type"]
    for kind, row in rows.items():
        reward = parse_reward({**OFF, "type": kind, "value": json.loads(code(row["`value`"]))})
        told = codes(row["a redemption of quantity 3 gives"])
        if told:
            artifact = reward.artifact(3)
            ((field, expected),) = json.loads(told[0]).items()
            assert getattr(artifact, field) == expected
    async with opened(tmp_path, {"type": "discount_percent", "value": {"percent": 10}}) as shop:
        with pytest.raises(Invalid, match="quantity"):
            await shop.redeems("3")


def test_refusals_are_listed_in_their_order_with_their_status() -> None:
    rows = table(GUIDE, "refusal")
    assert all(CODES[code(row["refusal"])].status == int(row["status"]) for row in rows)
    source = Path(parse_reward.__code__.co_filename).with_name("availability.py").read_text()
    raised = re.findall(r"(?:Conflict|Unprocessable)\(\s*\"(\w+)\"", source)
    assert [code(row["refusal"]) for row in rows] == list(dict.fromkeys(raised))


def test_states_lead_where_the_table_says() -> None:
    rows = {code(row["status"]): codes(row["what may come next"]) for row in table(GUIDE, "status")}
    assert rows == {
        "pending": ["applied", "released"],
        "applied": ["reversed"],
        "released": ["applied"],
        "reversed": [],
    }
    assert {row["status"] for row in CASES.values()} == rows.keys()


def test_numbers() -> None:
    assert f"A payment may name {MOST_NAMED};" in prose(GUIDE)
