"""What the demo adds to its one rule, by plain arithmetic on the events; and how members choose what they redeem."""

from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.demo.figures import CAMPAIGN, REWARDS, TIERS
from tests.docs.shop import empty_store
from vinr_engagement.audit import Origin
from vinr_engagement.commands import Adjust, CreateAccount, CreateReward, Store, UpdateProgram
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.demo.door import Door
from vinr_engagement.entrypoints.demo.offer import CAMPAIGN_DAYS, Offer
from vinr_engagement.entrypoints.demo.offer import TIERS as THRESHOLDS
from vinr_engagement.entrypoints.demo.shoppers import EACH_TURN, Shoppers
from vinr_engagement.entrypoints.demo.year import Event, busiest_days, load_year, move_to
from vinr_engagement.foundation.database import Session

LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return load_year()


def day_of(event: Event) -> date:
    return datetime.fromisoformat(event["created_at"]).astimezone(LONDON).date()


class Paid:
    """The payments of known customers: whose, on which day, how much, and how much of it is left."""

    def __init__(self, year: list[Event]) -> None:
        self.events = {event["data"]["object"]["id"]: event for event in year if event["type"] == "payment.completed"}
        self.amount = {payment: event["data"]["object"]["amount"] for payment, event in self.events.items()}
        self.net = dict(self.amount)
        for event in year:
            if event["type"] == "refund.completed":
                self.net[event["data"]["object"]["payment"]] -= event["data"]["object"]["amount"]
        self.customer = {
            payment: event["data"]["object"]["customer"]
            for payment, event in self.events.items()
            if "customer" in event["data"]["object"]
        }

    def between(self, first: date, last: date) -> list[str]:
        return [payment for payment in self.customer if first <= day_of(self.events[payment]) <= last]


def extra(pence: int) -> int:
    """What doubling brings: rounded once, so not just as much again."""
    return 2 * pence // 100 - pence // 100


def test_the_campaign_by_the_events_alone(year: list[Event]) -> None:
    paid = Paid(year)
    first, last = busiest_days(year, CAMPAIGN_DAYS)
    doubled = [payment for payment in paid.between(first, last) if extra(paid.amount[payment])]
    earned, kept = (sum(extra(pence[payment]) for payment in doubled) for pence in (paid.amount, paid.net))
    assert {
        "starts_on": first.isoformat(),
        "members_reached": len({paid.customer[payment] for payment in doubled if extra(paid.net[payment])}),
        "awards": len(doubled),
        "spend_pence": sum(paid.net[payment] for payment in doubled),
        "earned": earned,
        "reversed": earned - kept,
        "kept": kept,
    } == CAMPAIGN


def test_the_tiers_at_the_end_by_the_events_alone(year: list[Event]) -> None:
    """On 9 December what was paid on 10 December of the year before, or later, counts."""
    paid = Paid(year)
    spend: defaultdict[str, int] = defaultdict(int, dict.fromkeys(paid.customer.values(), 0))
    for payment in paid.between(date(2010, 12, 10), date(2011, 12, 9)):
        spend[paid.customer[payment]] += paid.net[payment]
    standing = Counter(_tier(pence) for pence in spend.values())
    assert TIERS["members"] == {name.lower(): standing[name] for name in THRESHOLDS}


def _tier(pence: int) -> str:
    return [name for name, least in THRESHOLDS.items() if pence >= least][-1]


def test_redemptions_end_in_one_way_each() -> None:
    ends = ("applied", "released", "reversed", "pending")
    assert sum(REWARDS[end] for end in ends) == REWARDS["redemptions"]


class TestBusiestDays:
    def test_are_those_with_the_most_payments(self, year: list[Event]) -> None:
        paid = Counter(
            day_of(event) for event in year if "customer" in event["data"]["object"] and "refund" not in event["type"]
        )
        days = [
            date.fromordinal(day) for day in range(min(paid).toordinal(), max(paid).toordinal() - CAMPAIGN_DAYS + 2)
        ]

        def payments(first: date) -> int:
            return sum(paid[date.fromordinal(first.toordinal() + each)] for each in range(CAMPAIGN_DAYS))

        first, last = busiest_days(year, CAMPAIGN_DAYS)
        assert payments(first) == max(map(payments, days))
        assert (last - first).days == CAMPAIGN_DAYS - 1

    def test_move_with_the_year(self, year: list[Event]) -> None:
        moved = busiest_days(move_to(year, date(2026, 7, 1)), CAMPAIGN_DAYS)
        shift = date(2026, 7, 1) - date(2011, 12, 9)
        assert moved == tuple(day + shift for day in busiest_days(year, CAMPAIGN_DAYS))

    def test_are_the_first_of_several(self) -> None:
        assert busiest_days([payment("2011-03-01"), payment("2011-05-01")], 7) == (date(2011, 3, 1), date(2011, 3, 7))

    def test_know_no_guests(self) -> None:
        guests = [payment("2011-03-01", None), payment("2011-03-01", None)]
        assert busiest_days([*guests, payment("2011-05-01")], 1) == (date(2011, 5, 1), date(2011, 5, 1))
        with pytest.raises(ValueError, match="known customer"):
            busiest_days(guests, 1)


def payment(day: str, customer: str | None = "cust_1") -> Event:
    body: dict[str, Any] = {"id": f"pay_{day}", "amount": 100, "metadata": {"country": "Spain"}}
    if customer is not None:
        body["customer"] = customer
    return {"id": f"evt_{day}", "type": "payment.completed", "created_at": f"{day}T12:00:00Z", "data": {"object": body}}


class TestShoppers:
    """Members redeem; their next payment names what they have redeemed, their second one nothing more."""

    OFFER = Offer("£5 off", "discount_amount", 500, 500, ())
    ORIGIN = Origin("tests")

    async def member(self, store: Store, customer: str, points: int) -> str:
        made = await store.write_path.run(CreateAccount("prog_default", customer, {}), self.ORIGIN)
        await store.write_path.run(Adjust(made["id"], points, "goodwill_credit", {}), self.ORIGIN)
        return str(made["id"])

    async def shoppers(self, store: Store, **changes: Any) -> Shoppers:
        offer = self.OFFER._replace(tiers=(), **changes)
        key = await store.write_path.run(store.new_key("tests", "secret", []), self.ORIGIN)
        await store.write_path.run(UpdateProgram("prog_default", {"tier_config": {"tiers": ONE_TIER}}), self.ORIGIN)
        reward = await store.write_path.run(CreateReward(offer.definition()), self.ORIGIN)
        door = Door(create_app({"test": store}, store.settings), key["secret"])
        return Shoppers(store, door, {reward["id"]: offer._replace(tiers=("member",))})

    @pytest.mark.anyio
    async def test_those_with_the_most_points_have_what_there_is_once(self, tmp_path: Path) -> None:
        async with empty_store(tmp_path) as store:
            shoppers = await self.shoppers(store, inventory=3)
            for customer, points in {
                "cust_1": 900,
                "cust_2": 500,
                "cust_3": 499,
                "cust_4": 900,
                "cust_5": 9_000,
            }.items():
                await self.member(store, customer, points)
            await shoppers.redeem()
            await shoppers.redeem()
            named = {customer: shoppers.at_checkout(payment("2026-04-02", customer)) for customer in CUSTOMERS}
            redeemed = {customer for customer, event in named.items() if "redemption" in metadata(event)}
            assert redeemed == {"cust_5", "cust_1", "cust_4"}
            assert "redemption" not in metadata(shoppers.at_checkout(payment("2026-04-03", "cust_5")))
            assert metadata(named["cust_1"])["country"] == "Spain"

    @pytest.mark.anyio
    async def test_no_more_than_so_many_a_turn(self, tmp_path: Path) -> None:
        async with empty_store(tmp_path) as store:
            shoppers = await self.shoppers(store)
            customers = [f"cust_{number}" for number in range(EACH_TURN + 1)]
            for customer in customers:
                await self.member(store, customer, 600)
            await shoppers.redeem()
            assert [await balance(store, customer) for customer in sorted(customers)] == [100] * EACH_TURN + [600]


CUSTOMERS = [f"cust_{number}" for number in range(1, 6)]
ONE_TIER = [{"name": "Member", "rank": 0, "threshold": 0}]


def metadata(event: Event) -> dict[str, str]:
    found: dict[str, str] = event["data"]["object"]["metadata"]
    return found


async def balance(store: Store, customer: str) -> int:
    async def read(session: Session) -> int:
        ((found,),) = await session.fetch("select balance from accounts where customer = $1", customer)
        return int(found)

    return await store.database.read(read)
