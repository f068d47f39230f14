"""Every documented error is provoked, has the documented status and type, and is declared for the endpoint that gave it."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.conftest import Api, close_api, open_api, payment
from tests.api.redeeming import REDEMPTIONS, a_member, a_reward
from tests.connectors.sending import STRIPE_SECRET, stripe_signature
from tests.docs.tables import GUIDES, code, table
from vinr_engagement.entrypoints.api.errors import CODES, type_of
from vinr_engagement.entrypoints.api.limits import STREAMS
from vinr_engagement.reports import MOST_WAITING
from vinr_engagement.webhooks import MOST_ENDPOINTS
from vinr_engagement.webhooks.deliveries import MOST_REPLAYED

pytestmark = pytest.mark.anyio

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"
ROW = re.compile(r"\| <a id=\"(\w+)\"></a>`\1` \| `(\w+)` \| (\d+) \| (.*) \| (.*) \|")
ACCOUNTS = "/v1/loyalty/accounts"
TRANSACTIONS = "/v1/loyalty/transactions"
CREDIT = "/v1/loyalty/credit"
REFERRALS = "/v1/loyalty/referrals"
CLOCK = "/v1/test-helpers/clock"
ENDPOINTS = "/v1/webhook-endpoints"
EVER = {"from": "2020-01-01T00:00:00Z", "to": "2190-01-01T00:00:00Z"}
Provocation = Callable[[Api], Awaitable[httpx2.Response]]


def documented() -> dict[str, tuple[str, int, str, str]]:
    rows = ROW.findall(TABLE.read_text())
    return {code: (kind, int(status), meaning, remedy) for code, kind, status, meaning, remedy in rows}


def test_the_documentation_is_the_table() -> None:
    expected = {code: (type_of(row.status), row.status, row.meaning, row.remedy) for code, row in CODES.items()}
    assert documented() == expected


async def body_too_large(api: Api) -> httpx2.Response:
    return await api.call("POST", "/v1/events", content=b" " * ((1 << 20) + 1))


async def json_too_deep(api: Api) -> httpx2.Response:
    return await api.call("POST", "/v1/events", content=b"[" * 33 + b"]" * 33)


async def permission_denied(api: Api) -> httpx2.Response:
    key = await api.new_key("test", "accounts:read")
    return await api.call("POST", ACCOUNTS, {"program": "prog_default"}, key=key)


async def test_mode_only(api: Api) -> httpx2.Response:
    return await api.call("GET", CLOCK, key=await api.key_of("live"))


async def account_already_exists(api: Api) -> httpx2.Response:
    await api.enrol("cust_1")
    return await api.call("POST", ACCOUNTS, {"program": "prog_default", "customer": "cust_1"})


async def account_already_linked(api: Api) -> httpx2.Response:
    account = await api.enrol("cust_1")
    return await api.call("PATCH", f"{ACCOUNTS}/{account['id']}", {"customer": "cust_2"})


async def account_closed(api: Api) -> httpx2.Response:
    account = await api.enrol()
    await api.post(f"{ACCOUNTS}/{account['id']}/close")
    return await api.call("POST", f"{ACCOUNTS}/{account['id']}/close")


async def account_not_closed(api: Api) -> httpx2.Response:
    account = await api.enrol()
    return await api.call("POST", f"{ACCOUNTS}/{account['id']}/reopen")


async def account_erased(api: Api) -> httpx2.Response:
    account = await api.enrol()
    await api.post(f"{ACCOUNTS}/{account['id']}/erase")
    return await api.call("POST", f"{ACCOUNTS}/{account['id']}/erase")


async def account_merged(api: Api) -> httpx2.Response:
    source, target = await api.enrol(), await api.enrol()
    await api.post(f"{ACCOUNTS}/merge", {"source": source["id"], "target": target["id"]})
    return await api.call("POST", TRANSACTIONS, {"account": source["id"], "amount": 5})


async def program_mismatch(api: Api) -> httpx2.Response:
    other = await api.post("/v1/loyalty/programs", {"name": "Other"})
    source = await api.enrol()
    target = await api.post(ACCOUNTS, {"program": other["id"]})
    return await api.call("POST", f"{ACCOUNTS}/merge", {"source": source["id"], "target": target["id"]})


async def program_archived(api: Api) -> httpx2.Response:
    await api.patch("/v1/loyalty/programs/prog_default", {"status": "archived"})
    return await api.call("POST", ACCOUNTS, {"program": "prog_default"})


async def clock_not_set(api: Api) -> httpx2.Response:
    return await api.call("POST", f"{CLOCK}/advance", {"to": "2030-01-01T00:00:00Z"})


async def clock_moves_forward(api: Api) -> httpx2.Response:
    await api.post(CLOCK, {"now": "2190-01-01T00:00:00Z"})
    return await api.call("POST", f"{CLOCK}/advance", {"to": "2189-01-01T00:00:00Z"})


async def event_conflict(api: Api) -> httpx2.Response:
    await api.pay("evt_1", "cust_1", 1_000)
    return await api.call("POST", "/v1/events", payment("evt_1", "cust_1", 2_000))


async def payment_conflict(api: Api) -> httpx2.Response:
    await api.pay("evt_1", "cust_1", 1_000, id="pay_1")
    return await api.call("POST", "/v1/events", payment("evt_2", "cust_1", 2_000, id="pay_1"))


def refund(event: str, amount: int) -> dict[str, Any]:
    body = {"id": "ref_1", "payment": "pay_1", "amount": amount}
    return {"id": event, "type": "refund.completed", "created_at": "2026-04-02T12:00:00Z", "data": {"object": body}}


async def refund_conflict(api: Api) -> httpx2.Response:
    await api.pay("evt_1", "cust_1", 1_000, id="pay_1")
    await api.post("/v1/events", refund("evt_2", 100))
    return await api.call("POST", "/v1/events", refund("evt_3", 200))


async def refund_exceeds_payment(api: Api) -> httpx2.Response:
    await api.pay("evt_1", "cust_1", 1_000, id="pay_1")
    return await api.call("POST", "/v1/events", refund("evt_2", 1_001))


async def event_in_future(api: Api) -> httpx2.Response:
    return await api.call("POST", "/v1/events", {**payment("evt_1", "cust_1"), "created_at": "2199-01-01T00:00:00Z"})


async def event_not_replayable(api: Api) -> httpx2.Response:
    await api.pay("evt_1", "cust_1")
    return await api.call("POST", "/v1/events/evt_1/replay", {})


async def expires_at_in_past(api: Api) -> httpx2.Response:
    account = await api.enrol()
    body = {"account": account["id"], "amount": 5, "expires_at": "2020-01-01T00:00:00Z"}
    return await api.call("POST", TRANSACTIONS, body)


async def redeeming(api: Api, points: int = 1_000, **fields: Any) -> httpx2.Response:
    """What a member with points gets who redeems a reward with these fields."""
    return await api.call(
        "POST", REDEMPTIONS, {"account": await a_member(api, points), "reward": (await a_reward(api, **fields))["id"]}
    )


def redeemed(points: int = 1_000, **fields: Any) -> Provocation:
    async def provoke(api: Api) -> httpx2.Response:
        return await redeeming(api, points, **fields)

    return provoke


async def program_paused(api: Api) -> httpx2.Response:
    await api.patch("/v1/loyalty/programs/prog_default", {"status": "paused"})
    return await redeeming(api)


async def reward_not_eligible(api: Api) -> httpx2.Response:
    tiers = [{"name": "Base", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 5_000}]
    await api.patch("/v1/loyalty/programs/prog_default", {"tier_config": {"tiers": tiers}})
    return await redeeming(api, eligibility={"tiers": ["gold"]})


async def redemption_limit_reached(api: Api) -> httpx2.Response:
    member, reward = await a_member(api), await a_reward(api, per_member_limit=1)
    body = {"account": member, "reward": reward["id"]}
    await api.post(REDEMPTIONS, body)
    return await api.call("POST", REDEMPTIONS, body)


async def redemption_not_pending(api: Api) -> httpx2.Response:
    path = f"{REDEMPTIONS}/{(await redeeming(api)).json()['id']}/release"
    await api.post(path, {})
    return await api.call("POST", path, {})


async def redemption_not_an_item(api: Api) -> httpx2.Response:
    return await api.call("POST", f"{REDEMPTIONS}/{(await redeeming(api)).json()['id']}/fulfill")


async def until_in_past(api: Api) -> httpx2.Response:
    await api.patch(
        "/v1/loyalty/programs/prog_default", {"tier_config": {"tiers": [{"name": "Blue", "rank": 0, "threshold": 0}]}}
    )
    account = await api.enrol()
    body = {"tier": "blue", "until": "2020-01-01T00:00:00Z"}
    return await api.call("POST", f"{ACCOUNTS}/{account['id']}/tier", body)


async def an_endpoint(api: Api, **more: Any) -> str:
    """The path of a new one."""
    body = {"url": "https://shop.example/hooks", **more}
    return f"{ENDPOINTS}/{(await api.post(ENDPOINTS, body))['id']}"


REPORTS = "/v1/reports"
A_REPORT = {"type": "transactions", "program": "prog_default", "period": {"gte": "2026-03-01", "lt": "2026-04-01"}}


async def report_limit_reached(api: Api) -> httpx2.Response:
    for _ in range(MOST_WAITING):
        await api.post(REPORTS, A_REPORT)
    return await api.call("POST", REPORTS, A_REPORT)


async def report_not_completed(api: Api) -> httpx2.Response:
    report = await api.post(REPORTS, A_REPORT)
    return await api.call("GET", f"{REPORTS}/{report['id']}/download")


async def webhook_endpoint_disabled(api: Api) -> httpx2.Response:
    return await api.call("POST", f"{await an_endpoint(api, status='disabled')}/replay", EVER)


async def webhook_endpoint_limit(api: Api) -> httpx2.Response:
    for _ in range(MOST_ENDPOINTS):
        await an_endpoint(api)
    return await api.call("POST", ENDPOINTS, {"url": "https://shop.example/hooks"})


async def webhook_replay_too_large(api: Api) -> httpx2.Response:
    path = await an_endpoint(api)
    fill = (
        f"with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n <= {MOST_REPLAYED})"
        " insert into outgoing_events (bucket, account, id, type, sequence, data, created_at)"
        " select 1, 'loy_1', 'evt_' || n, 'credit.issued', n, '{}', 1775044800000000 from numbers"
    )
    await api.stores["test"].database.write(lambda session: session.execute(fill))
    return await api.call("POST", f"{path}/replay", EVER)


async def insufficient_points(api: Api) -> httpx2.Response:
    account = await api.enrol()
    return await api.call("POST", TRANSACTIONS, {"account": account["id"], "amount": -5})


async def points_out_of_range(api: Api) -> httpx2.Response:
    account = await api.enrol()
    body = {"account": account["id"], "amount": 2**53 - 1}
    await api.post(TRANSACTIONS, body)
    return await api.call("POST", TRANSACTIONS, {**body, "amount": 1})


def credit(account: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"account": account, "amount": amount, "currency": "EUR", **more}


async def insufficient_credit(api: Api) -> httpx2.Response:
    account = await api.enrol()
    return await api.call("POST", f"{CREDIT}/spend", credit(account["id"], 5, payment="pay_1"))


async def credit_out_of_range(api: Api) -> httpx2.Response:
    account = await api.enrol()
    await api.post(f"{CREDIT}/issue", credit(account["id"], 2**53 - 1))
    return await api.call("POST", f"{CREDIT}/issue", credit(account["id"], 1))


async def payment_failed(api: Api) -> httpx2.Response:
    account = await api.enrol()
    await api.post(f"{CREDIT}/issue", credit(account["id"], 5))
    failure = {**payment("evt_1", None, id="pay_1"), "type": "payment.failed"}
    await api.post("/v1/events", failure)
    return await api.call("POST", f"{CREDIT}/spend", credit(account["id"], 5, payment="pay_1"))


async def idempotency_key_reused(api: Api) -> httpx2.Response:
    headers = {"Idempotency-Key": "one"}
    await api.post(ACCOUNTS, {"program": "prog_default"}, headers=headers)
    return await api.call("POST", ACCOUNTS, {"program": "prog_default", "customer": "cust_1"}, headers=headers)


async def rate_limit_exceeded(api: Api) -> httpx2.Response:
    for _ in range(3):
        await api.call("GET", "/v1/customers")
    return await api.call("GET", "/v1/customers")


async def internal_error(api: Api) -> httpx2.Response:
    spoil = "update programs set body = 'not json'"
    await api.stores["test"].database.write(lambda session: session.execute(spoil))
    return await api.call("GET", "/v1/loyalty/programs")


async def analytics_not_ready(api: Api) -> httpx2.Response:
    uncounted = "update analytics_state set built_at = null"
    await api.stores["test"].database.write(lambda session: session.execute(uncounted))
    return await api.call("GET", "/v1/loyalty/analytics/summary")


async def service_unavailable(api: Api) -> httpx2.Response:
    await api.stores["test"].write_path.close()
    return await api.call("POST", "/v1/events", payment("evt_1", "cust_1"))


async def code_of(api: Api, **terms: Any) -> str:
    """The code of a new member, the customer `ann`."""
    ann = await api.enrol("ann")
    made = await api.post(REFERRALS, {"program": "prog_default", "referrer": ann["id"], **terms})
    found: str = made["code"]
    return found


async def use(api: Api, code: str, customer: str) -> httpx2.Response:
    return await api.call("POST", f"{REFERRALS}/attribute", {"code": code, "customer": customer})


async def referral_code_unknown(api: Api) -> httpx2.Response:
    return await use(api, "NONESUCH", "bob")


async def referral_self(api: Api) -> httpx2.Response:
    return await use(api, await code_of(api), "ann")


async def referee_already_referred(api: Api) -> httpx2.Response:
    code = await code_of(api)
    await use(api, code, "bob")
    return await use(api, code, "bob")


async def referee_already_paid(api: Api) -> httpx2.Response:
    await api.pay("evt_1", "bob")
    return await use(api, await code_of(api), "bob")


async def referral_code_exhausted(api: Api) -> httpx2.Response:
    await api.post(CLOCK, {"now": "2190-01-01T00:00:00Z"})
    code = await code_of(api, max_conversions=1)
    await use(api, code, "bob")
    await api.post("/v1/events", {**payment("evt_1", "bob"), "created_at": "2190-01-01T00:00:00Z"})
    return await use(api, code, "cat")


async def referral_velocity_exceeded(api: Api) -> httpx2.Response:
    await api.patch("/v1/loyalty/programs/prog_default", {"referral_limit": {"attributions": 1}})
    code = await code_of(api)
    await use(api, code, "bob")
    return await use(api, code, "cat")


async def signing_secret_in_use(api: Api) -> httpx2.Response:
    body = {"signing_secrets": ["shpss_of_the_test_app_000001"]}
    await api.patch("/v1/connectors/shopify", body)
    return await api.call("PATCH", "/v1/connectors/shopify", body, key=await api.key_of("live"))


async def connector_disabled(api: Api) -> httpx2.Response:
    await api.patch("/v1/connectors/stripe", {"signing_secrets": [STRIPE_SECRET]})
    return await api.call("POST", "/v1/connectors/stripe", content=b"{}", headers=stripe_signature(b"{}"), key="")


def request(method: str, path: str, body: Any = None, **more: Any) -> Provocation:
    async def provoke(api: Api) -> httpx2.Response:
        return await api.call(method, path, body, **more)

    return provoke


async def segment_in_use(api: Api) -> httpx2.Response:
    segment = await api.post("/v1/loyalty/segments", {"program": "prog_default", "name": "All"})
    conditions = [{"fact": "segment", "op": "eq", "value": segment["id"]}]
    rule = {"program": "prog_default", "trigger": "cart.left", "award": {"type": "fixed", "points": 1}}
    await api.post("/v1/loyalty/earning-rules", {**rule, "conditions": conditions})
    return await api.call("DELETE", f"/v1/loyalty/segments/{segment['id']}")


async def a_campaign(api: Api) -> str:
    mechanics = [{"type": "bonus_points", "trigger": "cart.left", "points": 5}]
    body = {"program": "prog_default", "name": "Now", "mechanics": mechanics, "status": "active"}
    return f"/v1/loyalty/campaigns/{(await api.post('/v1/loyalty/campaigns', body))['id']}"


async def campaign_begun(api: Api) -> httpx2.Response:
    return await api.call("PATCH", await a_campaign(api), {"audience": {"type": "segment", "segment": "seg_1"}})


async def campaign_archived(api: Api) -> httpx2.Response:
    path = await a_campaign(api)
    await api.patch(path, {"status": "archived"})
    return await api.call("PATCH", path, {"status": "active"})


async def stream_limit_reached(api: Api) -> httpx2.Response:
    api.app._api.state.streams.open = STREAMS
    return await api.call("GET", "/v1/events/stream")


PROVOCATIONS: dict[str, Provocation] = {
    "parameter_missing": request("POST", ACCOUNTS, {}),
    "parameter_unknown": request("POST", ACCOUNTS, {"program": "prog_default", "meta": {}}),
    "parameter_invalid": request("POST", ACCOUNTS, {"program": 5}),
    "json_invalid": request("POST", ACCOUNTS, content=b'{"program": '),
    "json_too_deep": json_too_deep,
    "version_unknown": request("GET", ACCOUNTS, headers={"Vinr-Version": "1999-01-01"}),
    "api_key_missing": request("GET", ACCOUNTS, key=""),
    "api_key_invalid": request("GET", ACCOUNTS, key="sk_test_00000000000000000000000000"),
    "signature_invalid": request("POST", "/v1/connectors/stripe", {}, key=""),
    "signing_secret_in_use": signing_secret_in_use,
    "connector_disabled": connector_disabled,
    "permission_denied": permission_denied,
    "test_mode_only": test_mode_only,
    "path_unknown": request("GET", "/v1/loyalty/acounts"),
    "resource_missing": request("GET", f"{ACCOUNTS}/loy_none"),
    "method_not_allowed": request("PUT", ACCOUNTS, {}),
    "account_already_exists": account_already_exists,
    "account_already_linked": account_already_linked,
    "account_closed": account_closed,
    "account_erased": account_erased,
    "account_merged": account_merged,
    "account_not_closed": account_not_closed,
    "clock_not_set": clock_not_set,
    "event_conflict": event_conflict,
    "event_not_replayable": event_not_replayable,
    "idempotency_key_reused": idempotency_key_reused,
    "payment_conflict": payment_conflict,
    "program_archived": program_archived,
    "program_mismatch": program_mismatch,
    "program_paused": program_paused,
    "redemption_limit_reached": redemption_limit_reached,
    "redemption_not_an_item": redemption_not_an_item,
    "redemption_not_pending": redemption_not_pending,
    "reward_inactive": redeemed(active=False),
    "reward_not_eligible": reward_not_eligible,
    "reward_out_of_stock": redeemed(inventory=0),
    "refund_conflict": refund_conflict,
    "campaign_archived": campaign_archived,
    "campaign_begun": campaign_begun,
    "segment_in_use": segment_in_use,
    "stream_place_gone": request("GET", "/v1/events/stream", params={"last_event_id": "evb_none-1"}),
    "stream_limit_reached": stream_limit_reached,
    "body_too_large": body_too_large,
    "unsupported_media_type": request("POST", ACCOUNTS, content=b"{}", headers={"Content-Type": "text/plain"}),
    "clock_moves_forward": clock_moves_forward,
    "event_in_future": event_in_future,
    "expires_at_in_past": expires_at_in_past,
    "insufficient_points": insufficient_points,
    "insufficient_credit": insufficient_credit,
    "credit_out_of_range": credit_out_of_range,
    "payment_failed": payment_failed,
    "report_limit_reached": report_limit_reached,
    "report_not_completed": report_not_completed,
    "webhook_endpoint_disabled": webhook_endpoint_disabled,
    "webhook_endpoint_limit": webhook_endpoint_limit,
    "webhook_replay_too_large": webhook_replay_too_large,
    "webhook_url_refused": request("POST", ENDPOINTS, {"url": "https://127.0.0.1/hooks"}),
    "until_in_past": until_in_past,
    "points_out_of_range": points_out_of_range,
    "refund_exceeds_payment": refund_exceeds_payment,
    "referral_code_unknown": referral_code_unknown,
    "referral_self": referral_self,
    "referee_already_referred": referee_already_referred,
    "referee_already_paid": referee_already_paid,
    "referral_code_exhausted": referral_code_exhausted,
    "referral_velocity_exceeded": referral_velocity_exceeded,
    "rate_limit_exceeded": rate_limit_exceeded,
    "analytics_not_ready": analytics_not_ready,
    "internal_error": internal_error,
    "service_unavailable": service_unavailable,
}
OF_NO_ENDPOINT = {"path_unknown", "method_not_allowed"}


@pytest.mark.parametrize("code", sorted(documented()))
async def test_every_documented_error_can_be_provoked(database_url: str, code: str) -> None:
    assert code in PROVOCATIONS, f"{code} is documented; provoke it here"
    limited = code == "rate_limit_exceeded"
    api = await open_api(database_url, rate_limit=1 if limited else 0, burst=3 if limited else 0)
    try:
        answer = await PROVOCATIONS[code](api)
        error = answer.json()["error"]
        kind, status, _, _ = documented()[code]
        assert (error["code"], error["type"], answer.status_code) == (code, kind, status), error
        assert error["request_id"] == answer.headers["x-request-id"]
        assert error["doc_url"].endswith(f"#{code}")
        if code not in OF_NO_ENDPOINT:
            assert code in await declared(api, answer.request.method, answer.request.url.path)
        if status in (429, 503):
            assert int(answer.headers["retry-after"]) >= 1
    finally:
        await close_api(api)


async def declared(api: Api, method: str, path: str) -> list[str]:
    """The codes that the OpenAPI document lists for an endpoint."""
    paths = (await api.document())["paths"]
    if path in paths:
        return list(paths[path][method.lower()]["x-error-codes"])
    for template, operations in paths.items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return list(operations[method.lower()]["x-error-codes"])
    raise AssertionError(f"{path} is not in the document")


async def test_an_unexpected_failure_says_nothing_of_its_cause(api: Api) -> None:
    answer = await internal_error(api)
    assert "json" not in answer.text
    assert "Traceback" not in answer.text


def test_every_code_that_the_source_raises_is_documented() -> None:
    source = Path(__file__).parents[2] / "src" / "vinr_engagement"
    raised = re.compile(r"\b(?:Invalid|NotFound|Conflict|Unprocessable|Fault)\(\s*\"(\w+)\"")
    found = {code for file in source.rglob("*.py") for code in raised.findall(file.read_text())}
    in_files = {code(row["code"]) for row in table(GUIDES / "importing.md", "code")}
    assert found - in_files <= set(documented()), found - set(documented())
