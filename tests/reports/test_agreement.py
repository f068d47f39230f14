"""The journal and the summary of analytics tell the same, though one adds up rows and the other what commits left behind."""

import random
from typing import Any

import pytest

from tests.reports.conftest import Bureau
from tests.reports.test_journal import History

pytestmark = pytest.mark.anyio
SUMMARY = "/v1/loyalty/analytics/summary"
PERIODS = (("2026-04-01", "2026-05-01"), ("2026-03-20", "2026-04-15"), ("2026-05-03", "2027-01-01"))


@pytest.mark.parametrize("seed", range(10, 13))
async def test_a_journal_and_a_summary_agree(bureau: Bureau, seed: int) -> None:
    history = History(bureau.api, random.Random(seed))
    await history.play(50)
    for settled in (False, True):
        if settled:
            await bureau.api.stores["test"].sweep()
        for period in PERIODS:
            report, _ = await bureau.made("liability_journal", period)
            asked = {"program": "prog_default", "period[gte]": period[0], "period[lt]": period[1]}
            _agree(report["totals"]["units"], await bureau.api.get(SUMMARY, params=asked))


def _agree(units: list[Any], summary: Any) -> None:
    journal, points = units[0], summary["points"]
    for name in ("earned", "returned", "redeemed", "reversed", "expired"):
        assert journal[name] == points[name], name
    assert journal["adjusted_up"] - journal["adjusted_down"] == points["adjusted"]
    assert journal["opening_balance"] == points["outstanding_before"]
    assert journal["closing_balance"] == points["outstanding"]
    liability = {"amount": journal["closing_value"], "currency": journal["currency"]}
    assert liability == summary["points_liability"]
    outstanding = {each["currency"]: each["outstanding"] for each in summary["credit"]}
    assert {each["unit"]: each["closing_balance"] for each in units[1:]} == outstanding
