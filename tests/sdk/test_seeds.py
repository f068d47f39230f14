"""The pages that the product was asked for with: every sample runs as written, and does what the page says, on both engines.

Prepared outside are the address, the key, and the ids that the pages abbreviate.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.sdk.node import Project, new_project, run
from tests.sdk.seeds.reading import samples
from tests.served import Served, served

Json = dict[str, Any]

(OVERVIEW,) = samples("how-engagement-works")
ENROL, RESOLVE, LEDGER, CURL, CLOSE, MERGE = samples("loyalty-accounts")
CLIENT = "\n".join(ENROL.splitlines()[:2]) + "\n\n"
"""How the page makes its client; its further samples take that as read."""
KIND = "'earn' | 'redeem' | 'expire' | 'adjust' | 'reverse'"
# What follows a sample: what became of it is handed on, and its values have types, not just any.
MODULES = {
    "overview": CLIENT + OVERVIEW + "\nconst id: string = member.id;\nhandOn({ member });",
    "enrol": ENROL + "\nconst id: string = member.id, balance: number = member.balance;\nhandOn({ member });",
    "resolve": CLIENT + RESOLVE + "\nconst id: string = member.id;\nhandOn({ member });",
    "ledger": CLIENT
    + LEDGER
    + f"\nconst kinds: ({KIND})[] = ledger.data.map((ptx) => ptx.type);\nhandOn({{ kinds }});",
    "close": CLIENT + CLOSE,
    "merge": CLIENT + MERGE + "\nconst points: number = survivor.lifetime_points;\nhandOn({ survivor });",
}
UNTYPED = {
    "member": "// @ts-expect-error\nmember.nonsense;",
    "ptx": "// @ts-expect-error\nledger.data[0]?.type === 'spend';",
}
RUNNER = """\
let handedOn;
globalThis.handOn = (given) => { handedOn = given; };
try {
  await import(process.argv[2]);
  console.log(JSON.stringify({ handedOn }));
} catch ({ name, code, status, resource }) {
  console.log(JSON.stringify({ error: { name, code, status, resource } }));
}
"""
DEFAULT = "prog_default"
ACCOUNTS, TRANSACTIONS, RULES = (f"/v1/loyalty/{name}" for name in ("accounts", "transactions", "earning-rules"))


@dataclass
class Ran:
    """What a sample printed, line by line, and what became of it."""

    printed: list[str]
    result: Json


@dataclass
class Shop:
    """A server with an empty test store, and the samples, compiled."""

    server: Served
    project: Project
    client: httpx2.AsyncClient

    async def sample(self, name: str, **ids: str) -> Ran:
        """Runs a sample; ids stand in for the page's abbreviated ones."""
        text = _with_ids((self.project.folder / f"{name}.mjs").read_text("utf-8"), ids)
        (self.project.folder / "running.mjs").write_text(text, encoding="utf-8")
        environment = {"VINR_API_BASE": self.server.url, "VINR_SECRET_KEY": self.server.key}
        told = await asyncio.to_thread(self.project.node, "runner.js", "./running.mjs", **environment)
        *printed, last = told.splitlines()
        return Ran(printed, json.loads(last))

    async def post(self, path: str, body: Json | None = None) -> Json:
        return _answered(await self.client.post(path, json=body))

    async def get(self, path: str, **params: str) -> Json:
        return _answered(await self.client.get(path, params=params))

    async def enrol(self, customer: str | None = None) -> str:
        return str((await self.post(ACCOUNTS, {"program": DEFAULT, "customer": customer}))["id"])

    async def adjust(self, account: str, amount: int, **more: str) -> None:
        await self.post(TRANSACTIONS, {"account": account, "amount": amount, **more})

    async def rule(self, trigger: str, **award: Any) -> str:
        return str((await self.post(RULES, {"program": DEFAULT, "trigger": trigger, "award": award}))["id"])

    async def update_program(self, **changes: Any) -> None:
        _answered(await self.client.patch(f"/v1/loyalty/programs/{DEFAULT}", json=changes))

    async def tell(self, kind: str, when: str = "2026-04-01T12:00:00Z", **about: Any) -> Json:
        """The first outcome of an event."""
        event = {"id": f"evt_{kind}_{about['id']}", "type": kind, "created_at": when, "data": {"object": about}}
        return await self.post("/v1/events", event)


def _with_ids(text: str, ids: dict[str, str]) -> str:
    for name, identifier in ids.items():
        assert f"{name}..." in text or name in text
        text = text.replace(f"{name}...", identifier).replace(f"'{name}'", f"'{identifier}'")
    return text


def _answered(answer: httpx2.Response) -> Json:
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@pytest.fixture(scope="module")
def compiled(typescript_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Every sample, type-checked and compiled."""
    project = new_project(tmp_path_factory.mktemp("seeds"), typescript_package)
    ambient = project.folder / "hand.d.ts"
    ambient.write_text("declare function handOn(given: object): void;\n", encoding="utf-8")
    (project.folder / "runner.js").write_text(RUNNER, encoding="utf-8")
    checks = {
        "untyped_member": f"{CLIENT}{OVERVIEW}\n" + UNTYPED["member"],
        "untyped_ptx": f"{CLIENT}{LEDGER}\n" + UNTYPED["ptx"],
    }
    project.compile(**MODULES, **checks)
    return project


@pytest.fixture
async def shop(database_url: str, compiled: Project) -> AsyncIterator[Shop]:
    """A shop with nothing in it but what a fresh install has: a program, and a rule of one point for each pound."""
    async with served(database_url) as server:
        headers = {"X-Api-Key": server.key}
        async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
            yield Shop(server, compiled, client)


pytestmark = pytest.mark.anyio


async def test_a_member_is_enrolled_and_linked_to_a_customer(shop: Shop) -> None:
    member = (await shop.sample("overview")).result["handedOn"]["member"]
    assert member["id"].startswith("loy_")
    assert (member["program"], member["customer"], member["status"]) == (DEFAULT, "cust_abc123", "active")


async def test_a_new_member_has_nothing_and_a_second_enrolment_names_the_first(shop: Shop) -> None:
    first = await shop.sample("enrol")
    member = first.result["handedOn"]["member"]
    assert first.printed == [f"{member['id']} 0"]
    assert member["metadata"] == {"signup_channel": "web"}

    again = await shop.sample("enrol")
    assert again.result["error"] == {
        "name": "ConflictError",
        "code": "account_already_exists",
        "status": 409,
        "resource": member["id"],
    }
    assert again.printed == []


async def test_a_welcome_bonus_is_there_on_the_next_read(shop: Shop) -> None:
    await shop.rule("loyalty.account.created", type="fixed", points=250)
    member = (await shop.sample("enrol")).result["handedOn"]["member"]
    read = await shop.sample("ledger", loy_7Qk=member["id"])
    assert read.printed[0] == "250 250"
    assert read.result["handedOn"]["kinds"] == ["earn"]


async def test_resolving_before_creating_enrols_once(shop: Shop) -> None:
    created = (await shop.sample("resolve")).result["handedOn"]["member"]
    resolved = (await shop.sample("resolve")).result["handedOn"]["member"]
    assert resolved == created
    listed = await shop.get(ACCOUNTS, status="all")
    assert [each["id"] for each in listed["data"]] == [created["id"]]


async def test_the_ledger_shows_how_a_balance_moved_with_all_five_types(shop: Shop) -> None:
    account = await shop.enrol("cust_abc123")
    await _history_of_all_types(shop, account)
    read = await shop.sample("ledger", loy_7Qk=account)
    balances, *rows = read.printed
    assert balances == "0 150"
    assert read.result["handedOn"]["kinds"] == ["reverse", "expire", "redeem", "adjust", "earn"]
    written = [row.split() for row in rows]
    assert all(identifier.startswith("ptx_") for identifier, *_ in written)
    assert [row[1:3] for row in written] == [
        ["reverse", "-100"],
        ["expire", "-20"],
        ["redeem", "-30"],
        ["adjust", "50"],
        ["earn", "100"],
    ]
    assert written[3][3] == "goodwill_credit"
    ledger = await shop.get(TRANSACTIONS, account=account)
    origins = [row["source"]["type"] for row in ledger["data"]]
    assert origins == ["payment", "expiry", "redemption", "adjustment", "payment"]


async def _history_of_all_types(shop: Shop, account: str) -> None:
    await shop.post("/v1/test-helpers/clock", {"now": "2100-01-01T00:00:00Z"})
    paid = {"id": "pay_1", "amount": 10_000, "currency": "GBP", "customer": "cust_abc123"}
    await shop.tell("payment.completed", "2100-01-01T00:00:00Z", **paid)
    await shop.adjust(account, 50, reason="goodwill_credit", expires_at="2100-02-01T00:00:00Z")
    mug = {"program": DEFAULT, "name": "Mug", "type": "free_product", "cost": 30, "value": {"product": "mug"}}
    reward = await shop.post("/v1/loyalty/rewards", mug)
    await shop.post("/v1/loyalty/redemptions", {"account": account, "reward": reward["id"]})
    await shop.post("/v1/test-helpers/clock/advance", {"to": "2100-03-01T00:00:00Z"})
    await shop.tell("payment.refunded", "2100-03-01T00:00:00Z", **paid, amount_refunded=10_000)


async def test_goodwill_is_posted_as_an_adjustment(shop: Shop) -> None:
    account = await shop.enrol()
    command = _with_ids(CURL, {"loy_7Qk": account}).replace("https://api.vinr.com", shop.server.url)
    environment = {"VINR_SECRET_KEY": shop.server.key}
    told = await asyncio.to_thread(run, "sh", "-c", command, folder=shop.project.folder, environment=environment)
    row = json.loads(told)
    assert (row["type"], row["amount"], row["reason"]) == ("adjust", 500, "goodwill_credit")
    assert row["source"]["type"] == "adjustment"
    assert (await shop.get(f"{ACCOUNTS}/{account}"))["balance"] == 500


async def test_closing_keeps_the_ledger_and_can_be_taken_back(shop: Shop) -> None:
    account = await shop.enrol("cust_abc123")
    await shop.adjust(account, 70)
    before = await shop.get(TRANSACTIONS, account=account)
    await shop.sample("close", loy_7Qk=account)
    closed = await shop.get(f"{ACCOUNTS}/{account}")
    assert (closed["status"], closed["balance"]) == ("closed", 70)
    assert await shop.get(TRANSACTIONS, account=account) == before
    assert (await shop.post(f"{ACCOUNTS}/{account}/reopen"))["status"] == "active"


async def test_merging_combines_both_into_one_survivor(shop: Shop) -> None:
    source, target = await shop.enrol("cust_old"), await shop.enrol("cust_abc123")
    await shop.adjust(source, 40)
    await shop.adjust(target, 500)
    survivor = (await shop.sample("merge", loy_dupOld=source, loy_7Qk=target)).result["handedOn"]["survivor"]
    assert (survivor["id"], survivor["balance"], survivor["lifetime_points"]) == (target, 540, 540)

    emptied = await shop.get(f"{ACCOUNTS}/{source}")
    assert (emptied["status"], emptied["merged_into"]) == ("merged", target)
    assert (emptied["balance"], emptied["lifetime_points"]) == (0, 0)
    rows = (await shop.get(TRANSACTIONS, account=target))["data"]
    assert [(row["account"], row["original_account"], row["amount"]) for row in rows] == [
        (target, target, 500),
        (target, source, 40),
    ]
    (event,) = (await shop.get("/v1/events", type="loyalty.account.merged", account=target))["data"]
    assert event["data"]["object"]["id"] == target
    assert event["data"]["object"]["merged_from"] == source


async def test_with_auto_enrolment_a_member_exists_from_the_first_point_on(shop: Shop) -> None:
    paid = {"amount": 5_000, "currency": "GBP"}
    await shop.update_program(auto_enroll=False)
    await shop.tell("payment.completed", id="pay_1", **paid, customer="cust_abc123")
    await shop.update_program(auto_enroll=True)
    await shop.tell("payment.completed", id="pay_guest", **paid)
    assert (await shop.get(ACCOUNTS))["data"] == []
    await shop.tell("payment.completed", id="pay_2", **paid, customer="cust_abc123")
    (member,) = (await shop.get(ACCOUNTS))["data"]
    assert (member["customer"], member["balance"]) == ("cust_abc123", 50)


async def test_from_purchase_to_points_to_reward_and_back(shop: Shop) -> None:
    (rule,) = (await shop.get(RULES))["data"]
    account = (await shop.sample("overview")).result["handedOn"]["member"]["id"]
    paid = {"id": "pay_1", "amount": 2_000, "currency": "GBP", "customer": "cust_abc123"}
    await shop.tell("payment.completed", **paid)
    (earned,) = (await shop.get("/v1/events", type="loyalty.points.earned"))["data"]
    assert (earned["data"]["object"]["amount"], earned["data"]["object"]["rule"]) == (20, rule["id"])

    value = {"amount": 500, "currency": "EUR"}
    reward = await shop.post("/v1/loyalty/rewards", {"program": DEFAULT, "name": "5 off", "cost": 15, "value": value})
    redeemed = await shop.post("/v1/loyalty/redemptions", {"account": account, "reward": reward["id"]})
    assert (redeemed["discount"]["amount"], redeemed["discount"]["currency"]) == (500, "EUR")
    member = await shop.get(f"{ACCOUNTS}/{account}")
    assert (member["balance"], member["lifetime_points"]) == (5, 20)

    await shop.tell("payment.refunded", **paid, amount_refunded=2_000)
    member = await shop.get(f"{ACCOUNTS}/{account}")
    assert (member["balance"], member["lifetime_points"]) == (-15, 20)


async def test_each_trigger_of_the_page_awards(shop: Shop) -> None:
    await shop.rule("loyalty.account.created", type="fixed", points=1)
    account = await shop.enrol("cust_abc123")
    await shop.rule("subscription.created", type="fixed", points=10)
    await shop.tell("subscription.created", id="sub_1", customer="cust_abc123")
    converted = {"program": DEFAULT, "trigger": "referral.converted", "award": {"type": "fixed", "points": 100}}
    await shop.post(RULES, {**converted, "recipient": "both"})
    friend = await shop.enrol("cust_friend")
    referral = await shop.post("/v1/loyalty/referrals", {"program": DEFAULT, "referrer": account, "reward": {}})
    await shop.post("/v1/loyalty/referrals/attribute", {"code": referral["code"], "referee": friend})
    await shop.rule("payment.completed", type="per_currency", rates={"GBP": 5})
    when = (await shop.get(f"{ACCOUNTS}/{friend}"))["created_at"]
    await shop.tell("payment.completed", when, id="pay_1", amount=20_000, currency="GBP", customer="cust_friend")
    assert (await shop.get(f"{ACCOUNTS}/{account}"))["balance"] == 1 + 10 + 100
    assert (await shop.get(f"{ACCOUNTS}/{friend}"))["balance"] == 1 + 100 + 1_000 + 200  # which the first rule gives
