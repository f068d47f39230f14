"""Lists, a page at a time and all in one loop, against a running server."""

from collections.abc import Iterator

import pytest

from tests.contract.world import World, furnish, world
from vinr import AsyncPage, AsyncVinr, Page, Vinr

pytestmark = pytest.mark.anyio

MEMBERS = 7


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running server with some of everything."""
    with world(f"sqlite:///{tmp_path_factory.mktemp('pages') / 'vinr.db'}") as running:
        furnish(running, "one")
        yield running


@pytest.fixture(scope="module")
def client(place: World) -> Iterator[Vinr]:
    """A client of it."""
    with Vinr(place.keys["test"], base_url=place.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def program(client: Vinr) -> str:
    """A program with seven members."""
    made = client.loyalty.programs.create(name="Club").id
    for _ in range(MEMBERS):
        client.loyalty.accounts.create(program=made)
    return made


def test_a_loop_goes_through_every_page(client: Vinr, program: str) -> None:
    found = [account.id for account in client.loyalty.accounts.list(program=program, limit=2)]
    assert len(set(found)) == len(found) == MEMBERS
    assert found == [account.id for account in client.loyalty.accounts.list(program=program).data]


def test_pages_one_by_one(client: Vinr, program: str) -> None:
    first = client.loyalty.accounts.list(program=program, limit=3)
    assert (len(first.data), first.has_more, first.page.total_estimate) == (3, True, MEMBERS)
    assert first.page.next_cursor == first.data[-1].id
    second = first.next_page()
    assert second is not None
    third = second.next_page()
    assert third is not None
    assert (len(third.data), third.has_more, third.next_page()) == (1, False, None)
    assert [len(page.data) for page in first.pages()] == [3, 3, 1]
    assert isinstance(first, Page)
    assert first.to_dict()["object"] == "list"
    assert first.last_response is not None
    assert "has_more=True" in repr(first)


def test_backwards_it_goes_on_backwards(client: Vinr, program: str) -> None:
    everything = [account.id for account in client.loyalty.accounts.list(program=program)]
    back = client.loyalty.accounts.list(program=program, limit=2, ending_before=everything[-1])
    assert [[account.id for account in page.data] for page in back.pages()] == [
        everything[4:6],
        everything[2:4],
        everything[0:2],
    ]


def test_filters_hold_on_every_page(client: Vinr, place: World) -> None:
    ledger = client.loyalty.transactions.list(
        account=place.known["account"][5], limit=1, created_at={"gte": "2000-01-01T00:00:00Z"}
    )
    assert len(list(ledger)) > 1
    assert {row.account for row in ledger} == {place.known["account"][5]}


def test_every_list_goes_on_where_its_page_ends(client: Vinr, place: World) -> None:
    rich = place.known["account"][5]
    client.loyalty.transactions.create(account=rich, amount=5)
    lists = [
        client.loyalty.accounts.list(limit=1),
        client.loyalty.accounts.list_lots(rich, limit=1, status="all"),
        client.loyalty.credit.transactions.list(account=rich, limit=1),
        client.loyalty.rewards.list(limit=1),
        client.loyalty.redemptions.list(limit=1),
        client.loyalty.programs.list(limit=1),
        client.loyalty.earning_rules.list(limit=1),
        client.loyalty.referrals.list(limit=1),
        client.customers.list(limit=1),
        client.events.list(limit=1),
        client.received_events.list(limit=1),
        client.audit_log.list(limit=1),
        client.api_keys.list(limit=1),
    ]
    for page in lists:
        following = page.next_page()
        assert following is not None, page
        assert following.data[0] != page.data[0]


def test_a_list_that_is_whole_ends(client: Vinr, place: World) -> None:
    versions = client.loyalty.earning_rules.list_versions(place.known["rule"][0])
    assert [rule.version for rule in versions] == [1]
    assert versions.next_page() is None
    assert [reward.available for reward in client.loyalty.accounts.list_rewards(place.known["account"][5])]


async def test_awaited_lists(place: World, program: str) -> None:
    async with AsyncVinr(place.keys["test"], base_url=place.url) as awaited:
        first = await awaited.loyalty.accounts.list(program=program, limit=3)
        assert isinstance(first, AsyncPage)
        assert [len(page.data) async for page in first.pages()] == [3, 3, 1]
        second = await first.next_page()
        assert second is not None
        assert second.has_more
        looped = [account.id async for account in awaited.loyalty.accounts.list(program=program, limit=2)]
        assert looped == [account.id async for account in first]
        assert len(looped) == MEMBERS
