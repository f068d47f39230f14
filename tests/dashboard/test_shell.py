"""The frame around every page, in a real browser: coming in, finding the way, and what happens when something fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from scripts.visiting import wait_until_shown
from tests.dashboard.browsing import NARROW, WIDE, Tab, judge
from tests.dashboard.conftest import add_session, sign_in
from tests.dashboard.serving import PASSWORD, PEOPLE, Shop, serving

pytestmark = pytest.mark.timeout(180)

SignedIn = Callable[..., Any]
FIRST_VIEW_BYTES = 150 * 1024
GROUND = "getComputedStyle(document.body).backgroundColor"


def fill_in(page: Any, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def heading(page: Any, name: str) -> Any:
    return page.get_by_role("heading", level=1, name=name)


def test_signing_in_leads_to_where_one_wanted_to_go(page: Any) -> None:
    page.goto("/dashboard/test/_components?period=7d")
    judge(page)
    fill_in(page, PEOPLE["viewer"][0].upper(), PASSWORD)
    heading(page, "Components").wait_for()
    assert page.url.endswith("/dashboard/test/_components?period=7d")
    page.get_by_role("button", name="You: Vera Rubin").click()
    page.get_by_role("menuitem", name="Sign out").click()
    heading(page, "Sign in").wait_for()
    page.reload()
    heading(page, "Sign in").wait_for()


def test_a_wrong_password_says_so_and_nothing_more(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.page.goto("/dashboard")
    fill_in(tab.page, "nobody@shop.example", "wrong")
    told = tab.page.get_by_role("alert").inner_text()
    assert "password" in told.lower()
    assert "nobody@shop.example" not in told
    expect(tab.page.get_by_label("Email")).to_have_value("nobody@shop.example")


def test_a_session_that_ends_is_gone_on_with(
    signed_in: SignedIn, open_tab: Callable[..., Tab], shop: Shop, browser: Any
) -> None:
    tab = open_tab()
    tab.page.goto("/dashboard/test/_components")
    fill_in(tab.page, PEOPLE["viewer"][0], PASSWORD)
    heading(tab.page, "Components").wait_for()
    tab.context.clear_cookies()
    tab.page.get_by_role("link", name="Overview").first.click()
    tab.page.get_by_text("Your session has ended").wait_for()
    fill_in(tab.page, PEOPLE["viewer"][0], PASSWORD)
    tab.page.get_by_role("navigation", name="Dashboard").wait_for()
    assert tab.page.url.endswith("/dashboard/test")
    tab.forgive("401")


def test_the_address_alone_goes_to_the_store_that_was_looked_at_last(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components", environment="live")
    page.goto("/dashboard/_components")
    heading(page, "Components").wait_for()
    assert page.url.endswith("/dashboard/live/_components")


def test_what_nobody_finds_is_told(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "nothing/here")
    heading(page, "There is no such page").wait_for()
    page.get_by_role("link", name="Go to the overview").click()
    page.wait_for_url("**/dashboard/test")


def test_test_and_live_look_different(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    expect(page.get_by_text("Test data")).to_be_visible()
    assert page.title() == "Components · Test · VINR Engagement"
    page.get_by_role("navigation", name="Store").get_by_role("link", name="Live").click()
    page.wait_for_url("**/dashboard/live/_components")
    expect(page.get_by_text("Test data")).not_to_be_visible()
    expect(page.get_by_role("link", name="Test clock")).to_have_count(0)
    expect(page).to_have_title("Components · VINR Engagement")


def test_the_clock_that_stands_is_shown(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    expect(page.locator(".frozen")).to_contain_text("10 Apr 2026, 13:00")


def test_a_role_sees_what_it_may(signed_in: SignedIn) -> None:
    viewer = signed_in("viewer", "_components")
    assert viewer.get_by_role("link", name="Simulate a payment").count() == 0
    admin = signed_in("admin", "_components")
    for name in ("API keys", "Webhooks", "Team", "Audit log", "Simulate a payment"):
        expect(admin.get_by_role("link", name=name)).to_be_visible()


def test_the_search_by_keyboard(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    page.keyboard.press("/")
    search = page.get_by_role("combobox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("camp")
    found = page.get_by_role("option", name="Campaigns")
    found.wait_for()
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("components-of-nobody")
    page.get_by_text("Nobody and nothing of this name").wait_for()


def test_the_search_finds_members(signed_in: SignedIn, shop: Shop) -> None:
    member = shop.get("/loyalty/accounts", limit=1)["data"][0]
    page = signed_in("viewer", "_components")
    page.keyboard.press("/")
    page.keyboard.type(member["customer"])
    option = page.get_by_role("option").first
    expect(option).to_contain_text(member["customer"])
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/dashboard/test/members/{member['id']}")


def test_the_heading_takes_the_focus_after_navigation(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "nothing/here")
    page.get_by_role("link", name="Go to the overview").press("Enter")
    expect(heading(page, "Overview")).to_be_focused()
    page.go_back()
    expect(heading(page, "There is no such page")).to_be_focused()


def test_to_the_content_at_once(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading(page, "Components")).to_be_focused()


def test_the_drawer_of_a_telephone(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components", size=NARROW)
    side = page.get_by_role("navigation", name="Dashboard")
    expect(side).not_to_be_visible()
    opener = page.get_by_role("button", name="Navigation")
    opener.press("Enter")
    expect(side).to_be_visible()
    page.keyboard.press("Escape")
    expect(side).not_to_be_visible()
    expect(opener).to_be_focused()
    opener.click()
    side.get_by_role("link", name="Overview").click()
    page.wait_for_url("**/dashboard/test")
    expect(side).not_to_be_visible()


def test_the_theme_is_remembered(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components", theme="light")
    light = page.evaluate(GROUND)
    page.get_by_role("button", name="You: Vera Rubin").press("Enter")
    page.get_by_role("menuitemradio", name="Dark").press("Enter")
    dark = page.evaluate(GROUND)
    assert dark != light
    page.reload()
    heading(page, "Components").wait_for()
    assert page.evaluate(GROUND) == dark


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_components_serve_everybody(signed_in: SignedIn, size: tuple[int, int], theme: str) -> None:
    page = signed_in("viewer", "_components", size=size, theme=theme)
    page.locator(".chart canvas").first.wait_for()
    for tab in ("Pieces", "Forms", "States"):
        page.get_by_role("tab", name=tab).click()
        judge(page)


def test_a_chart_tells_its_values_by_keyboard(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    page.locator(".chart canvas").first.wait_for()
    chart = page.get_by_role("group", name="Points by day. Arrow keys")
    chart.focus()
    page.keyboard.press("End")
    expect(chart.get_by_role("status")).to_contain_text("30 Mar 2026")
    page.keyboard.press("ArrowLeft")
    expect(chart.get_by_role("status")).to_contain_text("29 Mar 2026")
    page.keyboard.press("Escape")
    expect(chart.get_by_role("status")).to_have_count(0)
    words = page.get_by_role("table", name="Points by day", exact=True)
    assert words.get_by_role("row").count() == 31


def test_menus_by_keyboard(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    button = page.get_by_role("button", name="Period: Last 30 days")
    button.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="Last 30 days")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Choose days")
    dialog.get_by_label("First day").fill("2026-01-01")
    dialog.get_by_label("Last day").fill("2026-01-31")
    dialog.get_by_role("button", name="Apply").click()
    page.wait_for_url("**period=2026-01-01..2026-01-31")
    expect(page.get_by_role("button", name="Period: 1 Jan 2026 – 31 Jan 2026")).to_be_visible()


def test_a_dialog_keeps_the_focus_and_gives_it_back(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    page.get_by_role("tab", name="Forms").click()
    opener = page.get_by_role("button", name="Save")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Erase this member?")
    expect(dialog).to_be_visible()
    erase = dialog.get_by_role("button", name="Erase")
    expect(erase).to_be_disabled()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
        )
    dialog.get_by_label("Type cust_1 to confirm").fill("cust_1")
    expect(erase).to_be_enabled()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_form_marks_what_the_api_names(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "_components")
    page.get_by_role("tab", name="Forms").click()
    cost = page.get_by_label("Cost")
    expect(cost).to_have_attribute("aria-invalid", "true")
    expect(cost).to_be_focused()
    described = cost.get_attribute("aria-describedby")
    assert described is not None
    assert "must be at least 1" in page.locator(f"#{described.replace(':', chr(92) + ':')}").inner_text()


def test_the_stream_goes_on_from_where_it_broke_off(
    open_tab: Callable[..., Tab], session_of: Callable[[str], str], shop: Shop
) -> None:
    """The first stream ends at once, at a place before something happens; the next one tells of it, for it goes on from there."""
    account = shop.get("/loyalty/accounts", limit=1)["data"][0]["id"]
    broken = f"id: {stream_place(shop)}\nretry: 1000\n\n"
    shop.post("/loyalty/transactions", {"account": account, "amount": 7_654, "reason": "while nobody listened"})
    asked: list[str | None] = []

    def answer(route: Any) -> None:
        asked.append(route.request.headers.get("last-event-id"))
        if len(asked) == 1:
            route.fulfill(status=200, headers={"content-type": "text/event-stream"}, body=broken)
        else:
            route.continue_()

    tab = open_tab()
    add_session(tab, shop, session_of("viewer"))
    tab.page.route("**/v1/events/stream", answer)
    tab.page.goto("/dashboard/test/_components")
    heard = tab.page.locator(".stream")
    expect(heard).to_have_text("Offline")
    expect(heard).to_have_text("Connected")
    assert asked[:2] == [None, broken.partition("\n")[0].removeprefix("id: ")]


def stream_place(shop: Shop) -> str:
    """The place behind the last event."""
    with httpx2.stream("GET", f"{shop.url}/v1/events/stream", headers={"X-Api-Key": shop.keys["test"]}) as answer:
        line = next(line for line in answer.iter_lines() if line.startswith("id: "))
    return line.removeprefix("id: ")


def test_what_happens_is_seen_at_once(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("viewer")
    expect(page.locator(".stream")).to_have_text("Connected")
    account = shop.get("/loyalty/accounts", limit=1)["data"][0]["id"]
    shop.post("/loyalty/transactions", {"account": account, "amount": 8_765, "reason": "seen at once"})
    expect(page.get_by_text("8,765").first).to_be_visible()


def test_the_first_view_is_light_in_a_browser(tmp_path: Path, browser: Any) -> None:
    """Everything counts, headers and figures too; of the year as it was played: what other tests do makes more to tell."""
    with serving(tmp_path) as untouched:
        tab = Tab(browser, untouched.url)
        add_session(tab, untouched, sign_in(untouched.url, PEOPLE["viewer"][0]))
        sizes: list[float] = []
        client = tab.page.context.new_cdp_session(tab.page)
        client.send("Network.enable")
        client.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        tab.page.goto("/dashboard/test")
        tab.page.locator(".chart canvas").first.wait_for()
        wait_until_shown(tab.page)
        tab.close()
    assert len(sizes) > 20
    assert sum(sizes) < FIRST_VIEW_BYTES


def test_a_server_that_is_not_reached_is_asked_again(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.page.route("**/v1/session", lambda route: route.abort("connectionrefused"))
    tab.page.goto("/dashboard")
    expect(tab.page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    tab.page.unroute("**/v1/session")
    tab.page.get_by_role("button", name="Try again").click()
    heading(tab.page, "Sign in").wait_for()
    tab.forgive("ERR_CONNECTION_REFUSED")


def test_where_nobody_can_sign_in_yet_one_is_told_how_that_is_changed(open_tab: Callable[..., Tab]) -> None:
    error = {"code": "people_missing", "message": "Nobody can sign in yet.", "request_id": "req_1"}
    tab = open_tab(size=NARROW)
    tab.page.route("**/v1/session", lambda route: route.fulfill(status=401, json={"error": error}))
    tab.page.goto("/dashboard")
    heading(tab.page, "Nobody can sign in yet").wait_for()
    expect(tab.page.get_by_text("vinr people add")).to_be_visible()
    judge(tab.page)
