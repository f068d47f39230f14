"""docs/guides/importing.md"""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.docs.tables import GUIDES, blocks, code, codes, table
from tests.imports.files import fetch, opened, run_import
from vinr_engagement.commands.member_in import parse_member
from vinr_engagement.entrypoints.cli import main
from vinr_engagement.entrypoints.imports.csv_records import WHOLE_NUMBERS

GUIDE = GUIDES / "importing.md"
LOT = ("points", "earned_at", "available_at", "expires_at")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_options() -> None:
    told = {code(row["option"]) for row in table(GUIDE, "option")}
    shown = {name: CliRunner().invoke(main, ["import", name, "--help"]).output for name in ("events", "members")}
    assert all(option in shown["members"] for option in told)
    assert all(option in shown["events"] for option in told - {"--welcome"})
    named = {word for word in shown["members"].replace(",", " ").split() if word.startswith("--")}
    assert named - {"--help"} == told


@ON_SQLITE
@pytest.mark.anyio
async def test_the_columns_of_events(database_url: str, tmp_path: Path) -> None:
    rows = table(GUIDE, "column", "becomes")
    samples = {
        "type": "payment.completed",
        "created_at": "2026-04-01T12:00:00Z",
        "object.amount": "1000",
        "object.amount_refunded": "0",
        "object.currency": "GBP",
        "object.line_items:json": "[]",
    }
    columns = [code(row["column"]) for row in rows]
    cells = [samples.get(column, column) for column in columns]
    (tmp_path / "a.csv").write_text(",".join(columns) + "\n" + ",".join(cells) + "\n")
    async with opened(database_url) as store:
        totals = (await run_import(store, "events", tmp_path / "a.csv")).totals
        assert (totals.accepted, totals.refused) == (1, {})
        for row in rows:
            path = "$." + codes(row["becomes"])[0]
            ((kind,),) = await fetch(store, "select json_type(body, $1) from received_events", path)
            whole, is_json = code(row["column"]) in WHOLE_NUMBERS, code(row["column"]).endswith(":json")
            assert kind == ("integer" if whole else "array" if is_json else "text"), path


def test_the_example_of_a_member() -> None:
    (example,) = blocks(GUIDE, "json member")
    said = example.parsed()
    fields = [code(row["field"]) for row in table(GUIDE, "field")]
    assert set(fields) == {*said, *LOT}
    member = parse_member(said)
    assert (member.points(), member.lifetime()) == (350, 1200)
    for row in table(GUIDE, "field"):
        name = code(row["field"])
        if row["if left out"] == "the line is refused":
            left = {**said, "lots": [{"earned_at": None}]} if name in LOT else {**said, name: None}
            with pytest.raises(Exception, match=f"{name} is missing"):
                parse_member(left)
        elif name not in LOT:
            parse_member({field: value for field, value in said.items() if field != name})


def test_the_codes_are_raised_somewhere() -> None:
    source = Path(parse_member.__code__.co_filename).parents[1]
    text = "".join(path.read_text(encoding="utf-8") for path in source.glob("**/*.py"))
    for row in table(GUIDE, "code"):
        assert f'"{code(row["code"])}"' in text


def test_the_guide_is_short() -> None:
    assert len(GUIDE.read_text(encoding="utf-8").splitlines()) <= 120
