"""Having events delivered again: one delivery, or all of a span of time."""

import pytest

from tests.webhooks.conftest import ENDPOINTS, Office, until
from tests.webhooks.receiver import Answer, receiving
from vinr_engagement.foundation.clock import MINUTE
from vinr_engagement.webhooks import progress, record
from vinr_engagement.webhooks.deliveries import Outcome
from vinr_engagement.webhooks.health import Health
from vinr_engagement.webhooks.tables import DELIVERIES, DeliveryRow

pytestmark = pytest.mark.anyio


async def test_a_delivery_is_made_again_at_once_whether_it_failed_or_not(office: Office) -> None:
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url)
        await office.member()

        async def delivered(status: str, count: int) -> bool:
            found = await office.deliveries(endpoint)
            return [(each["status"], each["attempt_count"]) for each in found] == [(status, count)]

        await until(lambda: delivered("succeeded", 1))
        (row,) = await office.deliveries(endpoint)
        path = f"{ENDPOINTS}/{endpoint['id']}/deliveries/{row['id']}/redeliver"
        asked = await office.api.post(path)
        assert (asked["status"], asked["attempt_count"]) == ("pending", 1)
        await until(lambda: delivered("succeeded", 2))
        assert len(set(receiver.ids)) == 1

        receiver.answer = lambda _: Answer(500)
        await office.api.post(path)
        await until(lambda: delivered("pending", 3))
        office.clock.ahead = MINUTE + MINUTE // 10
        await until(lambda: delivered("pending", 4))
        receiver.answer = lambda _: Answer()
        headers = {"Idempotency-Key": "once"}
        first, again = [await office.api.call("POST", path, headers=headers) for _ in range(2)]
        assert first.content == again.content
        await until(lambda: delivered("succeeded", 5))
        assert [each["succeeded"] for each in (await office.deliveries(endpoint))[0]["attempts"]] == [
            True, True, False, False, True,
        ]  # fmt: skip


async def test_an_attempt_under_way_does_not_undo_that_somebody_asked_for_another(office: Office) -> None:
    """The dispatcher read the delivery before the request, and saves after it."""
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url)
        await office.member()

        async def there() -> bool:
            return len(await office.deliveries(endpoint)) == 1

        await until(there)
    database = office.store.database
    (held,) = await database.read(lambda session: session.rows(DELIVERIES, "true"))
    await office.api.post(f"{ENDPOINTS}/{endpoint['id']}/deliveries/{held.id}/redeliver")
    await progress.take(database, endpoint["id"], "me")
    outcome = Outcome(held.created_at, 5, 500, "http_error", "HTTP 500", "")

    def beside(current: DeliveryRow) -> None:
        assert current.asked == held.asked + 1
        from vinr_engagement.webhooks import record_beside

        record_beside(current, outcome)

    await progress.save_again(database, endpoint["id"], "me", Health(), {held.id: beside})
    (row,) = await office.deliveries(endpoint)
    assert (row["status"], row["attempt_count"]) == ("pending", 2)
    with pytest.raises(progress.Replaced):
        await progress.save_again(
            database, endpoint["id"], "other", Health(), {held.id: lambda row: record(row, outcome, 0)}
        )
    assert (await office.deliveries(endpoint))[0]["attempt_count"] == 2, "nothing is saved for one who was replaced"


async def test_everything_of_a_span_is_told_again_in_order(office: Office) -> None:
    clock = "/v1/test-helpers/clock"
    await office.api.post(clock, {"now": "2190-01-01T00:00:00Z"})
    member = await office.member()
    for hour in range(1, 5):
        await office.api.post(f"{clock}/advance", {"to": f"2190-01-01T0{hour}:00:00Z"})
        await office.give(member, times=3)
        await office.api.patch(f"/v1/loyalty/accounts/{member}", {"metadata": {"hour": str(hour)}})
    async with office.delivering():
        await office.all_relayed()
    async with receiving() as receiver:
        endpoint = await office.endpoint(receiver.url, "loyalty.points.*", "loyalty.account.*")
        path = f"{ENDPOINTS}/{endpoint['id']}/replay"
        span = {"from": "2190-01-01T02:00:00Z", "to": "2190-01-01T04:00:00Z"}
        answer = await office.api.post(path, span)
        assert answer == {"object": "webhook_replay", "endpoint": endpoint["id"], "events": 8}
        only = await office.api.post(path, {**span, "types": ["loyalty.points.adjusted", "credit.*"]})
        assert only["events"] == 6
        async with office.delivering():
            await until(lambda: len(receiver.came) == 14)
        numbers = receiver.numbers(member)
        assert numbers == [*range(6, 14), *(number for number in range(6, 14) if number not in (9, 13))]
    rows = await office.deliveries(endpoint)
    assert {(each["origin"], each["status"]) for each in rows} == {("replay", "succeeded")}


async def test_what_cannot_be_replayed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from vinr_engagement.entrypoints.api import webhook_deliveries

    member = await office.member()
    await office.give(member, times=5)
    endpoint = await office.endpoint("http://127.0.0.1:1/")
    path = f"{ENDPOINTS}/{endpoint['id']}/replay"
    span = {"from": "2020-01-01T00:00:00Z", "to": "2190-01-01T00:00:00Z"}
    backwards = {"from": span["to"], "to": span["from"]}
    assert (await office.api.refused("POST", path, backwards, status=400, code="parameter_invalid"))["param"] == "to"
    unknown = {**span, "types": ["loyalty.points.won"]}
    error = await office.api.refused("POST", path, unknown, status=400, code="parameter_invalid")
    assert error["param"] == "types[0]"
    error = await office.api.refused("POST", path, {"to": span["to"]}, status=400, code="parameter_missing")
    assert error["param"] == "from"
    monkeypatch.setattr(webhook_deliveries, "MOST_REPLAYED", 5)
    await office.api.refused("POST", path, span, status=422, code="webhook_replay_too_large")
    monkeypatch.setattr(webhook_deliveries, "MOST_REPLAYED", 6)
    assert (await office.api.post(path, span))["events"] == 6
    await office.api.patch(f"{ENDPOINTS}/{endpoint['id']}", {"status": "disabled"})
    await office.api.refused("POST", path, span, status=409, code="webhook_endpoint_disabled")
    (row, *_) = await office.deliveries(endpoint)
    assert row["status"] == "failed", "what waited when it was disabled waits no more"
    redeliver = f"{ENDPOINTS}/{endpoint['id']}/deliveries/{row['id']}/redeliver"
    await office.api.refused("POST", redeliver, status=409, code="webhook_endpoint_disabled")


async def test_a_live_store_looks_at_the_part_of_the_list_that_its_ids_tell_of(office: Office) -> None:
    from vinr_engagement.foundation.clock import format_instant, real_now

    key = await office.api.key_of("live")
    moments = [real_now()]
    for number in range(3):
        await office.api.post("/v1/loyalty/accounts", {"program": "prog_default", "customer": f"c{number}"}, key=key)
        moments.append(real_now())
    made = await office.api.post(ENDPOINTS, {"url": "http://127.0.0.1:1/"}, key=key)
    path = f"{ENDPOINTS}/{made['id']}/replay"
    for first in range(3):
        for end in range(first + 1, 4):
            span = {"from": format_instant(moments[first]), "to": format_instant(moments[end])}
            assert (await office.api.post(path, span, key=key))["events"] == end - first
