"""docs/guides/events.md and docs/reference/events.md"""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.docs.shop import CUSTOMER, PROGRAM, Json, Shop, empty_store, open_shop
from tests.docs.tables import GUIDES, REFERENCE, blocks, code, codes, prose, table
from vinr_engagement import outbox
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    AttributeReferral,
    CloseAccount,
    CreateAccount,
    CreateCampaign,
    CreateEndpoint,
    CreateReferral,
    CreateReward,
    CreateRule,
    DisableEndpoint,
    EraseAccount,
    MergeAccounts,
    RedeemReward,
    ReleaseRedemption,
    ReopenAccount,
    ReplayEvent,
    UpdateAccount,
)
from vinr_engagement.commands.cascade import CASCADE_DEPTH
from vinr_engagement.commands.events import EventOutcome
from vinr_engagement.commands.events.customers import ALL_HANDLERS
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.foundation.clock import parse_instant, real_now
from vinr_engagement.foundation.errors import Invalid, Refusal
from vinr_engagement.outbox import queries as outbox_queries
from vinr_engagement.referrals import Terms

GUIDE = GUIDES / "events.md"
TEXT = prose(GUIDE)
OUTGOING = REFERENCE / "events.md"

PAYMENT: Json = {"id": "pay_1", "amount": 1999, "currency": "GBP", "customer": CUSTOMER}
GUEST: Json = {name: value for name, value in PAYMENT.items() if name != "customer"}
REFUND: Json = {"id": "re_1", "payment": "pay_1", "amount": 500}
LOST: Json = {"id": "dp_1", "payment": "pay_1", "status": "lost"}

pytestmark = pytest.mark.anyio


async def test_the_first_example(tmp_path: Path) -> None:
    sent = blocks(GUIDE, "json event")[0].parsed()
    (answer,) = blocks(GUIDE, "json outcome")
    async with empty_store(tmp_path) as store:
        outcome = msgspec.to_builtins(await Shop(store).send(sent))
        assert shape(outcome) == shape(answer.parsed())


def shape(value: Any) -> Any:
    """A value with the ids that the engine made up left out."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [shape(entry) for entry in value]
    return value[:4] if isinstance(value, str) and value.startswith(("loy_", "ptx_", "evt_0")) else value


async def test_the_customer_is_mirrored(tmp_path: Path) -> None:
    async with empty_store(tmp_path) as store:
        outcome = await Shop(store).send(blocks(GUIDE, "json event")[1].parsed())
        assert (outcome.status, outcome.customer) == ("processed", "cust_ada")


SAMPLES: Json = {
    "id": "id_1",
    "amount": 1000,
    "currency": "GBP",
    "customer": "cust_1",
    "payment": "pay_9",
    "amount_refunded": 1000,
    "merged_from": "cust_9",
    "status": "lost",
    "metadata": {},
    "line_items": [],
}


TYPES = {code(row["type"]): row for row in table(GUIDE, "type")}


class TestTypes:
    def test_are_those_with_a_handler(self) -> None:
        assert TYPES.keys() == ALL_HANDLERS.keys()

    @pytest.mark.parametrize("event_type", TYPES)
    async def test_need_these_fields_and_no_other(self, event_type: str, tmp_path: Path) -> None:
        needed = codes(TYPES[event_type]["must have"])
        optional = codes(TYPES[event_type]["may have"])
        least = {name: SAMPLES[name] for name in needed}
        most = least | {name: SAMPLES.get(name, "text") for name in optional}
        async with empty_store(tmp_path) as store:
            shop = Shop(store)
            for name in needed:
                with pytest.raises(Invalid) as refused:
                    await shop.tell(event_type, {field: value for field, value in most.items() if field != name})
                assert (refused.value.code, refused.value.param) == ("parameter_missing", f"data.object.{name}")
            await shop.tell(event_type, {**most, "anything": "else"})
            await shop.tell(event_type, {**least, "id": "id_2"})

    @pytest.mark.parametrize(
        "prefix", ["loyalty.", "redemption.", "credit.", "campaign.", "webhook_endpoint.", "referral."]
    )
    async def test_of_the_engine_are_refused(self, prefix: str, tmp_path: Path) -> None:
        assert f"`{prefix}`" in TEXT
        async with empty_store(tmp_path) as store:
            with pytest.raises(Invalid):
                await Shop(store).tell(prefix + "happened", {})
            assert (await Shop(store).tell("referral.converted", {})).status == "ignored"


async def _processed(shop: Shop) -> EventOutcome:
    return await shop.tell("payment.completed", PAYMENT)


async def _guest(shop: Shop) -> EventOutcome:
    return await shop.tell("payment.completed", GUEST)


async def _not_enrolled(shop: Shop) -> EventOutcome:
    await shop.program(auto_enroll=False)
    return await shop.tell("payment.completed", {**PAYMENT, "customer": "cust_new"})


async def _unknown_account(shop: Shop) -> EventOutcome:
    return await shop.tell("payment.completed", {**GUEST, "metadata": {"loyalty_account": "loy_nobody"}})


async def _account_closed(shop: Shop) -> EventOutcome:
    await shop.run(CloseAccount(shop.member))
    return await shop.tell("payment.completed", PAYMENT)


async def _no_matching_rule(shop: Shop) -> EventOutcome:
    return await shop.tell("survey.answered", {"customer": CUSTOMER})


async def _program_paused(shop: Shop) -> EventOutcome:
    await shop.program(status="paused")
    return await shop.tell("payment.completed", PAYMENT)


async def _no_program(shop: Shop) -> EventOutcome:
    await shop.program(status="archived")
    return await shop.tell("payment.completed", PAYMENT)


async def _payment_already_completed(shop: Shop) -> EventOutcome:
    await shop.tell("payment.completed", PAYMENT)
    return await shop.tell("payment.completed", PAYMENT)


async def _refund_already_completed(shop: Shop) -> EventOutcome:
    await shop.tell("payment.completed", PAYMENT)
    await shop.tell("refund.completed", REFUND)
    return await shop.tell("refund.completed", REFUND)


async def _dispute_not_lost(shop: Shop) -> EventOutcome:
    return await shop.tell("dispute.resolved", {**LOST, "status": "won"})


async def _payment_not_completed(shop: Shop) -> EventOutcome:
    return await shop.tell("refund.completed", REFUND)


async def _duplicate(shop: Shop) -> EventOutcome:
    await shop.tell("payment.completed", PAYMENT, event="evt_twice")
    return await shop.tell("payment.completed", dict(reversed(PAYMENT.items())), event="evt_twice")


STATUSES: dict[tuple[str, str], Callable[[Shop], Awaitable[EventOutcome]]] = {
    ("processed", "none"): _processed,
    ("ignored", "guest"): _guest,
    ("ignored", "not_enrolled"): _not_enrolled,
    ("ignored", "unknown_account"): _unknown_account,
    ("ignored", "account_closed"): _account_closed,
    ("ignored", "no_matching_rule"): _no_matching_rule,
    ("ignored", "program_paused"): _program_paused,
    ("ignored", "no_program"): _no_program,
    ("ignored", "payment_already_completed"): _payment_already_completed,
    ("ignored", "refund_already_completed"): _refund_already_completed,
    ("ignored", "dispute_not_lost"): _dispute_not_lost,
    ("deferred", "payment_not_completed"): _payment_not_completed,
    ("duplicate", "as the first time"): _duplicate,
}


class TestStatuses:
    def test_each_row_is_run(self) -> None:
        rows = [(code(row["status"]), row["reason"].strip("`")) for row in table(GUIDE, "status", "reason")]
        assert rows == list(STATUSES)

    @pytest.mark.parametrize(("status", "reason"), STATUSES)
    async def test_happens(self, status: str, reason: str, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            outcome = await STATUSES[status, reason](shop)
            assert outcome.status == status
            assert outcome.reason == (None if reason in ("none", "as the first time") else reason)
            assert (outcome.first_status is not None) is (status == "duplicate")


async def _other_body(shop: Shop) -> EventOutcome:
    await shop.tell("payment.completed", PAYMENT, event="evt_twice")
    return await shop.tell("payment.completed", {**PAYMENT, "amount": 1}, event="evt_twice")


async def _other_payment(shop: Shop) -> EventOutcome:
    await shop.tell("payment.completed", PAYMENT)
    return await shop.tell("payment.completed", {**PAYMENT, "amount": 1})


async def _other_refund(shop: Shop) -> EventOutcome:
    await shop.tell("payment.completed", PAYMENT)
    await shop.tell("refund.completed", REFUND)
    return await shop.tell("refund.completed", {**REFUND, "amount": 1})


async def _too_much(shop: Shop) -> EventOutcome:
    await shop.tell("payment.completed", PAYMENT)
    await shop.tell("refund.completed", REFUND)
    return await shop.tell("refund.completed", {**REFUND, "id": "re_2", "amount": 1500})


CONFLICTS = [_duplicate, _other_body, _payment_already_completed, _other_payment, _other_refund, _too_much]
CONFLICT_ROWS = table(GUIDE, "you send")


@pytest.mark.parametrize("number", range(len(CONFLICT_ROWS)))
async def test_duplicates_and_conflicts(number: int, tmp_path: Path) -> None:
    assert len(CONFLICTS) == len(CONFLICT_ROWS)
    answer = CONFLICT_ROWS[number]["answer"]
    async with open_shop(tmp_path) as shop:
        try:
            outcome = await CONFLICTS[number](shop)
            found = ["200", outcome.status, outcome.reason]
        except Refusal as refusal:
            status = {"conflict": "409", "unprocessable": "422"}[refusal.kind]
            found = [status, refusal.code]
        told = [answer.split(" ", maxsplit=1)[0], *codes(answer)]
        assert [word for word in found if word] == told


class TestProse:
    async def test_refused_leaves_no_trace(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            with pytest.raises(Refusal):
                await shop.tell("payment.completed", PAYMENT, at="2030-01-01T00:00:00Z", event="evt_again")
            assert (await shop.tell("payment.completed", PAYMENT, event="evt_again")).status == "processed"

    async def test_auto_enrolment_and_the_bonus_before_the_purchase(self, tmp_path: Path) -> None:
        async with empty_store(tmp_path) as store:
            shop = Shop(store)
            bonus = {"type": "fixed", "points": 5}
            rule = {"program": PROGRAM, "name": "bonus", "trigger": "loyalty.account.created", "award": bonus}
            await shop.run(CreateRule(rule))
            outcome = await shop.tell("payment.completed", PAYMENT, at="2026-03-01T12:00:00Z")
            (program,) = outcome.programs
            shop.member = program.account or ""
            assert program.enrolled
            assert [(row.reason, row.amount) for row in await shop.transactions()] == [
                ("welcome_bonus", 5),
                ("purchase", 19),
            ]
            assert (await shop.account()).enrolled_at == (await shop.transactions())[0].effective_at
            await shop.tell("payment.refunded", {"id": "pay_1", "amount_refunded": 1999})
            assert (await shop.account()).balance == 5

    async def test_a_fresh_install_enrols_and_another_program_does_not(self, tmp_path: Path) -> None:
        from vinr_engagement.commands import CreateProgram

        async with empty_store(tmp_path) as store:
            made = await store.write_path.run(CreateProgram({"name": "Second"}), Origin("tests"))
            assert made["auto_enroll"] is False
            assert store.write_path.configuration.program(PROGRAM).auto_enroll is True

    async def test_nobody_is_enrolled_for_nothing(self, tmp_path: Path) -> None:
        async with empty_store(tmp_path) as store:
            outcome = await Shop(store).tell("payment.completed", {**PAYMENT, "amount": 99})
            assert outcome.reason == "not_enrolled"

    async def test_a_guest_with_a_card_number(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            outcome = await shop.tell("payment.completed", {**GUEST, "metadata": {"loyalty_account": shop.member}})
            assert (outcome.status, outcome.programs[0].account) == ("processed", shop.member)

    async def test_zero_award_counts_as_processed(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            outcome = await shop.tell("payment.completed", {**PAYMENT, "amount": 99})
            assert (outcome.status, outcome.programs[0].rules[0].reason) == ("processed", "zero_award")

    async def test_replay_names_the_member_and_knows_of_refunds(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            await shop.tell("payment.completed", GUEST, event="evt_guest")
            await shop.tell("refund.completed", REFUND)
            outcome = await shop.run(ReplayEvent("evt_guest", shop.member))
            assert outcome.status == "processed"
            assert (await shop.account()).balance == 14
            with pytest.raises(Refusal) as refused:
                await shop.run(ReplayEvent("evt_guest", shop.member))
            assert refused.value.code == "event_not_replayable"

    @pytest.mark.parametrize("trigger", re.findall(r"`(loyalty\.\w+\.\w+)`", TEXT.split("own events", maxsplit=1)[1]))
    async def test_rules_react_to_what_happens_here(self, trigger: str, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            other = (await shop.run(CreateAccount(PROGRAM, None, {})))["id"]
            award = {"type": "fixed", "points": 7}
            await shop.run(CreateRule({"program": PROGRAM, "name": "reaction", "trigger": trigger, "award": award,
                                       "cap": {"times": 1}, "window": "lifetime"}))  # fmt: skip
            if trigger == "loyalty.account.created":
                shop.member = (await shop.run(CreateAccount(PROGRAM, None, {})))["id"]
            await shop.play("pays £20; is given 5")
            await shop.run(UpdateAccount(shop.member, {"size": "M"}, None))
            await shop.run(CloseAccount(shop.member))
            await shop.run(ReopenAccount(shop.member))
            await shop.run(MergeAccounts(other, shop.member, dry_run=False))
            assert [row.amount for row in await shop.transactions() if row.source_type == "event"] == [7]

    async def test_reactions_to_reactions_end(self, tmp_path: Path) -> None:
        assert f"at most {CASCADE_DEPTH} levels" in TEXT
        async with open_shop(tmp_path) as shop:
            award = {"type": "fixed", "points": 1}
            rule = {"program": PROGRAM, "name": "echo", "trigger": "loyalty.points.earned", "award": award}
            await shop.run(CreateRule(rule))
            (program,) = (await shop.tell("payment.completed", PAYMENT)).programs
            assert (program.cascade_limit, program.balance, len(program.transactions)) == (
                True,
                19 + CASCADE_DEPTH,
                1 + CASCADE_DEPTH,
            )
            await shop.tell("payment.refunded", {"id": "pay_1", "amount_refunded": 1999})
            assert (await shop.account()).balance == CASCADE_DEPTH

    def test_numbers(self) -> None:
        assert f"1 to {limits.BATCH_ELEMENTS:,}" in TEXT
        assert f"up to {limits.ID_CHARACTERS} characters" in TEXT


OUTGOING_TYPES = {code(row["type"]): row for row in table(OUTGOING, "type", "fires when")}


class TestOutgoing:
    def test_every_type_is_listed(self) -> None:
        assert OUTGOING_TYPES.keys() == outbox.EVENT_TYPES

    async def test_hold_what_is_said(self, tmp_path: Path) -> None:
        async with open_shop(tmp_path) as shop:
            await shop.program(hold_days=1, currency={"expiry": {"type": "rolling", "months": 1}})
            await shop.play("is issued £8 for 20 days; spends £5 on pay_1")
            other = await shop.run(CreateAccount(PROGRAM, None, {}))
            await self.refer(shop, other["id"], shop.member)
            tiers = [{"name": "Blue", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 20}]
            await shop.program(tier_config={"tiers": tiers})
            challenge = {"type": "challenge", "trigger": "payment.completed", "count": 1, "points": 5}
            schedule = {"ends_at": parse_instant("2026-04-03T00:00:00Z")}
            made = {"program": PROGRAM, "name": "First", "mechanics": [challenge], "schedule": schedule}
            await shop.run(CreateCampaign({**made, "status": "active"}, "camp_1"))
            await shop.play("pays £20; refund £5; refund £15; pays £20; refund £5; is given 10; 2 months pass")
            await self.redeem(shop)
            await shop.run(UpdateAccount(shop.member, {"size": "M"}, None))
            await shop.run(CloseAccount(shop.member))
            await shop.run(ReopenAccount(shop.member))
            await self.refer(shop, shop.member, other["id"])
            await shop.run(MergeAccounts(other["id"], shop.member, dry_run=False))
            seen = await self.told(shop)
            await shop.run(EraseAccount(shop.member))
            erased = await self.told(shop)
            seen += erased[-1:]
            of_campaign = await self.told(shop, "camp_1")
            of_endpoint = await self.disable(shop)
            assert all(event["data"] == {"object": None, "erased": True} for event in erased[:-1])
        assert {event["type"] for event in seen + of_campaign + of_endpoint} == outbox.EVENT_TYPES
        assert [event["account_sequence"] for event in seen] == list(range(1, len(seen) + 1))
        assert [event["account_sequence"] for event in of_campaign] == [1, 2]
        assert [event["account_sequence"] for event in of_endpoint] == [1]
        (envelope,) = blocks(OUTGOING, "json envelope")
        for event in seen + of_campaign + of_endpoint:
            row = OUTGOING_TYPES[event["type"]]
            assert event.keys() == envelope.parsed().keys()
            assert event["data"]["object"]["object"] == code(row["`data.object`"])
            assert ("previous" in event["data"]) is (row["`data.previous`"] == "yes"), event["type"]
            assert ("merged_from" in event["data"]["object"]) is (event["type"] == "loyalty.account.merged")
            moved = {name for named in table(OUTGOING, "field", "meaning") for name in codes(named["field"])}
            assert (moved <= event["data"]["object"].keys()) is (event["type"] == "loyalty.tier.changed")
            assert ("conflict" in event["data"]["object"]) is (event["type"] == "redemption.conflict")

    async def disable(self, shop: Shop) -> list[Json]:
        """What is told of a webhook endpoint that is given up."""
        definition = {"url": "https://shop.example/hooks"}
        made = await shop.run(CreateEndpoint(definition, "whsec_", real_now(), allow_private=False))
        await shop.run(DisableEndpoint(made["id"], "failing", real_now()))
        return await self.told(shop, made["id"])

    async def redeem(self, shop: Shop) -> None:
        """Everything that may happen to a redemption."""
        off = {"program": PROGRAM, "name": "£5 off", "cost": 1, "value": {"amount": 500, "currency": "GBP"}}
        reward = await shop.run(CreateReward(off))
        await shop.play("is given 10")
        await shop.run(ReleaseRedemption((await self.redeemed(shop, reward))["id"], None))
        named = {"metadata": {"redemption": (await self.redeemed(shop, reward))["id"]}}
        await shop.tell("payment.completed", {**PAYMENT, "id": "pay_with", **named})
        await shop.tell("refund.completed", {**REFUND, "id": "re_with", "payment": "pay_with", "amount": 1999})
        await shop.tell("payment.completed", {**PAYMENT, "id": "pay_too", **named})

    async def redeemed(self, shop: Shop, reward: Json) -> Json:
        found: Json = await shop.run(RedeemReward(shop.member, reward["id"], 1, {}))
        return found

    async def refer(self, shop: Shop, referrer: str, referee: str) -> None:
        made = await shop.run(CreateReferral(PROGRAM, referrer, Terms(5, 5, first_payment_minimum=1_600), {}))
        await shop.run(AttributeReferral(made["code"], referee, None))

    async def told(self, shop: Shop, subject: str | None = None) -> list[Json]:
        about = subject or shop.member
        events = await shop.store.database.read(lambda session: outbox_queries.all_events(session, about))
        return [json.loads(msgspec.json.encode(outbox_queries.event_snapshot(event))) for event in events]
