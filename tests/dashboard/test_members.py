"""Members and one member in a real browser: what support asks, and what it may do about it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import expect

from tests.dashboard.browsing import NARROW, Tab, judge
from tests.dashboard.serving import NOW, Json, Shop

pytestmark = pytest.mark.timeout(180)

SignedIn = Callable[..., Any]
PROGRAM = "prog_default"
TABS = (
    *("Activity", "Credits", "Redemptions", "Rewards", "Store credit", "Campaigns", "Referrals"),
    *("Events received", "Events sent"),
)
WRITES = ("Adjust points", "Redeem", "Pin", "Edit", "Add a member", "Issue credit")


def enrol(shop: Shop, customer: str, points: int = 0) -> Json:
    """A member of a test's own, who holds so many points."""
    member = shop.post("/loyalty/accounts", {"program": PROGRAM, "customer": customer})
    if points:
        body = {"account": member["id"], "amount": points, "reason": "goodwill_credit"}
        shop.post("/loyalty/transactions", body)
    return member


def balance(page: Any, points: str) -> None:
    """Waits until the page says so."""
    expect(page.locator(".stat", has_text="Balance").locator(".stat-value")).to_have_text(points)


def dialog(page: Any, title: str) -> Any:
    return page.get_by_role("dialog", name=title)


def choose(page: Any, item: str) -> None:
    """Something of the menu for further actions."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name=item).click()


def told(page: Any, message: str) -> None:
    """Waits for a message at the edge of the page."""
    expect(page.get_by_role("status").filter(has_text=message).first).to_be_visible()


def a_doubled_purchase(shop: Shop) -> Json:
    """A row of the year that the campaign doubled, with its member."""
    for member in shop.get("/loyalty/accounts", program=PROGRAM, tier="gold", limit=100)["data"]:
        asked = {"account": member["id"], "type": "earn", "expand[]": "account"}
        for row in shop.get("/loyalty/transactions", **asked)["data"]:
            if row["campaign"]:
                return row
    raise AssertionError("the campaign doubled nothing of the newest gold members")


def requests_of(page: Any) -> list[str]:
    """The paths that the page asks the API for from now on."""
    asked: list[str] = []
    page.on(
        "request",
        lambda request: "/v1/" in request.url and asked.append(urlsplit(request.url).path.removeprefix("/v1")),
    )
    return asked


def test_a_member_of_the_year_answers_for_every_point(signed_in: SignedIn, shop: Shop) -> None:
    row = a_doubled_purchase(shop)
    member, pounds = row["account"], row["explanation"]["base"]["amount"]
    page = signed_in("viewer", "members")
    judge(page)
    page.get_by_label("Search members", exact=True).fill(member["customer"])
    asked = requests_of(page)
    page.get_by_role("link", name=member["customer"]).click()
    page.get_by_role("heading", level=1, name=member["customer"]).wait_for()
    balance(page, f"{member['balance']:,}")
    entry = page.locator(f"#{row['id']}")
    said = re.sub(r"\s+", " ", entry.locator(".ledger-why").inner_text())
    start = (
        f"{row['amount']:,} points = £{pounds / 100:,.2f} × 1 point per £1 (rule 1 point per whole pound, version 1)"
    )
    assert said.startswith(f"{start} × 2 by campaign Double points")
    own = f"/loyalty/accounts/{member['id']}"
    of_the_frame = ("/loyalty/accounts", "/test-helpers/clock")
    assert sorted(path for path in asked if path not in of_the_frame) == [
        own,
        f"{own}/lots",
        f"{own}/tier",
        f"{own}/wallet",
        "/loyalty/transactions",
    ]
    entry.get_by_role("button", name="Details of").press("Enter")
    expect(entry.locator(".is-total")).to_contain_text(f"{row['amount']:,} points")
    expect(entry.get_by_role("link", name=row["event"])).to_be_visible()
    judge(page)


def test_who_may_only_read_is_offered_nothing_and_refused_everything(
    signed_in: SignedIn, shop: Shop, session_of: Callable[[Any], str]
) -> None:
    member = enrol(shop, "cust_viewed", 700)
    page = signed_in("viewer", f"members/{member['id']}")
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        for name in WRITES:
            expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Export their data"])
    headers = {"Cookie": session_of("viewer"), "Origin": shop.url}
    session = httpx2.get(f"{shop.url}/v1/session", headers=headers).json()
    headers |= {"X-CSRF-Token": session["csrf_token"], "Vinr-Environment": "test"}
    body = {"account": member["id"], "amount": 1}
    refused = httpx2.post(f"{shop.url}/v1/loyalty/transactions", json=body, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    assert shop.get(f"/loyalty/accounts/{member['id']}")["balance"] == 700


def test_points_are_adjusted_by_keyboard_alone(signed_in: SignedIn, shop: Shop) -> None:
    member = enrol(shop, "cust_keyboard", 100)
    page = signed_in("editor", "members")
    page.keyboard.press("/")
    page.keyboard.type("cust_keyboard")
    page.get_by_role("option", name="cust_keyboard").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/members/{member['id']}")
    balance(page, "100")
    tab_to(page, "Adjust points")
    page.keyboard.press("Enter")
    dialog(page, "Adjust points").wait_for()
    tab_to(page, "Points")
    page.keyboard.type("250")
    tab_to(page, "Reason")
    page.keyboard.type("late parcel")
    page.keyboard.press("Enter")
    balance(page, "350")
    expect(page.locator(".ledger-why").first).to_have_text("250 points given by hand (late parcel), by Edith Clarke.")
    expect(page.get_by_role("button", name="Adjust points")).to_be_focused()


def tab_to(page: Any, name: str) -> None:
    """Presses the tab key until what has this name has the focus."""
    named = "document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText"
    for _ in range(40):
        page.keyboard.press("Tab")
        if str(page.evaluate(named)).strip() == name:
            return
    raise AssertionError(f"the tab key does not reach {name!r}")


def test_what_support_does_with_points_is_shown_at_once(
    open_tab: Callable[..., Tab], session_of: Callable[[Any], str], shop: Shop
) -> None:
    member = enrol(shop, "cust_supported", 3_000)
    tab = open_tab()
    name, _, value = session_of("editor").partition("=")
    tab.context.add_cookies([{"name": name, "value": value, "url": shop.url}])
    page = tab.page
    page.goto(f"/dashboard/test/members/{member['id']}")
    balance(page, "3,000")
    _take_too_many(page)
    tab.forgive("422")
    _redeem_and_release(page, member)
    _pin(page)
    _issue_credit(page)
    _note(page)
    body = {"account": member["id"], "amount": 5, "reason": "elsewhere"}
    shop.post("/loyalty/transactions", body)
    balance(page, "2,905")  # told by the stream of events
    assert shop.get(f"/loyalty/accounts/{member['id']}")["metadata"] == {"size": "M"}


def _take_too_many(page: Any) -> None:
    page.get_by_role("button", name="Adjust points").click()
    form = dialog(page, "Adjust points")
    form.get_by_label("What to do").select_option("take")
    amount = form.get_by_label("Points", exact=True)
    amount.fill("4000")
    form.get_by_role("button", name="Take points").click()
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_role("alert")).to_contain_text("has 3000 points available; 4000 are needed")
    judge(page)
    amount.fill("100")
    form.get_by_label("Reason").fill("correction")
    form.get_by_role("button", name="Take points").click()
    balance(page, "2,900")
    told(page, "100 points taken. The balance is 2,900.")


def _redeem_and_release(page: Any, member: Json) -> None:
    page.get_by_role("button", name="Redeem", exact=True).click()
    form = dialog(page, "Redeem a reward")
    judge(page)
    form.get_by_label("£5 off").check()
    form.get_by_role("button", name="Redeem for 500 points").click()
    expect(dialog(page, "Redeemed")).to_contain_text(re.compile(r"RW-\w+"))
    dialog(page, "Redeemed").get_by_role("button", name="Done").click()
    balance(page, "2,400")
    page.get_by_role("tab", name="Redemptions").click()
    page.get_by_role("button", name="Actions for £5 off").click()
    page.get_by_role("menuitem", name="Release").click()
    form = dialog(page, "Release £5 off")
    form.get_by_label("Reason").fill("cart_abandoned")
    form.get_by_role("button", name="Release").click()
    expect(page.get_by_role("cell", name="Released")).to_contain_text("Cart abandoned")
    balance(page, "2,900")
    page.get_by_role("tab", name="Activity").click()
    returned = page.locator(".ledger-why").first
    expect(returned).to_contain_text(
        "500 points returned: £5 off was released. They are back in the 3,000 points of 10 Apr 2026"
    )


def _pin(page: Any) -> None:
    page.get_by_role("button", name="Pin", exact=True).click()
    form = dialog(page, "Pin to a tier")
    form.get_by_label("Tier", exact=True).select_option("gold")
    form.get_by_label("Reason").fill("press")
    form.get_by_role("button", name="Pin").click()
    aside = page.get_by_role("complementary", name="About the member")
    expect(aside).to_contain_text("Pinned to Gold at least, for good, press. By itself the member would be in Bronze.")
    page.get_by_role("button", name="Take the pin away").click()
    dialog(page, "Take the pin away").get_by_role("button", name="Take it away").click()
    expect(aside).to_contain_text("£500 more for Silver, at £500.")


def _issue_credit(page: Any) -> None:
    page.get_by_role("tab", name="Store credit").click()
    page.get_by_role("button", name="Issue credit").click()
    form = dialog(page, "Issue store credit")
    form.get_by_label("Amount").fill("7.50")
    form.get_by_label("Reason").fill("late_parcel")
    form.get_by_role("button", name="Issue credit").click()
    expect(page.locator(".ledger-why")).to_have_text("£7.50 issued by hand (late parcel), by Edith Clarke.")
    expect(page.locator(".stat", has_text="Store credit, GBP")).to_contain_text("£7.50")
    judge(page)


def _note(page: Any) -> None:
    page.get_by_role("button", name="Edit", exact=True).click()
    form = dialog(page, "Edit the member")
    form.get_by_role("button", name="Add").click()
    form.get_by_label("Name 1").fill("size")
    form.get_by_label("Name 1").press("Tab")
    form.get_by_label("Value 1").fill("M")
    form.get_by_label("Value 1").press("Tab")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("complementary", name="About the member")).to_contain_text("size")


def test_two_members_become_one_after_a_preview(signed_in: SignedIn, shop: Shop) -> None:
    kept, other = enrol(shop, "cust_merge_kept", 300), enrol(shop, "cust_merge_double", 120)
    page = signed_in("editor", f"members/{kept['id']}")
    choose(page, "Merge with another member")
    form = dialog(page, "Merge with another member")
    form.get_by_label("The other member").fill("cust_merge_double")
    form.get_by_role("option", name="cust_merge_double").click()
    preview = form.get_by_role("table", name="What it comes to")
    expect(preview.get_by_role("row", name="Balance")).to_have_text(re.compile(r"Balance\s*120\s*300\s*420"))
    judge(page)
    merge = form.get_by_role("button", name="Merge for good")
    expect(merge).to_be_disabled()
    form.get_by_label("Type the id of the account that is emptied").fill(other["id"])
    merge.click()
    balance(page, "420")
    assert shop.get(f"/loyalty/accounts/{other['id']}")["merged_into"] == kept["id"]
    page.goto(f"/dashboard/test/members/{other['id']}")
    page.get_by_text("Merged into another member").wait_for()
    expect(page.get_by_role("button", name="Adjust points")).to_have_count(0)
    page.get_by_role("link", name=kept["id"]).click()
    page.get_by_role("heading", level=1, name="cust_merge_kept").wait_for()


def test_a_member_is_closed_opened_handed_over_and_forgotten(signed_in: SignedIn, shop: Shop) -> None:
    member = enrol(shop, "cust_forgotten", 40)
    page = signed_in("editor", f"members/{member['id']}")
    choose(page, "Close")
    dialog(page, "Close the account").get_by_role("button", name="Close the account").click()
    page.get_by_text("The member earns and redeems nothing until").wait_for()
    choose(page, "Reopen")
    dialog(page, "Reopen the account").get_by_role("button", name="Reopen").click()
    page.get_by_role("button", name="Redeem", exact=True).wait_for()
    with page.expect_download() as saved:
        choose(page, "Export their data")
    assert saved.value.suggested_filename == f"{member['id']}.json"
    choose(page, "Erase")
    form = dialog(page, "Erase cust_forgotten")
    expect(form.get_by_role("button", name="Erase for good")).to_be_disabled()
    form.get_by_label(re.compile("to confirm")).fill(member["id"])
    form.get_by_role("button", name="Erase for good").click()
    page.get_by_role("heading", level=1, name=member["id"]).wait_for()
    balance(page, "40")
    assert shop.get(f"/loyalty/accounts/{member['id']}")["customer"] is None


def test_an_event_that_came_to_nothing_says_why(signed_in: SignedIn, shop: Shop) -> None:
    member = enrol(shop, "cust_ignored")
    body = {"customer": "cust_ignored", "answer": 42}
    event = {"id": "evt_ignored_1", "type": "survey.answered", "created_at": NOW, "data": {"object": body}}
    assert shop.post("/events", event)["status"] == "ignored"
    page = signed_in("editor", f"members/{member['id']}?tab=received&received=ignored")
    expect(page.locator(".ledger-why")).to_contain_text("The member is known, but no rule and no campaign applied.")
    page.get_by_role("button", name="Replay evt_ignored_1").click()
    told(page, "Still ignored: The member is known")
    page.get_by_role("button", name="Details of evt_ignored_1").click()
    expect(page.get_by_role("region", name="Body of evt_ignored_1")).to_contain_text('"answer": 42')


def test_adding_somebody_who_is_there_leads_to_them(
    open_tab: Callable[..., Tab], session_of: Callable[[Any], str], shop: Shop
) -> None:
    member = enrol(shop, "cust_there")
    tab = open_tab()
    name, _, value = session_of("editor").partition("=")
    tab.context.add_cookies([{"name": name, "value": value, "url": shop.url}])
    page = tab.page
    page.goto("/dashboard/test/members?q=nobody-of-this-name")
    page.get_by_text("No member matches “nobody-of-this-name” here.").wait_for()
    page.get_by_role("button", name="Add a member").click()
    form = dialog(page, "Add a member")
    form.get_by_label("Customer id").fill("cust_there")
    form.get_by_role("button", name="Add the member").click()
    form.get_by_role("link", name="Open their account").click()
    page.wait_for_url(f"**/members/{member['id']}")
    tab.forgive("409")


def test_a_member_on_a_telephone_in_the_dark(signed_in: SignedIn, shop: Shop) -> None:
    row = a_doubled_purchase(shop)
    page = signed_in("editor", "members", size=NARROW, theme="dark")
    judge(page)
    page.goto(f"/dashboard/test/members/{row['account']['id']}")
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        page.locator(".skeleton").first.wait_for(state="detached")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0], tab
        if tab in ("Activity", "Credits", "Events received"):
            judge(page)
    page.get_by_role("button", name="Adjust points").click()
    dialog(page, "Adjust points").wait_for()
    judge(page)


def test_what_expires_first_is_known_of_a_member_with_many_credits(signed_in: SignedIn, shop: Shop) -> None:
    member = enrol(shop, "cust_many")
    ends = ["2026-04-20T12:00:00Z", *["2027-01-01T12:00:00Z"] * 120]
    given = [{"account": member["id"], "amount": 10, "reason": "gift", "expires_at": end} for end in ends]
    shop.post("/loyalty/transactions/batch", {"transactions": given})
    page = signed_in("viewer", f"members/{member['id']}")
    expect(page.locator(".stat", has_text="Expiring soon")).to_contain_text("First: 10 points on 20 Apr 2026")
