"""Developers' pages: webhooks, keys, events in and out, the clock, and payments that are made up."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from tests.dashboard.browsing import NARROW, Tab, judge
from tests.dashboard.conftest import add_session, sign_in
from tests.dashboard.listening import listening
from tests.dashboard.modules import STATIC
from tests.dashboard.serving import NOW, PEOPLE, Shop, serving
from vinr_engagement.entrypoints.api.scopes import RESOURCES
from vinr_engagement.outbox import EVENT_TYPES

pytestmark = pytest.mark.timeout(180)

SignedIn = Callable[..., Any]
GUIDES = Path(__file__).parents[2] / "docs" / "guides"


def pay(shop: Shop, name: str, customer: str | None, amount: int = 5_000) -> None:
    """A payment, of nobody where no customer is named."""
    paid = {"id": f"pay_{name}", "amount": amount, "currency": "GBP", **({"customer": customer} if customer else {})}
    shop.post(
        "/events", {"id": f"evt_{name}", "type": "payment.completed", "created_at": NOW, "data": {"object": paid}}
    )


def member(shop: Shop, customer: str) -> str:
    """A new member."""
    account: str = shop.post("/loyalty/accounts", {"program": "prog_default", "customer": customer})["id"]
    return account


def secret_of(page: Any) -> str:
    """What the dialog shows once."""
    shown = page.get_by_role("dialog").locator("[data-secret]")
    secret: str = shown.inner_text()
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    return secret


def test_a_webhook_is_made_receives_and_is_told_again(signed_in: SignedIn, shop: Shop) -> None:
    member(shop, "cust_hook")
    with listening() as hook:
        page = signed_in("admin", "webhooks", theme="dark")
        page.get_by_role("button", name="Add an endpoint").click()
        page.get_by_label("URL").fill(hook.url)
        page.get_by_label("Description").fill("The till")
        page.get_by_label("All events").uncheck()
        page.get_by_label("loyalty.points.*").check()
        judge(page)
        page.get_by_role("button", name="Add the endpoint").click()
        assert secret_of(page).startswith("whsec_")
        page.get_by_role("heading", name="The till").wait_for()
        pay(shop, "hook", "cust_hook")
        delivery = page.get_by_role("button", name="loyalty.points.earned").first
        delivery.click()
        page.get_by_text("Answered 200 after").wait_for()
        expect(page.get_by_text('{"received": true}')).to_be_visible()
        expect(page.get_by_role("region", name="Request body")).to_contain_text(hook.came[0]["id"])
        judge(page)
        page.get_by_role("button", name="Send it again").click()
        expect(page.get_by_text("Answered 200 after")).to_have_count(2)
        assert [each["id"] for each in hook.came] == [hook.came[0]["id"]] * 2
        page.keyboard.press("Escape")
        change_an_endpoint(page, shop)


def change_an_endpoint(page: Any, shop: Shop) -> None:
    """Replays, rotates the secret, disables and deletes the one that is shown."""
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Replay events").click()
    page.get_by_role("button", name="Replay", exact=True).click()
    page.get_by_text("told again").wait_for()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Rotate the secret").click()
    page.get_by_role("button", name="Rotate", exact=True).click()
    assert secret_of(page).startswith("whsec_")
    expect(page.get_by_text("Old secret signs until")).to_be_visible()
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()
    expect(page.get_by_text("Somebody asked for it")).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Delete").click()
    page.route("**/v1/webhook-endpoints/*", lambda route: answer_late(route, shop))
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="Webhooks").wait_for()
    expect(page.get_by_role("link", name="The till")).to_have_count(0)


def answer_late(route: Any, shop: Shop) -> None:
    """What was deleted is not asked for again, though its page is still there when it hears that endpoints changed."""
    if route.request.method != "DELETE":
        route.fallback()
        return
    answer = route.fetch()
    other = f"/webhook-endpoints/{shop.post('/webhook-endpoints', {'url': 'https://shop.example/other'})['id']}"
    shop.call("PATCH", other, {"status": "disabled"})
    shop.call("DELETE", other)
    time.sleep(1)
    route.fulfill(response=answer)
    assert "The till" not in [each["description"] for each in shop.get("/webhook-endpoints")["data"]]


def test_a_key_is_made_used_and_revoked(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("admin", "keys", theme="dark")
    page.get_by_role("button", name="Create a key").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Till")
    form.get_by_label("Accounts").select_option("")
    form.get_by_label("Programs").select_option("read")
    judge(page)
    form.get_by_role("button", name="Create the key").click()
    secret = secret_of(page)
    expect(page.get_by_role("row", name="Till")).to_contain_text(f"rk_test_…{secret[-4:]}")
    for path, status in (("/loyalty/programs", 200), ("/loyalty/accounts", 403)):
        assert httpx2.get(f"{shop.url}/v1{path}", headers={"X-Api-Key": secret}).status_code == status
    page.get_by_role("button", name="Revoke Till").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name="Till")).to_contain_text("Revoked")
    assert httpx2.get(f"{shop.url}/v1/loyalty/programs", headers={"X-Api-Key": secret}).status_code == 401


def test_a_simulated_payment_says_why_and_why_not(signed_in: SignedIn, shop: Shop) -> None:
    account = member(shop, "cust_simulate")
    condition = {"fact": "event.metadata.channel", "op": "eq", "value": "app"}
    rule = {
        "program": "prog_default",
        "name": "In the app",
        "trigger": "payment.completed",
        "award": {"type": "fixed", "points": 77},
        "conditions": {"match": "all", "conditions": [condition]},
    }
    made = shop.post("/loyalty/earning-rules", rule)
    page = signed_in("editor", "simulate", theme="dark")
    page.locator("[name='data.object.customer']").fill("cust_simulate")
    page.get_by_role("listbox").get_by_role("option", name="cust_simulate").click()
    page.get_by_label("Amount").first.fill("12.50")
    page.get_by_label("Channel").fill("web")
    expect(page.get_by_role("region", name="The request for a shell")).to_contain_text('"customer": "cust_simulate"')
    page.get_by_role("button", name="Send the event").click()
    expect(page.locator(".outcome-headline")).to_contain_text("+12 points")
    looked_at = page.get_by_role("list", name="Rules and campaigns that were looked at")
    expect(looked_at).to_contain_text("event.metadata.channel must be “app”; it was “web”.")
    page.mouse.move(0, 0)
    expect(page.get_by_role("button", name="Send the event")).not_to_have_attribute("aria-busy", "true")
    judge(page)
    page.get_by_label("Channel").fill("app")
    page.get_by_role("button", name="Send the event").click()
    expect(page.locator(".outcome-headline")).to_contain_text("+89 points")
    shop.call("PATCH", f"/loyalty/earning-rules/{made['id']}", {"active": False})
    page.get_by_label("What happens").select_option("refund.completed")
    page.get_by_label("Amount of this refund").fill("12.50")
    page.get_by_role("button", name="Send the event").click()
    expect(page.locator(".outcome-headline")).to_contain_text("-89 points")
    page.get_by_role("link", name="cust_simulate").click()
    page.wait_for_url(f"**/members/{account}")


def test_an_ignored_event_is_found_and_replayed(signed_in: SignedIn, shop: Shop) -> None:
    member(shop, "cust_replay")
    pay(shop, "of/nobody", None)
    page = signed_in("editor", "received?status=ignored", theme="dark")
    row = page.get_by_role("row", name="evt_of/nobody")
    expect(row).to_contain_text("It names nobody")
    judge(page)
    row.get_by_role("link").click()
    page.get_by_role("region", name="As it was sent").wait_for()
    page.get_by_role("button", name="Replay").click()
    page.get_by_role("dialog").get_by_role("combobox").fill("cust_replay")
    page.get_by_role("listbox").get_by_role("option", name="cust_replay").click()
    page.get_by_role("dialog").get_by_role("button", name="Replay").click()
    page.get_by_text("What came of the replay").wait_for()
    expect(page.locator(".outcome-headline").first).to_contain_text("+50 points")
    judge(page)


def test_events_are_found_and_read(signed_in: SignedIn, shop: Shop) -> None:
    account = member(shop, "cust_events")
    pay(shop, "events", "cust_events")
    page = signed_in("viewer", "events", theme="dark")
    page.get_by_role("combobox", name="Type").select_option("loyalty.points.*")
    page.get_by_role("textbox", name="Member, campaign or endpoint").fill(account)
    row = page.get_by_role("table", name="Events").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("cust_events earned 50 points")
    judge(page)
    row.locator("a").first.click()
    page.get_by_role("heading", level=1, name="loyalty.points.earned").wait_for()
    event = shop.get("/events", account=account, type="loyalty.points.earned")["data"][0]
    assert json.loads(page.get_by_role("region", name="Event").inner_text()) == event
    judge(page)


def test_a_connector_is_set_up(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("admin", "connectors", theme="dark")
    stripe = page.locator(".card", has=page.get_by_role("heading", name="Stripe"))
    expect(stripe).to_contain_text(f"{shop.url}/v1/connectors/stripe")
    stripe.get_by_role("button", name="Set up").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Take its messages in").check()
    form.get_by_label("Signing secrets").fill("whsec_5257a869e7ecebeda32affa62cdca3fa")
    judge(page)
    form.get_by_role("button", name="Save").click()
    expect(stripe).to_contain_text("Enabled")
    expect(stripe).to_contain_text("…a3fa")
    assert shop.get("/connectors/stripe")["enabled"]
    shop.call("PATCH", "/connectors/stripe", {"enabled": False})


@pytest.fixture(scope="module")
def new_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server of its own, with nothing in it, whose clock may be moved."""
    with serving(tmp_path_factory.mktemp("new"), empty=True) as running:
        yield running


def test_time_is_moved_and_brings_what_it_brings(new_shop: Shop, browser: Any) -> None:
    account = member(new_shop, "cust_clock")
    new_shop.post("/loyalty/transactions", {"account": account, "amount": 70, "reason": "goodwill"})
    new_shop.call("PATCH", "/loyalty/programs/prog_default", {"currency": {"expiry_months": 1}})
    new_shop.post("/loyalty/transactions", {"account": account, "amount": 30, "reason": "goodwill"})
    tab = Tab(browser, new_shop.url, theme="dark")
    add_session(tab, new_shop, sign_in(new_shop.url, PEOPLE["editor"][0]))
    page = tab.page
    page.goto("/dashboard/test/clock")
    expect(page.get_by_text("Follows real time")).to_be_visible()
    judge(page)
    page.get_by_role("button", name="+ 1 month").click()
    page.get_by_role("button", name="+ 1 day").click()
    expect(page.get_by_text("Stands still")).to_be_visible()
    expect(page.get_by_role("list", name="Latest events")).to_contain_text("cust_clock lost 30 points")
    page.get_by_role("button", name="Rejoin real time").click()
    expect(page.get_by_role("alert")).to_contain_text("ahead of real time")
    tab.forgive("422")
    tab.close()
    assert new_shop.get(f"/loyalty/accounts/{account}")["balance"] == 70


def test_a_viewer_is_shown_no_action_and_gets_none(
    signed_in: SignedIn, shop: Shop, session_of: Callable[..., str]
) -> None:
    for path, action in (("keys", "Create a key"), ("webhooks", "Add an endpoint"), ("simulate", "Send the event")):
        page = signed_in("viewer", path)
        page.locator(".notice, .table, .empty").first.wait_for()
        assert page.get_by_role("button", name=action).count() == 0
    headers = {"Cookie": session_of("viewer"), "Origin": shop.url}
    headers["X-CSRF-Token"] = httpx2.get(f"{shop.url}/v1/session", headers=headers).json()["csrf_token"]
    for path in ("/api-keys", "/webhook-endpoints", "/events", "/test-helpers/clock"):
        answer = httpx2.post(f"{shop.url}/v1{path}", json={}, headers=headers)
        assert (path, answer.status_code) == (path, 403)


BY_DAY = ("", "finance", "finance?view=cohorts", "finance?view=credit", "simulate", "webhooks", "keys", "people")


def test_pages_serve_everybody_on_a_telephone_by_day(signed_in: SignedIn) -> None:
    page = signed_in("admin", size=NARROW)
    for path in BY_DAY:
        page.goto(f"/dashboard/test/{path}")
        page.get_by_role("heading", level=1).wait_for()
        expect(page.locator(".skeleton")).to_have_count(0)
        judge(page)


def written(module: str, name: str) -> str:
    """What stands between the brackets of a constant."""
    found = re.search(rf"{name} = [{{\[](.*?)^[}}\]];", (STATIC / module).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, f"{module} has no {name}"
    return found[1]


def keys_of(module: str, name: str) -> set[str]:
    """The names in a constant."""
    return set(re.findall(r'^  "?([\w.]+)"?:', written(module, name), re.MULTILINE))


def test_what_can_be_chosen_is_what_there_is() -> None:
    families = re.findall(r'"?([\w.]+)"?: \[(.*?)\]', written("pages/developers/event_types.js", "FAMILIES"))
    assert {f"{family}.{name}" for family, names in families for name in re.findall(r"\w+", names)} == EVENT_TYPES
    assert tuple(re.findall(r'"(\w+)"', written("pages/developers/scopes.js", "RESOURCES"))) == RESOURCES


def test_there_are_words_for_everything() -> None:
    assert keys_of("pages/overview/sentence.js", "SENTENCES") == EVENT_TYPES
    events = (GUIDES / "events.md").read_text("utf-8")
    assert keys_of("lib/reasons.js", "OF_EVENTS") == set(re.findall(r"\| `(?:ignored|deferred)` \| `(\w+)`", events))
    reasons: set[str] = set()
    for guide in ("earning-rules.md", "campaigns.md"):
        text = (GUIDES / guide).read_text("utf-8")
        table = next(
            block for block in text.split("\n\n") if block.startswith("| reason |") and "`not_started`" in block
        )
        reasons |= set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert keys_of("lib/reasons.js", "OF_RULES") == reasons
