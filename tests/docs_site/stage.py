"""What the samples of the reference name: made anew for each of them, so that every one finds things as it expects."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.contract.world import (
    ACCOUNTS,
    CREDIT,
    PROGRAMS,
    REDEMPTIONS,
    REFERRALS,
    REPORTS,
    REWARDS,
    RULES,
    TRANSACTIONS,
    completed,
)

Json = dict[str, Any]

ACCOUNT = "loy_06evgt3m8x4k9c2p7r1wz5qjbh"
OTHER_ACCOUNT = "loy_06evgt3m8x4k9c2p7r1wz5qjc0"
_numbers = itertools.count(1)


@dataclass
class Stage:
    """One sample's own things. ``names`` holds what is said in place of the sample's own words."""

    client: httpx2.Client
    live_key: str
    number: int = field(default_factory=lambda: next(_numbers))
    names: dict[str, str] = field(default_factory=dict)

    def name(self, told: str) -> str:
        """A word of the caller's own, like an event's id, that nobody used before."""
        return self.names.setdefault(told, f"{told}_{self.number}")

    def thing(self, told: str) -> str:
        """The id of a thing that the sample names, made where it is not there yet."""
        if told not in self.names:
            self.names[told] = THINGS[told](self)
        return self.names[told]

    def post(self, path: str, body: Json) -> Json:
        """What a POST answers that must succeed."""
        answer = self.client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def set_for(self, operation: str, text: str) -> str:
        """The sample with what it names put there."""
        for told in OWN_WORDS:
            if told in text:
                text = text.replace(told, self.name(told))
        for told in THINGS:
            if told in text:
                text = text.replace(told, self.thing(told))
        PREPARED.get(operation, lambda _: None)(self)
        return text


def _member(stage: Stage) -> str:
    return _account(stage, customer=stage.name("cust_abc123"))


def _account(stage: Stage, customer: str | None = None) -> str:
    account = stage.post(ACCOUNTS, {"program": "prog_default", "customer": customer})["id"]
    stage.post(TRANSACTIONS, {"account": account, "amount": 5_000})
    stage.post(f"{CREDIT}/issue", {"account": account, "amount": 9_000, "currency": "EUR"})
    return str(account)


def _transaction(stage: Stage) -> str:
    return str(stage.post(TRANSACTIONS, {"account": stage.thing(ACCOUNT), "amount": 5})["id"])


def _credit(stage: Stage) -> str:
    asked = {"account": stage.thing(ACCOUNT), "amount": 5, "currency": "EUR"}
    return str(stage.post(f"{CREDIT}/issue", asked)["id"])


def _rule(stage: Stage) -> str:
    award = {"type": "fixed", "points": 5}
    return str(stage.post(RULES, {"program": "prog_default", "trigger": "survey.answered", "award": award})["id"])


def _reward(stage: Stage) -> str:
    item = {"type": "free_product", "value": {"product": "mug"}}
    return str(stage.post(REWARDS, {"program": "prog_default", "name": "Mug", "cost": 100, **item})["id"])


def _redemption(stage: Stage) -> str:
    asked = {"account": stage.thing(ACCOUNT), "reward": stage.thing("rwd_06evgt4q1m8x4k9c2p7r1wz5qj")}
    return str(stage.post(REDEMPTIONS, asked)["id"])


def _referral(stage: Stage) -> str:
    return str(stage.post(REFERRALS, {"program": "prog_default", "referrer": stage.thing(OTHER_ACCOUNT)})["id"])


def _code(stage: Stage) -> str:
    referral = stage.thing("ref_06evgt3m8x4k9c2p7r1wz5qjbh")
    return str(stage.client.get(f"{REFERRALS}/{referral}").json()["code"])


def _segment(stage: Stage) -> str:
    conditions = [{"fact": "enrolled_days", "op": "gte", "value": 0}]
    asked = {"program": "prog_default", "name": f"Segment {stage.number}", "conditions": conditions}
    return str(stage.post("/v1/loyalty/segments", asked)["id"])


def _campaign(stage: Stage) -> str:
    challenge = {"type": "challenge", "trigger": "survey.answered", "count": 2, "points": 5}
    asked = {"program": "prog_default", "name": "Spring", "mechanics": [challenge]}
    return str(stage.post("/v1/loyalty/campaigns", asked)["id"])


def _event(stage: Stage) -> str:
    account = stage.thing(ACCOUNT)
    return str(stage.client.get("/v1/events", params={"account": account}).json()["data"][0]["id"])


def _key(stage: Stage) -> str:
    return str(stage.post("/v1/api-keys", {"name": "Old"})["id"])


def _person(stage: Stage) -> str:
    asked = {"email": f"grace{stage.number}@shop.example", "name": "Grace Hopper", "role": "editor"}
    answer = stage.client.post("/v1/people", json=asked, headers={"X-Api-Key": stage.live_key})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def _endpoint(stage: Stage) -> str:
    return str(stage.post("/v1/webhook-endpoints", {"url": f"https://shop.example/webhooks/{stage.number}"})["id"])


def _delivery(stage: Stage) -> str:
    """Of an event that is told again."""
    path = f"/v1/webhook-endpoints/{stage.thing('we_06evgt2f0k4x9c2p7r1wz5qjbh')}"
    _account(stage)
    stage.post(f"{path}/replay", {"from": "2026-04-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"})
    return str(stage.client.get(f"{path}/deliveries").json()["data"][0]["id"])


def _report(stage: Stage) -> str:
    """One whose file is there, of a month in which something happened."""
    payment = {"id": f"pay_march_{stage.number}", "amount": 4999, "currency": "GBP", "customer": f"cust_{stage.number}"}
    paid = {"id": f"evt_march_{stage.number}", "type": "payment.completed", "created_at": "2026-03-10T12:00:00Z"}
    stage.post("/v1/events", {**paid, "data": {"object": payment}})
    period = {"gte": "2026-03-01", "lt": "2026-04-01"}
    asked = {"type": "liability_journal", "program": "prog_default", "period": period, "format": "csv"}
    made = str(stage.post(REPORTS, asked)["id"])
    completed(stage.client, made)
    return made


THINGS: dict[str, Callable[[Stage], str]] = {
    ACCOUNT: _member,
    OTHER_ACCOUNT: _account,
    "ptx_06evgt4q1m8x4k9c2p7r1wz5qj": _transaction,
    "ptx_06evgt4v7c8x4k9c2p7r1wz5qk": _credit,
    "rule_06evgt2f0k4x9c2p7r1wz5qjbh": _rule,
    "rwd_06evgt4q1m8x4k9c2p7r1wz5qj": _reward,
    "rdm_06evgt4q1m8x4k9c2p7r1wz5qj": _redemption,
    "ref_06evgt3m8x4k9c2p7r1wz5qjbh": _referral,
    "7KPM2WTX": _code,
    "seg_06evgt2f0k4x9c2p7r1wz5qjbh": _segment,
    "camp_06evgt2f0k4x9c2p7r1wz5qjbh": _campaign,
    "evt_06evgt4q1m8x4k9c2p7r1wz5qj": _event,
    "key_06evgt2f0k4x9c2p7r1wz5qjbh": _key,
    "per_06evgt2f0k4x9c2p7r1wz5qjbh": _person,
    "we_06evgt2f0k4x9c2p7r1wz5qjbh": _endpoint,
    "whd_06evgt4q1m8x4k9c2p7r1wz5qj": _delivery,
    "rpt_06evgt2f0k4x9c2p7r1wz5qjbh": _report,
}
OWN_WORDS = ("cust_abc123", "cust_bob", "evt_shop_1001", "evt_shop_1002", "pay_1001", "pay_1002", "ada@shop.example")


def _told_of_the_customer(stage: Stage) -> None:
    customer = {"id": stage.name("cust_abc123"), "email": "ada@example.com"}
    _send(stage, "customer.created", stage.name("evt_shop_1002"), customer)


def _guest_paid(stage: Stage) -> None:
    payment = {"id": stage.name("pay_1001"), "amount": 4999, "currency": "GBP"}
    _send(stage, "payment.completed", stage.name("evt_shop_1001"), payment)


def _send(stage: Stage, kind: str, identifier: str, about: Json) -> None:
    happened = "2026-04-01T12:00:00Z"
    stage.post("/v1/events", {"id": identifier, "type": kind, "created_at": happened, "data": {"object": about}})


def _closed(stage: Stage) -> None:
    stage.post(f"{ACCOUNTS}/{stage.thing(ACCOUNT)}/close", {})


def _gold_there(stage: Stage) -> None:
    tiers = [{"name": "Member", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 1_000_000}]
    answer = stage.client.patch(f"{PROGRAMS}/prog_default", json={"tier_config": {"tiers": tiers}})
    assert answer.status_code == 200, answer.text


def _enrolled(stage: Stage) -> None:
    stage.post(ACCOUNTS, {"program": "prog_default", "customer": stage.name("cust_abc123")})


def _paid(stage: Stage) -> None:
    account = stage.thing(ACCOUNT)
    payment = {
        "id": stage.name("pay_1001"),
        "amount": 4999,
        "currency": "GBP",
        "metadata": {"loyalty_account": account},
    }
    _send(stage, "payment.completed", stage.name("evt_shop_1001"), payment)


def _named(*told: str) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        for each in told:
            stage.thing(each)

    return prepare


PREPARED: dict[str, Callable[[Stage], None]] = {
    "accounts.list": _enrolled,
    "audit_log.list": _gold_there,
    "accounts.list_rewards": _named("rwd_06evgt4q1m8x4k9c2p7r1wz5qj"),
    "analytics.summary": _paid,
    "analytics.timeseries": _paid,
    "analytics.liability": _paid,
    "analytics.cohorts": _paid,
    "campaigns.list": _named("camp_06evgt2f0k4x9c2p7r1wz5qjbh"),
    "customers.list": _told_of_the_customer,
    "events.list": _paid,
    "received_events.list": _guest_paid,
    "redemptions.list": _named("rdm_06evgt4q1m8x4k9c2p7r1wz5qj"),
    "people.list": _named("per_06evgt2f0k4x9c2p7r1wz5qjbh"),
    "referrals.list": _named("ref_06evgt3m8x4k9c2p7r1wz5qjbh"),
    "reports.list": _named("rpt_06evgt2f0k4x9c2p7r1wz5qjbh"),
    "rewards.list": _named("rwd_06evgt4q1m8x4k9c2p7r1wz5qj"),
    "segments.list": _named("seg_06evgt2f0k4x9c2p7r1wz5qjbh"),
    "transactions.list": _paid,
    "webhook_endpoints.list": _named("we_06evgt2f0k4x9c2p7r1wz5qjbh"),
    "webhook_endpoints.list_deliveries": _named("whd_06evgt4q1m8x4k9c2p7r1wz5qj"),
    "accounts.retrieve_tier": _gold_there,
    "accounts.pin_tier": _gold_there,
    "accounts.reopen": _closed,
    "customers.retrieve": _told_of_the_customer,
    "received_events.retrieve": _guest_paid,
    "events.replay": _guest_paid,
}
"""What an operation needs to have happened before."""
