"""The production guide: every setting, every number and every line to type is what the code has."""

import re
from dataclasses import fields
from pathlib import Path

from click.testing import CliRunner

from tests.docs.tables import DOCS, GUIDES, blocks, code, codes, prose, table
from vinr_engagement.commands.write_path import QUEUE_COMMANDS
from vinr_engagement.entrypoints.api.limits import KEY_CACHE_SECONDS
from vinr_engagement.entrypoints.api.siblings import PATIENCE_SECONDS
from vinr_engagement.entrypoints.cli import main
from vinr_engagement.entrypoints.cli.server import GRACE_SECONDS, KEEP_ALIVE_SECONDS
from vinr_engagement.foundation import settings
from vinr_engagement.foundation.database import postgresql
from vinr_engagement.foundation.settings import Settings, from_environment

PAGE = GUIDES / "production.md"
SOURCE = DOCS.parent / "src" / "vinr_engagement"


def test_the_table_of_settings_is_complete() -> None:
    listed = [code(row["variable"]) for row in table(PAGE, "variable", "default")]
    assert sorted(listed) == sorted(f"VINR_{field.name.upper()}" for field in fields(Settings))
    read = set(re.findall(r'"(VINR_[A-Z_]+)"', Path(settings.__file__).read_text("utf-8")))
    assert set(listed) == read
    elsewhere = {
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"environ\S*\W(VINR_[A-Z_]+)", path.read_text("utf-8"))
    }
    assert elsewhere <= read


def test_the_defaults_are_right() -> None:
    values = from_environment({})
    for row in table(PAGE, "variable", "default"):
        value = getattr(values, code(row["variable"]).removeprefix("VINR_").lower())
        if row["default"] == "twice the limit":
            assert from_environment({"VINR_RATE_LIMIT": "7"}).rate_limit_burst == 14
        else:
            shown = str(value).lower() if isinstance(value, bool) else value
            assert row["default"] == (f"`{shown}`" if value != "" else "none")


def test_the_numbers_are_those_of_the_code() -> None:
    told = prose(PAGE)
    assert f"up to {postgresql.POOL_SIZE} connections to each store" in told
    assert f"{2 * postgresql.POOL_SIZE} for each process" in told
    assert f"Up to {2 * postgresql.POOL_SIZE} for each" in told
    assert f"silent for {PATIENCE_SECONDS:g} seconds" in told
    assert f"from {QUEUE_COMMANDS:,} on requests are refused" in told
    assert f"before {KEEP_ALIVE_SECONDS} seconds" in told
    assert f"at most {GRACE_SECONDS} seconds" in told
    assert f"within {KEY_CACHE_SECONDS:g} seconds" in told


def test_the_lines_for_postgresql_are_what_vinr_prints() -> None:
    environment = {"VINR_DATABASE_URL": "postgresql://127.0.0.1/shop"}
    runner = CliRunner(env=environment)
    printed = [runner.invoke(main, command).stdout for command in (["backup", "TARGET"], ["restore", "SOURCE"])]
    (shown,) = [block for block in blocks(PAGE, "text") if block.text.startswith("pg_dump")]
    assert shown.text.splitlines() == "".join(printed).splitlines()


def test_metrics_are_on_the_board_or_in_the_alerts() -> None:
    watched = "".join(
        (DOCS.parent / "deploy" / name).read_text("utf-8") for name in ("grafana-board.json", "alerts.yml")
    )
    named = {name for row in table(PAGE, "what", "tells") for name in codes(row["what"]) if name.startswith("vinr_")}
    assert len(named) >= 6
    assert all(name in watched for name in named)


def test_it_stays_short() -> None:
    assert len(PAGE.read_text("utf-8").splitlines()) <= 150
