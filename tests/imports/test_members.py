"""Members from files: opening balances lot by lot, lifetime points, once per line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.imports.files import TESTS, Json, counts, fetch, opened, run_import, written
from vinr_engagement import ledger, members
from vinr_engagement.commands import (
    CreateAccount,
    CreateRule,
    EraseAccount,
    MergeAccounts,
    SetClock,
    Store,
    UpdateProgram,
)
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.ledger import queries as ledger_queries

pytestmark = pytest.mark.anyio

ADA: Json = {
    "id": "line_1",
    "program": "prog_default",
    "customer": "cust_ada",
    "metadata": {"card": "0042"},
    "enrolled_at": "2024-01-01T00:00:00Z",
    "lifetime_points": 1000,
    "lots": [
        {"points": 100, "earned_at": "2026-01-01T00:00:00Z", "expires_at": "2090-01-01T00:00:00Z"},
        {"points": 50, "earned_at": "2026-02-01T00:00:00Z", "available_at": "2090-01-01T00:00:00Z", "expires_at": None},
    ],
    "balance": 150,
}


async def account_of(store: Store, customer: str) -> members.Account:
    async def read(session: Any) -> members.Account:
        (found,) = await session.rows(members.ACCOUNTS, "customer = $1", customer)
        return found

    return await store.database.read(read)


async def test_lots_pending_points_and_lifetime(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as store:
        result = await run_import(store, "members", written(tmp_path / "m.ndjson", [ADA]))
        account = await account_of(store, "cust_ada")
        assert (account.balance, account.pending_balance, account.lifetime_points) == (100, 50, 1000)
        assert (json.loads(account.metadata), account.enrolled_at) == (
            {"card": "0042"},
            parse_instant(ADA["enrolled_at"]),
        )
        rows = await store.database.read(lambda session: ledger_queries.all_transactions(session, account))
        assert [(row.amount, row.qualifying, row.reason) for row in rows] == [
            (100, 100, "opening_balance"),
            (50, 50, "opening_balance"),
            (0, 850, "opening_lifetime"),
        ]
        assert {(row.type, row.source_type, row.source_id) for row in rows} == {("adjust", "adjustment", "line_1")}
        effects = result.totals.effects
        assert (effects.members, effects.lots, effects.points, effects.lifetime_points) == (1, 2, 150, 1000)
        assert {name: each.store for name, each in result.totals.reconciliation.items()} == {
            "members": 1, "points": 150, "lots": 2, "lifetime_points": 1000,
        }  # fmt: skip
        at = {day: ledger.balances_as_of(rows, parse_instant(day + "T00:00:00Z")) for day in AS_OF}
        assert at == AS_OF


AS_OF = {
    "2023-12-31": (0, 0, 0),
    "2024-01-02": (0, 0, 850),
    "2026-01-02": (100, 0, 950),
    "2026-02-02": (100, 50, 1000),
}


async def test_time_goes_on_as_for_any_lot(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as store:
        await run_import(store, "members", written(tmp_path / "m.ndjson", [ADA]))
        await store.write_path.run(SetClock(parse_instant("2090-01-02T00:00:00Z")), TESTS)
        await store.sweep()
        account = await account_of(store, "cust_ada")
        assert (account.balance, account.pending_balance, account.lifetime_points) == (50, 0, 1000)


LIFETIMES = [
    ([60, 60], None, [60, 60]),
    ([60, 60], 120, [60, 60]),
    ([60, 60], 80, [60, 0, 20]),
    ([60, 60], 0, [0, 0]),
    ([60, 60], 500, [60, 60, 380]),
    ([], 70, [70]),
    ([], None, []),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("lots", "lifetime", "qualifying"), LIFETIMES)
async def test_lifetime_points(
    lots: list[int], lifetime: int | None, qualifying: list[int], database_url: str, tmp_path: Path
) -> None:
    line = {"id": "l", "customer": "c", "lots": [{"points": points} for points in lots], "lifetime_points": lifetime}
    async with opened(database_url) as store:
        await run_import(store, "members", written(tmp_path / "m.ndjson", [line]))
        rows = await fetch(store, "select qualifying from transactions order by id")
        assert [each for (each,) in rows] == qualifying


async def test_a_plain_balance_and_a_debt(database_url: str, tmp_path: Path) -> None:
    lines = [{"id": "a", "customer": "a", "balance": 70}, {"id": "b", "customer": "b", "balance": -20}, {"id": "c"}]
    async with opened(database_url) as store:
        totals = (await run_import(store, "members", written(tmp_path / "m.ndjson", lines))).totals
        assert (totals.accepted, totals.difference) == (3, 0)
        held = await fetch(store, "select customer, balance, lifetime_points from accounts order by balance")
        assert held == [("b", -20, 0), (None, 0, 0), ("a", 70, 70)]


REFUSED = [
    ({"balance": 151}, "balance_mismatch", "balance is 151, but the lots hold 150"),
    (
        {"lots": [{"points": 1, "expires_at": "2020-01-01T00:00:00Z"}], "balance": 1},
        "expires_at_in_past",
        "lots[0] of 1",
    ),
    (
        {"lots": [{"points": 1, "earned_at": "2015-01-01T00:00:00Z"}], "balance": 1},
        "expires_at_in_past",
        "by the program",
    ),
    ({"lots": [{"points": 0}]}, "parameter_invalid", "lots[0].points"),
    ({"lots": [{"points": 1, "when": 1}]}, "parameter_unknown", "'when'"),
    ({"lots": {}}, "parameter_invalid", "lots must be a list"),
    ({"lifetime_points": -1}, "parameter_invalid", "lifetime_points"),
    ({"program": "prog_x"}, "resource_missing", "prog_x"),
    ({"enrolled_at": "2999-01-01T00:00:00Z"}, "parameter_invalid", "enrolled_at"),
    ({"enrolled_at": "2199-01-01T00:00:00Z"}, "event_in_future", "enrolled_at"),
    ({"metadata": {"a": 1}}, "parameter_invalid", "metadata"),
    ({"id": None}, "parameter_missing", "id is missing"),
    ({"customer": "cust_bob"}, "account_already_exists", "cust_bob"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("changes", "code", "told"), REFUSED)
async def test_refused(changes: Json, code: str, told: str, database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as store:
        await store.write_path.run(CreateAccount("prog_default", "cust_bob", {}), TESTS)
        before = await counts(store)
        totals = (await run_import(store, "members", written(tmp_path / "m.ndjson", [ADA | changes]))).totals
        assert totals.refused == {code: 1}
        assert {**await counts(store), "imports": 0} == before
        assert told in json.loads((tmp_path / "m.refused.ndjson").read_text())["error"]["message"]


async def test_once_per_line(database_url: str, tmp_path: Path) -> None:
    bob = {"id": "line_2", "customer": "cust_bob", "balance": 5}
    async with opened(database_url) as store:
        await run_import(store, "members", written(tmp_path / "m.ndjson", [ADA, bob]))
        before = await counts(store)
        shuffled = [bob, dict(reversed(ADA.items())), ADA | {"balance": None}, bob | {"balance": 6}]
        totals = (await run_import(store, "members", written(tmp_path / "n.ndjson", shuffled))).totals
        assert (totals.duplicates, totals.refused, totals.difference) == (3, {"event_conflict": 1}, 0)
        assert {**await counts(store), "imports": 1} == before
        ada, other = await account_of(store, "cust_ada"), await account_of(store, "cust_bob")
        await store.write_path.run(MergeAccounts(other.id, ada.id, dry_run=False), TESTS)
        merged = (await run_import(store, "members", tmp_path / "m.ndjson")).totals
        assert (merged.duplicates, merged.difference) == (2, 0)
        await store.write_path.run(EraseAccount(ada.id), TESTS)
        erased = (await run_import(store, "members", tmp_path / "m.ndjson")).totals
        assert (erased.duplicates, erased.refused, erased.difference) == (2, {}, 0)


@pytest.mark.parametrize(("welcome", "balance", "lifetime"), [(False, 150, 1000), (True, 400, 1250)])
async def test_welcome(welcome: bool, balance: int, lifetime: int, database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as store:
        await store.write_path.run(UpdateProgram("prog_default", {"currency": {"expiry": None}}), TESTS)
        for trigger in ("loyalty.account.created", "loyalty.points.adjusted"):
            award = {"type": "fixed", "points": 250}
            await store.write_path.run(
                CreateRule({"program": "prog_default", "name": "x", "trigger": trigger, "award": award}), TESTS
            )
        totals = (await run_import(store, "members", written(tmp_path / "m.ndjson", [ADA]), welcome=welcome)).totals
        account = await account_of(store, "cust_ada")
        assert (account.balance + account.pending_balance, account.lifetime_points) == (balance, lifetime)
        assert totals.difference == 0


CSV = """id,customer,metadata.card,lifetime_points,balance,points,earned_at,available_at,expires_at
l1,cust_1,0042,900,30,10,2026-01-01T00:00:00Z,,2090-01-01T00:00:00Z
l1,,,,,20,,2090-01-01T00:00:00Z,never
l2,cust_2,,,75,,,,
l3,cust_3,,,,10,,,
l3,cust_4,,,,10,,,
l4,cust_5,,,20,10,,,
l4,cust_5,,,20,10,,x
l5,cust_6,,,,5,,,
"""


async def test_csv_with_a_row_for_each_lot(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(CSV)
    async with opened(database_url) as store:
        totals = (await run_import(store, "members", path, batch=1)).totals
        assert (totals.read, totals.accepted, totals.refused) == (5, 3, {"csv_invalid": 2})
        held = await fetch(
            store, "select customer, balance, pending_balance, lifetime_points from accounts order by customer"
        )
        assert held == [("cust_1", 10, 20, 900), ("cust_2", 75, 0, 75), ("cust_6", 5, 0, 5)]
        refused = tmp_path / "m.refused.csv"
        assert [row.split(",")[-9] for row in refused.read_text().splitlines()[1:4]] == ["l3", "l3", "l4"]
        refused.write_text(refused.read_text().replace("cust_4", "cust_3").replace(",x\n", ",,\n"))
        mended = (await run_import(store, "members", refused)).totals
        assert (mended.accepted, mended.effects.points, mended.difference) == (2, 40, 0)


async def test_ndjson_and_csv_say_the_same(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("\n".join(CSV.splitlines()[:4]))
    lots = [
        {"points": 10, "earned_at": "2026-01-01T00:00:00Z", "expires_at": "2090-01-01T00:00:00Z"},
        {"points": 20, "available_at": "2090-01-01T00:00:00Z", "expires_at": None},
    ]
    line = {"id": "l1", "customer": "cust_1", "metadata": {"card": "0042"}, "lifetime_points": 900, "lots": lots}
    async with opened(database_url) as store:
        await run_import(store, "members", path)
        totals = (await run_import(store, "members", written(tmp_path / "m.ndjson", [line]))).totals
        assert (totals.duplicates, totals.refused) == (1, {})


async def test_a_dry_run_changes_nothing(database_url: str, tmp_path: Path) -> None:
    lines = [ADA, {**ADA, "id": "line_2"}, {"id": "line_3", "balance": 7}]
    path = written(tmp_path / "m.ndjson", lines)
    async with opened(database_url) as store:
        before = await counts(store)
        tried = (await run_import(store, "members", path, dry_run=True)).totals
        assert (tried.accepted, tried.refused) == (2, {"account_already_exists": 1})
        assert await counts(store) == before


WALLETS = [
    {"currency": "EUR", "amount": 1_500, "expires_at": "2090-01-01T00:00:00Z"},
    {"currency": "EUR", "amount": 500},
    {"currency": "GBP", "amount": 70, "expires_at": None},
]


async def test_store_credit_comes_with_its_own_expiry(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as store:
        result = await run_import(store, "members", written(tmp_path / "m.ndjson", [{**ADA, "wallets": WALLETS}]))
        assert await fetch(store, "select currency, balance from wallets order by currency") == [
            ("EUR", 2_000),
            ("GBP", 70),
        ]
        account = await account_of(store, "cust_ada")
        assert (account.balance, account.pending_balance, account.lifetime_points) == (100, 50, 1000)
        assert (result.totals.effects.credit, result.totals.effects.points) == ({"EUR": 2_000, "GBP": 70}, 150)
        found = {name: (each.file, each.store) for name, each in result.totals.reconciliation.items()}
        assert (found["credit_EUR"], found["credit_GBP"], found["points"]) == ((2_000, 2_000), (70, 70), (150, 150))
        rows = await fetch(store, "select amount, expires_at is null, reason from transactions where unit <> 'points'")
        assert sorted((amount, bool(never), reason) for amount, never, reason in rows) == [
            (70, True, "opening_balance"),
            (500, True, "opening_balance"),
            (1_500, False, "opening_balance"),
        ]
        again = (
            await run_import(store, "members", written(tmp_path / "again.ndjson", [{**ADA, "wallets": WALLETS}]))
        ).totals
        assert (again.duplicates, again.difference) == (1, 0)
        other = {**ADA, "wallets": WALLETS[:1]}
        changed = (await run_import(store, "members", written(tmp_path / "other.ndjson", [other]))).totals
        assert changed.refused == {"event_conflict": 1}


async def test_store_credit_in_a_column_of_json(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    cell = json.dumps(WALLETS).replace('"', '""')
    path.write_text(f'id,customer,balance,wallets:json\nl1,cust_1,30,"{cell}"\n')
    async with opened(database_url) as store:
        totals = (await run_import(store, "members", path)).totals
        assert (totals.accepted, totals.difference, totals.effects.credit) == (1, 0, {"EUR": 2_000, "GBP": 70})


BAD_WALLETS = {
    "wallets": {"currency": "EUR"},
    "wallets[0]": [5],
    "wallets[0].amount": [{"currency": "EUR"}],
    "wallets[0].currency": [{"currency": "EURO", "amount": 5}],
    "wallets[0].balance": [{"currency": "EUR", "amount": 5, "balance": 5}],
    "wallets[1].expires_at": [WALLETS[1], {"currency": "EUR", "amount": 5, "expires_at": "2020-01-01T00:00:00Z"}],
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("param", BAD_WALLETS)
async def test_store_credit_that_is_not_right_is_refused(param: str, database_url: str, tmp_path: Path) -> None:
    line = {**ADA, "wallets": BAD_WALLETS[param]}
    async with opened(database_url) as store:
        totals = (await run_import(store, "members", written(tmp_path / "m.ndjson", [line]))).totals
        assert (totals.accepted, totals.refusals) == (0, 1)
        refused = json.loads((tmp_path / "m.refused.ndjson").read_text())
        assert param.rpartition(".")[2] in refused["error"]["message"]
        assert await fetch(store, "select count(*) from accounts") == [(0,)]
