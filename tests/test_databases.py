"""The databases that conftest.py hands to tests: real, reachable, and with nothing in them but what a fresh install has."""

import asyncio
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import asyncpg
import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import CreateAccount, Store
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import ENVIRONMENTS, Environment, Settings


def on_sqlite(url: str, sql: str) -> list[str]:
    with closing(sqlite3.connect(urlsplit(url).path.removeprefix("/"))) as connection:
        return [name for (name,) in connection.execute(sql)]


async def on_postgresql(url: str, sql: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


def leave_a_table_in(url: str) -> None:
    sql = "create table left_behind (id text)"
    if url.startswith("sqlite:"):
        on_sqlite(url, sql)
    else:
        asyncio.run(on_postgresql(url, sql))


def tables_in(url: str) -> list[str]:
    if url.startswith("sqlite:"):
        return on_sqlite(url, "select name from sqlite_schema")
    return asyncio.run(on_postgresql(url, "select tablename from pg_tables where schemaname = 'public'"))


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_test_gets_an_empty_database_whatever_another_left_behind(database_url: str, attempt: int) -> None:
    assert tables_in(database_url) == [], f"attempt {attempt}"
    leave_a_table_in(database_url)
    assert tables_in(database_url) == ["left_behind"]


async def held_in(session: Session) -> tuple[list[str], int]:
    """The programs and how many accounts there are."""
    ((accounts,),) = await session.fetch("select count(*) from accounts")
    return [program for (program,) in await session.fetch("select id from programs")], accounts


@pytest.mark.anyio
@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
async def test_a_test_gets_the_stores_of_a_fresh_install_whatever_another_did(
    database_url: str, environment: Environment, attempt: int
) -> None:
    store = await Store.open(environment, Settings(database_url=database_url), migrate=False)
    assert await store.database.read(held_in) == (["prog_default"], 0), f"attempt {attempt}"
    await store.write_path.run(CreateAccount("prog_default", "cust_1", {}), Origin("tests"))
    assert await store.database.read(held_in) == (["prog_default"], 1)
    await store.close()


async def version_of(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return connection.get_server_version().major
    finally:
        await connection.close()


def test_postgresql_is_one_we_support(postgres_url: str) -> None:
    assert asyncio.run(version_of(postgres_url)) >= 14


@pytest.mark.anyio
async def test_coroutines_can_be_tests(postgres_url: str) -> None:
    assert await version_of(postgres_url) >= 14


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_engine_can_be_asked_for(database_url: str) -> None:
    assert database_url.startswith("postgresql://")
