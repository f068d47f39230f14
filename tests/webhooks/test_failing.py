"""What happens when receivers fail: retries, gentleness, an end; and nobody else waits."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.webhooks.conftest import ENDPOINTS, Office, until
from tests.webhooks.receiver import Answer, Delivery, receiving
from vinr_engagement.audit import AUDIT_LOG
from vinr_engagement.commands.verify import verify
from vinr_engagement.foundation.clock import DAY, HOUR, MINUTE, SECOND, parse_instant
from vinr_engagement.webhooks import sending
from vinr_engagement.webhooks.health import GENTLE_AFTER

pytestmark = pytest.mark.anyio

STEPS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 24 * HOUR]


def refusing(status: int = 500, **more: Any) -> Callable[[Delivery], Answer]:
    return lambda _: Answer(status=status, body=b"broken", **more)


async def attempts(office: Office, endpoint: dict[str, Any]) -> list[int]:
    """How many attempts each delivery has, the oldest first."""
    return [each["attempt_count"] for each in reversed(await office.deliveries(endpoint))]


async def test_retries_come_after_each_pause_and_then_it_has_failed(office: Office) -> None:
    async with receiving() as receiver, office.delivering():
        receiver.answer = refusing()
        endpoint = await office.endpoint(receiver.url)
        await office.member()
        for number, step in enumerate([*STEPS, 0], start=1):

            async def made(number: int = number) -> bool:
                return await attempts(office, endpoint) == [number]

            await until(made)
            (row,) = await office.deliveries(endpoint)
            if not step:
                break
            assert row["status"] == "pending"
            last = row["attempts"][-1]
            pause = parse_instant(row["next_attempt_at"]) - parse_instant(last["at"]) - last["duration_ms"] * 1_000
            assert pause == step
            office.clock.ahead += step + SECOND
        assert (row["status"], row["next_attempt_at"], len(receiver.came)) == ("failed", None, 6)
        assert len(set(receiver.ids)) == 1
        assert {each["response"] for each in row["attempts"]} == {"broken"}
        assert {(each["error"], each["http_status"]) for each in row["attempts"]} == {("http_error", 500)}
        shown = await office.shown(endpoint)
        assert shown["failures_in_a_row"] == 6
        assert shown["failing_since"] == row["attempts"][0]["at"][:19] + shown["failing_since"][19:]


async def test_a_retry_that_succeeds_ends_it_and_later_events_did_not_wait(office: Office) -> None:
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url, "loyalty.points.*")
        member = await office.member()
        receiver.answer = lambda each: Answer(500 if each.event["account_sequence"] == 2 else 200)
        await office.give(member, times=3)
        await until(lambda: receiver.numbers(member) == [2, 3, 4])
        receiver.answer = lambda _: Answer(204, b"")

        async def recorded() -> bool:
            return await attempts(office, endpoint) == [1, 1, 1]

        await until(recorded)
        office.clock.ahead = MINUTE + SECOND
        await until(lambda: receiver.numbers(member) == [2, 3, 4, 2])

        async def settled() -> bool:
            return {each["status"] for each in await office.deliveries(endpoint)} == {"succeeded"}

        await until(settled)
        assert await attempts(office, endpoint) == [2, 1, 1]


RAW: dict[str, tuple[Answer, str, int | None]] = {
    "a redirect": (Answer(302, headers={"Location": "http://127.0.0.1:1/"}), "redirected", 302),
    "no HTTP": (Answer(raw=b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "connection_failed", None),
    "nothing": (Answer(raw=b""), "timeout", None),
    "half a body": (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), "timeout", None),
    "a large body": (Answer(500, b"x" * 300_000), "http_error", 500),
    "no text": (Answer(500, b"\x00\xff\xfe text"), "http_error", 500),
    "not found": (Answer(404, b""), "http_error", 404),
    "not now": (Answer(503, b"", {"Retry-After": "63"}), "http_error", 503),
}


async def test_every_way_to_fail_is_told_apart(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ATTEMPT_SECONDS", 0.3)
    names = list(RAW)
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint(receiver.url)
        receiver.answer = lambda each: RAW[each.event["data"]["object"]["customer"]][0]
        for name in names:
            await office.member(name)
        await until(lambda: len(receiver.came) == len(names))

        async def recorded() -> bool:
            return len(await office.deliveries(endpoint)) == len(names)

        await until(recorded)
        rows = {}
        for row in await office.deliveries(endpoint):
            event = await office.api.get(f"/v1/events/{row['event']}")
            rows[event["data"]["object"]["customer"]] = row
    for name, (_, error, status) in RAW.items():
        (attempt,) = rows[name]["attempts"]
        assert (attempt["error"], attempt["http_status"], rows[name]["status"]) == (error, status, "pending"), name
        assert attempt["detail"], name
    assert rows["a large body"]["attempts"][0]["response"] == "x" * 1_024
    assert rows["no text"]["attempts"][0]["response"] == "\ufffd\ufffd\ufffd text"
    (later,) = rows["not now"]["attempts"]
    asked = (
        parse_instant(rows["not now"]["next_attempt_at"]) - parse_instant(later["at"]) - later["duration_ms"] * 1_000
    )
    assert asked == 63 * SECOND


async def test_nobody_listens(office: Office) -> None:
    async with receiving() as receiver:
        url = receiver.url
    async with office.delivering():
        endpoint = await office.endpoint(url)
        await office.member()

        async def recorded() -> bool:
            return len(await office.deliveries(endpoint)) == 1

        await until(recorded)
    (row,) = await office.deliveries(endpoint)
    assert (row["last_error"], row["last_http_status"]) == ("connection_failed", None)


async def test_a_private_address_is_not_connected_to_however_it_got_there(strict_office: Office) -> None:
    office = strict_office
    async with receiving() as receiver, office.delivering():
        endpoint = await office.endpoint("https://shop.example/hooks")

        async def point_inside(session: Any) -> int:
            inside = receiver.url.replace("127.0.0.1", "localhost")
            return await session.execute("update webhook_endpoints set url = $1", inside)

        await office.store.database.write(point_inside)
        await office.member()

        async def recorded() -> bool:
            return len(await office.deliveries(endpoint)) == 1

        await until(recorded)
        assert (receiver.came, receiver.connections) == ([], 0)
    (row,) = await office.deliveries(endpoint)
    assert row["last_error"] == "address_refused"
    assert "this machine" in row["attempts"][0]["detail"] or "no public address" in row["attempts"][0]["detail"]


async def test_an_endpoint_that_keeps_failing_is_tried_gently_and_loses_nothing(office: Office) -> None:
    async with receiving() as dead, receiving() as healthy, office.delivering():
        dead.answer = refusing(503)
        failing = await office.endpoint(dead.url, "loyalty.points.*")
        await office.endpoint(healthy.url, "loyalty.points.*")
        members = [await office.member() for _ in range(5)]
        for _ in range(12):
            bodies = [{"account": member, "amount": 1} for member in members]
            await office.api.post("/v1/loyalty/transactions/batch", {"transactions": bodies})
        await until(lambda: len(healthy.came) == 60)
        assert GENTLE_AFTER <= len(dead.came) <= GENTLE_AFTER + 16

        shown = await office.shown(failing)
        assert shown["lag"] > 0, "what was not tried waits in the log"
        assert shown["failures_in_a_row"] >= GENTLE_AFTER
        tried = len(dead.came)
        office.clock.ahead += MINUTE + SECOND
        await until(lambda: len(dead.came) == tried + 1)

        async def rests_again() -> bool:
            return (await office.shown(failing))["failures_in_a_row"] == tried + 1

        await until(rests_again)
        assert dead.ids[-1] in dead.ids[:-1], "what failed before is tried before what is new"

        dead.answer = lambda _: Answer()
        office.clock.ahead += MINUTE + SECOND
        await until(lambda: len(set(dead.ids)) == 60)
        office.clock.ahead += HOUR

        async def all_there() -> bool:
            found = await office.deliveries(failing)
            return len(found) == 60 and {each["status"] for each in found} == {"succeeded"}

        await until(all_there)
        assert (await office.shown(failing))["failures_in_a_row"] == 0
        for member in members:
            assert healthy.numbers(member) == list(range(2, 14))


async def test_five_days_of_failures_disable_it_and_the_world_is_told(office: Office) -> None:
    async with receiving() as dead, receiving() as healthy, office.delivering():
        dead.answer = refusing()
        failing = await office.endpoint(dead.url)
        watching = await office.endpoint(healthy.url, "webhook_endpoint.*")
        await office.member()

        async def failed_once() -> bool:
            return (await office.shown(failing))["failures_in_a_row"] >= 1

        await until(failed_once)
        office.clock.ahead = 5 * DAY + MINUTE
        await until(lambda: len(healthy.came) == 1)
        await _check_disabled(office, failing, healthy.came[0].event, "failing")
        came = len(dead.came)
        await office.member()
        office.clock.ahead += DAY
        await until(lambda: len(healthy.came) == 1)
        assert len(dead.came) == came
        assert (await office.shown(watching))["status"] == "enabled"
    assert (await verify(office.store.database)).faults == []


async def test_gone_disables_it_at_once(office: Office) -> None:
    async with receiving() as gone, receiving() as healthy, office.delivering():
        gone.answer = refusing(410)
        endpoint = await office.endpoint(gone.url)
        await office.endpoint(healthy.url, "webhook_endpoint.disabled")
        for _ in range(3):
            await office.member()
        await until(lambda: len(healthy.came) == 1)
        await _check_disabled(office, endpoint, healthy.came[0].event, "gone")
        assert {each["status"] for each in await office.deliveries(endpoint)} == {"failed"}
        gone.answer = lambda _: Answer()
        await office.api.patch(f"{ENDPOINTS}/{endpoint['id']}", {"status": "enabled"})
        newest = await office.member()
        await until(lambda: gone.came[-1].event["account"] == newest)
        assert (await office.shown(endpoint))["disabled_reason"] is None
        await office.api.call("DELETE", f"{ENDPOINTS}/{endpoint['id']}")
    assert (await verify(office.store.database)).faults == [], "facts about endpoints outlive them"


async def _check_disabled(office: Office, endpoint: dict[str, Any], event: dict[str, Any], reason: str) -> None:
    assert (event["type"], event["account"], event["account_sequence"]) == (
        "webhook_endpoint.disabled",
        endpoint["id"],
        1,
    )
    assert event["data"]["object"]["disabled_reason"] == reason
    assert event["data"]["previous"] == {"status": "enabled"}
    assert "whsec" not in str(event)
    shown = await office.shown(endpoint)
    assert (shown["status"], shown["disabled_reason"], shown["lag"]) == ("disabled", reason, 0)
    listed = (await office.api.get(f"/v1/events?account={endpoint['id']}"))["data"]
    assert [each["id"] for each in listed] == [event["id"]]
    entries = await office.store.database.read(
        lambda session: session.rows(AUDIT_LOG, "resource = $1 order by id desc limit 1", endpoint["id"])
    )
    assert (entries[0].action, entries[0].actor) == ("webhook_endpoint.disabled", "engine")
    pending = await office.deliveries(endpoint, status="pending")
    assert pending == []
