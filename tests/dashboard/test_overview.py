"""The overview: what the API says, in words and pictures, and that it moves while one looks at it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.dashboard.browsing import NARROW, judge
from tests.dashboard.figures import money, period_of, points, stat
from tests.dashboard.serving import NOW, Shop

pytestmark = pytest.mark.timeout(180)

SignedIn = Callable[..., Any]
WEEK = "2026-04-04..2026-04-10"


@pytest.fixture
def maria(shop: Shop) -> str:
    """A member whose name the shop has told."""
    about = {"id": "cust_overview", "name": "Maria Lopez", "email": "maria@example.com"}
    told = {"id": "evt_overview_maria", "type": "customer.created", "created_at": NOW, "data": {"object": about}}
    shop.post("/events", told)
    account: str = shop.post("/loyalty/accounts", {"program": "prog_default", "customer": "cust_overview"})["id"]
    return account


def test_the_figures_are_those_of_the_api(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("viewer", f"?period={WEEK}", theme="dark")
    stat(page, "Points outstanding").wait_for()
    page.locator(".chart canvas").nth(1).wait_for()
    judge(page)
    summary = shop.get("/loyalty/analytics/summary", **period_of(WEEK))
    before = shop.get("/loyalty/analytics/summary", **period_of("2026-03-28..2026-04-03"))
    expected = {
        "Members": f"{summary['enrollment']['total']:,}",
        "Active in 90 days": f"{summary['active_members_90d']:,}",
        "Points outstanding": points(summary["points"]["outstanding"]),
        "Liability": money(summary["points_liability"]),
        "Points earned": points(summary["points"]["earned"]),
        "Points redeemed": points(summary["points"]["redeemed"]),
        "Points expired": points(summary["points"]["expired"]),
        "Clawed back": points(summary["points"]["reversed"]),
        "Redemptions": f"{summary['redemptions']['count']:,}",
    }
    for label, value in expected.items():
        expect(stat(page, label)).to_have_text(value)
    assert summary["points"]["earned"] > 0 < before["points"]["earned"]
    expect(page.locator(".stat", has_text="Points earned")).to_contain_text(
        f"{points(before['points']['earned'])} before"
    )
    for tier in summary["tiers"]:
        expect(page.locator(".overview-tier", has_text=tier["name"])).to_contain_text(f"{tier['members']:,}")
    series = shop.get("/loyalty/analytics/timeseries", metrics="earned", interval="day", **period_of(WEEK))
    words = page.get_by_role("table", name="Points earned and burned", exact=True)
    earned = [row.locator("td").first.inner_text() for row in words.locator("tbody tr").all()]
    assert earned == [points(each["values"]["earned"]) for each in series["data"]]


def test_it_moves_when_a_payment_is_made(signed_in: SignedIn, shop: Shop, maria: str) -> None:
    page = signed_in("viewer")
    today = page.get_by_role("row", name="Points earned").locator("td").first
    before = int(today.inner_text().replace(",", ""))
    paid = {"id": "pay_overview", "amount": 14_000, "currency": "GBP", "customer": "cust_overview"}
    shop.post(
        "/events", {"id": "evt_overview", "type": "payment.completed", "created_at": NOW, "data": {"object": paid}}
    )
    line = page.get_by_role("list", name="Latest events").get_by_role("listitem").first
    expect(line).to_contain_text("Maria Lopez earned 140 points")
    expect(line).to_contain_text("Purchase")
    expect(today).to_have_text(points(before + 140))
    line.get_by_role("link", name="Maria Lopez").click()
    page.wait_for_url(f"**/dashboard/test/members/{maria}")


def test_an_empty_store_says_how_to_begin(signed_in: SignedIn) -> None:
    page = signed_in("admin", environment="live", size=NARROW)
    page.get_by_role("heading", name="First steps").wait_for()
    expect(page.get_by_role("region", name="The request for a shell")).to_contain_text("payment.completed")
    expect(page.get_by_role("link", name="See the rules")).to_be_visible()
    judge(page)
