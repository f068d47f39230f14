"""The pages of the program in a real browser: rules, campaigns, segments, tiers, rewards, referrals, and who may change them."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from tests.dashboard.browsing import NARROW, Tab, judge
from tests.dashboard.serving import NOW, Shop

pytestmark = pytest.mark.timeout(180)

SignedIn = Callable[..., Any]
PROGRAM = "prog_default"


def heading(page: Any, name: str) -> Any:
    return page.get_by_role("heading", level=1, name=name)


def field(page: Any, label: str) -> Any:
    """The input of a field in the form."""
    return page.locator(".program-main").get_by_label(label, exact=True)


def unfold(page: Any, title: str) -> None:
    """Opens a part of a form."""
    page.locator(".program-section > summary").filter(has_text=title).first.click()


def sentence(page: Any) -> Any:
    return page.locator("[data-sentence]").first


def paid(shop: Shop, payment: str, customer: str, amount: int, **more: Any) -> dict[str, Any]:
    """Tells of a payment, and answers what came of it in the program."""
    told = {"id": payment, "amount": amount, "currency": "GBP", "customer": customer, **more}
    event = {"id": f"evt_{payment}", "type": "payment.completed", "created_at": NOW, "data": {"object": told}}
    outcome: dict[str, Any] = shop.post("/events", event)["programs"][0]
    return outcome


def test_a_rule_from_the_form_to_its_points(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("editor", "rules/new")
    field(page, "Name Optional").fill("Kiosk double")
    field(page, "Points").fill("2")
    field(page, "Currencies Optional").press_sequentially("gbp, e")
    expect(sentence(page)).to_have_text("2 points per £1 or ….")
    expect(page.locator("[data-backtest]")).to_contain_text("Fill in the rest")
    field(page, "Currencies Optional").fill("")
    unfold(page, "Only if")
    page.get_by_role("button", name="Add a condition").click()
    field(page, "What").select_option(label="Metadata of the event")
    field(page, "Key").fill("channel")
    field(page, "How").select_option("eq")
    field(page, "Value").fill("kiosk")
    unfold(page, "Limits")
    page.get_by_label("At most so much per member").check()
    expect(sentence(page)).to_have_text("2 points per £1 if its channel is kiosk, at most 500 a day.")

    backtest = page.locator("[data-backtest]")
    expect(backtest.locator("[data-difference]")).to_have_text("0 points", timeout=30_000)
    page.get_by_text("The last 1,000 events").wait_for()

    unfold(page, "Try one event")
    page.get_by_label("Member", exact=True).fill("cust_14646")
    page.locator(".options").get_by_role("option", name="cust_14646").click()
    page.get_by_label("Further fields of the event").fill('{"metadata": {"channel": "kiosk"}}')
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("[data-preview]")).to_contain_text("100 points")
    page.get_by_label("Further fields of the event").fill("")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("[data-preview]")).to_contain_text("Only if its channel is kiosk; found nothing.")

    unfold(page, "As JSON")
    expect(page.get_by_role("region", name="What will be sent")).to_contain_text('"fact": "event.metadata.channel"')
    judge(page)
    page.get_by_role("button", name="Create rule").click()
    heading(page, "Kiosk double").wait_for()
    expect(page.get_by_role("link", name="Simulate a payment").last).to_be_visible()

    rule = page.url.rpartition("/")[2]
    held = shop.get(f"/loyalty/earning-rules/{rule}")
    assert held["conditions"]["conditions"] == [{"fact": "event.metadata.channel", "op": "eq", "value": "kiosk"}]
    outcome = paid(shop, "pay_kiosk", "cust_kiosk", 4_000, metadata={"channel": "kiosk"})
    assert {line["rule"]: line["points"] for line in outcome["rules"]}[rule] == 80

    field(page, "Points").first.fill("3")
    page.get_by_role("button", name="Save as a new version").click()
    page.get_by_role("tab", name="Versions").click()
    changed = page.locator(".program-history > li").first
    expect(changed).to_contain_text("Version 2")
    expect(changed).to_contain_text("Changed by Edith Clarke")
    expect(changed).to_contain_text("Gives")
    expect(changed.locator("del")).to_have_text("2 points per £1")
    expect(changed.locator("ins")).to_have_text("3 points per £1")
    expect(page.locator(".program-history > li").nth(1)).to_contain_text("Created by Edith Clarke")
    judge(page)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(page.get_by_text("Version 3").first).to_be_visible()
    assert not shop.get(f"/loyalty/earning-rules/{rule}")["active"]


def test_what_a_rule_would_have_given_beside_the_rules_of_today(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("editor", "rules/rule_default")
    difference = page.locator("[data-difference]")
    expect(difference).to_have_text("0 points", timeout=30_000)
    field(page, "Points").fill("2")
    asked = {
        "program": PROGRAM,
        "rules": [
            {
                "program": PROGRAM,
                "trigger": "payment.completed",
                "award": {"type": "per_amount", "per": 100, "points": 2},
            }
        ],
        "replaces": ["rule_default"],
    }
    told = shop.post("/loyalty/earning-rules/backtest", asked)
    assert told["difference"]["points"] > 0
    expect(difference).to_have_text(f"+{told['difference']['points']:,} points", timeout=30_000)
    expect(page.locator("[data-backtest]")).to_contain_text(f"{told['today']['points']:,}")
    expect(
        page.get_by_role("table", name="Events on which the rule differs most").locator("tbody tr")
    ).not_to_have_count(0)
    page.get_by_role("button", name="Undo changes").click()
    expect(difference).to_have_text("0 points", timeout=30_000)


def test_what_is_wrong_stands_at_its_field(
    open_tab: Callable[..., Tab], shop: Shop, session_of: Callable[..., str]
) -> None:
    tab = open_tab()
    name, _, value = session_of("editor").partition("=")
    tab.context.add_cookies([{"name": name, "value": value, "url": shop.url}])
    page = tab.page
    page.goto("/dashboard/test/rewards/new")
    field(page, "Name").fill("A wrong one")
    unfold(page, "How many")
    field(page, "For each member Optional").fill("0")
    unfold(page, "How many")
    page.get_by_role("button", name="Create reward").click()
    wrong = field(page, "For each member Optional")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text("per_member_limit")
    judge(page)

    page.goto("/dashboard/test/segments/new")
    field(page, "Name").fill("A wrong one")
    field(page, "Amount").fill("many")
    page.get_by_role("button", name="Create and count").click()
    expect(field(page, "Amount")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text('"many" is a text, so it would never match')
    tab.forgive("400")


def test_a_campaign_from_its_draft_to_its_results(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("editor", "campaigns/new")
    field(page, "Name").fill("A bonus for Cora")
    page.get_by_role("button", name="Remove this").wait_for(state="detached")
    page.get_by_role("button", name="Give a bonus").click()
    page.get_by_role("group", name="Multiply points").get_by_role("button", name="Remove this").click()
    bonus = page.get_by_role("group", name="Give a bonus")
    bonus.get_by_label("Points", exact=True).fill("150")
    bonus.get_by_role("button", name="Add a condition").click()
    field(page, "What").select_option(label="Metadata of the event")
    field(page, "Key").fill("shop")
    field(page, "How").select_option("eq")
    field(page, "Value").fill("north")
    unfold(page, "Limits")
    page.get_by_label("At most so many points in all").check()
    field(page, "Budget").fill("300")
    unfold(page, "Goal")
    page.get_by_label("It is to reach something").check()
    field(page, "Target").fill("2")
    expect(sentence(page)).to_have_text(
        "150 extra points for each payment if its shop is north, for everyone, up to 300 points in all. "
        "Goal: 2 members reached."
    )
    judge(page)
    page.get_by_role("button", name="Create draft").click()
    heading(page, "A bonus for Cora").wait_for()
    page.get_by_role("button", name="Launch").click()
    page.get_by_role("dialog").get_by_role("button", name="Launch").click()
    page.get_by_role("tab", name="Results").click()
    reached = page.locator(".stat").filter(has_text="Members reached").locator(".stat-value")
    expect(reached).to_have_text("0")

    outcome = paid(shop, "pay_cora", "cust_cora", 5_000, metadata={"shop": "north"})
    assert [line["points"] for line in outcome["campaigns"] if line["matched"]] == [150]
    expect(reached).to_have_text("1")
    expect(page.get_by_text("1 of 2 members reached")).to_be_visible()
    expect(page.get_by_text("150 of 300 points used")).to_be_visible()
    expect(page.locator(".stat").filter(has_text="Spend").locator(".stat-value")).to_have_text("£50.00")
    judge(page)

    page.get_by_role("tab", name="Setup").click()
    expect(page.get_by_role("group", name="Give a bonus").get_by_label("Points", exact=True)).to_be_disabled()
    expect(field(page, "Name")).to_be_enabled()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Archive…").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive for good").click()
    expect(page.locator(".subtitle").get_by_text("Archived")).to_be_visible()


def test_a_segment_with_its_count_and_its_members(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("editor", "segments/new")
    field(page, "Name").fill("Gold, far away")
    field(page, "What").select_option(label="Tier")
    field(page, "Value").select_option(label="Gold")
    expect(sentence(page)).to_have_text("Gold members.")
    page.get_by_role("button", name="Create and count").click()
    heading(page, "Gold, far away").wait_for()
    segment = page.url.rpartition("/")[2]
    count = shop.get(f"/loyalty/segments/{segment}/count")["count"]
    assert count > 100
    expect(page.locator("[data-count]")).to_have_text(f"{count:,}")

    page.get_by_role("button", name="Add a condition").click()
    field(page, "Amount").fill("5000")
    page.get_by_role("button", name="Save and count").click()
    expect(page.locator("[data-count]")).not_to_have_text(f"{count:,}")
    fewer = f"{shop.get(f'/loyalty/segments/{segment}/count')['count']:,}"
    expect(page.locator("[data-count]")).to_have_text(fewer)
    page.get_by_role("tab", name="Members").click()
    expect(page.get_by_role("table", name="Members of the segment").locator("tbody tr").first).to_contain_text("Gold")
    page.get_by_role("tab", name="History").click()
    expect(page.locator(".program-history > li").first).to_contain_text("Changed by Edith Clarke")
    judge(page)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the segment").click()
    heading(page, "Segments").wait_for()
    expect(page.get_by_role("link", name="Gold, far away")).to_have_count(0)


def test_tiers_are_edited_and_the_page_says_what_that_does(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("editor", "tiers")
    gold = page.get_by_role("group", name="Gold")
    gold.get_by_label("From").fill("3000")
    expect(page.get_by_text("Every member is placed anew")).to_be_visible()
    expect(page.get_by_text("Gold: from £3,000 spent.")).to_be_visible()
    page.get_by_role("button", name="Undo changes").click()
    expect(gold.get_by_label("From")).to_have_value("2000.00")

    gold.get_by_label("Benefits").fill("Early access, Free delivery")
    expect(page.get_by_text("Nobody moves")).to_be_visible()
    judge(page)
    page.get_by_role("button", name="Save tiers").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    tiers = shop.get(f"/loyalty/programs/{PROGRAM}")["tier_config"]["tiers"]
    assert [tier["benefits"] for tier in tiers] == [[], [], ["Early access", "Free delivery"]]
    assert [tier["threshold"] for tier in tiers] == [0, 50_000, 200_000]
    page.get_by_role("tab", name="History").click()
    changed = page.locator(".program-history > li").first
    expect(changed).to_contain_text("Tier “gold”")
    expect(changed.locator("ins")).to_contain_text("Early access")


def test_a_reward_is_made_redeemed_and_taken_out(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("editor", "rewards/new")
    field(page, "Name").fill("The tin mug")
    field(page, "Gives").select_option(label="A product")
    field(page, "Product").fill("sku_tin_mug")
    field(page, "Cost").fill("10")
    unfold(page, "How many")
    field(page, "In all Optional").fill("5")
    expect(sentence(page)).to_have_text("1 × sku_tin_mug for 10 points, 5 in all.")
    page.get_by_role("button", name="Create reward").click()
    heading(page, "The tin mug").wait_for()
    reward = page.url.rpartition("/")[2]
    member = shop.get("/loyalty/accounts", customer="cust_14646")["data"][0]["id"]
    shop.post("/loyalty/redemptions", {"account": member, "reward": reward, "quantity": 2})
    expect(page.locator(".stat").filter(has_text="Left").locator(".stat-value")).to_have_text("3")
    page.get_by_role("tab", name="Redemptions").click()
    expect(page.get_by_role("table", name="Redemptions of the reward")).to_contain_text("cust_14646")
    judge(page)
    page.get_by_role("button", name="Take out of the catalogue").click()
    expect(page.locator(".subtitle").get_by_text("Off")).to_be_visible()
    assert not shop.get(f"/loyalty/rewards/{reward}")["active"]


def test_a_referral_code_is_made_for_a_member(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("editor", "referrals")
    page.get_by_role("button", name="New code").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Member who shares it").fill("cust_18102")
    dialog.get_by_role("option", name="cust_18102").click()
    dialog.get_by_label("Within").fill("14")
    expect(dialog.locator("[data-sentence]")).to_have_text(
        "500 points for the member and 200 points for the friend once the friend has paid £20 or more within 14 days."
    )
    judge(page)
    dialog.get_by_role("button", name="Make the code").click()
    page.get_by_text("Nobody has used the code yet.").wait_for()
    referral = page.url.rpartition("/")[2]
    code = shop.get(f"/loyalty/referrals/{referral}")["code"]
    shop.post("/loyalty/referrals/attribute", {"code": code, "customer": "cust_friend_of_18102"})
    expect(page.locator(".subtitle").get_by_text("Attributed")).to_be_visible()
    expect(page.get_by_role("link", name="cust_friend_of_18102")).to_be_visible()


def test_the_program_is_changed_paused_and_resumed(signed_in: SignedIn, shop: Shop) -> None:
    own = shop.post(
        "/loyalty/programs", {"name": "Coffee club", "default_currency": "EUR", "timezone": "Europe/Berlin"}
    )
    page = signed_in("editor", "program")
    page.evaluate(f"localStorage.setItem('vinr.dashboard.program', '{own['id']}')")
    page.reload()
    expect(page.locator(".subtitle").first).to_contain_text("Coffee club")
    field(page, "They expire").select_option(label="On a day of the year")
    field(page, "At least").fill("3")
    field(page, "Held for").fill("14")
    told = page.locator("[data-sentence]")
    expect(told.nth(1)).to_have_text(
        "Points expire at the end of each 31 December, once they are at least 3 months old."
    )
    expect(told.nth(2)).to_have_text("Points from payments can be spent 14 days later.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    held = shop.get(f"/loyalty/programs/{own['id']}")
    assert held["currency"]["expiry"] == {"type": "fixed", "month": 12, "day": 31, "min_months": 3}
    assert held["hold_days"] == 14
    for asked, confirmed, status in (
        ("Pause…", "Pause", "paused"),
        ("Resume…", "Resume", "active"),
        ("Archive…", "Archive", "archived"),
    ):
        page.get_by_role("button", name="State").click()
        page.get_by_role("menuitem", name=asked).click()
        dialog = page.get_by_role("dialog")
        if status == "archived":
            expect(dialog.get_by_role("button", name=confirmed)).to_be_disabled()
            dialog.get_by_role("textbox").fill("Coffee club")
        dialog.get_by_role("button", name=confirmed).click()
        expect(page.locator(".subtitle").get_by_text(status.capitalize())).to_be_visible()
    page.get_by_role("tab", name="History").click()
    expect(page.locator(".program-history > li").first.locator("ins")).to_have_text("archived")
    expect(page.locator(".program-history > li").nth(3)).to_contain_text("Points are held for")


def test_who_may_not_cannot(signed_in: SignedIn, shop: Shop, session_of: Callable[..., str]) -> None:
    page = signed_in("viewer", "rules/rule_default")
    expect(page.get_by_text("Your role lets you look, not change.")).to_be_visible()
    expect(field(page, "Points")).to_be_disabled()
    expect(page.get_by_role("button", name="Save as a new version")).to_have_count(0)
    places = {"rules": "Earning rules", "campaigns": "Campaigns", "segments": "Segments", "rewards": "Rewards"}
    for path, name in places.items():
        page.get_by_role("navigation", name="Dashboard").get_by_role("link", name=name).click()
        heading(page, name).wait_for()
        expect(page.locator(".skeleton")).to_have_count(0)
        expect(page.get_by_role("link", name=f"New {path.removesuffix('s')}")).to_have_count(0)
    cookie = session_of("viewer")
    token = httpx2.get(f"{shop.url}/v1/session", headers={"Cookie": cookie}).json()["csrf_token"]
    headers = {"Cookie": cookie, "X-CSRF-Token": token, "Origin": shop.url, "Vinr-Environment": "test"}
    for path in ("earning-rules/rule_default", f"programs/{PROGRAM}"):
        answer = httpx2.patch(f"{shop.url}/v1/loyalty/{path}", json={"name": "Mine"}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")


LISTS = ("program", "rules", "tiers", "rewards", "campaigns", "segments", "referrals")
FORMS = (
    "rules/new",
    "rewards/new",
    "campaigns/new",
    "segments/new",
    "rules/rule_default?tab=versions",
    "program?tab=history",
)


def visit(page: Any, path: str) -> None:
    """Goes to a page, waits for all that it shows, and judges it."""
    page.goto(f"/dashboard/test/{path}")
    page.get_by_role("heading", level=1).wait_for()
    expect(page.locator(".skeleton"), path).to_have_count(0, timeout=30_000)
    judge(page)


def test_every_page_is_whole_on_a_telephone(signed_in: SignedIn, shop: Shop) -> None:
    campaign = shop.get("/loyalty/campaigns")["data"][-1]["id"]
    reward = shop.get("/loyalty/rewards")["data"][-1]["id"]
    page = signed_in("admin", "rules", size=NARROW)
    for path in (*LISTS, *FORMS, f"rewards/{reward}", f"campaigns/{campaign}", f"campaigns/{campaign}?tab=setup"):
        visit(page, path)


def test_pages_are_read_in_the_dark_as_well(signed_in: SignedIn) -> None:
    page = signed_in("viewer", "rules", theme="dark")
    for path in ("rules/rule_default", "rules/rule_default?tab=versions", "tiers", "campaigns"):
        visit(page, path)
