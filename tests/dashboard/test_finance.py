"""Finance: every figure is the API's, a month adds up, and its journal is what the statement says."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from tests.dashboard.browsing import judge
from tests.dashboard.figures import Json, money, period_of, points, stat
from tests.dashboard.serving import Shop

pytestmark = pytest.mark.timeout(180)

SignedIn = Callable[..., Any]
MARCH = "2026-03-01..2026-03-31"


def column(page: Any, table: str, number: int) -> list[str]:
    """What one column of a table says, without its footer."""
    rows = page.get_by_role("table", name=table, exact=True).last.locator("tbody tr")
    rows.first.wait_for()
    return [row.locator("td, th").nth(number).inner_text() for row in rows.all()]


def test_what_is_owed_is_what_the_api_says(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("viewer", "finance", theme="dark")
    stat(page, "Liability").wait_for()
    page.locator(".chart canvas").nth(1).wait_for()
    judge(page)
    owed = shop.get("/loyalty/analytics/liability", program="prog_default")
    assert owed["points"]["held"] == sum(each["points"] for each in owed["by_earning_month"]) > 0
    expect(stat(page, "Liability")).to_have_text(money(owed["points_liability"]))
    expect(stat(page, "Points outstanding")).to_have_text(points(owed["points"]["outstanding"]))
    expect(stat(page, "Pending")).to_have_text(points(owed["points"]["pending"]))
    expect(stat(page, "Debt")).to_have_text(points(owed["points"]["debt"]))
    for table, months in (("month of earning", owed["by_earning_month"]), ("month of expiry", owed["by_expiry_month"])):
        name = f"Points outstanding by {table}"
        assert column(page, name, 1) == [points(each["points"]) for each in months]
        assert column(page, name, 2) == [money({**each, "currency": owed["currency"]}) for each in months]
        foot = page.get_by_role("table", name=name, exact=True).last.locator("tfoot")
        expect(foot).to_contain_text(points(owed["points"]["held"]))
    expect(page.get_by_text(owed["estimate"]["method"])).to_be_visible()


def test_cohorts_and_store_credit_are_those_of_the_api(signed_in: SignedIn, shop: Shop) -> None:
    page = signed_in("viewer", f"finance?view=cohorts&period={MARCH}", theme="dark")
    page.get_by_role("combobox", name="Show").select_option("active")
    judge(page)
    cohorts = shop.get("/loyalty/analytics/cohorts", program="prog_default", interval="month")["data"]
    rows = page.locator(".finance-cohorts tbody tr")
    expect(rows).to_have_count(len(cohorts))
    for row, cohort in zip(rows.all(), cohorts, strict=True):
        told = [f"{cohort['members']:,}", *(f"{each['active']:,}" for each in cohort["periods"])]
        assert [text for text in row.locator("td").all_inner_texts() if text] == told
    page.get_by_role("tab", name="Store credit").click()
    credit = shop.get("/loyalty/analytics/summary", **period_of(MARCH))["credit"]
    issued = [money({"amount": each["issued"], "currency": each["currency"]}) for each in credit]
    assert column(page, "Store credit per currency", 2) == issued


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["unit"] == "points"]


def same_as_statement(lines: list[dict[str, str]], figures: Json) -> None:
    """That the lines of a journal begin, move and end as a statement says."""
    assert int(lines[0]["opening_balance"]) == figures["outstanding_before"]
    assert int(lines[-1]["closing_balance"]) == figures["outstanding"]
    for movement in ("earned", "returned", "redeemed", "reversed", "expired"):
        assert sum(int(line[movement]) for line in lines) == abs(figures[movement]), movement


def test_a_month_is_closed_and_its_journal_has_the_same_totals(signed_in: SignedIn, shop: Shop, tmp_path: Path) -> None:
    page = signed_in("editor", "finance?view=close", theme="dark")
    month = page.get_by_role("combobox", name="Month")
    expect(month).to_have_value("2026-03")  # The last one that is over.
    figures = shop.get("/loyalty/analytics/summary", **period_of(MARCH))["points"]
    statement = page.get_by_role("table", name="Movements of Mar 2026")
    for name, figure in (("Opening", "outstanding_before"), ("Closing", "outstanding")):
        expect(statement.get_by_role("row", name=name)).to_contain_text(points(figures[figure]))
    expect(statement.get_by_role("row", name="Earned")).to_contain_text(f"+{points(figures['earned'])}")
    expect(page.get_by_text("Reconciled")).to_be_visible()
    expect(page.get_by_text("the difference is 0.")).to_be_visible()
    page.get_by_role("button", name="Export the journal").click()
    page.get_by_text("Opening and closing are those of the statement above.").wait_for()
    judge(page)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    assert coming.value.suggested_filename == "liability_journal_prog_default_2026-03-01_2026-03-31.csv"
    coming.value.save_as(tmp_path / "journal.csv")
    lines = read_csv(tmp_path / "journal.csv")
    assert len(lines) == 31
    same_as_statement(lines, figures)
    month.select_option("2026-04")
    expect(page.get_by_text("This month goes on")).to_be_visible()
    expect(page.get_by_text("Reconciled")).to_be_visible()


def test_reports_are_made_and_saved(signed_in: SignedIn, tmp_path: Path) -> None:
    page = signed_in("editor", "reports", theme="dark")
    page.get_by_role("button", name="Create a report").click()
    form = page.get_by_role("dialog")
    form.get_by_label("What").select_option("redemptions")
    form.get_by_label("Format").select_option("parquet")
    judge(page)
    form.get_by_role("button", name="Create the report").click()
    row = page.get_by_role("row", name="Redemptions Parquet")
    expect(row).to_contain_text("Completed")
    expect(row).to_contain_text("1 Mar 2026 – 31 Mar 2026")
    expect(row).to_contain_text("Applied: ")
    with page.expect_download() as coming:
        row.get_by_role("button", name="Download Redemptions").click()
    coming.value.save_as(tmp_path / "report.parquet")
    assert (tmp_path / "report.parquet").read_bytes()[:4] == b"PAR1"


def test_a_viewer_reads_and_makes_nothing(signed_in: SignedIn, shop: Shop, session_of: Callable[..., str]) -> None:
    page = signed_in("viewer", "reports")
    page.get_by_role("heading", name="Reports").wait_for()
    assert page.get_by_role("button", name="Create a report").count() == 0
    headers = {"Cookie": session_of("viewer"), "Origin": shop.url}
    token = httpx2.get(f"{shop.url}/v1/session", headers=headers).json()["csrf_token"]
    body = {"type": "transactions", "program": "prog_default", "period": {"gte": "2026-03-01", "lt": "2026-04-01"}}
    answer = httpx2.post(f"{shop.url}/v1/reports", json=body, headers={**headers, "X-CSRF-Token": token})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "permission_denied"
