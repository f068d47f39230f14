"""A small world to be attacked: one valid request for every operation that writes, and hostile values for each place."""

from typing import Any, NamedTuple

from tests.api.conftest import Api, Json, payment

ACCOUNTS = "/v1/loyalty/accounts"
TRANSACTIONS = "/v1/loyalty/transactions"
PROGRAMS = "/v1/loyalty/programs"
RULES = "/v1/loyalty/earning-rules"
CREDIT = "/v1/loyalty/credit"
REWARDS = "/v1/loyalty/rewards"
REDEMPTIONS = "/v1/loyalty/redemptions"
REFERRALS = "/v1/loyalty/referrals"
SEGMENTS = "/v1/loyalty/segments"
CAMPAIGNS = "/v1/loyalty/campaigns"
CONNECTORS = "/v1/connectors"
CLOCK = "/v1/test-helpers/clock"
ENDPOINTS = "/v1/webhook-endpoints"
PEOPLE = "/v1/people"
REPORTS = "/v1/reports"
JSON = {"Content-Type": "application/json"}


class Write(NamedTuple):
    """A request that would be answered with 200."""

    operation: str
    method: str
    path: str
    body: Json | None


async def writes(api: Api) -> list[Write]:
    """One for every operation that is no GET and asks for a key."""
    first, second, closed = [await api.enrol(f"cust_{name}") for name in ("a", "b", "c")]
    await api.post(f"{ACCOUNTS}/{closed['id']}/close")
    rule = {"program": "prog_default", "trigger": "cart.left", "award": {"type": "fixed", "points": 1}}
    made = await api.post(RULES, rule)
    segment = await api.post(SEGMENTS, SEGMENT)
    campaign = await api.post(CAMPAIGNS, {**CAMPAIGN, "status": "draft"})
    key = await api.post("/v1/api-keys", {"name": "Doomed"})
    colleague = await api.post(PEOPLE, PERSON)
    club = await api.post(PROGRAMS, {"name": "Club", "tier_config": PROGRAM["tier_config"]})
    climber = await api.post(ACCOUNTS, {"program": club["id"]})
    pin = {"tier": "gold", "until": "2190-01-01T00:00:00Z", "reason": "press"}
    await api.post("/v1/events", {**payment("evt_ignored", None), "type": "review.written"})
    await api.pay("evt_paid", "cust_a")
    event = payment("evt_new", "cust_a")
    adjustment = {
        "account": first["id"],
        "amount": 5,
        "reason": "goodwill",
        "metadata": {"note": "x"},
        "qualifying": True,
        "expires_at": "2190-01-01T00:00:00Z",
    }
    spender = await api.enrol("cust_d")
    granted = {"account": spender["id"], "amount": 5, "currency": "EUR"}
    await api.post(f"{CREDIT}/issue", granted)
    issue = {**granted, "reason": "goodwill", "metadata": {"note": "x"}, "expires_at": "2190-01-01T00:00:00Z"}
    await api.post(TRANSACTIONS, {"account": spender["id"], "amount": 100})
    reward = await api.post(REWARDS, REWARD)
    mug = await api.post(REWARDS, {**REWARD, "type": "free_product", "value": {"product": "mug"}})
    redemption = {"account": spender["id"], "reward": reward["id"], "quantity": 1, "metadata": {"a": "b"}}
    applied, released = [await api.post(REDEMPTIONS, redemption) for _ in range(2)]
    item = await api.post(REDEMPTIONS, {**redemption, "reward": mug["id"]})
    referral = {
        "program": "prog_default",
        "referrer": first["id"],
        "reward": {"referrer": {"points": 5}, "referee": {"points": 5}},
        "qualify": {"first_payment_minimum": 100, "window_days": 30},
        "max_conversions": 5,
        "share_url": "https://shop.test/{code}",
        "metadata": {"a": "b"},
    }
    code = (await api.post(REFERRALS, referral))["code"]
    one = f"{ACCOUNTS}/{first['id']}"
    hook, doomed = [await api.post(ENDPOINTS, ENDPOINT) for _ in range(2)]
    told_again = f"{ENDPOINTS}/{hook['id']}"
    await api.post(f"{told_again}/replay", REPLAY)
    report = await api.post(REPORTS, REPORT)
    delivery = (await api.get(f"{told_again}/deliveries"))["data"][0]
    return [
        Write("referrals.create", "POST", REFERRALS, referral),
        Write("referrals.attribute", "POST", f"{REFERRALS}/attribute", {"code": code, "customer": "cust_friend"}),
        Write("accounts.create", "POST", ACCOUNTS, {"program": "prog_default", "customer": "cust_new", "metadata": {"a": "b"}}),
        Write("accounts.merge", "POST", f"{ACCOUNTS}/merge", {"source": second["id"], "target": first["id"], "dry_run": True}),
        Write("accounts.update", "PATCH", one, {"metadata": {"a": "b"}, "customer": "cust_a"}),
        Write("accounts.update_by_post", "POST", one, {"metadata": {"a": "b"}}),
        Write("credit.issue", "POST", f"{CREDIT}/issue", issue),
        Write("credit.spend", "POST", f"{CREDIT}/spend", {**granted, "payment": "pay_1"}),
        Write("accounts.close", "POST", f"{one}/close", None),
        Write("accounts.reopen", "POST", f"{ACCOUNTS}/{closed['id']}/reopen", None),
        Write("accounts.erase", "POST", f"{ACCOUNTS}/{second['id']}/erase", None),
        Write("accounts.pin_tier", "POST", f"{ACCOUNTS}/{climber['id']}/tier", pin),
        Write("transactions.create", "POST", TRANSACTIONS, adjustment),
        Write("transactions.create_batch", "POST", f"{TRANSACTIONS}/batch", {"transactions": [adjustment]}),
        Write("programs.create", "POST", PROGRAMS, PROGRAM),
        Write("programs.update", "PATCH", f"{PROGRAMS}/prog_default", PROGRAM),
        Write("earning_rules.create", "POST", RULES, RULE),
        Write("earning_rules.preview", "POST", f"{RULES}/preview", {"event": event, "rules": [RULE], "account": first["id"]}),
        Write("earning_rules.backtest", "POST", f"{RULES}/backtest", {**BACKTEST, "replaces": [made["id"]]}),
        Write("earning_rules.update", "PATCH", f"{RULES}/{made['id']}", RULE),
        Write("rewards.create", "POST", REWARDS, {**REWARD, "eligibility": {"tiers": [], "segment": None}}),
        Write("rewards.update", "PATCH", f"{REWARDS}/{reward['id']}", REWARD),
        Write("redemptions.create", "POST", REDEMPTIONS, redemption),
        Write("redemptions.apply", "POST", f"{REDEMPTIONS}/{applied['id']}/apply", {"payment": "pay_2"}),
        Write("redemptions.fulfill", "POST", f"{REDEMPTIONS}/{item['id']}/fulfill", None),
        Write("redemptions.release", "POST", f"{REDEMPTIONS}/{released['id']}/release", {"reason": "cart_abandoned"}),
        Write("segments.create", "POST", SEGMENTS, SEGMENT),
        Write("segments.update", "PATCH", f"{SEGMENTS}/{segment['id']}", SEGMENT),
        Write("segments.delete", "DELETE", f"{SEGMENTS}/{segment['id']}", None),
        Write("campaigns.create", "POST", CAMPAIGNS, CAMPAIGN),
        Write("campaigns.update", "PATCH", f"{CAMPAIGNS}/{campaign['id']}", {**CAMPAIGN, "status": "draft"}),
        Write("events.create", "POST", "/v1/events", event),
        Write("events.create_batch", "POST", "/v1/events/batch", {"events": [event]}),
        Write("events.replay", "POST", "/v1/events/evt_ignored/replay", {"account": first["id"]}),
        Write("webhook_endpoints.create", "POST", ENDPOINTS, ENDPOINT),
        Write("webhook_endpoints.update", "PATCH", told_again, ENDPOINT),
        Write("webhook_endpoints.delete", "DELETE", f"{ENDPOINTS}/{doomed['id']}", None),
        Write("webhook_endpoints.rotate_secret", "POST", f"{told_again}/rotate-secret", {"expires_in_hours": 5}),
        Write("webhook_endpoints.redeliver", "POST", f"{told_again}/deliveries/{delivery['id']}/redeliver", None),
        Write("webhook_endpoints.replay", "POST", f"{told_again}/replay", REPLAY),
        Write("reports.create", "POST", REPORTS, REPORT),
        Write("reports.delete", "DELETE", f"{REPORTS}/{report['id']}", None),
        Write("connectors.update", "PATCH", f"{CONNECTORS}/stripe", CONNECTOR),
        Write("api_keys.create", "POST", "/v1/api-keys", {"name": "K", "kind": "restricted", "scopes": ["accounts:read"]}),
        Write("api_keys.revoke", "DELETE", f"/v1/api-keys/{key['id']}", None),
        Write("people.create", "POST", PEOPLE, {**PERSON, "email": "bob@shop.example"}),
        Write("people.update", "PATCH", f"{PEOPLE}/{colleague['id']}", {"name": "Ada", "role": "editor", "status": "active"}),
        Write("people.reset_password", "POST", f"{PEOPLE}/{colleague['id']}/reset-password", None),
        Write("test_helpers.clock.set", "POST", CLOCK, {"now": "2190-01-01T00:00:00Z"}),
        Write("test_helpers.clock.advance", "POST", f"{CLOCK}/advance", {"to": "2190-01-01T00:00:00Z"}),
        Write("test_helpers.clock.rejoin_real_time", "DELETE", CLOCK, None),
    ]  # fmt: skip


REPORT: Json = {
    "type": "liability_journal",
    "program": "prog_default",
    "period": {"gte": "2026-03-01", "lt": "2026-04-01T00:00:00Z"},
    "format": "parquet",
}
ENDPOINT: Json = {
    "url": "https://shop.example/hooks",
    "enabled_events": ["loyalty.*", "credit.issued"],
    "description": "CRM",
    "status": "enabled",
    "metadata": {"a": "b"},
}
REPLAY: Json = {"from": "2020-01-01T00:00:00Z", "to": "2190-01-01T00:00:00Z", "types": ["loyalty.account.*"]}
PERSON: Json = {"email": "ada@shop.example", "name": "Ada", "role": "viewer"}
PROGRAM: Json = {
    "name": "Club",
    "status": "active",
    "auto_enroll": True,
    "timezone": "Europe/Berlin",
    "default_currency": "EUR",
    "currency": {"name": "stars", "point_value": 1, "expiry": {"type": "rolling", "months": 12}},
    "hold_days": 1,
    "redemption_ttl_hours": 24,
    "referral_limit": {"attributions": 5, "conversions": 5, "window_days": 7},
    "referral_share_url": "https://shop.test/{code}",
    "tier_config": {"tiers": [{"key": "gold", "name": "Gold", "rank": 1, "threshold": 0, "benefits": ["Lounge"]}]},
    "metadata": {"a": "b"},
}
REWARD: Json = {
    "program": "prog_default",
    "name": "Off",
    "description": "Five off",
    "type": "discount_amount",
    "cost": 5,
    "value": {"amount": 500, "currency": "GBP"},
    "active": True,
    "inventory": 10,
    "per_member_limit": 5,
    "starts_at": "2026-01-01T00:00:00Z",
    "ends_at": "2190-01-01T00:00:00Z",
    "on_refund": "keep",
    "metadata": {"a": "b"},
}
SEGMENT: Json = {
    "program": "prog_default",
    "name": "Regulars",
    "match": "any",
    "conditions": [{"fact": "orders_90d", "op": "gte", "value": 3}],
    "metadata": {"a": "b"},
}
CAMPAIGN: Json = {
    "program": "prog_default",
    "name": "Weekend",
    "audience": {"type": "all"},
    "schedule": {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2190-01-01T00:00:00Z"},
    "mechanics": [
        {"type": "points_multiplier", "trigger": "payment.completed", "factor": 2, "min_spend": 5},
        {"type": "challenge", "trigger": "review.written", "count": 5, "points": 5, "repeatable": True},
    ],
    "goal": {"metric": "spend", "target": 500},
    "budget": {"points": 500},
    "per_member_limit": {"points": 50, "times": 5},
    "status": "active",
    "metadata": {"a": "b"},
}
CONNECTOR: Json = {
    "enabled": True,
    "signing_secrets": ["whsec_of_an_endpoint_01", "whsec_of_an_endpoint_02"],
    "customer_prefix": "stripe_",
    "customer_metadata": "user_id",
}
RULE: Json = {
    "program": "prog_default",
    "name": "Rule",
    "trigger": "payment.completed",
    "award": {"type": "fixed", "points": 5},
    "conditions": [{"fact": "event.amount", "op": "gte", "value": 5}],
    "multipliers": [{"when": {"match": "all", "conditions": [{"fact": "tier", "op": "eq", "value": "gold"}]}, "factor": 2}],
    "cap": {"points": 50},
    "window": "day",
    "budget": {"points": 500},
    "active": True,
    "starts_at": "2026-01-01T00:00:00Z",
    "metadata": {"a": "b"},
}  # fmt: skip

BACKTEST: Json = {"program": "prog_default", "rules": [RULE], "last": 10}

MALFORMED: dict[str, bytes] = {
    "cut short": b'{"program": ',
    "no quotes": b"{program: 1}",
    "single quotes": b"{'program': 1}",
    "a comment": b'{"a": 1} // no',
    "a comma too many": b'{"a": 1,}',
    "two values": b'{"a": 1}{"a": 2}',
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32-be"),
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "a lone surrogate": rb'{"a": "\ud800"}',
    "surrogates the wrong way round": rb'{"a": "\udc00\ud800"}',
    "a raw NUL": b'{"a": "\x00"}',
    "a raw line break": b'{"a": "\n"}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "minus Infinity": b'{"a": -Infinity}',
    "an infinite number": b'{"a": 1e400}',
    "a leading zero": b'{"a": 007}',
    "hexadecimal": b'{"a": 0x10}',
    "random bytes": bytes(range(128, 256)),
}
"""No JSON at all: ``json_invalid``, whatever it is sent to."""

BEYOND: dict[str, tuple[bytes, str]] = {
    "an escaped NUL": (rb'{"a": "\u0000"}', "parameter_invalid"),
    "an escaped NUL in a name": (rb'{"a\u0000b": 1}', "parameter_invalid"),
    "2^53": (b'{"a": 9007199254740992}', "parameter_invalid"),
    "beyond 64 bits": (b'{"a": 18446744073709551616}', "parameter_invalid"),
    "beyond 64 bits, negative": (b'{"a": -9223372036854775809}', "parameter_invalid"),
    "1e308": (b'{"a": 1e308}', "parameter_invalid"),
    "lists in lists": (b"[" * 100_000 + b"]" * 100_000, "json_too_deep"),
    "objects in objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json_too_deep"),
    "lists that never end": (b"[" * 100_000, "json_too_deep"),
    "33 levels": (b'{"a":' * 33 + b"1" + b"}" * 33, "json_too_deep"),
    "a list": (b"[]", "parameter_invalid"),
    "a number": (b"5", "parameter_invalid"),
    "a text": (b'"text"', "parameter_invalid"),
    "true": (b"true", "parameter_invalid"),
}
"""JSON that no request may have, and what it is refused with."""

NO_INTEGERS: tuple[Any, ...] = (True, "x", "5x", 1.5, 5e-324, 2**53, -(2**60), 2**64, 10**30, [], {}, [5], "5\0")
NO_TEXTS: tuple[Any, ...] = (5, 0, 1.5, True, False, [], {}, ["x"], "nul\0", "\ud800")
NO_FLAGS: tuple[Any, ...] = (0, 1, "true", "", [], {}, 1.0)
ODD_TEXTS = (
    "'; drop table accounts; --",
    '" or "1"="1',
    "<script>alert(1)</script>",
    "{0} {self.__class__} %s %n %(a)s ${jndi:ldap://x}",
    "../../../etc/passwd",
    "\u202eevil\u202c \u200b\u200d\ufeff",
    "e\u0301 \u00e9 \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\\ \" ' ` \r\n\t\x1b[31m\x7f",
    " ",
)
ODD_IDS = (
    "loy_00000000000000000000000000",
    "'%20or%20'1'='1",
    "%27%3B%20drop%20table%20accounts%3B%20--",
    "%3Cscript%3E",
    "%25s%25n%7B0%7D",
    "..%2F..%2Fetc%2Fpasswd",
    "..%5C..%5Cwindows",
    "%2e%2e",
    "%00",
    "loy%00_1",
    "%ff%fe",
    "%ed%a0%80",
    "%",
    "%zz",
    "%u0041",
    "%E2%80%AEgpj",
    "%E2%80%8B",
    "a" * 256,
    "a" * 20_000,
    "%C3%A9" * 500,
    ";jsessionid=1",
    "null",
    "undefined",
    "-1",
    "*",
)
"""As they stand in a path. None names anything."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every value in a body that holds no others, with its place."""
    if isinstance(value, dict):
        return [leaf for name, found in value.items() for leaf in leaves(found, (*path, name))]
    if isinstance(value, list):
        return [leaf for place, found in enumerate(value) for leaf in leaves(found, (*path, place))]
    return [(path, value)]


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with another value at a place."""
    if not path:
        return value
    name, *rest = path
    if isinstance(body, list):
        return [replaced(found, tuple(rest), value) if place == name else found for place, found in enumerate(body)]
    return {**body, name: replaced(body[name], tuple(rest), value)}


def wrong_for(value: Any) -> tuple[Any, ...]:
    """Values of another kind than this one."""
    if isinstance(value, bool):
        return NO_FLAGS
    return NO_INTEGERS if isinstance(value, int) else NO_TEXTS
