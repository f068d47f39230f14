"""A server of its own with both stores, on a real socket in a thread of its own, and things in them to ask for."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

import httpx2
import uvicorn

from tests.api.conftest import close_api, open_api, payment
from tests.reporting import reporting
from vinr_engagement.foundation.settings import Environment

Json = dict[str, Any]

ACCOUNTS = "/v1/loyalty/accounts"
TRANSACTIONS = "/v1/loyalty/transactions"
CREDIT = "/v1/loyalty/credit"
REWARDS = "/v1/loyalty/rewards"
REDEMPTIONS = "/v1/loyalty/redemptions"
PROGRAMS = "/v1/loyalty/programs"
RULES = "/v1/loyalty/earning-rules"
REFERRALS = "/v1/loyalty/referrals"
ENDPOINTS = "/v1/webhook-endpoints"
PEOPLE = "/v1/people"
REPORTS = "/v1/reports"
PER_EURO: Json = {"program": "prog_default", "trigger": "payment.completed", "award": {"type": "fixed", "points": 7}}
SIGNING_SECRETS = {"stripe": "whsec_of_the_world_00001", "shopify": "shpss_of_the_world_00001"}
GOLD: Json = {"name": "Gold", "rank": 1, "threshold": 100, "multiplier": "1.5", "benefits": ["Lounge"]}


@dataclass
class World:
    """A running server, and the ids of what is in its test store, by kind."""

    url: str
    keys: dict[Environment, str]
    document: Json
    known: dict[str, list[str]] = field(default_factory=dict)

    def client(self, key: str | None = None) -> httpx2.Client:
        """A caller; with the test store's key, unless another is named."""
        return httpx2.Client(base_url=self.url, headers={"X-Api-Key": key or self.keys["test"]}, timeout=60)

    def key_for(self, operation: str) -> str:
        """The key that an operation is asked for with: what an installation has once takes a live one."""
        return self.keys["live" if operation.startswith("people.") else "test"]

    def add(self, kind: str, identifier: str) -> str:
        """Remembers something that is there now."""
        self.known.setdefault(kind, []).append(identifier)
        return identifier


@contextmanager
def world(database_url: str) -> Iterator[World]:
    """Serves the API over two fresh stores for as long as the block runs."""
    ready: Queue[Any] = Queue()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(database_url, ready)))
    thread.start()
    started = ready.get()
    if isinstance(started, BaseException):
        thread.join()
        raise started
    url, keys, document, loop, stop = started
    try:
        yield World(url, keys, document)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _serve(database_url: str, ready: "Queue[Any]") -> None:
    try:
        api = await open_api(database_url)
        await api.key_of("live")
        document = await api.document()
    except BaseException as error:
        ready.put(error)
        raise
    config = uvicorn.Config(api.app, port=0, log_level="critical", lifespan="off")
    server, stop = uvicorn.Server(config), asyncio.Event()
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn sets no event)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    ready.put((f"http://127.0.0.1:{port}", dict(api.keys), document, asyncio.get_running_loop(), stop))
    async with reporting(api.stores["test"]):
        await stop.wait()
        server.should_exit = True
        await serving
    await close_api(api)


def furnish(place: World, mark: str) -> None:
    """Puts some of everything into the test store; ``mark`` tells this lot from the one before."""
    with place.client() as client:
        program = _made(
            client, PROGRAMS, {"name": f"Club {mark}", "tier_config": {"tiers": [{**GOLD, "threshold": 0}]}}
        )
        rule = _made(client, RULES, {**PER_EURO, "metadata": {"mark": mark}})
        place.add("program", program["id"])
        place.add("account", _made(client, ACCOUNTS, {"program": program["id"]})["id"])
        place.add("rule", rule["id"])
        segment = {
            "program": "prog_default",
            "name": mark,
            "conditions": [{"fact": "enrolled_days", "op": "gte", "value": 0}],
        }
        place.add("segment", _made(client, "/v1/loyalty/segments", segment)["id"])
        bonus = {"type": "bonus_points", "trigger": "payment.completed", "points": 5}
        challenge = {"type": "challenge", "trigger": "payment.completed", "count": 2, "points": 5}
        campaign = {"program": "prog_default", "name": mark, "status": "active", "mechanics": [bonus, challenge]}
        place.add("campaign", _made(client, "/v1/loyalty/campaigns", campaign)["id"])
        key = _made(client, "/v1/api-keys", {"name": mark, "kind": "restricted", "scopes": ["accounts:read"]})
        place.add("key", key["id"])
        for provider, secret in SIGNING_SECRETS.items():
            client.patch(f"/v1/connectors/{provider}", json={"enabled": True, "signing_secrets": [secret]})
            place.add("provider", provider)
        _members(place, client, mark)
        _events(place, client, mark)
        _webhooks(place, client)
        _reports(place, client)
    with place.client(place.keys["live"]) as client:
        colleague = _made(client, PEOPLE, {"email": f"{mark}@shop.test", "role": "viewer"})
        place.known["person"] = [colleague["id"]]


def _members(place: World, client: httpx2.Client, mark: str) -> None:
    for number in range(5):
        customer = f"cust_{mark}_{number}"
        account = _made(client, ACCOUNTS, {"program": "prog_default", "customer": customer})
        place.add("account", account["id"])
        place.add("transaction", _made(client, TRANSACTIONS, {"account": account["id"], "amount": 500})["id"])
        _made(client, f"{CREDIT}/issue", {"account": account["id"], "amount": 5_000, "currency": "EUR"})
    _credit(place, client, place.known["account"][-1], f"pay_credit_{mark}")
    _rewards(place, client, place.known["account"][-1])
    standalone = _made(client, ACCOUNTS, {"program": "prog_default"})
    place.add("account", standalone["id"])
    for number in range(2):
        asked = {"program": "prog_default", "referrer": standalone["id"], "reward": {"referee": {"points": 5}}}
        referral = _made(client, REFERRALS, asked)
        place.add("referral", referral["id"])
        place.add("code", referral["code"])
        if number:
            _made(client, f"{REFERRALS}/attribute", {"code": referral["code"], "customer": f"cust_{mark}_friend"})
    closed = _made(client, ACCOUNTS, {"program": "prog_default"})
    client.post(f"{ACCOUNTS}/{closed['id']}/close").raise_for_status()
    place.add("account", closed["id"])
    place.add("closed", closed["id"])


def _credit(place: World, client: httpx2.Client, account: str, payment_id: str) -> None:
    issued = {"account": account, "amount": 900, "currency": "EUR", "expires_at": "2190-01-01T00:00:00Z"}
    spent = {"account": account, "amount": 300, "currency": "EUR", "payment": payment_id}
    place.add("credit_transaction", _made(client, f"{CREDIT}/issue", issued)["id"])
    place.add("credit_transaction", _made(client, f"{CREDIT}/spend", spent)["id"])
    place.add("payment", payment_id)


def _rewards(place: World, client: httpx2.Client, account: str) -> None:
    off = {
        "program": "prog_default",
        "name": "Off",
        "cost": 5,
        "inventory": 1_000,
        "value": {"amount": 5, "currency": "EUR"},
    }
    mug = {**off, "type": "free_product", "value": {"product": "mug"}, "per_member_limit": 50}
    for body in (off, mug):
        reward = _made(client, REWARDS, body)
        place.add("reward", reward["id"])
        for _ in range(3):
            made = _made(client, REDEMPTIONS, {"account": account, "reward": reward["id"]})
            place.add("redemption", made["id"])
            place.add("item" if body is mug else "code", made["id"] if body is mug else made["discount"]["code"])


def _events(place: World, client: httpx2.Client, mark: str) -> None:
    for number in range(3):
        customer = f"cust_{mark}_{number}"
        told = {"id": customer, "email": f"{customer}@shop.test", "name": "Ada", "metadata": {"vip": True}}
        _told(client, f"evt_{mark}_c{number}", "customer.updated", told)
        place.add("customer", customer)
        client.post("/v1/events", json=payment(f"evt_{mark}_p{number}", customer, 2_000)).raise_for_status()
        place.add("received_event", f"evt_{mark}_p{number}")
        _told(client, f"evt_{mark}_i{number}", "review.written", {"rating": 5})
        place.add("ignored_event", f"evt_{mark}_i{number}")
    refund = {"id": f"ref_{mark}", "payment": f"pay_evt_{mark}_p0", "amount": 500}
    _told(client, f"evt_{mark}_r", "refund.completed", refund)
    for event in client.get("/v1/events", params={"limit": 10}).json()["data"]:
        place.add("event", event["id"])
    entries = client.get("/v1/audit-log", params={"limit": 5}).json()["data"]
    for entry in entries:
        place.add("audit_log_entry", entry["id"])


def _webhooks(place: World, client: httpx2.Client) -> None:
    """An endpoint with deliveries in place of those that are there: a store has so many."""
    for endpoint in client.get(ENDPOINTS, params={"limit": 100}).json()["data"]:
        client.delete(f"{ENDPOINTS}/{endpoint['id']}").raise_for_status()
    made = _made(client, ENDPOINTS, {"url": "https://shop.example/hooks"})["id"]
    _made(client, f"{ENDPOINTS}/{made}/replay", {"from": "2020-01-01T00:00:00Z", "to": "2190-01-01T00:00:00Z"})
    deliveries = client.get(f"{ENDPOINTS}/{made}/deliveries", params={"limit": 10}).json()["data"]
    place.known["endpoint"], place.known["delivery"] = [made], [each["id"] for each in deliveries]


def _reports(place: World, client: httpx2.Client) -> None:
    """Some whose files are there."""
    for form in ("csv", "parquet"):
        period = {"gte": "2026-01-01", "lt": "2027-01-01"}
        asked = {"type": "transactions", "program": "prog_default", "period": period, "format": form}
        made = _made(client, REPORTS, asked)["id"]
        completed(client, made)
        place.add("report", made)


def completed(client: httpx2.Client, report: str) -> None:
    """Waits until the file of a report is there."""
    for _ in range(1_000):
        if client.get(f"{REPORTS}/{report}").json()["status"] == "completed":
            return
        time.sleep(0.01)
    raise AssertionError(f"report {report} was not made")


def _told(client: httpx2.Client, event: str, kind: str, body: Json) -> None:
    content = {"id": event, "type": kind, "created_at": "2026-04-01T12:00:00Z", "data": {"object": body}}
    client.post("/v1/events", json=content).raise_for_status()


def _made(client: httpx2.Client, path: str, body: Json) -> Json:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found
