"""The tables as the code describes them, against the schema that the migrations make."""

import pytest

import vinr_engagement.entrypoints.imports  # noqa: F401 (so that every table is known)
from vinr_engagement.commands import Store
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.table import all_tables
from vinr_engagement.foundation.settings import Settings


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_rows_have_the_columns_of_their_table_in_its_order(database_url: str) -> None:
    """PostgreSQL is sent whole rows: a column out of place would be a value in the wrong column."""
    store = await Store.open("test", Settings(database_url=database_url))

    async def columns(session: Session) -> dict[str, list[str]]:
        found = await session.fetch(
            "select table_name::text, column_name::text from information_schema.columns"
            " where table_schema = current_schema() order by table_name, ordinal_position"
        )
        tables: dict[str, list[str]] = {}
        for table, column in found:
            tables.setdefault(table, []).append(column)
        return tables

    try:
        made = await store.database.read(columns)
    finally:
        await store.close()
    ours = [table for table in all_tables() if table.row.__module__.startswith("vinr_engagement.")]
    described = {table.name: list(table.columns) for table in ours}
    assert len(described) >= 15
    assert described == {name: made[name] for name in described}
