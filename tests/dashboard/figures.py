"""Figures as the page writes them for a British reader, and where it shows them."""

from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]


def points(amount: int) -> str:
    """Points without their sign."""
    return f"{abs(amount):,}"


def money(total: Json) -> str:
    """An amount in pounds."""
    assert total["currency"] == "GBP"
    return f"£{total['amount'] / 100:,.2f}"


def period_of(days: str) -> Json:
    """The parameters for a period that the address of a page names by its first and last day."""
    first, last = map(date.fromisoformat, days.split(".."))
    return {
        "program": "prog_default",
        "period[gte]": first.isoformat(),
        "period[lt]": (last + timedelta(days=1)).isoformat(),
    }


def stat(page: Any, label: str) -> Any:
    """The value of a figure."""
    exact = page.locator(".stat-label").get_by_text(label, exact=True)
    return page.locator(".stat", has=exact).locator(".stat-value")
