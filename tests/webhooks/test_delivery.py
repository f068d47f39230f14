"""Events arrive: signed, as the API shows them, in order for each member, at endpoints that want them."""

import asyncio
from itertools import pairwise

import pytest
import standardwebhooks
import svix.webhooks

from tests.webhooks.conftest import ENDPOINTS, Office, until
from tests.webhooks.receiver import Answer, receiving
from vinr_engagement import __version__
from vinr_engagement.foundation.clock import DAY, HOUR

pytestmark = pytest.mark.anyio


async def test_an_event_arrives_as_the_api_shows_it_and_stock_libraries_verify_it(office: Office) -> None:
    await office.member("cust_before")
    async with receiving() as receiver, office.delivering():
        await office.all_relayed()
        endpoint = await office.endpoint(receiver.url + "?shop=1&x=;y")
        member = await office.member("cust_Zoë")
        await until(lambda: len(receiver.came) == 1)
        (delivery,) = receiver.came
        assert delivery.path == "/hooks?shop=1&x=;y"
        shown = await office.api.call("GET", f"/v1/events/{delivery.id}")
        assert delivery.body == shown.content
        assert delivery.event["data"]["object"]["id"] == member
        standardwebhooks.Webhook(endpoint["secret"]).verify(delivery.body, delivery.headers)
        svix.webhooks.Webhook(endpoint["secret"]).verify(delivery.body, delivery.headers)
        assert delivery.headers["content-type"] == "application/json"
        assert delivery.headers["user-agent"] == f"VINR-Engagement/{__version__}"
        assert delivery.headers["host"] == f"127.0.0.1:{receiver.port}"

        async def recorded() -> bool:
            return bool(await office.deliveries(endpoint))

        await until(recorded)
    (row,) = await office.deliveries(endpoint)
    assert (row["status"], row["event"], row["event_type"], row["origin"], row["next_attempt_at"]) == (
        "succeeded", delivery.id, "loyalty.account.created", "event", None,
    )  # fmt: skip
    (attempt,) = row["attempts"]
    assert (attempt["succeeded"], attempt["http_status"], attempt["error"], attempt["response"]) == (
        True,
        200,
        None,
        "ok",
    )
    shown_endpoint = await office.shown(endpoint)
    assert (shown_endpoint["lag"], shown_endpoint["failures_in_a_row"], shown_endpoint["failing_since"]) == (0, 0, None)
    assert shown_endpoint["last_success_at"] is not None
    assert "secret" not in shown_endpoint


async def test_while_a_secret_is_replaced_both_verify_and_then_only_the_new_one(office: Office) -> None:
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url)
        path = f"{ENDPOINTS}/{endpoint['id']}/rotate-secret"
        rotated = await office.api.post(path)
        first, second = endpoint["secret"], rotated["secret"]
        assert rotated["previous_secret_expires_at"] is not None
        assert second not in (first, None)
        await office.member()
        await until(lambda: len(receiver.came) == 1)
        for secret in (first, second):
            standardwebhooks.Webhook(secret).verify(receiver.came[0].body, receiver.came[0].headers)
            svix.webhooks.Webhook(secret).verify(receiver.came[0].body, receiver.came[0].headers)
        assert receiver.came[0].headers["vinr-signature"].count(",v1=") == 2

        office.clock.ahead = 24 * HOUR + HOUR // 60
        await office.member()
        await until(lambda: len(receiver.came) == 2)
        assert receiver.came[1].headers["webhook-signature"].count("v1,") == 1
        assert receiver.came[1].headers["vinr-signature"].count(",v1=") == 1

        third = (await office.api.post(path, {"expires_in_hours": 0}))["secret"]
        office.clock.ahead = 0
        await office.member()
        await until(lambda: len(receiver.came) == 3)
        standardwebhooks.Webhook(third).verify(receiver.came[2].body, receiver.came[2].headers)
        for secret in (first, second):
            with pytest.raises(standardwebhooks.WebhookVerificationError):
                standardwebhooks.Webhook(secret).verify(receiver.came[2].body, receiver.came[2].headers)


async def test_events_of_a_member_come_one_after_the_other_those_of_several_side_by_side(office: Office) -> None:
    members = [await office.member() for _ in range(6)]
    async with receiving() as receiver:
        receiver.answer = lambda _: Answer(after=0.01)
        endpoint = await office.endpoint(receiver.url, "loyalty.points.*")
        bodies = [{"account": member, "amount": 1} for _ in range(20) for member in members]
        await office.api.post("/v1/loyalty/transactions/batch", {"transactions": bodies})
        async with office.delivering():
            await until(lambda: len(receiver.came) == 120)
            await until(lambda: receiver.at_once == 0)
    for member in members:
        assert receiver.numbers(member) == list(range(2, 22))
        own = [each for each in receiver.came if each.event["account"] == member]
        assert all(after.at >= before.until for before, after in pairwise(own))
    assert 1 < receiver.most_at_once <= 6
    assert receiver.connections <= 6, "connections are kept"
    assert len(await office.deliveries(endpoint, status="succeeded")) == 100, "a page of them"


async def test_an_endpoint_gets_what_it_wants_and_moves_on_past_the_rest(office: Office) -> None:
    async with receiving() as wanted, receiving() as nothing, office.delivering():
        tiers = await office.endpoint(wanted.url, "loyalty.points.adjusted", "credit.*")
        idle = await office.endpoint(nothing.url, "campaign.*")
        member = await office.member()
        await office.give(member, times=3)
        await office.api.post("/v1/loyalty/credit/issue", {"account": member, "amount": 5, "currency": "EUR"})
        await until(lambda: len(wanted.came) == 4)

        async def nothing_waits() -> bool:
            return [(await office.shown(each))["lag"] for each in (tiers, idle)] == [0, 0]

        await until(nothing_waits)
    assert [each.event["type"] for each in wanted.came] == ["loyalty.points.adjusted"] * 3 + ["credit.issued"]
    assert nothing.came == []
    assert await office.deliveries(idle) == []


async def test_a_disabled_endpoint_gets_nothing_and_begins_with_what_comes_when_it_is_enabled(office: Office) -> None:
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url, status="disabled")
        path = f"{ENDPOINTS}/{endpoint['id']}"
        assert (endpoint["disabled_reason"], endpoint["lag"]) == ("requested", 0)
        await office.member("cust_1")
        await office.all_relayed()
        await office.api.patch(path, {"status": "enabled"})
        second = await office.member("cust_2")
        await until(lambda: len(receiver.came) == 1)
        await office.api.patch(path, {"status": "disabled"})
        await office.member("cust_3")
        await office.all_relayed()
        await asyncio.sleep(0.3)
        await office.api.patch(path, {"status": "enabled"})
        fourth = await office.member("cust_4")
        await until(lambda: len(receiver.came) >= 2)
        await asyncio.sleep(0.1)
        assert [each.event["account"] for each in receiver.came] == [second, fourth]
        await office.api.call("DELETE", path)
        await office.member("cust_5")
        await asyncio.sleep(0.3)
        assert len(receiver.came) == 2
        await office.api.refused("GET", path, status=404, code="resource_missing")


async def test_another_url_and_other_types_take_effect_at_once(office: Office) -> None:
    async with receiving() as first, receiving() as second, office.delivering():
        endpoint = await office.endpoint(first.url)
        member = await office.member()
        await until(lambda: len(first.came) == 1)
        path = f"{ENDPOINTS}/{endpoint['id']}"
        await office.api.patch(path, {"url": second.url, "enabled_events": ["loyalty.points.*"]})
        await office.give(member)
        await office.member()
        await office.give(member)
        await until(lambda: len(second.came) == 2)
        assert len(first.came) == 1


async def test_deliveries_go_by_real_time_whatever_the_clock_of_the_store_says(office: Office) -> None:
    await office.api.post("/v1/test-helpers/clock", {"now": "2190-01-01T00:00:00Z"})
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url)
        await office.member()
        await until(lambda: len(receiver.came) == 1)
        standardwebhooks.Webhook(endpoint["secret"]).verify(receiver.came[0].body, receiver.came[0].headers)
        assert receiver.came[0].event["created_at"] == "2190-01-01T00:00:00Z"
        assert endpoint["created_at"] < "2190"


async def test_an_event_arrives_soon(office: Office) -> None:
    loop = asyncio.get_running_loop()
    async with receiving() as receiver, office.delivering():
        await office.endpoint(receiver.url)
        await office.member()
        await until(lambda: len(receiver.came) == 1)
        member, waits = await office.member(), []
        await until(lambda: len(receiver.came) == 2)
        for number in range(5):
            started = loop.time()
            await office.give(member)
            await until(lambda number=number: len(receiver.came) == 3 + number)
            waits.append(loop.time() - started)
    assert min(waits) < 2, waits


async def test_old_deliveries_are_forgotten(office: Office) -> None:
    from vinr_engagement.foundation.clock import real_now
    from vinr_engagement.webhooks import progress

    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url)
        for _ in range(3):
            await office.member()

        async def recorded() -> bool:
            return len(await office.deliveries(endpoint)) == 3

        await until(recorded)
    database = office.store.database
    assert await progress.purge(database, real_now() + 29 * DAY, 2) == 0
    assert [await progress.purge(database, real_now() + 31 * DAY, 2) for _ in range(3)] == [2, 1, 0]
    assert await office.deliveries(endpoint) == []
