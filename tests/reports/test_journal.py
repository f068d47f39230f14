"""The liability journal: days of the program, by when things happened, the same before and after accounts are settled."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.conftest import Api, payment
from tests.api.redeeming import ACCOUNTS, REDEMPTIONS, TRANSACTIONS, a_member, a_reward, redeem, refund, tell
from tests.reports.conftest import CLOCK, GROWS, PROGRAM, Bureau, Row, check_journal
from vinr_engagement.commands import Settle, foresight
from vinr_engagement.commands.context import Context
from vinr_engagement.foundation.clock import DAY, HOUR, format_instant, parse_instant
from vinr_engagement.reports import MOVEMENTS

pytestmark = pytest.mark.anyio
CREDIT = "/v1/loyalty/credit"
APRIL = ("2026-04-01", "2026-05-01")


async def move_on(api: Api, moment: str) -> None:
    """The clock, and nothing else: what falls due is not written."""
    await api.post(f"{CLOCK}/advance", {"to": moment})


def moved(row: Row) -> dict[str, int]:
    """The movements of a line that are not nought."""
    return {name: row[name] for name in MOVEMENTS if row[name]}


async def test_a_month_as_finance_reads_it(bureau: Bureau) -> None:
    await bureau.api.patch(PROGRAM, {"currency": {"point_value": 3, "expiry_months": 1}, "default_currency": "GBP"})
    member = await a_member(bureau.api, 100, "cust_1")
    await bureau.api.pay("evt_1", "cust_1", 5_000)
    await move_on(bureau.api, "2026-04-02T12:00:00Z")
    redemption = await redeem(bureau.api, member, await a_reward(bureau.api, cost=40))
    refunded = {"id": "re_1", "payment": "pay_evt_1", "amount": 2_000}
    await tell(bureau.api, "evt_2", "refund.completed", refunded, at="2026-04-02T11:00:00Z")
    await bureau.api.post(TRANSACTIONS, {"account": member, "amount": -10})
    await bureau.api.post(f"{CREDIT}/issue", {"account": member, "amount": 900, "currency": "EUR"})
    await move_on(bureau.api, "2026-04-03T10:00:00Z")
    await bureau.api.post(f"{REDEMPTIONS}/{redemption['id']}/release", {})
    await move_on(bureau.api, "2026-05-10T12:00:00Z")
    report, rows = await bureau.made("liability_journal", ("2026-04-01", "2026-05-03"))
    check_journal(report, rows)
    points = {row["day"].isoformat()[5:]: row for row in rows if row["unit"] == "points"}
    assert len(points) == 32
    assert moved(points["04-01"]) == {"earned": 50, "adjusted_up": 100}
    assert moved(points["04-02"]) == {"redeemed": 40, "reversed": 20, "adjusted_down": 10}
    assert moved(points["04-03"]) == {"returned": 40}
    assert moved(points["05-01"]) == {"expired": 120}
    assert (points["04-02"]["opening_value"], points["04-02"]["debit"], points["04-02"]["credit"]) == (450, 210, 0)
    assert (points["04-03"]["currency"], points["04-03"]["credit"], points["04-03"]["closing_value"]) == (
        "GBP",
        120,
        360,
    )
    euros = [row for row in rows if row["unit"] == "EUR"]
    assert [(row["closing_balance"], row["currency"], row["unit_value"]) for row in euros][1:] == [(900, "EUR", 1)] * 31
    assert report["totals"]["units"][0]["not_written"] == {"rows": 2, "amount": -120}, "each lot by itself"


async def test_what_is_due_counts_whether_or_not_it_is_written(bureau: Bureau) -> None:
    """Points that expire, points that become available and pay a debt, and redemptions that time releases."""
    api = bureau.api
    await api.patch(PROGRAM, {"hold_days": 3, "currency": {"expiry_months": 1}, "redemption_ttl_hours": 24})
    member = await a_member(api, 500, "cust_1")
    await api.pay("evt_1", "cust_1", 20_000)
    await redeem(api, member, await a_reward(api, cost=200))
    await api.post(TRANSACTIONS, {"account": member, "amount": -350, "allow_negative": True})
    await move_on(api, "2026-06-01T12:00:00Z")
    before = await bureau.journal(("2026-03-30", "2026-06-02"))
    earlier, rows = await bureau.made("transactions")
    not_written = {each["unit"]: each["not_written"] for each in earlier["totals"]["units"]}["points"]
    assert not_written["rows"] > 1
    await api.stores["test"].sweep()
    assert await bureau.journal(("2026-03-30", "2026-06-02")) == before
    later, rows_after = await bureau.made("transactions")
    assert len(rows_after) - len(rows) == not_written["rows"]
    assert sum(row["amount"] for row in rows_after) - sum(row["amount"] for row in rows) == not_written["amount"]
    assert later["totals"]["units"][0]["not_written"] == {"rows": 0, "amount": 0}
    assert sum(row["returned"] for row in before) == 200
    assert before[-1]["closing_balance"] == (await api.get(f"{ACCOUNTS}/{member}"))["balance"]


async def test_a_member_who_cannot_be_settled_is_left_out(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the sweep sets one aside: the books are closed without what is due of it."""
    await bureau.api.patch(PROGRAM, {"currency": {"expiry_months": 1}})
    broken = await a_member(bureau.api, 5)
    for points in (30, 200):
        await a_member(bureau.api, points)
    await move_on(bureau.api, "2026-05-10T12:00:00Z")

    class Stubborn(Settle):
        def decide(self, context: Context) -> int:
            assert broken not in self.accounts, "it cannot be settled"
            return super().decide(context)

    monkeypatch.setattr(foresight, "Settle", Stubborn)
    rows = await bureau.journal(("2026-05-01", "2026-05-03"))
    assert [(row["expired"], row["closing_balance"]) for row in rows] == [(230, 5), (0, 5)]


async def test_what_is_recorded_late_is_told(bureau: Bureau) -> None:
    await move_on(bureau.api, "2026-05-02T12:00:00Z")
    await bureau.api.enrol("cust_1")
    await bureau.api.pay("evt_1", "cust_1", 700)
    report, rows = await bureau.made("liability_journal", APRIL)
    check_journal(report, rows)
    points = report["totals"]["units"][0]
    assert points["recorded_after_period"] == {"rows": 1, "amount": 7}
    assert points["opening_recorded_since"] == {"rows": 0, "amount": 0}
    assert [row["recorded_after_period"] for row in rows if row["recorded_after_period"]] == [7]
    may, _ = await bureau.made("liability_journal", ("2026-05-01", "2026-06-01"))
    assert may["totals"]["units"][0]["opening_recorded_since"] == {"rows": 1, "amount": 7}
    _, (late,) = await bureau.made("transactions", APRIL)
    assert late["recorded_at"] > parse_instant("2026-05-01T00:00:00Z") > late["effective_at"]


@pytest.mark.parametrize(
    ("zone", "first", "days"),
    [
        ("Europe/London", "2026-03-28", 3),  # 29 March has 23 hours
        ("America/New_York", "2026-10-31", 3),  # 1 November has 25
        ("Australia/Lord_Howe", "2026-04-04", 3),  # half an hour is repeated
        ("Pacific/Apia", "2011-12-29", 3),  # the 30th never was
        ("America/St_Johns", "2011-11-05", 3),  # a minute after midnight an hour was repeated
        ("Asia/Kathmandu", "2026-04-01", 2),  # a quarter of an hour
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_days_are_those_of_the_program(bureau: Bureau, zone: str, first: str, days: int) -> None:
    """One point for each hour, dated from a day before to a day after; each day has as many as it has hours."""
    api = bureau.api
    await api.patch(PROGRAM, {"timezone": zone, "currency": {"expiry_months": None}})
    await move_on(api, "2026-12-01T00:00:00Z")
    await api.enrol("cust_1")
    start = parse_instant(f"{first}T00:00:00Z") - DAY
    moments = [start + hour * HOUR for hour in range(24 * (days + 2))]
    for number in range(0, len(moments), 100):
        events = [_a_point(number + place, moment) for place, moment in enumerate(moments[number : number + 100])]
        await api.post("/v1/events/batch", {"events": events})
    last = (date.fromisoformat(first) + timedelta(days=days)).isoformat()
    rows = await bureau.journal((first, last))
    counted = Counter(_local_day(moment, zone) for moment in moments)
    assert {row["day"]: row["earned"] for row in rows} == {row["day"]: counted[row["day"]] for row in rows}
    assert sum(row["earned"] for row in rows) == sum(
        count for day, count in counted.items() if first <= day.isoformat() < last
    )
    assert len(rows) == (days - 1 if zone == "Pacific/Apia" else days)


def _a_point(number: int, moment: int) -> Any:
    event = payment(f"evt_{number}", "cust_1", 100)
    return {**event, "created_at": format_instant(moment)}


def _local_day(moment: int, zone: str) -> date:
    """The day that a calendar on the wall shows; a day goes on where its end is repeated."""
    shown = datetime.fromtimestamp(moment / 1e6, UTC).astimezone(ZoneInfo(zone))
    later = datetime.fromtimestamp(moment / 1e6 - 3_600, UTC).astimezone(ZoneInfo(zone))
    return max(shown.date(), later.date())


async def test_a_part_of_a_day_is_a_line_of_its_own(bureau: Bureau) -> None:
    await a_member(bureau.api, 10)
    rows = await bureau.journal(("2026-04-01T11:30:00.000001Z", "2026-04-01T12:00:00.000001Z"))
    assert [(row["day"], row["opening_balance"], row["adjusted_up"]) for row in rows] == [(date(2026, 4, 1), 0, 10)]
    rows = await bureau.journal(("2026-03-31T22:59:59.5Z", "2026-04-01T12:00:00Z"))
    assert [(row["day"].day, row["closing_balance"]) for row in rows] == [(31, 0), (1, 0)]


@pytest.mark.parametrize("seed", range(4))
async def test_random_histories_add_up(bureau: Bureau, seed: int) -> None:
    """The journal of any period is what the rows say once all is settled, and the balances are its last line."""
    chance = random.Random(seed)
    history = History(bureau.api, chance)
    await history.play(60)
    periods = [("2026-04-01", "2026-09-01"), *history.some_periods(3)]
    before = [await bureau.made("liability_journal", period) for period in periods]
    exports = [await bureau.made("transactions", period, chance.choice(["csv", "parquet"])) for period in periods]
    await bureau.api.stores["test"].sweep()
    ledger = await history.ledger()
    for period, (report, rows), (export, exported) in zip(periods, before, exports, strict=True):
        check_journal(report, rows)
        _, settled = await bureau.made("liability_journal", period)
        assert settled == rows, "settling changes no figure"
        _holds(rows, ledger, report)
        _reconciles(report, export, exported)
    await _ends_with_the_balances(bureau, before[0][1])
    assert sum(each["not_written"]["rows"] for each in before[0][0]["totals"]["units"]) > 0, "it was about something"


class History:
    """What happens to a few members of a program whose points wait, expire and may be owed, in a zone with a summer."""

    def __init__(self, api: Api, chance: random.Random) -> None:
        self.api = api
        self.chance = chance
        self.members: list[str] = []
        self.payments: list[tuple[str, int]] = []
        self.redemptions: list[str] = []
        self.now = parse_instant("2026-04-01T12:00:00Z")
        self.count = 0
        self.reward: Any = None

    async def play(self, steps: int) -> None:
        changes = {"timezone": "America/New_York", "hold_days": 2, "currency": {"expiry_months": 1, "point_value": 2}}
        await self.api.patch(PROGRAM, {**changes, "redemption_ttl_hours": 36})
        self.reward = await a_reward(self.api, cost=90)
        for number in range(4):
            self.members.append((await self.api.enrol(f"cust_{number}"))["id"])
        acts = (self.pays, self.pays, self.is_refunded, self.is_given, self.redeems, self.releases, self.has_credit)
        for _ in range(steps):
            await self.chance.choice((*acts, self.time_passes, self.time_passes))()
        await self.api.post("/v1/loyalty/accounts/merge", {"source": self.members[0], "target": self.members[1]})
        self.now += self.chance.randrange(20, 50) * DAY
        await move_on(self.api, format_instant(self.now))

    def some_periods(self, count: int) -> list[tuple[str, str]]:
        """Periods that begin and end anywhere."""
        first = parse_instant("2026-03-31T00:00:00Z")
        ends = [sorted(self.chance.sample(range(first, self.now + DAY, 1_000_003), 2)) for _ in range(count)]
        return [(format_instant(gte), format_instant(lt)) for gte, lt in ends]

    async def pays(self) -> None:
        self.count += 1
        event = f"evt_{self.count}"
        amount = self.chance.randrange(500, 30_000)
        at = max(self.now - self.chance.randrange(10 * DAY), parse_instant("2026-03-25T00:00:00Z"))
        customer = f"cust_{self.chance.randrange(4)}"
        await self.api.post("/v1/events", {**payment(event, customer, amount), "created_at": format_instant(at)})
        self.payments.append((f"pay_{event}", amount))

    async def is_refunded(self) -> None:
        if self.payments:
            self.count += 1
            name, amount = self.payments.pop(self.chance.randrange(len(self.payments)))
            await refund(self.api, f"evt_{self.count}", name, self.chance.choice([amount, amount // 3]))

    async def is_given(self) -> None:
        amount = self.chance.choice([120, 35, -60, -200])
        body = {"account": self._anyone(), "amount": amount, "allow_negative": amount < 0}
        await self.api.post(TRANSACTIONS, body)

    async def redeems(self) -> None:
        answer = await self.api.call("POST", REDEMPTIONS, {"account": self._anyone(), "reward": self.reward["id"]})
        if answer.status_code == 200:
            self.redemptions.append(answer.json()["id"])

    async def releases(self) -> None:
        if self.redemptions:
            await self.api.call("POST", f"{REDEMPTIONS}/{self.redemptions.pop()}/release", {})

    async def has_credit(self) -> None:
        expires = format_instant(self.now + self.chance.randrange(1, 40) * DAY)
        body = {"account": self._anyone(), "amount": 700, "currency": self.chance.choice(["EUR", "USD"])}
        await self.api.post(f"{CREDIT}/issue", {**body, "expires_at": expires})
        self.count += 1
        spent = {**body, "amount": self.chance.randrange(1, 900), "payment": f"pay_credit_{self.count}"}
        await self.api.call("POST", f"{CREDIT}/spend", spent)

    async def time_passes(self) -> None:
        self.now += self.chance.randrange(1, 8 * 24) * HOUR + self.chance.randrange(1_000_000)
        await move_on(self.api, format_instant(self.now))

    def _anyone(self) -> str:
        return self.chance.choice(self.members)

    async def ledger(self) -> list[tuple[str, str, int, int]]:
        """``(unit, type, amount, effective_at)`` of every row, as they lie in the database."""
        sql = "select unit, type, amount, effective_at from transactions"
        return await self.api.stores["test"].database.ask(sql)  # type: ignore[return-value]


def _holds(rows: list[Row], ledger: list[tuple[str, str, int, int]], report: Any) -> None:
    """Every line is the sum of the rows of its day."""
    gte, lt = (parse_instant(report["period"][end]) for end in ("gte", "lt"))
    sums: Counter[Any] = Counter()
    for unit, kind, amount, at in ledger:
        if at < gte:
            sums[unit, "opening"] += amount
        elif at < lt:
            sums[unit, _day(at), _name(kind, amount)] += abs(amount)
    first_of = {row["unit"]: row for row in reversed(rows)}
    for unit, row in first_of.items():
        assert row["opening_balance"] == sums[unit, "opening"]
    for row in rows:
        assert moved(row) == {name: size for name in MOVEMENTS if (size := sums[row["unit"], row["day"], name])}
    days = [row["day"] for row in rows if row["unit"] == "points"]
    assert all(later - day == timedelta(days=1) for day, later in pairwise(days))


def _day(at: int) -> date:
    return datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(ZoneInfo("America/New_York")).date()


def _name(kind: str, amount: int) -> str:
    if kind in ("earn", "redeem", "expire"):
        return {"earn": "earned", "redeem": "redeemed", "expire": "expired"}[kind]
    up, down = ("adjusted_up", "adjusted_down") if kind == "adjust" else ("returned", "reversed")
    return up if amount > 0 else down


def _reconciles(journal: Any, export: Any, exported: list[Row]) -> None:
    """What the rows of transactions come to and what was not written make the journal."""
    told = {each["unit"]: each for each in export["totals"]["units"]}
    for totals in journal["totals"]["units"]:
        unit = totals["unit"]
        rows = [row for row in exported if row["unit"] == unit]
        other = told.get(unit, {"amount": 0, "rows": 0, "not_written": {"rows": 0, "amount": 0}})
        assert (sum(row["amount"] for row in rows), len(rows)) == (other["amount"], other["rows"])
        assert totals["amount"] == other["amount"] + other["not_written"]["amount"]
        assert totals["rows"] == other["rows"] + other["not_written"]["rows"]
        assert totals["not_written"] == other["not_written"]
        for row in rows:
            assert (row["movement"] in GROWS) is (row["amount"] > 0) or row["amount"] == 0


async def _ends_with_the_balances(bureau: Bureau, rows: list[Row]) -> None:
    closing = {row["unit"]: row["closing_balance"] for row in rows}
    held: Counter[str] = Counter()
    for account in (await bureau.api.get(ACCOUNTS, params={"status": "all", "limit": 100}))["data"]:
        held["points"] += account["balance"] + account["pending_balance"]
        for wallet in (await bureau.api.get(f"{ACCOUNTS}/{account['id']}/wallet"))["balances"]:
            held[wallet["currency"]] += wallet["balance"]
    assert closing == {unit: held[unit] for unit in closing}
