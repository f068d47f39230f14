"""Finding members by what people type, and lists of them by tier."""

from typing import Any

import pytest

from tests.api.conftest import Api
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.migrations import search_terms
from vinr_engagement.members import search

pytestmark = pytest.mark.anyio

ACCOUNTS = "/v1/loyalty/accounts"
PEOPLE = {
    "cust_ada": ("Ada.Lovelace@shop.example", "Ada Lovelace"),
    "cust_zoe": ("zoe@shop.example", "Zoë O'Neil-Meier"),
    "cust_Max": ("max@other.example", "Max Adam"),
    "4711": (None, "Ann Smith"),
}


async def tell(api: Api, event: str, kind: str, at: str = "2026-01-01T00:00:00Z", **customer: Any) -> None:
    told = {"id": event, "type": f"customer.{kind}", "created_at": at, "data": {"object": customer}}
    await api.post("/v1/events", told)


async def furnish(api: Api) -> dict[str, str]:
    """Members with the names and addresses of people; answers whose account is which."""
    for number, (customer, (email, name)) in enumerate(PEOPLE.items()):
        await tell(api, f"evt_c{number}", "created", id=customer, email=email, name=name)
    return {(await api.enrol(customer))["id"]: customer for customer in PEOPLE}


async def found(api: Api, search: str, **more: str) -> list[str]:
    return [account["id"] for account in (await api.get(ACCOUNTS, params={"search": search, **more}))["data"]]


async def test_members_are_found_by_what_people_type(api: Api) -> None:
    names = await furnish(api)

    async def whose(text: str) -> list[str]:
        return sorted(names[account] for account in await found(api, text))

    assert await whose("ada") == ["cust_Max", "cust_ada"], "any word of a name, and an address, by its beginning"
    assert await whose("ADA love") == ["cust_ada"]
    assert await whose("lovelace, ada") == ["cust_ada"], "the words of a name go round"
    assert await whose("ada.love") == ["cust_ada"]
    assert await whose("ada.lovelace@shop.example") == ["cust_ada"]
    assert await whose("smith@") == [], "with an @ it is an address"
    assert await whose("zoe") == ["cust_zoe"]
    assert await whose("ZOË oneil") == ["cust_zoe"]
    assert await whose("o'neil") == ["cust_zoe"]
    assert await whose("meier") == ["cust_zoe"]
    assert await whose("eier") == [], "only beginnings"
    assert await whose("cust_") == ["cust_Max", "cust_ada", "cust_zoe"]
    assert await whose("cust_M") == ["cust_Max"]
    assert await whose("cust_m") == [], "ids are as they are written"
    assert await whose("47") == ["4711"]
    assert await whose("  smith ann ") == ["4711"]
    assert await whose("%") == await whose("_") == await whose("\U0010ffff") == []
    (ada,) = await found(api, "lovelace")
    assert await found(api, ada) == await found(api, ada.upper()) == [ada]
    assert set(await found(api, "loy_")) == set(names)


async def test_pages_and_other_filters(api: Api) -> None:
    program = (await api.post("/v1/loyalty/programs", {"name": "Other"}))["id"]
    await tell(api, "evt_c", "created", id="cust_1", name="Robin Wood")
    mine = (await api.enrol("cust_1"))["id"]
    other = (await api.post(ACCOUNTS, {"program": program, "customer": "cust_1"}))["id"]
    assert await found(api, "robin") == [other, mine], "newest first"
    assert await found(api, "robin", program="prog_default") == [mine]
    assert await found(api, "robin", customer="cust_2") == []
    first = await api.get(ACCOUNTS, params={"search": "robin", "limit": "1"})
    assert first["page"] == {"has_more": True, "next_cursor": other, "total_estimate": 2}
    assert await found(api, "robin", limit="1", starting_after=other) == [mine]
    assert await found(api, "robin", limit="1", ending_before=mine) == [other]
    shown = await api.get(ACCOUNTS, params={"search": "robin", "program": program, "expand[]": "customer"})
    assert shown["data"][0]["customer"]["name"] == "Robin Wood"


async def test_whoever_changed_is_found_as_they_are_now(api: Api) -> None:
    await tell(api, "evt_1", "created", id="cust_1", name="Ann Smith", email="ann@shop.example")
    account = (await api.enrol("cust_1"))["id"]
    await tell(api, "evt_2", "updated", "2026-02-01T00:00:00Z", id="cust_1", name="Ann Jones")
    assert await found(api, "smith") == []
    assert await found(api, "jones") == await found(api, "ann@") == [account]
    await tell(api, "evt_3", "updated", "2026-01-15T00:00:00Z", id="cust_1", name="Ann Late")
    assert await found(api, "late") == [], "an older event than the one that is known"
    await tell(api, "evt_4", "deleted", "2026-03-01T00:00:00Z", id="cust_1")
    assert await found(api, "jones") == await found(api, "ann@") == []
    assert await found(api, "cust_1") == [account]


async def test_whoever_was_erased_is_not_found(api: Api) -> None:
    await tell(api, "evt_1", "created", id="cust_1", name="Ann Smith", email="ann@shop.example")
    account = (await api.enrol("cust_1"))["id"]
    await api.post(f"{ACCOUNTS}/{account}/erase")
    for text in ("ann", "smith", "ann@shop.example", "cust_1"):
        assert await found(api, text) == await found(api, text, status="all") == []
    assert await found(api, account) == [account]


async def test_merged_and_closed_members(api: Api) -> None:
    await tell(api, "evt_1", "created", id="cust_1", name="Ann Smith")
    await tell(api, "evt_2", "created", id="cust_2", name="Bea Jones")
    emptied, survivor = (await api.enrol("cust_1"))["id"], (await api.enrol("cust_2"))["id"]
    await api.post(f"{ACCOUNTS}/merge", {"source": emptied, "target": survivor})
    assert await found(api, "smith") == await found(api, "cust_1") == [survivor]
    assert await found(api, emptied) == []
    assert await found(api, emptied, status="merged") == await found(api, "smith", status="merged") == [emptied]
    await api.post(f"{ACCOUNTS}/{survivor}/close")
    later = (await api.enrol("cust_2"))["id"]
    assert await found(api, "bea") == await found(api, "cust_2") == [later]
    assert await found(api, "bea", status="closed") == await found(api, "cust_2", status="closed") == [survivor]
    assert await found(api, "bea", status="all") == [later, survivor]


async def test_of_each_kind_only_so_many_are_looked_at(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SEARCHED_AT_MOST", 2)
    for number, name in enumerate(("Ann C", "Ann A", "Ann B", "Ann")):
        await tell(api, f"evt_{number}", "created", id=f"cust_{number}", name=name)
        await api.enrol(f"cust_{number}")
    shown = await api.get(ACCOUNTS, params={"search": "ann", "expand[]": "customer"})
    assert [account["customer"]["name"] for account in shown["data"]] == ["Ann", "Ann A"], "the alphabetically first"
    assert shown["page"]["total_estimate"] == 2


async def test_searches_that_are_refused(sqlite_api: Api) -> None:
    for text in ("", "   ", "x" * 321, "a\0b"):
        query = {"search": text}
        error = await sqlite_api.refused("GET", ACCOUNTS, params=query, status=400, code="parameter_invalid")
        assert error["param"] == "search"


async def test_members_of_a_tier(api: Api) -> None:
    tiers = [{"name": "Basic", "rank": 0, "threshold": 0}, {"name": "Gold", "rank": 1, "threshold": 100}]
    await api.patch("/v1/loyalty/programs/prog_default", {"tier_config": {"tiers": tiers}})
    low, high = (await api.enrol("cust_1"))["id"], (await api.enrol("cust_2"))["id"]
    await api.post("/v1/loyalty/transactions", {"account": high, "amount": 100})

    async def listed(**query: str) -> list[str]:
        return [account["id"] for account in (await api.get(ACCOUNTS, params=query))["data"]]

    assert await listed(tier="gold") == [high]
    assert await listed(tier="basic") == [low]
    assert await listed(tier="basic", search="cust_") == [low]
    assert await listed(tier="silver") == []


async def test_a_store_of_before_is_searched_as_well(api: Api) -> None:
    """The terms are written anew by the migration as the events had written them."""
    await furnish(api)

    async def kept(session: Session) -> list[Any]:
        return await session.fetch("select bucket, customer, term from customer_terms order by customer, term")

    async def again(session: Session) -> list[Any]:
        await session.execute("delete from customer_terms")
        await search_terms.fill(session)
        return await kept(session)

    database = api.stores["test"].database
    before = await database.read(kept)
    assert len(before) == 3 + 4 + 3 + 2
    assert sorted(await database.write(again)) == sorted(before)
