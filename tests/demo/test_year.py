"""The demo year: what the shipped file holds, and what moving it to another day keeps."""

import copy
import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.entrypoints.demo.year import Event, guest_payments, load_year, move_to

DATA = resources.files("vinr_engagement.entrypoints.demo").joinpath("data")
LONDON = ZoneInfo("Europe/London")

# The figures of the source, counted independently of the script that made the file.
FIGURES = """
    | figure                        |         value |
    |-------------------------------|---------------|
    | events                        |        23,808 |
    | payments                      |        19,960 |
    | payments, pence               | 1,066,668,454 |
    | payments with a customer      |        18,532 |
    | payments of guests            |         1,428 |
    | customers                     |         4,338 |
    | refunds                       |         3,848 |
    | refunds, pence                |    51,615,445 |
    | payments refunded             |         3,265 |
    | points earned                 |     8,902,670 |
    | points reversed               |       516,114 |
    | points kept                   |     8,386,556 |
"""


def figure_table() -> dict[str, int]:
    rows = [line.strip(" |").split("|") for line in FIGURES.strip().splitlines()[2:]]
    return {name.strip(): int(value.replace(",", "")) for name, value in rows}


def objects(events: list[Event], type_: str) -> list[dict]:
    return [event["data"]["object"] for event in events if event["type"] == type_]


def figures(events: list[Event]) -> dict[str, int]:
    """Counted from the events alone: one point per whole pound of a payment, and of what is left of it."""
    payments, refunds = objects(events, "payment.completed"), objects(events, "refund.completed")
    known = [payment for payment in payments if "customer" in payment]
    refunded: Counter[str] = Counter()
    for refund in refunds:
        refunded[refund["payment"]] += refund["amount"]
    earned = sum(payment["amount"] // 100 for payment in known)
    kept = sum((payment["amount"] - refunded[payment["id"]]) // 100 for payment in known)
    return {
        "events": len(events),
        "payments": len(payments),
        "payments, pence": sum(payment["amount"] for payment in payments),
        "payments with a customer": len(known),
        "payments of guests": len(guest_payments(events)),
        "customers": len({payment["customer"] for payment in known}),
        "refunds": len(refunds),
        "refunds, pence": sum(refund["amount"] for refund in refunds),
        "payments refunded": len(refunded),
        "points earned": earned,
        "points reversed": earned - kept,
        "points kept": kept,
    }


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return load_year()


def at(*moments: str) -> list[Event]:
    return [{"id": f"evt_{n}", "type": "payment.completed", "created_at": moment} for n, moment in enumerate(moments)]


def times(events: list[Event]) -> list[str]:
    return [event["created_at"] for event in events]


class TestTheShippedFile:
    def test_has_the_figures_of_the_source(self, year: list[Event]) -> None:
        assert figures(year) == figure_table()

    def test_first_event_is_written_as_a_shop_would_send_it(self, year: list[Event]) -> None:
        assert year[0] == {
            "id": "evt_536365",
            "type": "payment.completed",
            "created_at": "2010-12-01T08:26:00Z",
            "data": {
                "object": {
                    "id": "pay_536365",
                    "amount": 13912,
                    "currency": "GBP",
                    "customer": "cust_17850",
                    "metadata": {"country": "United Kingdom"},
                }
            },
        }

    def test_a_refund_names_its_payment_and_nothing_else(self, year: list[Event]) -> None:
        refund = next(event for event in year if event["type"] == "refund.completed")
        number = refund["data"]["object"]["payment"].removeprefix("pay_")
        assert refund["id"].startswith("evt_C")
        assert refund["id"].endswith(f"_{number}")
        assert refund["data"]["object"].keys() == {"id", "payment", "amount", "currency"}

    def test_summer_is_in_utc_too(self, year: list[Event]) -> None:
        invoice = next(event for event in year if event["id"] == "evt_558638")  # 2011-07-01 08:16 in London
        assert invoice["created_at"] == "2011-07-01T07:16:00Z"

    def test_is_in_order_and_every_id_is_its_own(self, year: list[Event]) -> None:
        assert times(year) == sorted(times(year))
        assert len({event["id"] for event in year}) == len(year)
        assert (times(year)[0][:10], times(year)[-1][:10]) == ("2010-12-01", "2011-12-09")

    def test_every_refund_follows_its_payment_and_never_exceeds_it(self, year: list[Event]) -> None:
        left: dict[str, int] = {}
        for event in year:
            thing = event["data"]["object"]
            if event["type"] == "payment.completed":
                left[thing["id"]] = thing["amount"]
            else:
                left[thing["payment"]] -= thing["amount"]
                assert thing["amount"] > 0, event["id"]
                assert left[thing["payment"]] >= 0, event["id"]

    def test_is_small(self) -> None:
        assert len(DATA.joinpath("online_retail.ndjson.gz").read_bytes()) < 500_000

    def test_says_nothing_of_when_or_under_which_name_it_was_made(self) -> None:
        header = DATA.joinpath("online_retail.ndjson.gz").read_bytes()[:10]
        assert header[3:8] == bytes(5)  # RFC 1952: no optional fields, no time

    @pytest.mark.parametrize("credit", ["Daqing Chen", "Online Retail", "10.24432/C5BW33", "CC BY 4.0", "Changes made"])
    def test_is_shipped_with_its_attribution(self, credit: str) -> None:
        assert credit in DATA.joinpath("LICENSE.md").read_text(encoding="utf-8")


class TestGuestPayments:
    def test_are_payments_without_a_customer_and_never_refunds(self, year: list[Event]) -> None:
        guests = guest_payments(year)
        assert {event["type"] for event in guests} == {"payment.completed"}
        assert not any("customer" in event["data"]["object"] for event in guests)


CLOCK_CASES = {
    # name: (events, last day, moved); London is an hour ahead from 2026-03-29 01:00Z to 2026-10-25 01:00Z
    "the same season keeps the hour": (["2011-12-09T12:50:00Z"], "2026-01-15", ["2026-01-15T12:50:00Z"]),
    "winter to summer keeps the time on the wall": (["2011-12-09T12:50:00Z"], "2026-07-01", ["2026-07-01T11:50:00Z"]),
    "summer to winter keeps the time on the wall": (["2011-07-01T11:50:00Z"], "2026-01-15", ["2026-01-15T12:50:00Z"]),
    "the day is London's, not UTC's": (["2011-06-30T23:30:00Z"], "2026-01-15", ["2026-01-15T00:30:00Z"]),
    "a skipped time moves forward": (["2011-12-09T01:30:00Z"], "2026-03-29", ["2026-03-29T01:30:00Z"]),
    "the first skipped minute": (["2011-12-09T01:00:00Z"], "2026-03-29", ["2026-03-29T01:00:00Z"]),
    "the first minute after it": (["2011-12-09T02:00:00Z"], "2026-03-29", ["2026-03-29T01:00:00Z"]),
    "a repeated time is the first": (["2011-12-09T01:30:00Z"], "2026-10-25", ["2026-10-25T00:30:00Z"]),
    "the first time after the repeat": (["2011-12-09T02:00:00Z"], "2026-10-25", ["2026-10-25T02:00:00Z"]),
    "the second of two equal times, on a plain day": (
        ["2011-10-30T01:30:00Z"],
        "2026-01-15",
        ["2026-01-15T01:30:00Z"],
    ),
    "the second of two equal times, moved nowhere": (
        ["2011-10-30T01:30:00Z"],
        "2011-10-30",
        ["2011-10-30T00:30:00Z"],
    ),
    "a skipped time may pass a later one, the list does not": (
        ["2011-12-09T01:30:00Z", "2011-12-09T02:10:00Z"],
        "2026-03-29",
        ["2026-03-29T01:30:00Z", "2026-03-29T01:10:00Z"],
    ),
    "backwards, over both changes": (
        ["2026-03-28T12:00:00Z", "2026-03-30T11:00:00Z", "2026-10-26T12:00:00Z"],
        "2025-10-26",
        ["2025-03-28T12:00:00Z", "2025-03-30T11:00:00Z", "2025-10-26T12:00:00Z"],
    ),
    "the latest counts, wherever it stands": (
        ["2011-12-09T12:00:00Z", "2011-12-01T12:00:00Z"],
        "2026-01-09",
        ["2026-01-09T12:00:00Z", "2026-01-01T12:00:00Z"],
    ),
    "any offset comes in, UTC goes out": (["2011-12-09T14:00:00+02:00"], "2026-01-15", ["2026-01-15T12:00:00Z"]),
    "parts of a second are kept": (["2011-12-09T12:00:00.250000Z"], "2026-01-15", ["2026-01-15T12:00:00.250000Z"]),
}


class TestMoveTo:
    @pytest.mark.parametrize(("given_", "last_day", "moved"), CLOCK_CASES.values(), ids=CLOCK_CASES.keys())
    def test_clock_cases(self, given_: list[str], last_day: str, moved: list[str]) -> None:
        assert times(move_to(at(*given_), date.fromisoformat(last_day))) == moved

    def test_goes_by_the_calendar_of_the_zone_asked_for(self) -> None:
        moved = move_to(at("2011-12-09T20:00:00Z"), date(2026, 7, 1), "Asia/Tokyo")  # 05:00 on the 10th there
        assert times(moved) == ["2026-06-30T20:00:00Z"]

    def test_nothing_moves_to_nothing(self) -> None:
        assert move_to([], date(2026, 1, 1)) == []

    def test_refuses_a_time_without_an_offset(self) -> None:
        with pytest.raises(ValueError, match="evt_0 has no offset"):
            move_to(at("2011-12-09T12:00:00"), date(2026, 1, 1))

    def test_refuses_an_unknown_zone(self) -> None:
        with pytest.raises(ZoneInfoNotFoundError):
            move_to(at("2011-12-09T12:00:00Z"), date(2026, 1, 1), "Europe/Atlantis")

    def test_the_year_moved_to_its_own_last_day_is_the_same(self, year: list[Event]) -> None:
        assert move_to(year, date(2011, 12, 9)) == year

    def test_changes_only_the_times_and_not_the_events_given(self, year: list[Event]) -> None:
        before = copy.deepcopy(year[:100])
        moved = move_to(before, date(2026, 3, 29))
        assert before == year[:100]
        assert [event | {"created_at": None} for event in moved] == [event | {"created_at": None} for event in before]

    @pytest.mark.parametrize("last_day", [date(2026, 3, 29), date(2026, 10, 25), date(2024, 2, 29), date(1999, 12, 31)])
    def test_the_shop_is_shut_while_clocks_change_so_the_year_stays_in_order(
        self, year: list[Event], last_day: date
    ) -> None:
        moved = times(move_to(year, last_day))
        assert moved == sorted(moved)
        assert datetime.fromisoformat(moved[-1]).astimezone(LONDON).date() == last_day


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
# Every other event within hours of a change of London's clocks, where the traps are.
CHANGES = st.sampled_from([datetime(2011, 3, 27, 1, tzinfo=UTC), datetime(2011, 10, 30, 1, tzinfo=UTC)])
NEAR_CHANGES = st.builds(lambda change, minutes: change + timedelta(minutes=minutes), CHANGES, st.integers(-180, 180))
EVENTS = st.lists(MOMENTS | NEAR_CHANGES, min_size=1, max_size=8).map(lambda each: at(*(m.isoformat() for m in each)))
DAYS = st.dates(date(2000, 1, 1), date(2035, 1, 1)) | st.sampled_from([date(2026, 3, 29), date(2026, 10, 25)])


def local(event: Event) -> datetime:
    """London's time on the wall, without a zone."""
    return datetime.fromisoformat(event["created_at"]).astimezone(LONDON).replace(tzinfo=None, fold=0)


def is_plain(wall: datetime) -> bool:
    """Whether London's clocks show this time exactly once: two hours either side have the same offset."""
    here = wall.replace(tzinfo=LONDON)
    return len({(here + timedelta(minutes=minutes)).utcoffset() for minutes in (-120, 0, 120)}) == 1


def whole_days(events: list[Event], last_day: date) -> timedelta:
    latest = max(events, key=lambda event: datetime.fromisoformat(event["created_at"]))
    return last_day - local(latest).date()


class TestMoveToForAnyEvents:
    @given(EVENTS, DAYS)
    def test_the_latest_falls_on_the_last_day(self, events: list[Event], last_day: date) -> None:
        latest = max(range(len(events)), key=lambda n: datetime.fromisoformat(events[n]["created_at"]))
        assert local(move_to(events, last_day)[latest]).date() == last_day

    @given(EVENTS, DAYS)
    def test_all_move_by_the_same_days_and_keep_their_time_but_for_skipped_ones(
        self, events: list[Event], last_day: date
    ) -> None:
        days = whole_days(events, last_day)
        for before, after in zip(events, move_to(events, last_day), strict=True):
            late = local(after) - (local(before) + days)
            assert late == timedelta(0) or (late == timedelta(hours=1) and not is_plain(local(before) + days))

    @given(EVENTS, DAYS)
    def test_a_repeated_time_is_always_the_first(self, events: list[Event], last_day: date) -> None:
        for after in move_to(events, last_day):
            hour_before = datetime.fromisoformat(after["created_at"]) - timedelta(hours=1)
            assert local({"created_at": hour_before.isoformat()}) != local(after)

    @given(EVENTS, DAYS)
    def test_away_from_changes_of_the_clocks_order_in_time_is_kept(self, events: list[Event], last_day: date) -> None:
        days = whole_days(events, last_day)
        plain = [
            (datetime.fromisoformat(before["created_at"]), datetime.fromisoformat(after["created_at"]))
            for before, after in zip(events, move_to(events, last_day), strict=True)
            if is_plain(local(before)) and is_plain(local(before) + days)
        ]
        plain.sort()
        assert [after for _, after in plain] == sorted(after for _, after in plain)

    @given(EVENTS, DAYS)
    def test_local_order_never_turns_except_past_a_skipped_hour(self, events: list[Event], last_day: date) -> None:
        moved = move_to(events, last_day)
        pairs = sorted((local(before), local(after)) for before, after in zip(events, moved, strict=True))
        for (_, first), (_, second) in itertools.pairwise(pairs):
            assert second >= first or not is_plain(second)
