"""docs/guides/members.md"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from tests.docs.shop import CUSTOMER, PROGRAM, Shop, open_shop
from tests.docs.tables import GUIDES, table
from vinr_engagement.commands import (
    Adjust,
    ApplyRedemption,
    CloseAccount,
    CreateAccount,
    CreateReward,
    CreateRule,
    EraseAccount,
    MergeAccounts,
    RedeemReward,
    ReleaseRedemption,
    ReopenAccount,
)
from vinr_engagement.foundation.errors import Conflict, Unprocessable
from vinr_engagement.inbox import queries as inbox_queries

GUIDE = GUIDES / "members.md"

pytestmark = pytest.mark.anyio


async def balance(shop: Shop) -> int:
    return (await shop.account()).balance


async def _event(shop: Shop) -> None:
    body = {"id": "pay_2", "amount": 1000, "currency": "GBP", "customer": CUSTOMER}
    outcome = await shop.tell("payment.completed", body)
    assert (outcome.status, outcome.reason) == ("ignored", "account_closed")


async def _refund(shop: Shop) -> None:
    await shop.play("refund £5")
    assert await balance(shop) == 15


async def _expiry(shop: Shop) -> None:
    await shop.play("18 months pass")
    assert await balance(shop) == 0


async def _adjustment(shop: Shop) -> None:
    await shop.play("is given 5")
    assert await balance(shop) == 25


async def _create(shop: Shop) -> None:
    assert (await shop.run(CreateAccount(PROGRAM, CUSTOMER, {})))["id"] != shop.member


async def _reopen_after(shop: Shop) -> None:
    await _create(shop)
    with pytest.raises(Conflict, match="already has") as refused:
        await shop.run(ReopenAccount(shop.member))
    assert refused.value.code == "account_already_exists"


async def _close_again(shop: Shop) -> None:
    with pytest.raises(Conflict) as refused:
        await shop.run(CloseAccount(shop.member))
    assert refused.value.code == "account_closed"


OFF = {"program": PROGRAM, "name": "Off", "cost": 5, "value": {"amount": 500, "currency": "GBP"}}


async def _redeem(shop: Shop) -> None:
    reward = (await shop.run(CreateReward(OFF)))["id"]
    with pytest.raises(Conflict) as refused:
        await shop.run(RedeemReward(shop.member, reward, 1, {}))
    assert refused.value.code == "account_closed"


async def _redeemed_before(shop: Shop) -> None:
    await shop.run(ReopenAccount(shop.member))
    reward = (await shop.run(CreateReward(OFF)))["id"]
    first, second = [(await shop.run(RedeemReward(shop.member, reward, 1, {})))["id"] for _ in range(2)]
    await shop.run(CloseAccount(shop.member))
    assert (await shop.run(ApplyRedemption(first, None)))["status"] == "applied"
    assert (await shop.run(ReleaseRedemption(second, None)))["status"] == "released"
    assert await balance(shop) == 15


CLOSED: dict[str, Callable[[Shop], Awaitable[None]]] = {
    "an event of the member": _event,
    "a refund of an earlier payment": _refund,
    "expiry": _expiry,
    "an adjustment": _adjustment,
    "redeeming a reward": _redeem,
    "a redemption made before": _redeemed_before,
    "creating an account for the same customer": _create,
    "reopening after that": _reopen_after,
    "closing it again": _close_again,
}


@pytest.mark.parametrize("row", table(GUIDE, "on a closed account"), ids=lambda row: row["on a closed account"])
async def test_on_a_closed_account(row: dict[str, str], tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.play("pays £20")
        await shop.run(CloseAccount(shop.member))
        await CLOSED[row["on a closed account"]](shop)


async def pending(shop: Shop, account: str, amount: int) -> None:
    """Points that are held back."""
    body = {"id": f"pay_{account}", "amount": 100 * amount, "currency": "GBP", "metadata": {"loyalty_account": account}}
    await shop.tell("payment.completed", body)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("debt", [False, True])
async def test_merging(tmp_path: Path, *, debt: bool, dry_run: bool) -> None:
    rows = {row[""]: row for row in table(GUIDE, "", "source")}
    balances = rows["balance, with a debt" if debt else "balance"]
    waiting, lifetime = rows["pending_balance"], rows["lifetime_points"]
    async with open_shop(tmp_path) as shop:
        await shop.program(hold_days=14)
        source = (await shop.run(CreateAccount(PROGRAM, None, {})))["id"]
        for account, side in ((source, "source"), (shop.member, "target")):
            amount, held = int(balances[side]), int(waiting[side])
            await pending(shop, account, held)
            credit = int(lifetime[side]) - held
            await shop.run(Adjust(account, credit, None, {}))
            if amount != credit:
                difference = Adjust(account, amount - credit, None, {}, qualifying=False, allow_negative=True)
                await shop.run(difference)
        answer = await shop.run(MergeAccounts(source, shop.member, dry_run=dry_run))
        found = (answer["balance"], answer["pending_balance"], answer["lifetime_points"])
        assert found == tuple(int(row["survivor"]) for row in (balances, waiting, lifetime))
        assert (await balance(shop) == found[0]) is not dry_run


async def test_after_a_merge(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.play("pays £20")
        source, survivor = shop.member, (await shop.run(CreateAccount(PROGRAM, "cust_other", {})))["id"]
        await shop.run(MergeAccounts(source, survivor, dry_run=False))
        shop.member = survivor
        await shop.play("refund £5")
        body = {"id": "pay_2", "amount": 1000, "currency": "GBP", "customer": CUSTOMER}
        outcome = await shop.tell("payment.completed", body)
        assert (outcome.programs[0].account, outcome.programs[0].balance) == (survivor, 25)
        assert {row.original_account for row in await shop.transactions()} == {source, survivor}
        with pytest.raises(Conflict) as refused:
            await shop.run(CloseAccount(source))
        assert (refused.value.code, refused.value.resource) == ("account_merged", survivor)


async def test_caps_count_together(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.rule(cap={"points": 30}, window="day")
        other = (await shop.run(CreateAccount(PROGRAM, None, {})))["id"]
        await pending(shop, other, 25)
        await shop.play("pays £25")
        await shop.run(MergeAccounts(other, shop.member, dry_run=False))
        await shop.play("pays £25")
        assert await balance(shop) == 50


async def test_the_welcome_bonus_is_in_the_answer(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        award = {"type": "fixed", "points": 100}
        rule = {"program": PROGRAM, "name": "hello", "trigger": "loyalty.account.created", "award": award}
        await shop.run(CreateRule(rule))
        assert (await shop.run(CreateAccount(PROGRAM, "cust_new", {})))["balance"] == 100
        with pytest.raises(Conflict) as refused:
            await shop.run(CreateAccount(PROGRAM, CUSTOMER, {}))
        assert (refused.value.code, refused.value.resource) == ("account_already_exists", shop.member)


async def test_more_than_the_balance(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.play("is given 5")
        with pytest.raises(Unprocessable) as refused:
            await shop.play("spends 6")
        assert (refused.value.code, refused.value.details) == ("insufficient_points", {"balance": 5, "required": 6})


async def test_erasing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.play("pays £20")
        await shop.run(Adjust(shop.member, 5, "sorry, Ada", {"ticket": "7"}))
        await shop.run(EraseAccount(shop.member))
        account = await shop.account()
        assert (account.customer, account.metadata, account.balance, account.status) == (None, "{}", 25, "active")
        rows = await shop.transactions()
        assert [(row.amount, row.reason, row.metadata) for row in rows] == [(20, None, "{}"), (5, None, "{}")]
        assert all(row.explanation != "{}" for row in rows)
        received = await shop.store.database.read(lambda session: inbox_queries.get_received_event(session, "evt_1"))
        assert received is not None
        assert (msgspec.json.decode(received.body), received.customer) == ({}, None)
        body = {"id": "pay_2", "amount": 1000, "currency": "GBP", "customer": CUSTOMER}
        (program,) = (await shop.tell("payment.completed", body)).programs
        assert program.enrolled
        assert program.account != shop.member
