"""What is in a store, so that a test can say: nothing was written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.api.conftest import Api
from vinr_engagement.commands import Store
from vinr_engagement.foundation.database import Session

NOT_COUNTED = {"api_keys", "schema_migrations"}
_SQLITE = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"
_POSTGRESQL = "select tablename from pg_tables where schemaname = current_schema()"


async def rows(store: Store) -> dict[str, int]:
    """How many rows each table has, and the version of the configuration; keys come and go with the tests themselves."""

    async def count(session: Session) -> dict[str, int]:
        listed = await session.fetch(_SQLITE if session.engine == "sqlite" else _POSTGRESQL)
        found = {}
        for (table,) in listed:
            if table not in NOT_COUNTED:
                ((found[table],),) = await session.fetch(f"select count(*) from {table}")
        ((found["configuration"],),) = await session.fetch("select configuration_version from store_state")
        return found

    return await store.database.read(count)


@asynccontextmanager
async def nothing_written(api: Api) -> AsyncIterator[None]:
    """Fails where the block left a row more or less in either store."""
    before = {name: await rows(store) for name, store in api.stores.items()}
    assert len(before["test"]) > 15
    yield
    assert {name: await rows(store) for name, store in api.stores.items()} == before
