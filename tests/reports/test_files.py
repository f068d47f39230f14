"""Both formats hold the same, which is what is in the ledger; columns are typed; a download is a download."""

import csv
import hashlib
import io
import json
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.api.conftest import Api, Json
from tests.api.redeeming import REDEMPTIONS, REWARDS, a_member, a_reward, redeem, refund
from tests.reports.conftest import CLOCK, REPORTS, Bureau, Row
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.reports import PIECE_BYTES

pytestmark = pytest.mark.anyio
TRANSACTIONS = "/v1/loyalty/transactions"
CREDIT = "/v1/loyalty/credit"


async def a_little_of_everything(api: Api) -> Json:
    """A member who paid, was refunded, redeemed, had one released, and has store credit; and what they were given."""
    member = await a_member(api, 1_000, "cust_1")
    await api.pay("evt_1", "cust_1", 10_000)
    await refund(api, "evt_2", "pay_evt_1", 2_500)
    off = await a_reward(api)
    await redeem(api, member, off)
    released = await redeem(api, member, off)
    await api.post(f"{REDEMPTIONS}/{released['id']}/release", {})
    await api.post(f"{CREDIT}/issue", {"account": member, "amount": 900, "currency": "EUR", "reason": "sorry"})
    await api.post(f"{CREDIT}/spend", {"account": member, "amount": 300, "currency": "EUR", "payment": "pay_9"})
    await api.post(TRANSACTIONS, {"account": member, "amount": -7, "reason": "=cmd|' /C calc'!A0"})
    return await api.get(f"/v1/loyalty/accounts/{member}")


async def told(api: Api, account: str) -> dict[str, Json]:
    """The ledger as the API tells it, by id."""
    points = await api.get(TRANSACTIONS, params={"account": account, "limit": 100})
    credit = await api.get(f"{CREDIT}/transactions", params={"account": account, "limit": 100})
    return {row["id"]: row for row in (*points["data"], *credit["data"])}


async def test_transactions_are_those_of_the_ledger_in_both_formats(bureau: Bureau) -> None:
    member = await a_little_of_everything(bureau.api)
    report, rows = await bureau.made("transactions")
    _, same = await bureau.made("transactions", form="parquet")
    for row in rows:
        row["reason"] = row["reason"] and row["reason"].removeprefix("'")
    assert rows == same
    known = await told(bureau.api, member["id"])
    assert {row["id"] for row in rows} == known.keys()
    for row in rows:
        _same_row(row, known[row["id"]])
    points = report["totals"]["units"][0]
    assert (points["unit"], points["amount"]) == ("points", member["balance"] + member["pending_balance"])
    assert points["rows"] == sum(row["unit"] == "points" for row in rows)
    credit = report["totals"]["units"][1]
    assert (credit["unit"], credit["adjusted_up"] + credit["earned"], credit["redeemed"]) == ("EUR", 900, 300)


def _same_row(row: Row, told: Json) -> None:
    for name in (
        "account",
        "original_account",
        "program",
        "unit",
        "type",
        "amount",
        "balance_after",
        "reason",
        "event",
    ):
        assert row[name] == told[name], name
    assert (row["source_type"], row["source_id"]) == (told["source"]["type"], told["source"]["id"])
    assert row["effective_at"] == parse_instant(told["effective_at"])
    assert row["recorded_at"] == parse_instant(told["created_at"])
    assert json.loads(row["metadata"]) == told["metadata"]
    assert row["redemption"] == told["redemption"]


async def test_redemptions_are_as_they_stand(bureau: Bureau) -> None:
    await a_little_of_everything(bureau.api)
    report, rows = await bureau.made("redemptions")
    _, same = await bureau.made("redemptions", form="parquet")
    assert rows == same
    listed = (await bureau.api.get(REDEMPTIONS, params={"limit": 100}))["data"]
    assert [(row["id"], row["status"], row["points"]) for row in reversed(listed)] == [
        (row["id"], row["status"], row["points"]) for row in rows
    ]
    assert [(row["value_amount"], row["value_currency"], row["value_percent"]) for row in rows] == [
        (500, "GBP", None)
    ] * 2
    assert report["totals"]["statuses"] == [
        {"status": "pending", "rows": 1, "quantity": 1, "points": 300},
        {"status": "released", "rows": 1, "quantity": 1, "points": 300},
    ]
    codes = {redemption["discount"]["code"] for redemption in listed}
    content = (await bureau.file(report)).decode()
    assert codes
    assert not any(code in content for code in codes), "whoever has a code can use it"


async def test_what_time_released_is_told_as_released(bureau: Bureau) -> None:
    member = await a_member(bureau.api)
    percent = {"type": "discount_percent", "value": {"percent": "12.5"}, "name": "A little less"}
    made = await redeem(bureau.api, member, await a_reward(bureau.api, **percent))
    await bureau.api.post(f"{CLOCK}/advance", {"to": "2026-05-01T12:00:00Z"})
    _, (before,) = await bureau.made("redemptions")
    await bureau.api.stores["test"].sweep()
    _, (after,) = await bureau.made("redemptions")
    assert before == after
    assert (after["status"], after["release_reason"], after["released_at"]) == (
        "released",
        "expired",
        after["expires_at"],
    )
    assert (after["id"], after["value_percent"]) == (made["id"], "12.5")


@pytest.mark.parametrize("kind", ["transactions", "redemptions", "liability_journal"])
async def test_parquet_has_types_and_no_floats(bureau: Bureau, kind: str) -> None:
    await a_little_of_everything(bureau.api)
    report, _ = await bureau.made(kind, form="parquet")
    schema = parquet.read_schema(pa.BufferReader(await bureau.file(report)))
    dictionary = pa.dictionary(pa.int32(), pa.string())
    allowed = {pa.string(), pa.int64(), pa.timestamp("us", tz="UTC"), pa.date32(), dictionary}
    assert set(schema.types) <= allowed
    assert schema.field("program").type == dictionary
    whole = {"transactions": "amount", "redemptions": "points", "liability_journal": "closing_value"}
    assert schema.field(whole[kind]).type == pa.int64()


async def test_csv_is_as_rfc_4180_has_it(bureau: Bureau) -> None:
    member = await a_member(bureau.api)
    reasons = ["=1+1", "+1", "-1", "@sum", 'a "word", and\r\nanother line', "ü €", "plain"]
    for reason in reasons:
        await bureau.api.post(TRANSACTIONS, {"account": member, "amount": -5, "reason": reason})
    report, _ = await bureau.made("transactions")
    content = await bureau.file(report)
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == len(reasons) + 3, "a header, a line for each row, and one within a text"
    found = [row["reason"] for row in csv.DictReader(io.StringIO(content.decode(), newline=""))]
    assert found[1:] == ["'=1+1", "'+1", "'-1", "'@sum", *reasons[4:]]
    assert [row["amount"] for row in csv.DictReader(io.StringIO(content.decode(), newline=""))][1] == "-5"


async def test_an_empty_period_has_a_header_and_no_rows(bureau: Bureau) -> None:
    for kind in ("transactions", "redemptions"):
        for form in ("csv", "parquet"):
            report, rows = await bureau.made(kind, ("2020-01-01", "2020-01-02"), form)
            assert (rows, report["rows"]) == ([], 0)
            assert report["bytes"] > 0
    assert [row["closing_balance"] for row in await bureau.journal(("2020-01-01", "2020-01-03"))] == [0, 0]
    assert await bureau.journal(("2090-01-01", "2090-01-03")) == [], "days that have not begun"


async def test_a_download_says_what_it_is(bureau: Bureau) -> None:
    await a_little_of_everything(bureau.api)
    report, _ = await bureau.made("transactions", ("2026-03-01", "2026-05-01"))
    got = await bureau.api.call("GET", report["download"])
    assert got.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    name = "transactions_prog_default_2026-03-01_2026-04-30.csv"
    assert got.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert int(got.headers["content-length"]) == len(got.content) == report["bytes"]
    assert hashlib.sha256(got.content).hexdigest() == report["sha256"]
    assert got.headers["etag"] == f'"{report["sha256"]}"'
    head = await bureau.api.call("HEAD", report["download"])
    assert (head.status_code, head.content) == (200, b"")
    kept = ("content-length", "content-type", "etag", "content-disposition", "accept-ranges")
    assert {each: head.headers[each] for each in kept} == {each: got.headers[each] for each in kept}
    again = await bureau.api.call("GET", report["download"], headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    binary, _ = await bureau.made("transactions", form="parquet")
    kind = (await bureau.api.call("HEAD", binary["download"])).headers["content-type"]
    assert kind == "application/vnd.apache.parquet"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        (f"bytes={PIECE_BYTES - 3}-{PIECE_BYTES + 3}", PIECE_BYTES - 3, PIECE_BYTES + 3),
        (f"bytes={PIECE_BYTES}-", PIECE_BYTES, None),
        ("bytes=-10", -10, None),
        ("bytes=10-99999999999", 10, None),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_part_of_a_file(bureau: Bureau, asked: str, first: int, last: int | None) -> None:
    report, whole = await _a_file_of_two_pieces(bureau)
    first = first if first >= 0 else len(whole) + first
    last = len(whole) - 1 if last is None else last
    part = await bureau.api.call("GET", report["download"], headers={"Range": asked})
    assert part.status_code == 206
    assert part.content == whole[first : last + 1]
    assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    changed = await bureau.api.call("GET", report["download"], headers={"Range": asked, "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole)


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=99999999999-", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=-0"]
)
async def test_what_cannot_be_given_in_part_is_given_whole(sqlite_bureau: Bureau, asked: str) -> None:
    report, _ = await sqlite_bureau.made("redemptions")
    answer = await sqlite_bureau.api.call("GET", report["download"], headers={"Range": asked})
    assert (answer.status_code, len(answer.content)) == (200, report["bytes"])


async def _a_file_of_two_pieces(bureau: Bureau) -> tuple[Json, bytes]:
    """Rows enough for more than a piece, put straight into the ledger."""
    member = await a_member(bureau.api)
    fill = (
        "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 6000)"
        " insert into transactions select bucket, account, 'ptx_' || n, original_account, program, unit, type, 0,"
        " balance_after, 'reason ' || n, source_type, source_id, event, rule, rule_version, campaign, redemption, reverses,"
        " available_at, expires_at, 0, 0, explanation, metadata, created_at, effective_at from transactions, numbers"
    )
    await bureau.api.stores["test"].database.write(lambda session: session.execute(fill))
    report, rows = await bureau.made("transactions")
    assert len(rows) == 6_001
    assert {row["account"] for row in rows} == {member}
    assert report["bytes"] > PIECE_BYTES
    return report, await bureau.file(report)


async def test_reports_are_listed_and_deleted(bureau: Bureau) -> None:
    first, second = await bureau.ask("transactions"), await bureau.ask("redemptions", form="parquet")
    await bureau.reporter.step()
    listed = (await bureau.api.get(REPORTS))["data"]
    assert [(row["id"], row["status"]) for row in listed] == [(second["id"], "pending"), (first["id"], "running")]
    only = await bureau.api.get(REPORTS, params={"type": "redemptions", "status": "pending", "program": "prog_default"})
    assert [row["id"] for row in only["data"]] == [second["id"]]
    for report in (first, second):
        gone = await bureau.api.call("DELETE", f"{REPORTS}/{report['id']}")
        assert gone.json() == {"id": report["id"], "object": "report", "deleted": True}
        await bureau.api.refused("GET", f"{REPORTS}/{report['id']}", status=404, code="resource_missing")
    await bureau.work()
    assert (await bureau.api.get(REPORTS))["data"] == []


async def test_who_asked_is_in_the_audit_log(bureau: Bureau) -> None:
    asked = await bureau.ask("transactions", ("2026-03-01", "2026-04-01"))
    await bureau.api.call("DELETE", f"{REPORTS}/{asked['id']}")
    deleted, created = (await bureau.api.get("/v1/audit-log", params={"resource": asked["id"]}))["data"]
    assert (created["action"], created["before"], created["after"]["type"]) == ("report.created", None, "transactions")
    assert created["after"]["period"] == {"gte": "2026-03-01T00:00:00Z", "lt": "2026-03-31T23:00:00Z"}
    assert (deleted["action"], deleted["before"], deleted["after"]) == ("report.deleted", created["after"], None)
    assert created["actor"].startswith("key_")


async def test_a_repeat_under_an_idempotency_key_is_the_first_report(bureau: Bureau) -> None:
    first = await bureau.ask("transactions")
    body = {"type": "transactions", "program": "prog_default", "period": {"gte": "2026-01-01", "lt": "2026-02-01"}}
    answers = [await bureau.api.post(REPORTS, body, headers={"Idempotency-Key": "march"}) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["id"] != first["id"]
    assert answers[0]["format"] == "csv"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"period": {"gte": "2026-02-01", "lt": "2026-02-01"}}, "period.lt"),
    ({"period": {"gte": "2026-02-30", "lt": "2026-03-01"}}, "period.gte"),
    ({"period": {"gte": "2026-02-01", "lt": "next month"}}, "period.lt"),
    ({"period": {"gte": "1800-02-01", "lt": "2026-03-01"}}, "period.gte"),
    ({"period": {"gte": "2000-01-01", "lt": "2026-03-01"}, "type": "liability_journal"}, "period.lt"),
    ({"type": "balances"}, "type"),
    ({"format": "xlsx"}, "format"),
]


@pytest.mark.parametrize(("change", "param"), REFUSED, ids=[param + str(n) for n, (_, param) in enumerate(REFUSED)])
async def test_what_is_no_report_is_refused(sqlite_bureau: Bureau, change: Json, param: str) -> None:
    body = {"type": "transactions", "program": "prog_default", "period": {"gte": "2026-01-01", "lt": "2026-02-01"}}
    error = await sqlite_bureau.api.refused("POST", REPORTS, {**body, **change}, status=400, code="parameter_invalid")
    assert error["param"] == param


async def test_another_program_has_its_own(bureau: Bureau) -> None:
    club = await bureau.api.post("/v1/loyalty/programs", {"name": "Club"})
    member = await bureau.api.post("/v1/loyalty/accounts", {"program": club["id"]})
    await bureau.api.post(TRANSACTIONS, {"account": member["id"], "amount": 5})
    await a_member(bureau.api, 7)
    assert [row["amount"] for row in (await bureau.made("transactions", program=club["id"]))[1]] == [5]
    assert [row["amount"] for row in (await bureau.made("transactions"))[1]] == [7]
    await bureau.api.refused(
        "POST",
        REPORTS,
        {"type": "transactions", "program": "prog_none", "period": {"gte": "2026-01-01", "lt": "2026-02-01"}},
        status=404,
        code="resource_missing",
    )


async def test_a_key_needs_the_scope(bureau: Bureau) -> None:
    report, _ = await bureau.made("redemptions")
    reader = await bureau.api.new_key("test", "reports:read")
    stranger = await bureau.api.new_key("test", "transactions:write")
    for path in (REPORTS, f"{REPORTS}/{report['id']}", report["download"]):
        assert (await bureau.api.call("GET", path, key=reader)).status_code == 200
        error = await bureau.api.refused("GET", path, key=stranger, status=403, code="permission_denied")
        assert error["required_scope"] == "reports:read"
    head = await bureau.api.call("HEAD", report["download"], key=stranger)
    assert (head.status_code, head.content) == (403, head.content)
    body = {"type": "transactions", "program": "prog_default", "period": {"gte": "2026-01-01", "lt": "2026-02-01"}}
    for method, path, sent in (("POST", REPORTS, body), ("DELETE", f"{REPORTS}/{report['id']}", None)):
        await bureau.api.refused(method, path, sent, key=reader, status=403, code="permission_denied")
    await bureau.api.refused(
        "GET", report["download"], key=await bureau.api.key_of("live"), status=404, code="resource_missing"
    )


async def test_merged_and_erased_members_are_in_it(bureau: Bureau) -> None:
    source, target = await a_member(bureau.api, 30), await a_member(bureau.api, 12)
    await bureau.api.post("/v1/loyalty/accounts/merge", {"source": source, "target": target})
    _, rows = await bureau.made("transactions")
    assert sorted((row["account"], row["original_account"], row["amount"]) for row in rows) == sorted(
        [(target, source, 30), (target, target, 12)]
    )
    await bureau.api.post(
        TRANSACTIONS, {"account": target, "amount": 1, "reason": "Ada asked", "metadata": {"who": "Ada"}}
    )
    await bureau.api.post(f"/v1/loyalty/accounts/{target}/erase", {})
    _, rows = await bureau.made("transactions")
    assert sum(row["amount"] for row in rows) == 43
    assert [(row["reason"], row["metadata"]) for row in rows if row["amount"] == 1] == [(None, "{}")]


async def test_rewards_of_every_type_have_their_worth(bureau: Bureau) -> None:
    member = await a_member(bureau.api, 5_000)
    kinds = {
        "store_credit": {"amount": 250, "currency": "EUR"},
        "free_product": {"product": "mug"},
        "partner": {"partner": "air", "sku": "miles"},
        "discount_percent": {"percent": 5},
    }
    for kind, value in kinds.items():
        made = await bureau.api.post(
            REWARDS, {"program": "prog_default", "name": kind, "type": kind, "cost": 10, "value": value}
        )
        await redeem(bureau.api, member, made)
    _, rows = await bureau.made("redemptions")
    found = {row["type"]: (row["value_amount"], row["value_currency"], row["value_percent"]) for row in rows}
    assert found == {
        "store_credit": (250, "EUR", None),
        "free_product": (None, None, None),
        "partner": (None, None, None),
        "discount_percent": (None, None, "5"),
    }
