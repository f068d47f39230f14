"""For every operation, arguments with which it succeeds: together they give every parameter of every one."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.contract.hostile import CAMPAIGN, PROGRAM, REWARD, RULE, SEGMENT
from vinr import Vinr

Json = dict[str, Any]
BEFORE = "2026-04-01T12:00:00Z"
LATER = "2190-01-01T00:00:00Z"
SPAN = {"gt": BEFORE, "gte": BEFORE, "lt": LATER, "lte": LATER}


class Sample(NamedTuple):
    """An operation, the ids in its path, and its named arguments as the API names them."""

    operation: str
    ids: tuple[str, ...]
    named: Json


def sample(operation: str, *ids: str, **named: Any) -> Sample:
    return Sample(operation, ids, named)


def payment(event: str, customer: str, amount: int = 2_000) -> Json:
    paid = {"id": f"pay_{event}", "amount": amount, "currency": "EUR", "customer": customer}
    return {"id": event, "type": "payment.completed", "created_at": BEFORE, "data": {"object": paid}}


def samples(vinr: Vinr, mark: str, live: Vinr) -> Iterator[Sample]:
    """All of them, in an order that works; ``mark`` tells what one run makes from what another does.

    Those of people go to the ``live`` store.
    """
    yield from _people(live, mark)
    member = vinr.loyalty.accounts.create(program="prog_default", customer=f"cust_{mark}")
    vinr.loyalty.transactions.create(account=member.id, amount=500)
    told = {"id": f"cust_{mark}", "email": f"{mark}@shop.test", "metadata": {"vip": True}}
    vinr.events.create(id=f"evt_{mark}_c", type="customer.updated", created_at=BEFORE, data={"object": told})
    yield from _accounts(vinr, mark)
    yield from _ledger(vinr, member.id)
    yield from _analytics()
    yield from _configuration(vinr, mark, member.id)
    yield from _rewards(vinr, mark, member.id)
    yield from _referrals(vinr, mark, member.id)
    yield from _events(vinr, mark, member.id)
    yield from _webhooks(vinr)
    yield sample("connectors.list")
    yield sample("connectors.retrieve", "stripe")
    read = {"customer_prefix": "stripe_", "customer_metadata": "customer"}
    yield sample("connectors.update", "stripe", enabled=True, signing_secrets=["whsec_of_a_sample_0001"], **read)
    yield from _reports(vinr)
    yield from _keys_and_clock(vinr, mark)


def _accounts(vinr: Vinr, mark: str) -> Iterator[Sample]:
    yield sample("accounts.create", program="prog_default", customer=f"cust_{mark}_new", metadata={"a": "b"})
    one = vinr.loyalty.accounts.create(program="prog_default").id
    two = vinr.loyalty.accounts.create(program="prog_default").id
    club = vinr.loyalty.programs.create(name="Club", tier_config=PROGRAM["tier_config"])
    climber = vinr.loyalty.accounts.create(program=club.id).id
    narrow = {"program": "prog_default", "customer": f"cust_{mark}", "status": "all", "search": mark, "tier": "gold"}
    yield sample("accounts.list", **narrow, limit=1, expand=["program", "customer"])
    yield sample("accounts.list", limit=2)
    yield sample("accounts.retrieve", one, expand=["program"])
    yield sample("accounts.retrieve", one, as_of=BEFORE)
    yield sample("accounts.update", one, metadata={"a": "b", "gone": None}, customer=f"cust_{mark}_linked")
    yield sample("accounts.close", one)
    yield sample("accounts.reopen", one)
    yield sample("accounts.list_lots", one, status="all", limit=5, expand=["account"])
    yield sample("accounts.retrieve_tier", climber)
    yield sample("accounts.pin_tier", climber, tier="gold", until=LATER, reason="press")
    yield sample("accounts.retrieve_wallet", one)
    yield sample("accounts.list_rewards", one)
    yield sample("accounts.export", one)
    yield sample("accounts.merge", source=two, target=one, dry_run=True)
    yield sample("accounts.erase", two)


def _ledger(vinr: Vinr, member: str) -> Iterator[Sample]:
    more = {"metadata": {"a": "b"}, "expires_at": LATER, "qualifying": False, "allow_negative": True}
    adjustment = {"account": member, "type": "adjust", "amount": 50, "reason": "goodwill_credit", **more}
    yield sample("transactions.create", **adjustment)
    yield sample("transactions.create_batch", transactions=[adjustment, {"account": "loy_none", "amount": 1}])
    yield sample("transactions.list", account=member, type="adjust", limit=1, expand=["account"], created_at=SPAN)
    yield sample("transactions.list", account=member, limit=1)
    yield sample(
        "credit.issue", account=member, amount=900, currency="EUR", reason="goodwill", metadata={}, expires_at=LATER
    )
    yield sample("credit.spend", account=member, amount=300, currency="EUR", payment="pay_1")
    spent = {"account": member, "currency": "EUR", "payment": "pay_1", "type": "redeem", "created_at": SPAN}
    yield sample("credit.transactions.list", **spent, limit=1, expand=["account"])
    (row,) = vinr.loyalty.transactions.list(account=member, limit=1).data
    yield sample("transactions.retrieve", row.id, expand=["account", "program"])
    (row_of_credit,) = vinr.loyalty.credit.transactions.list(account=member, limit=1).data
    yield sample("credit.transactions.retrieve", row_of_credit.id, expand=["account"])


def _analytics() -> Iterator[Sample]:
    period = {"gte": "2026-04-01", "lt": "2026-05-01"}
    yield sample("analytics.summary", program="prog_default", period=period)
    named = {"metrics": "earned,outstanding,active_members_90d", "interval": "week"}
    yield sample("analytics.timeseries", program="prog_default", period=period, **named)
    yield sample("analytics.liability", program="prog_default")
    yield sample("analytics.cohorts", program="prog_default", interval="month", months=6)


def _configuration(vinr: Vinr, mark: str, member: str) -> Iterator[Sample]:
    more = {"clawback": "clamp", "return_grace_days": 1, "expiring_notice_days": 7}
    yield sample("programs.create", **PROGRAM, **more)
    yield sample("programs.list", status="active", limit=1)
    yield sample("programs.retrieve", "prog_default")
    yield sample("programs.update", "prog_default", **PROGRAM, **more)
    yield sample("programs.update", "prog_default", hold_days=0, auto_enroll=False)
    yield from _rules(vinr, mark, member)
    yield sample("segments.create", **SEGMENT)
    segment = vinr.loyalty.segments.create(program="prog_default", name=mark).id
    yield sample("segments.list", program="prog_default", limit=1, expand=["program"])
    yield sample("segments.retrieve", segment, expand=["program"])
    yield sample("segments.update", segment, **SEGMENT)
    yield sample("segments.list_members", segment, limit=1, expand=["program"])
    yield sample("segments.count", segment)
    yield sample("segments.delete", segment)
    yield sample("campaigns.create", **CAMPAIGN)
    campaign = vinr.loyalty.campaigns.create(program="prog_default", name=mark, mechanics=CAMPAIGN["mechanics"]).id
    yield sample("campaigns.list", program="prog_default", status="active", limit=1, expand=["program"])
    yield sample("campaigns.retrieve", campaign, expand=["program"])
    yield sample("campaigns.update", campaign, **CAMPAIGN)
    yield sample("campaigns.retrieve_progress", campaign, account=member)
    yield sample("campaigns.retrieve_results", campaign)


def _rules(vinr: Vinr, mark: str, member: str) -> Iterator[Sample]:
    more = {"multiplier": "1.5", "recipient": "member", "ends_at": LATER}
    yield sample("earning_rules.create", **RULE, **more)
    yield sample(
        "earning_rules.create", program="prog_default", trigger="cart.left", earn={"points_per_currency_unit": "0.5"}
    )
    rule = vinr.loyalty.earning_rules.create(
        program="prog_default", trigger="payment.completed", award={"type": "per_amount", "per": 100, "points": 1}
    ).id
    yield sample("earning_rules.list", program="prog_default", active=True, limit=1, expand=["program"])
    yield sample("earning_rules.retrieve", rule, expand=["program"])
    yield sample("earning_rules.update", rule, **RULE, **more)
    yield sample("earning_rules.update", rule, earn={"points_per_currency_unit": {"EUR": 1, "GBP": 1.2}})
    yield sample("earning_rules.list_versions", rule)
    event = payment(f"evt_{mark}_try", f"cust_{mark}")
    yield sample("earning_rules.preview", event=event, rules=[RULE], account=member)
    draft = {name: value for name, value in RULE.items() if name != "program"}
    yield sample("earning_rules.backtest", program="prog_default", rules=[draft], replaces=[rule], last=10)


def _rewards(vinr: Vinr, mark: str, member: str) -> Iterator[Sample]:
    yield sample("rewards.create", **REWARD, eligibility={"tiers": [], "segment": None})
    yield sample("rewards.list", program="prog_default", active=True, limit=1, expand=["program"])
    reward = vinr.loyalty.rewards.create(program="prog_default", name="Off", cost=5, value=REWARD["value"]).id
    yield sample("rewards.retrieve", reward, expand=["program"])
    yield sample("rewards.update", reward, **REWARD, eligibility=None)
    mug: Json = {"type": "free_product", "value": {"product": "mug"}, "cost": 5}
    item = vinr.loyalty.rewards.create(program="prog_default", name="Mug", **mug).id
    yield sample("redemptions.create", account=member, reward=reward, quantity=1, metadata={"a": "b"})
    first, second, handed = [
        vinr.loyalty.redemptions.create(account=member, reward=each) for each in (reward, reward, item)
    ]
    assert first.discount is not None
    narrow = {"account": member, "status": "pending", "reward": reward, "code": first.discount.code}
    narrow["program"] = "prog_default"
    yield sample("redemptions.list", **narrow, created_at=SPAN, limit=1, expand=["reward", "account"])
    yield sample("redemptions.list", limit=1)
    yield sample("redemptions.retrieve", first.id, expand=["reward", "transaction"])
    yield sample("redemptions.apply", first.id, payment=f"pay_{mark}")
    yield sample("redemptions.release", second.id, reason="cart_abandoned")
    yield sample("redemptions.fulfill", handed.id)


def _referrals(vinr: Vinr, mark: str, member: str) -> Iterator[Sample]:
    terms: Json = {
        "reward": {"referrer": {"points": 5}, "referee": {"points": 5}},
        "qualify": {"first_payment_minimum": 100, "window_days": 30},
        "max_conversions": 5,
        "share_url": "https://shop.test/{code}",
        "metadata": {"a": "b"},
    }
    yield sample("referrals.create", program="prog_default", referrer=member, **terms)
    made = vinr.loyalty.referrals.create(program="prog_default", referrer=member)
    referee = vinr.loyalty.accounts.create(program="prog_default", customer=f"cust_{mark}_friend").id
    yield sample("referrals.attribute", code=made.code, referee=referee)
    yield sample("referrals.attribute", code=made.code, customer=f"cust_{mark}_other_friend")
    narrow = {"program": "prog_default", "referrer": member, "referee": referee, "status": "attributed"}
    yield sample("referrals.list", **narrow, code=made.code, limit=1, expand=["program", "referrer"])
    yield sample("referrals.list", limit=1)
    yield sample("referrals.retrieve", made.id, expand=["referee"])


def _events(vinr: Vinr, mark: str, member: str) -> Iterator[Sample]:
    yield sample("events.create", **payment(f"evt_{mark}_1", f"cust_{mark}"))
    unix = {**payment(f"evt_{mark}_2", f"cust_{mark}"), "created": 1_775_044_800}
    del unix["created_at"]
    yield sample("events.create", **unix)
    broken = {**payment(f"evt_{mark}_3", f"cust_{mark}"), "type": "no_dot"}
    yield sample("events.create_batch", events=[payment(f"evt_{mark}_4", f"cust_{mark}"), broken])
    vinr.events.create(id=f"evt_{mark}/?", type="review.written", created_at=BEFORE, data={"object": {"rating": 5}})
    yield sample("events.replay", f"evt_{mark}/?", account=member)
    yield sample("received_events.list", status="processed", type="payment.completed", created_at=SPAN, limit=1)
    yield sample("received_events.list", account=member, customer=f"cust_{mark}", limit=1)
    yield sample("received_events.retrieve", f"evt_{mark}/?")
    narrow = {"type": "loyalty.points.*", "account": member, "created_at": SPAN}
    yield sample("events.list", **narrow, limit=1, expand=["account"])
    yield sample("events.list", limit=100)
    (newest,) = vinr.events.list(limit=1).data
    yield sample("events.retrieve", newest.id, expand=["account"])
    yield sample("customers.list", email=f"{mark}@shop.test", limit=1)
    yield sample("customers.list", limit=1)
    yield sample("customers.retrieve", f"cust_{mark}")


def _reports(vinr: Vinr) -> Iterator[Sample]:
    asked = {"type": "redemptions", "program": "prog_default", "period": {"gte": "2026-03-01", "lt": LATER}}
    yield sample("reports.create", **asked, format="parquet")
    made = vinr.reports.create(type="redemptions", program="prog_default", period=asked["period"]).id
    yield sample("reports.list", program="prog_default", type="redemptions", status="completed", limit=1)
    yield sample("reports.list", limit=1)
    yield sample("reports.retrieve", made)
    yield sample("reports.delete", made)


def _webhooks(vinr: Vinr) -> Iterator[Sample]:
    more: Json = {"enabled_events": ["loyalty.points.*"], "description": "Points", "metadata": {"a": "b"}}
    yield sample("webhook_endpoints.create", url="https://shop.example/hooks", status="enabled", **more)
    endpoint = vinr.webhook_endpoints.create(url="https://shop.example/hooks").id
    yield sample("webhook_endpoints.list", status="enabled", limit=1)
    yield sample("webhook_endpoints.retrieve", endpoint)
    yield sample("webhook_endpoints.replay", endpoint, **{"from": BEFORE}, to=LATER, types=["loyalty.*"])
    delivery = vinr.webhook_endpoints.list_deliveries(endpoint, limit=1).data[0]
    narrow = {"status": delivery.status, "event": delivery.event, "created_at": SPAN}
    yield sample("webhook_endpoints.list_deliveries", endpoint, **narrow, limit=1)
    yield sample("webhook_endpoints.list_deliveries", endpoint, limit=2)
    yield sample("webhook_endpoints.retrieve_delivery", endpoint, delivery.id)
    yield sample("webhook_endpoints.redeliver", endpoint, delivery.id)
    yield sample("webhook_endpoints.rotate_secret", endpoint, expires_in_hours=1)
    yield sample("webhook_endpoints.update", endpoint, url="https://shop.example/again", status="disabled", **more)
    yield sample("webhook_endpoints.delete", endpoint)


def _people(live: Vinr, mark: str) -> Iterator[Sample]:
    yield sample("people.create", email=f"{mark}@shop.test", name="Ada", role="editor")
    person = live.people.create(email=f"{mark}_other@shop.test", role="viewer").id
    yield sample("people.list", role="viewer", limit=1)
    yield sample("people.retrieve", person)
    yield sample("people.update", person, name="Bob", role="admin", status="active")
    yield sample("people.reset_password", person)


def _keys_and_clock(vinr: Vinr, mark: str) -> Iterator[Sample]:
    yield sample("api_keys.create", name=mark, kind="restricted", scopes=["accounts:read", "events:write"])
    key = vinr.api_keys.create(name=mark).id
    yield sample("api_keys.list", limit=1)
    yield sample("api_keys.revoke", key)
    entry = vinr.audit_log.list(limit=1).data[0]
    narrow = {"actor": entry.actor, "actor_type": "key", "action": entry.action, "resource": entry.resource}
    yield sample("audit_log.list", **narrow, created_at=SPAN, limit=1)
    yield sample("audit_log.list", limit=100)
    yield sample("test_helpers.clock.retrieve")
    now = vinr.test_helpers.clock.retrieve().to_dict()["now"]
    yield sample("test_helpers.clock.set", now=now)
    yield sample("test_helpers.clock.advance", to=now)
    yield sample("test_helpers.clock.rejoin_real_time")
