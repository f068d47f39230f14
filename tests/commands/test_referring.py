"""Referrals in one transaction with each other, and what a payment of a member whom nobody referred asks for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from vinr_engagement import members
from vinr_engagement.audit import Origin
from vinr_engagement.commands import AttributeReferral, CreateAccount, CreateReferral, Store, referring
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.referrals import Terms

pytestmark = pytest.mark.anyio
PROGRAM, TESTS = "prog_default", Origin("tests")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open("test", Settings(database_url=database_url))
    yield opened
    await opened.close()


async def code_of(store: Store, customer: str) -> str:
    account = await store.write_path.run(CreateAccount(PROGRAM, customer, {}), TESTS)
    made = await store.write_path.run(CreateReferral(PROGRAM, account["id"], Terms(), {}), TESTS)
    code: str = made["code"]
    return code


@pytest.mark.parametrize("member", [True, False])
async def test_a_member_is_referred_once_in_one_batch(store: Store, *, member: bool) -> None:
    codes = [await code_of(store, "ann"), await code_of(store, "amy"), await code_of(store, "ada")]
    if member:
        await store.write_path.run(CreateAccount(PROGRAM, "bob", {}), TESTS)
    outcomes: list[Any] = await store.write_path.run_each(
        [AttributeReferral(code, None, "bob") for code in codes], TESTS
    )
    assert outcomes[0]["status"] == "attributed"
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refusal)] == ["referee_already_referred"] * 2
    assert {outcome.resource for outcome in outcomes[1:]} == {outcomes[0]["id"]}


async def test_a_code_used_twice_in_one_batch_is_two_referrals(store: Store) -> None:
    code = await code_of(store, "ann")
    uses = [AttributeReferral(code, None, name) for name in ("bob", "cat")]
    outcomes: list[Any] = await store.write_path.run_each(uses, TESTS)
    assert len({outcome["id"] for outcome in outcomes}) == 2
    assert len({outcome["referee"] for outcome in outcomes}) == 2


def test_a_payment_of_whom_nobody_referred_asks_for_nothing_more() -> None:
    payer = members.new_account(PROGRAM, "cust_1", {}, 0, 0)
    context: Any = None
    assert list(referring.needs_of_payment(context, [payer], 0)) == []
