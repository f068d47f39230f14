"""How reports are made: of one snapshot, by one worker at a time, again from the beginning by another; or not, and why not."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

from tests.api.conftest import Api, Json
from tests.api.redeeming import TRANSACTIONS, a_member
from tests.crash.processes import Server, ready
from tests.crash.year import FOR_EVER, opened, prepare
from tests.reports.conftest import REPORTS, Bureau, read
from tests.served import served
from vinr_engagement.commands import Store, leases
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.worker import Worker
from vinr_engagement.entrypoints.worker.jobs import jobs_of
from vinr_engagement.foundation.clock import DAY, real_now
from vinr_engagement.foundation.errors import Unavailable
from vinr_engagement.reports import KEPT, MOST_ATTEMPTS, MOST_WAITING, keeping, sources

pytestmark = pytest.mark.anyio
SOME_ROWS = 100


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file takes many steps and pieces, however small it is."""
    monkeypatch.setattr(sources, "ROWS_A_STEP", 16)
    monkeypatch.setattr("vinr_engagement.reports.pieces.PIECE_BYTES", 512)
    monkeypatch.setattr("vinr_engagement.reports.queries.PIECE_BYTES", 512)


async def some_rows(api: Api, count: int = SOME_ROWS) -> str:
    """A member with so many rows."""
    member = await a_member(api, 0)
    body = {"transactions": [{"account": member, "amount": number + 1} for number in range(count)]}
    await api.post(f"{TRANSACTIONS}/batch", body)
    return member


async def status_of(bureau: Bureau, report: Json) -> Any:
    """How far a report is."""
    return (await bureau.api.get(f"{REPORTS}/{report['id']}"))["status"]


async def pieces_in(bureau: Bureau) -> int:
    """How many pieces the store has, of whatever file."""
    ((count,),) = await bureau.api.stores["test"].database.ask("select count(*) from report_pieces")
    return int(count)


async def amounts(bureau: Bureau, report: Json) -> list[int]:
    """The amounts in the file of a report, which must be completed."""
    found = await bureau.api.get(f"{REPORTS}/{report['id']}")
    assert found["status"] == "completed", found
    return sorted(row["amount"] for row in read("transactions", "csv", await bureau.file(found)))


async def until_it_is(bureau: Bureau, report: Json, *statuses: str) -> None:
    """Waits while a worker makes a report."""
    while await status_of(bureau, report) not in statuses:  # noqa: ASYNC110 (nothing rings)
        await asyncio.sleep(0.005)


async def until_saved(bureau: Bureau) -> None:
    """Makes a report until something of it is in the database."""
    while not await pieces_in(bureau):
        assert await bureau.reporter.step()


async def test_it_is_of_one_moment_whatever_happens_meanwhile(bureau: Bureau) -> None:
    member = await some_rows(bureau.api)
    other = await a_member(bureau.api, 0)
    asked = await bureau.ask("transactions")
    await bureau.reporter.step()
    await bureau.reporter.step()
    await bureau.api.post(TRANSACTIONS, {"account": member, "amount": 1_000})
    await bureau.api.post("/v1/loyalty/accounts/merge", {"source": member, "target": other})
    await bureau.work()
    assert await amounts(bureau, asked) == list(range(1, SOME_ROWS + 1))
    content = await bureau.file(await bureau.api.get(f"{REPORTS}/{asked['id']}"))
    assert {row["account"] for row in read("transactions", "csv", content)} == {member}


async def test_how_far_it_is_can_be_seen(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    asked = await bureau.ask("transactions")
    assert (asked["status"], asked["download"], asked["totals"], asked["rows"]) == ("pending", None, None, 0)
    await until_saved(bureau)
    running = await bureau.api.get(f"{REPORTS}/{asked['id']}")
    assert running["status"] == "running"
    assert 0 < running["rows"] < SOME_ROWS
    assert running["bytes"] > 0
    await bureau.api.refused("GET", f"{REPORTS}/{asked['id']}/download", status=409, code="report_not_completed")


async def test_another_worker_begins_anew_and_the_first_saves_nothing_more(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    asked = await bureau.ask("transactions")
    await until_saved(bureau)
    second = bureau.new_reporter()
    await second.step()
    while bureau.reporter._attempt is not None:
        await bureau.reporter.step()
    assert await status_of(bureau, asked) == "running", "the first has dropped it, the second has it"
    while await second.step():
        pass
    assert await amounts(bureau, asked) == list(range(1, SOME_ROWS + 1))
    kept = await pieces_in(bureau)
    assert await keeping.purge(bureau.api.stores["test"].database, real_now(), 1_000) > 0, "what the first had saved"
    assert await pieces_in(bureau) < kept
    assert await amounts(bureau, asked) == list(range(1, SOME_ROWS + 1))


async def test_a_worker_that_stops_gives_it_back(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    asked = await bureau.ask("transactions")
    await until_saved(bureau)
    await bureau.reporter.let_go()
    assert await status_of(bureau, asked) == "pending"
    await bureau.work()
    assert await amounts(bureau, asked) == list(range(1, SOME_ROWS + 1))


async def test_one_that_is_deleted_is_not_made_any_further(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    asked = await bureau.ask("transactions")
    await until_saved(bureau)
    await bureau.api.call("DELETE", f"{REPORTS}/{asked['id']}")
    await bureau.work()
    database = bureau.api.stores["test"].database
    while await keeping.purge(database, real_now(), 2):
        pass
    assert await pieces_in(bureau) == 0


async def test_a_file_that_is_too_large_is_given_up(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    asked = await bureau.ask("transactions")
    bureau.reporter = bureau.new_reporter(most_bytes=2_000)
    await bureau.work()
    found = await bureau.api.get(f"{REPORTS}/{asked['id']}")
    assert (found["status"], found["error"]["code"], found["download"]) == ("failed", "too_large", None)
    assert "2,000 bytes" in found["error"]["message"]
    error = await bureau.api.refused(
        "GET", f"{REPORTS}/{asked['id']}/download", status=409, code="report_not_completed"
    )
    assert error["resource"] == asked["id"]


async def test_one_at_which_workers_die_is_given_up(bureau: Bureau) -> None:
    asked = await bureau.ask("transactions")
    for _ in range(MOST_ATTEMPTS):
        assert await bureau.new_reporter().step(), "it has begun, and is never heard of again"
        assert await status_of(bureau, asked) == "running"
    await bureau.work()
    found = await bureau.api.get(f"{REPORTS}/{asked['id']}")
    assert (found["status"], found["error"]["code"]) == ("failed", "interrupted")


async def test_one_that_cannot_be_made_is_tried_several_times(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, after = await bureau.ask("transactions"), await bureau.ask("redemptions")
    with monkeypatch.context() as patch:
        patch.setattr(sources.Transactions, "totals", lambda self: 1 // 0)
        for attempt in range(MOST_ATTEMPTS):
            assert await status_of(bureau, asked) == "pending", attempt
            with pytest.raises(ZeroDivisionError):
                await bureau.work()
    found = await bureau.api.get(f"{REPORTS}/{asked['id']}")
    assert (found["status"], found["error"]["code"]) == ("failed", "internal_error")
    await bureau.work()
    assert await status_of(bureau, after) == "completed", "the next one is not held up"


async def test_a_database_that_takes_nothing_is_waited_for(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    await some_rows(bureau.api)
    asked = await bureau.ask("transactions")
    await until_saved(bureau)

    async def down(*_: Any) -> None:
        raise Unavailable("it is down")

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "save", down)
        patch.setattr(keeping, "complete", down)
        patch.setattr(keeping, "put_back", down)
        with pytest.raises(Unavailable):
            await bureau.work()
    await bureau.work()
    assert await amounts(bureau, asked) == list(range(1, SOME_ROWS + 1))


async def test_no_more_wait_than_may(bureau: Bureau) -> None:
    for _ in range(MOST_WAITING):
        await bureau.ask("redemptions")
    body = {"type": "redemptions", "program": "prog_default", "period": {"gte": "2026-01-01", "lt": "2026-02-01"}}
    later = {"headers": {"Idempotency-Key": "later"}}
    await bureau.api.refused("POST", REPORTS, body, status=409, code="report_limit_reached", **later)
    await bureau.work()
    await bureau.api.post(REPORTS, body, **later)


async def test_a_week_later_it_is_forgotten(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    report, _ = await bureau.made("transactions")
    database = bureau.api.stores["test"].database
    assert await keeping.purge(database, real_now() + KEPT - DAY, 100) == 0
    while await keeping.purge(database, real_now() + KEPT, 3):
        pass
    await bureau.api.refused("GET", f"{REPORTS}/{report['id']}", status=404, code="resource_missing")
    assert await pieces_in(bureau) == 0


async def test_a_file_that_goes_while_it_is_sent_breaks_off(bureau: Bureau, database_url: str) -> None:
    await some_rows(bureau.api)
    report, _ = await bureau.made("transactions")
    await bureau.api.stores["test"].database.write(
        lambda session: session.execute("delete from report_pieces where number > 0")
    )
    async with served(database_url) as server, httpx2.AsyncClient(base_url=server.url) as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get(report["download"], headers={"X-Api-Key": server.key})


async def test_verify_misses_a_piece(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    report, _ = await bureau.made("transactions")
    await bureau.made("redemptions")
    database = bureau.api.stores["test"].database
    assert (await verify(database)).faults == []
    await database.write(lambda session: session.execute("delete from report_pieces where number = 1"))
    (fault,) = (await verify(database)).faults
    assert (fault.account, fault.message) == (None, f"a piece of the file of report {report['id']} is missing")


async def test_the_worker_makes_them(bureau: Bureau) -> None:
    await some_rows(bureau.api)
    asked = await bureau.ask("transactions")
    store = bureau.api.stores["test"]
    worker = Worker([store], structlog.get_logger(), _only_reports)
    running = asyncio.create_task(worker.run())
    await until_it_is(bureau, asked, "completed")
    unmade = await bureau.ask("transactions")
    await until_it_is(bureau, unmade, "running", "completed")
    worker.stop()
    await running
    assert await status_of(bureau, unmade) in ("pending", "completed"), "a stop gives it back"
    assert await store.database.ask("select name from leases") == []
    assert store.jobs_done["make_reports"] > 3


async def test_a_worker_that_loses_its_lease_gives_it_back(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinr_engagement.entrypoints.worker.worker.RENEWAL_SECONDS", 0.0)
    await some_rows(bureau.api, 900)
    asked = await bureau.ask("transactions")
    store = bureau.api.stores["test"]
    worker = Worker([store], structlog.get_logger(), _only_reports)
    running = asyncio.create_task(worker.run())
    await until_it_is(bureau, asked, "running")
    until = real_now() + leases.LEASE
    taken = "update leases set holder = 'another', until = $1 where name = 'make_reports'"
    assert await store.database.write(lambda session: session.execute(taken, until)) == 1
    await until_it_is(bureau, asked, "pending")
    worker.stop()
    await running
    assert await store.database.ask("select holder from leases where name = 'make_reports'") == [("another",)]


def _only_reports(store: Store, log: Any) -> list[Any]:
    return [job for job in jobs_of(store, log) if job.name == "make_reports"]


async def test_a_server_killed_in_the_middle_leaves_it_to_the_next(database_url: str, tmp_path: Path) -> None:
    """SIGKILL while a file of many steps is made; whoever comes next makes it, whole."""
    key = await prepare(database_url, FOR_EVER)
    rows = await _fill(database_url)
    server = Server(database_url, tmp_path)
    with server.running():
        async with server.client(key) as client:
            await ready(client)
            body = {
                "type": "transactions",
                "program": "prog_default",
                "period": {"gte": "2020-01-01", "lt": "2029-01-01"},
            }
            asked = (await client.post(REPORTS, json=body)).json()
            while (await _poll(client, asked))["rows"] == 0:  # noqa: ASYNC110 (another process makes it)
                await asyncio.sleep(0.01)
            killed = await _poll(client, asked)
        server.kill()
        assert killed["status"] == "running"
        await _expire_leases(database_url)
        server.start()
        async with server.client(key) as client:
            await ready(client)
            while (found := await _poll(client, asked))["status"] != "completed":
                assert found["status"] in ("pending", "running")
                await asyncio.sleep(0.05)
            content = (await client.get(found["download"])).content
    assert found["rows"] == rows == len(read("transactions", "csv", content))
    assert found["bytes"] == len(content)


async def _poll(client: Any, report: Json) -> Json:
    found: Json = (await client.get(f"{REPORTS}/{report['id']}")).json()
    return found


async def _fill(database_url: str) -> int:
    """Rows enough that making a file of them takes a while."""
    async with opened(database_url) as store:
        api = "insert into transactions select n % 4096, 'loy_1', 'ptx_' || n, 'loy_1', 'prog_default', 'points', 'adjust', 1, 0,"
        fill = (
            "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 30000) "
            + api
            + " 'reason', 'adjustment', null, null, null, null, null, null, null, null, null, 0, 0, '{}', '{}',"
            " 1775044800000000, 1775044800000000 from numbers"
        )
        await store.database.write(lambda session: session.execute(fill))
        ((count,),) = await store.database.ask("select count(*) from transactions")
        return int(count)


async def _expire_leases(database_url: str) -> None:
    """As if half a minute had passed: nobody waits for that here."""
    async with opened(database_url) as store:
        await store.database.write(lambda session: session.execute("delete from leases"))
