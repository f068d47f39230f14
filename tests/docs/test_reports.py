"""docs/guides/reports.md"""

import re
from typing import get_args

import pyarrow as pa

from tests.docs.tables import GUIDES, code, codes, prose, table
from vinr_engagement.entrypoints.api.report_shapes import ReportFault
from vinr_engagement.reports import COLUMNS, KEPT, MOST_ATTEMPTS, MOST_BYTES, MOST_WAITING, MOVEMENTS, PIECE_BYTES
from vinr_engagement.reports.columns import INCREASES, Column
from vinr_engagement.reports.parquet_file import ROWS_A_GROUP, ParquetFile

GUIDE = GUIDES / "reports.md"
TEXT = prose(GUIDE)


def test_every_column_is_described_in_its_order() -> None:
    for kind, columns in COLUMNS.items():
        rows = table(GUIDE, f"column of `{kind}`", "kind")
        listed = [(code(row[f"column of `{kind}`"]), row["kind"]) for row in rows]
        assert listed == [(column.name, column.kind) for column in columns]
        assert all(row["holds"] for row in rows)


def test_kinds_are_what_parquet_has() -> None:
    rows = table(GUIDE, "kind", "CSV")
    file = ParquetFile([Column(row["kind"], row["kind"]) for row in rows])  # type: ignore[arg-type]
    told = {row["kind"]: code(row["Parquet"]) for row in rows}
    assert {field.name: _name_of(field.type) for field in file._schema} == told
    assert {column.kind for columns in COLUMNS.values() for column in columns} == told.keys()


def _name_of(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return f"dictionary<{kind.index_type}, {kind.value_type}>"
    return {"timestamp[us, tz=UTC]": "timestamp[us, UTC]", "date32[day]": "date32"}.get(str(kind), str(kind))


def test_every_movement_has_two_sides() -> None:
    rows = table(GUIDE, "movement", "debit")
    assert sorted(name for row in rows for name in codes(row["movement"])) == sorted(MOVEMENTS)
    for row in rows:
        rises = {name in INCREASES for name in codes(row["movement"])}
        assert rises == {row["credit"] == "points liability"}
        assert rises == {row["debit"] != "points liability"}


def test_the_journal_adds_up_as_it_says() -> None:
    rows = table(GUIDE, "column of `liability_journal`")
    (told,) = [row["holds"] for row in rows if row["holds"].startswith("opening balance +")]
    signs = {name: sign for sign, name in re.findall(r"([+−]) (\w+)", told)}
    assert signs == {name: "+" if name in INCREASES else "−" for name in MOVEMENTS}


def test_every_reason_to_fail_is_explained() -> None:
    assert {code(row["`error.code`"]) for row in table(GUIDE, "`error.code`")} == set(get_args(ReportFault))


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{MOST_WAITING} may wait" in TEXT
    assert f"kept for {KEPT // 86_400_000_000} days" in TEXT
    assert f"larger than {MOST_BYTES >> 30} GiB" in TEXT
    assert f"pieces of {PIECE_BYTES >> 20} MiB" in TEXT
    assert f"groups of {ROWS_A_GROUP:,} rows" in TEXT
    assert MOST_ATTEMPTS == 5
    assert TEXT.count("five times") == 2
