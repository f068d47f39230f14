"""Steers generated requests towards what exists: ids that are there, currencies and time zones of this world.

Without it nearly every request would name nothing, and prove little.
"""

import json
from random import Random
from typing import Any

import schemathesis

from tests.api.conftest import payment
from tests.connectors.sending import shopify_signature, stripe_signature
from tests.contract.world import SIGNING_SECRETS, Json, World
from vinr_engagement.entrypoints.api.expand import PATHS

_OF_RECEIVED = {"/v1/received-events/{event}": "received_event", "/v1/events/{event}/replay": "ignored_event"}
_LISTS = {
    "/v1/loyalty/accounts": "account",
    "/v1/loyalty/accounts/{account}/lots": "transaction",
    "/v1/loyalty/transactions": "transaction",
    "/v1/loyalty/credit/transactions": "credit_transaction",
    "/v1/loyalty/rewards": "reward",
    "/v1/loyalty/redemptions": "redemption",
    "/v1/loyalty/programs": "program",
    "/v1/loyalty/earning-rules": "rule",
    "/v1/loyalty/referrals": "referral",
    "/v1/loyalty/segments": "segment",
    "/v1/loyalty/segments/{segment}/members": "account",
    "/v1/loyalty/campaigns": "campaign",
    "/v1/customers": "customer",
    "/v1/events": "event",
    "/v1/received-events": "received_event",
    "/v1/audit-log": "audit_log_entry",
    "/v1/webhook-endpoints": "endpoint",
    "/v1/webhook-endpoints/{endpoint}/deliveries": "delivery",
    "/v1/reports": "report",
    "/v1/api-keys": "key",
}
_EXPANDED = {
    "/v1/loyalty/accounts": "loyalty_account",
    "/v1/loyalty/accounts/{account}": "loyalty_account",
    "/v1/loyalty/accounts/{account}/lots": "lot",
    "/v1/loyalty/transactions": "points_transaction",
    "/v1/loyalty/transactions/{transaction}": "points_transaction",
    "/v1/loyalty/credit/transactions": "credit_transaction",
    "/v1/loyalty/credit/transactions/{transaction}": "credit_transaction",
    "/v1/loyalty/rewards": "reward",
    "/v1/loyalty/rewards/{reward}": "reward",
    "/v1/loyalty/redemptions": "redemption",
    "/v1/loyalty/redemptions/{redemption}": "redemption",
    "/v1/loyalty/earning-rules": "earning_rule",
    "/v1/loyalty/earning-rules/{rule}": "earning_rule",
    "/v1/loyalty/referrals": "referral",
    "/v1/loyalty/referrals/{referral}": "referral",
    "/v1/loyalty/segments": "segment",
    "/v1/loyalty/segments/{segment}": "segment",
    "/v1/loyalty/segments/{segment}/members": "loyalty_account",
    "/v1/loyalty/campaigns": "campaign",
    "/v1/loyalty/campaigns/{campaign}": "campaign",
    "/v1/events": "event",
    "/v1/events/{event}": "event",
}
_MOMENTS = ("2026-04-01T12:00:00Z", "2026-09-30T23:59:59.999999+02:00", "1999-12-31T23:59:60Z", "2199-12-31T00:00:00Z")
_EXPIRIES = (
    None,
    {"type": "rolling", "months": 1},
    {"type": "fixed", "month": 2, "day": 29},
    {"type": "inactivity", "months": 3},
)
_TIERS = ([], [{"name": "Silver", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 5}])
_CHOICES: dict[str, tuple[Any, ...]] = {
    "timezone": ("Europe/Berlin", "UTC", "Pacific/Apia"),
    "currency": ("EUR", "EUR", "JPY"),
    "default_currency": ("EUR", "JPY", "KWD"),
    "currencies": (["EUR"], ["GBP", "JPY"], None),
    "rates": ({"EUR": 1, "GBP": "1.25"},),
    "points": (1, 5, 1_000_000_000),
    "per": (1, 100),
    "points_per_currency_unit": (1, {"GBP": "1.5"}),
    "created_at": _MOMENTS,
    "starts_at": _MOMENTS[:2],
    "ends_at": ("2190-01-01T00:00:00Z", None),
    "expires_at": ("2190-01-01T00:00:00Z", None),
    "now": ("2100-01-01T00:00:00Z", "2100-01-01T00:00:00.000001Z"),
    "to": ("2100-01-02T00:00:00Z", "2104-02-29T00:00:00+14:00", "2199-12-31T23:59:59Z"),
    "as_of": _MOMENTS,
    "created_at[gt]": _MOMENTS,
    "created_at[gte]": _MOMENTS,
    "created_at[lt]": _MOMENTS,
    "created_at[lte]": _MOMENTS,
    "period[gte]": ("2026-03-01", "2026-01-01T00:15:00Z", "2020-01-01"),
    "period[lt]": ("2026-04-30", "2190-01-01", "2026-04-01T12:00:00Z"),
    "metrics": ("earned,redeemed", "active_members_90d,pending", "burnt"),
    "expiry": _EXPIRIES,
    "expiry_months": (None, 12),
    "decimals": (0,),
    "period": ({"type": "lifetime"}, {"type": "rolling", "months": 12}),
    "tiers": _TIERS,
    "tier": ("gold", None),
    "until": ("2190-01-01T00:00:00Z", None),
    "multiplier": (1, "1.5", 0, 2.25),
    "multipliers": ([], [{"when": {"tier": "gold"}, "factor": 2}], None),
    "conditions": (
        None,
        [{"fact": "event.amount", "op": "gte", "value": 100}],
        {"match": "any", "conditions": [{"fact": "tier", "op": "in", "value": ["gold", "silver"]}]},
    ),
    "value": ({"amount": 500, "currency": "EUR"}, {"amount": 1, "currency": "JPY"}, {"percent": "12.5"}),
    "cost": (1, 5, 1_000_000_000),
    "inventory": (None, 0, 3, 1_000),
    "eligibility": (None, {"tiers": []}, {"segment": None}),
    "cap": (None, {"points": 50}, {"times": 1, "points": 20}),
    "mechanics": (
        [{"type": "points_multiplier", "trigger": "payment.completed", "factor": 2, "min_spend": 100}],
        [{"type": "bonus_points", "trigger": "payment.completed", "points": 5}],
        [{"type": "challenge", "trigger": "payment.completed", "count": 2, "points": 5, "repeatable": True}],
        [{"type": "featured_reward", "reward": "rwd_1", "cost": 5}],
    ),
    "audience": ({"type": "all"}, None),
    "goal": (None, {"metric": "spend", "target": 500}),
    "per_member_limit": (None, 1, 500, {"points": 50}),
    "recipient": ("member", None),
    "share_url": ("https://shop.test/{code}", None),
    "referral_share_url": ("https://shop.test/{code}", None),
    "max_conversions": (1, None),
    "scopes": ([], ["accounts:read", "events:write"]),
    "url": ("https://shop.example/hooks", "https://shop.example:8443/hooks?a=b"),
    "enabled_events": (["*"], ["loyalty.points.*", "credit.issued"]),
    "types": (["*"], ["loyalty.points.*"]),
    "from": ("2020-01-01T00:00:00Z",),
    "kind": ("secret", "restricted"),
    "enabled": (True,),
    "signing_secrets": (list(SIGNING_SECRETS.values()),),
    "allow_negative": (True, False),
    "amount": (1, 25, 500, -1, -100, 1, 300),
}
_PERIODS = (
    {"gte": "2026-01-01", "lt": "2026-02-01"},
    {"gte": "2026-03-31T23:59:59.5+02:00", "lt": "2026-04-02"},
)
_IDS = {
    "account": "account",
    "source": "account",
    "target": "account",
    "referrer": "account",
    "referee": "account",
    "program": "program",
    "customer": "customer",
    "payment": "payment",
    "reward": "reward",
    "code": "code",
    "actor": "key",
    "resource": "program",
}


def steer(case: schemathesis.Case, place: World, random: Random) -> None:
    """Puts what exists in place of most of what was made up. Path parameters that no path can carry always go."""
    for name, given in list(case.path_parameters.items()):
        if random.random() < 0.9 or not _fits_a_path(given):
            case.path_parameters[name] = random.choice(place.known[_kind_of(case, name)])
    _steer_query(case, place, random)
    if isinstance(case.body, dict | list):
        case.body = _steered(case.body, place, random)
        if (
            case.path == "/v1/events/batch"
            and isinstance(case.body, dict)
            and isinstance(case.body.get("events"), list)
        ):
            case.body["events"] = [_event(event, place, random) for event in case.body["events"]]
        elif case.path == "/v1/events":
            case.body = _event(case.body, place, random)
        elif case.path.endswith("/preview") and isinstance(case.body, dict) and "event" in case.body:
            case.body["event"] = _event(case.body["event"], place, random)
        elif case.path == "/v1/loyalty/referrals" and isinstance(case.body, dict) and random.random() < 0.9:
            case.body["program"] = "prog_default"  # where the members are
        elif case.path.endswith("/credit/spend") and isinstance(case.body, dict) and random.random() < 0.9:
            case.body["currency"] = "EUR"  # what members have
        elif case.path == "/v1/connectors/{provider}" and case.method == "POST":
            case.body = {**case.body, "id": f"evt_{random.randint(0, 50)}", "type": "price.updated"}
        elif case.path == "/v1/reports" and isinstance(case.body, dict) and random.random() < 0.9:
            case.body["period"] = random.choice(_PERIODS)
        elif case.path.endswith("/attribute") and isinstance(case.body, dict):
            _name_one_side(case.body, random)


def signature_of(case: schemathesis.Case) -> dict[str, str]:
    """What a provider sends with a webhook; nothing for any other request."""
    if case.operation.definition.raw["operationId"] != "connectors.receive":
        return {}
    raw, provider = json.dumps(case.body).encode(), case.path_parameters["provider"]
    if provider == "shopify":
        named = {"X-Shopify-Topic": "orders/paid", "X-Shopify-Webhook-Id": "an-order"}
        return {**named, **shopify_signature(raw, SIGNING_SECRETS["shopify"])}
    return stripe_signature(raw, SIGNING_SECRETS["stripe"])


def _fits_a_path(given: Any) -> bool:
    """One segment, as a client can send it: a slash makes another path, and dots go before anything is sent."""
    return isinstance(given, str) and given not in ("", ".", "..") and "/" not in given and "\0" not in given


def make_path_sendable(case: schemathesis.Case, place: World) -> None:
    """Replaces path parameters that no path can carry."""
    for name, given in list(case.path_parameters.items()):
        if not _fits_a_path(given):
            case.path_parameters[name] = place.known[_kind_of(case, name)][0]


def _kind_of(case: schemathesis.Case, name: str) -> str:
    if case.path.endswith("/reopen"):
        return "closed"
    if case.path.endswith("/fulfill"):
        return "item"
    if case.path.startswith("/v1/loyalty/credit"):
        return "credit_transaction"
    return _OF_RECEIVED.get(case.path, name) if name == "event" else name


def _steer_query(case: schemathesis.Case, place: World, random: Random) -> None:
    for name in list(case.query):
        if random.random() < 0.3:
            del case.query[name]
        elif random.random() < 0.9:
            _choose_query(case, name, place, random)
    of_account = ("/v1/loyalty/transactions", "/v1/loyalty/credit/transactions")
    if case.path in of_account and "account" not in case.query and case.method == "GET":
        case.query["account"] = random.choice(place.known["account"])
    if {"starting_after", "ending_before"} <= set(case.query) and random.random() < 0.8:
        del case.query["starting_after"]


def _choose_query(case: schemathesis.Case, name: str, place: World, random: Random) -> None:
    if name in ("starting_after", "ending_before"):
        case.query[name] = random.choice(place.known[_LISTS[case.path]])
    elif name == "expand[]":
        case.query[name] = _expansions(_EXPANDED[case.path], random)
    elif name in _IDS:
        case.query[name] = random.choice(place.known[_IDS[name]])
    elif name in _CHOICES:
        case.query[name] = random.choice(_CHOICES[name])


def _expansions(kind: str, random: Random) -> list[str]:
    found = []
    for _ in range(random.randint(1, 3)):
        here, steps = kind, []
        while PATHS[here] and len(steps) < 3 and (not steps or random.random() < 0.5):
            steps.append(random.choice(sorted(PATHS[here])))
            here = PATHS[here][steps[-1]]
        found.append(".".join(steps))
    return found


def _steered(value: Any, place: World, random: Random) -> Any:
    if isinstance(value, list):
        return [_steered(entry, place, random) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: _field(name, found, place, random) for name, found in value.items()}


def _field(name: str, found: Any, place: World, random: Random) -> Any:
    if name == "metadata" or random.random() < 0.1:
        return found
    if name in _IDS and found is not None:
        return random.choice(place.known[_IDS[name]])
    if name in _CHOICES:
        return random.choice(_CHOICES[name])
    return _steered(found, place, random)


def _name_one_side(attribution: Json, random: Random) -> None:
    """Mostly a customer whom nobody knows, rarely a member, who may have paid: seldom both, which is refused."""
    if random.random() < 0.8:
        attribution.pop("referee", None)
        attribution["customer"] = f"cust_friend_{random.randint(0, 1 << 40)}"
    elif random.random() < 0.8:
        attribution.pop("customer", None)


def _event(made_up: Any, place: World, random: Random) -> Any:
    """Mostly an event that means something; its id is as made up as ever."""
    if not isinstance(made_up, dict) or random.random() < 0.2:
        return made_up
    customer = random.choice([None, *place.known["customer"]])
    event = payment("evt", customer, random.choice((0, 1, 999, 10_000, (1 << 53) - 1)))
    paid: Json = event["data"]["object"]
    paid["id"] = f"pay_{random.randint(0, 50)}"
    paid["metadata"] = random.choice(
        (
            {},
            {"redemption": ",".join(random.sample(place.known["redemption"], 2))},
            {"discount_code": random.choice(place.known["code"])},
            {"redemption": 5, "discount_code": ", ,RW-\u202e,"},
        )
    )
    kind = random.choice(
        (
            "payment.completed",
            "payment.failed",
            "payment.completed",
            "refund.completed",
            "customer.updated",
            "cart.left",
        )
    )
    if kind == "refund.completed":
        paid = {"id": f"ref_{random.randint(0, 50)}", "payment": paid["id"], "amount": random.choice((0, 1, 500))}
    if kind == "customer.updated":
        paid = {"id": customer or "cust_new", "email": "ada@shop.test", "birthday": 5, "metadata": {"a": [1]}}
    return {**made_up, **event, "id": made_up.get("id"), "type": kind, "data": {"object": paid}}
