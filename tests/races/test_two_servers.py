"""Many callers at once of two server processes on one PostgreSQL, beside a worker: as if there were one server."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.sending import BATCH, SENDERS, Event, Sender, bodies_of
from tests.crash.year import check
from tests.races.fleet import Fleet, called, name, new_database, payment, running_fleet
from vinr_engagement.entrypoints.demo.year import load_year
from vinr_engagement.foundation.clock import format_instant, real_now

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def processes(postgres_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One fleet for all races: the members of each are its own."""
    with new_database(postgres_server) as url, running_fleet(url, tmp_path_factory.mktemp("fleet")) as running:
        yield running


@pytest.fixture
async def fleet(processes: Fleet) -> AsyncIterator[Fleet]:
    async with called(processes) as at_work:
        yield at_work


async def test_fifty_creates_of_one_member_give_one_account(fleet: Fleet) -> None:
    body = {"program": "prog_default", "customer": name("cust")}
    answers = await asyncio.gather(*[fleet.post("/v1/loyalty/accounts", body) for _ in range(50)])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    (made,) = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    refusals = [answer.json()["error"] for answer in answers if answer.status_code == 409]
    assert {(error["code"], error["resource"]) for error in refusals} == {("account_already_exists", made)}


async def test_two_hundred_events_and_debits_on_one_member_end_exact(fleet: Fleet) -> None:
    customer = name("cust")
    account = await fleet.enrol(customer)
    calls = [call for _ in range(100) for call in (fleet.pay(customer, 1_000), fleet.adjust(account, -7))]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers[::2]} == {200}
    refused = [answer.json()["error"]["code"] for answer in answers if answer.status_code != 200]
    assert set(refused) <= {"insufficient_points"}
    found = await fleet.account(account)
    assert (found["balance"], found["lifetime_points"]) == (100 * 10 - 7 * (100 - len(refused)), 1_000)


async def test_one_idempotency_key_from_twenty_callers_takes_effect_once(fleet: Fleet) -> None:
    account = await fleet.enrol(name("cust"))
    headers = {"Idempotency-Key": name("goodwill")}
    answers = await asyncio.gather(*[fleet.adjust(account, 500, **headers) for _ in range(20)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.headers.get("idempotent-replayed") == "true" for answer in answers) == 19
    assert (await fleet.account(account))["balance"] == 500


async def test_one_event_from_twenty_callers_takes_effect_once(fleet: Fleet) -> None:
    event = payment(name("cust"), 4_250)
    answers = await asyncio.gather(*[fleet.post("/v1/events", event) for _ in range(20)])
    assert Counter(answer.json()["status"] for answer in answers) == {"processed": 1, "duplicate": 19}
    (account,) = {answer.json()["programs"][0]["account"] for answer in answers}
    assert (await fleet.account(account))["balance"] == 42


async def test_a_merge_against_events_and_debits_loses_nothing(fleet: Fleet) -> None:
    customers = name("cust"), name("cust")
    source, target = await fleet.enrol(customers[0]), await fleet.enrol(customers[1])
    await asyncio.gather(fleet.adjust(source, 1_000), fleet.adjust(target, 1_000))
    merge = fleet.post("/v1/loyalty/accounts/merge", {"source": source, "target": target})
    events = [fleet.pay(customers[number % 2], 1_000) for number in range(60)]
    debits = [fleet.adjust((source, target)[number % 2], -10) for number in range(60)]
    calls = [call for pair in zip(events, debits, strict=True) for call in pair]
    answers = await asyncio.gather(*calls[:40], merge, *calls[40:])
    refusals = [answer.json()["error"]["code"] for answer in answers if answer.status_code != 200]
    assert set(refusals) <= {"account_merged"}
    debited = sum(answer.json().get("amount") == -10 for answer in answers)
    assert (await fleet.account(target))["balance"] == 2_000 + 60 * 10 - 10 * debited
    assert (await fleet.account(source))["balance"] == 0


async def test_a_rule_made_at_one_server_counts_for_the_next_event_at_the_other(fleet: Fleet) -> None:
    first, second = fleet.clients
    customer = name("cust")
    account = await fleet.enrol(customer)
    expected = 0
    for round_number in range(1, 11):
        made = await first.post("/v1/loyalty/earning-rules", json=_quiz_rule(round_number))
        assert made.status_code == 200, made.text
        event = payment(customer, 1_000) | {"type": f"quiz.round_{round_number}"}
        answer = await second.post("/v1/events", json=event)
        assert (answer.json()["status"], answer.status_code) == ("processed", 200), answer.text
        expected += round_number
        first, second = second, first
    assert (await fleet.account(account))["balance"] == expected


def _quiz_rule(points: int) -> dict[str, Any]:
    award = {"type": "fixed", "points": points}
    return {
        "program": "prog_default",
        "name": f"Quiz {points}",
        "trigger": f"quiz.round_{points}",
        "award": award,
    }


async def _play(fleet: Fleet, events: list[Event]) -> None:
    """The events in batches to both servers in turn, and every fourth batch to both at once."""
    sender, waiting = Sender(*fleet.clients), iter(enumerate(bodies_of(events)))

    async def send() -> None:
        for number, body in waiting:
            servers = fleet.clients if number % 4 == 0 else [fleet.clients[number % 2]]
            await asyncio.gather(*[sender.send(body, server) for server in servers])

    await asyncio.gather(*[send() for _ in range(SENDERS)])
    assert sender.answered >= len(events) / BATCH * 1.25
    assert (sender.cut_off, sender.refused) == (0, 0)


@pytest.fixture
def own_processes(postgres_server: Any, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet with a store of its own, for tests that count everything in it."""
    with new_database(postgres_server) as url, running_fleet(url, tmp_path) as running:
        yield running


async def test_events_to_two_servers_in_turn_end_exact(own_processes: Fleet) -> None:
    events = load_year()[:2_000]
    async with called(own_processes) as fleet:
        await _play(fleet, events)
    await check(own_processes.database_url, events)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
async def test_the_whole_year_to_two_servers_in_turn_ends_exact(own_processes: Fleet) -> None:
    events = load_year()
    async with called(own_processes) as fleet:
        await _play(fleet, events)
    await check(own_processes.database_url, events)


async def test_a_code_converts_no_more_often_than_it_may(fleet: Fleet) -> None:
    ann, friends = await fleet.enrol(name("ann")), [name("friend") for _ in range(20)]
    asked = {"program": "prog_default", "referrer": ann, "reward": {"referrer": {"points": 100}}, "max_conversions": 3}
    code = (await fleet.post("/v1/loyalty/referrals", asked)).json()["code"]
    uses = [fleet.post("/v1/loyalty/referrals/attribute", {"code": code, "customer": friend}) for friend in friends]
    assert {answer.status_code for answer in await asyncio.gather(*uses)} == {200}
    moment = format_instant(real_now())
    paid = [fleet.post("/v1/events", {**payment(friend, 100), "created_at": moment}) for friend in friends]
    outcomes = [answer.json()["programs"][0]["referral"] for answer in await asyncio.gather(*paid)]
    assert Counter((outcome["status"], outcome["reason"]) for outcome in outcomes) == {
        ("converted", None): 3,
        ("rejected", "referral_code_exhausted"): 17,
    }
    assert (await fleet.account(ann))["balance"] == 300
