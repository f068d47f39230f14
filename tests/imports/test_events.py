"""Events from files: what they come to, what is refused, mended and fed again, and what a dry run says."""

import gzip
import json
import random
from pathlib import Path

import pytest

from tests.imports.files import TESTS, Json, counts, fetch, opened, payment, refund, run_import, written
from tests.year.test_check_figures import EXPECTED, MEMBERS, REVERSED
from vinr_engagement.commands import UpdateProgram
from vinr_engagement.entrypoints.demo.year import load_year
from vinr_engagement.entrypoints.imports import run

pytestmark = pytest.mark.anyio
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
async def test_the_real_year(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "year.ndjson.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(event) + "\n" for event in load_year()).encode()))
    async with opened(database_url) as store:
        await store.write_path.run(UpdateProgram("prog_default", {"currency": {"expiry": None}}), TESTS)
        result = await run_import(store, "events", path)
        effects = result.totals.effects
        assert (effects.members, effects.earned, effects.reversed) == (MEMBERS, EXPECTED["earned"], REVERSED)
        assert (effects.payments, effects.amount) == (EXPECTED["payments"], {"GBP": EXPECTED["amount"]})
        assert (effects.refunds, effects.refunded) == (EXPECTED["refunds"], {"GBP": EXPECTED["refunded"]})
        ((kept, lifetime),) = await fetch(store, "select sum(balance), sum(lifetime_points) from accounts")
        assert (kept, lifetime) == (EXPECTED["kept"], EXPECTED["lifetime"])
        before = await counts(store)
        again = (await run_import(store, "events", path)).totals
        assert (again.accepted, again.duplicates, again.difference) == (0, result.totals.read, 0)
        assert again.before == effects
        assert await counts(store) == before


async def test_totals_and_reconciliation(database_url: str, tmp_path: Path) -> None:
    late = {**refund(9), "id": "evt_early"}
    lines = [payment(1), payment(2, None), payment(3, "cust_bob"), refund(1), refund(2), late, payment(1)]
    async with opened(database_url) as store:
        result = await run_import(store, "events", written(tmp_path / "a.ndjson", lines), batch=2)
        totals = result.totals
        assert (totals.read, totals.accepted, totals.duplicates, totals.deferred) == (7, 6, 1, 1)
        assert totals.ignored == {"guest": 1}
        assert (totals.effects.payments, totals.effects.amount) == (3, {"GBP": 3000})
        assert (totals.effects.refunds, totals.effects.refunded) == (3, {"GBP": 1000, "unknown": 500})
        assert (totals.effects.earned, totals.effects.reversed, totals.effects.members) == (20, 5, 2)
        assert totals.reconciliation["amount"].file == totals.reconciliation["amount"].store == 4000
        assert totals.difference == 0


async def test_a_difference_is_found(database_url: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", [payment(1), payment(2)])
    async with opened(database_url) as store:
        await run_import(store, "events", path)
        await store.database.write(lambda session: session.execute("update payments set amount = 7 where id = 'pay_2'"))
        totals = (await run_import(store, "events", path)).totals
        assert (totals.difference, totals.reconciliation["amount"].store) == (993, 1007)
        await store.database.write(lambda session: session.execute("update payments set amount = 1000"))


BROKEN: list[tuple[str, str]] = [
    ('{"id": "evt_9", "type"', "json_invalid"),
    ("[1, 2]", "parameter_invalid"),
    ('"text"', "parameter_invalid"),
    (json.dumps(payment(1, amount=12.5)), "parameter_invalid"),
    (json.dumps({**payment(1), "created_at": "2150-01-01T00:00:00Z"}), "event_in_future"),
    (json.dumps({**payment(1), "colour": "red"}), "parameter_unknown"),
    (json.dumps(payment(1, note="a\0b")), "parameter_invalid"),
    (json.dumps(payment(1, large=1 << 60)), "parameter_invalid"),
    (json.dumps(payment(1, deep=json.loads("[" * 40 + "]" * 40))), "json_too_deep"),
    (json.dumps(payment(1, note="x" * (1 << 20))), "line_too_long"),
]


@ON_SQLITE
@pytest.mark.parametrize(("line", "code"), BROKEN, ids=range(len(BROKEN)))
async def test_broken_lines_are_refused(line: str, code: str, database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps(payment(7)) + "\n\n" + line + "\n" + json.dumps(payment(8)), "utf-8")
    async with opened(database_url) as store:
        totals = (await run_import(store, "events", path)).totals
        assert (totals.accepted, totals.refused) == (2, {code: 1})
        (refused,) = (tmp_path / "a.refused.ndjson").read_text().splitlines()
        assert (json.loads(refused)["line"], json.loads(refused)["error"]["code"]) == (3, code)


async def test_refused_lines_are_mended_and_fed_again(database_url: str, tmp_path: Path) -> None:
    wrong: list[Json] = [payment(1), payment(2, amount="12"), payment(3), refund(3, 5000)]
    path = written(tmp_path / "a.ndjson", wrong)
    path.write_text(path.read_text() + json.dumps(payment(4))[:-1])
    async with opened(database_url) as store:
        first = (await run_import(store, "events", path)).totals
        assert first.refused == {"parameter_invalid": 1, "refund_exceeds_payment": 1, "json_invalid": 1}
        refused = tmp_path / "a.refused.ndjson"
        same = (await run_import(store, "events", refused)).totals
        assert (same.accepted, same.refused) == (0, first.refused)
        lines = [json.loads(line) for line in refused.read_text().splitlines()]
        assert [line["data"] for line in lines[:2]] == [wrong[1], wrong[3]]
        lines[0]["data"]["data"]["object"]["amount"] = 1200
        lines[1]["data"]["data"]["object"]["amount"] = 1000
        lines[2]["data"] += "}"
        mended = (await run_import(store, "events", written(refused, lines))).totals
        assert (mended.accepted, mended.refused, mended.difference) == (3, {}, 0)
        assert await fetch(store, "select lifetime_points, balance from accounts") == [(42, 32)]


async def test_a_changed_line_conflicts(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as store:
        await run_import(store, "events", written(tmp_path / "a.ndjson", [payment(1)]))
        totals = (await run_import(store, "events", written(tmp_path / "b.ndjson", [payment(1, amount=9)]))).totals
        assert totals.refused == {"event_conflict": 1}


CSV = """id,type,created_at,object.id,object.amount,object.currency,object.customer,object.payment,object.items:json,object.a.b
evt_1,payment.completed,2026-04-01T12:00:00Z,pay_1,1000,GBP,cust_ada,,"[{""sku"": ""a,b""}]",x
evt_2,payment.completed,2026-04-01T12:00:00Z,pay_2,10.00,GBP,cust_ada,,,
evt_3,refund.completed,2026-04-02T12:00:00Z,re_1,500,,,pay_1,,
evt_4,payment.completed,2026-04-01T12:00:00Z,pay_4
evt_5,payment.completed,2026-04-01T12:00:00Z,pay_5,1000,GBP,"cust
lines",,,
evt_6,payment.completed,2026-04-01T12:00:00Z,pay_6,1000,GBP,"cust"x,,,
evt_7,payment.completed,2026-04-01T12:00:00Z,pay_7,700,GBP,cust_ada,,{,
"""


async def test_csv(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\ufeff" + CSV.replace("\n", "\r\n"), "utf-8")
    async with opened(database_url) as store:
        totals = (await run_import(store, "events", path)).totals
        assert (totals.accepted, totals.effects.amount) == (3, {"GBP": 2000})
        assert totals.refused == {"parameter_invalid": 1, "csv_invalid": 2, "json_invalid": 1}
        ((body,),) = await fetch(store, "select body from received_events where id = 'evt_1'")
        sent = json.loads(body)["data"]["object"]
        assert (sent["items"], sent["a"]) == ([{"sku": "a,b"}], {"b": "x"})
        refused = tmp_path / "a.refused.csv"
        text = refused.read_text()
        assert text.startswith("_line,_error,id,type,")
        assert '\n3,"parameter_invalid: data.object.amount must be' in text
        refused.write_text(text.replace("10.00", "1000").replace(",{,", ",{},"))
        mended = (await run_import(store, "events", refused)).totals
        assert (mended.accepted, mended.refused) == (2, {"csv_invalid": 2})


async def test_a_dry_run_changes_nothing(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merged = {"id": "cust_ada", "merged_from": "cust_bob"}
    merge = {"id": "m", "type": "customer.merged", "created_at": "2026-04-03T12:00:00Z", "data": {"object": merged}}
    lines = [payment(1), payment(2, "cust_bob"), refund(1), merge, payment(3), payment(1)]
    path = written(tmp_path / "a.ndjson", lines)
    async with opened(database_url) as store:
        before = await counts(store)
        tried = await run_import(store, "events", path, dry_run=True)
        assert await counts(store) == before
        assert tried.exact
        done = await run_import(store, "events", path)
        assert tried.totals.effects == done.totals.effects
        assert (tried.totals.accepted, tried.totals.duplicates) == (5, 1)
        monkeypatch.setattr(run, "DRY_RUN_WINDOW", 2)
        assert not (await run_import(store, "events", path, dry_run=True, batch=2)).exact


@ON_SQLITE
async def test_any_order_and_any_batch(database_url: str, tmp_path: Path) -> None:
    lines = [payment(number, f"cust_{number % 7}") for number in range(300)] + [refund(n) for n in range(0, 300, 3)]
    random.Random(7).shuffle(lines)
    async with opened(database_url) as store:
        await run_import(store, "events", written(tmp_path / "a.ndjson", lines), batch=7)
        assert await fetch(store, "select sum(balance), sum(lifetime_points) from accounts") == [(2500, 3000)]
