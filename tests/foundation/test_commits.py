"""An answer is sent when its transaction is committed, and not before; whoever reads after it sees what it did."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from vinr_engagement.audit import Origin
from vinr_engagement.commands import Adjust, CreateAccount, Store
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.members import Account
from vinr_engagement.members import queries as members

pytestmark = pytest.mark.anyio
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
A_FULL_DISK = """
create function vinr_test.refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$;
create constraint trigger refused after insert on vinr_test.transactions
  deferrable initially deferred for each row execute function vinr_test.refuse();
"""


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = await Store.open("test", Settings(database_url=database_url, lanes=2))
    yield store
    await store.close()


async def _run(store: Store, command: Any) -> Any:
    return await store.write_path.run(command, Origin("tests"))


async def _read(store: Store, account: str) -> Account:
    found = await store.database.read(lambda session: members.get_account(session, account))
    assert found is not None
    return found


async def test_a_read_that_follows_an_answer_sees_what_it_did(store: Store) -> None:
    """Also while others write and read: each of ten members reads its own balance right after each of its credits."""

    async def live(customer: str) -> None:
        account = (await _run(store, CreateAccount("prog_default", customer, {})))["id"]
        for number in range(1, 11):
            await _run(store, Adjust(account, 1, None, {}))
            assert (await _read(store, account)).balance == number

    await asyncio.gather(*(live(f"cust_{number}") for number in range(10)))


async def test_another_process_that_opens_the_store_sees_what_was_answered(store: Store, database_url: str) -> None:
    account = (await _run(store, CreateAccount("prog_default", "cust_1", {})))["id"]
    await _run(store, Adjust(account, 5, None, {}))
    other = await Store.open("test", Settings(database_url=database_url), migrate=False)
    try:
        assert (await _read(other, account)).balance == 5
    finally:
        await other.close()


async def test_what_fails_in_the_middle_of_its_transaction_leaves_nothing(store: Store) -> None:
    account = (await _run(store, CreateAccount("prog_default", "cust_1", {})))["id"]

    async def stop_half_way(session: Session) -> None:
        await session.execute("update accounts set balance = 99 where id = $1", account)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.database.write(stop_half_way)
    assert (await _read(store, account)).balance == 0


@ON_POSTGRESQL
async def test_what_the_database_refuses_at_the_commit_is_not_answered_as_done(store: Store, database_url: str) -> None:
    account = (await _run(store, CreateAccount("prog_default", "cust_1", {})))["id"]
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(A_FULL_DISK)
    finally:
        await connection.close()
    with pytest.raises(asyncpg.RaiseError):
        await _run(store, Adjust(account, 5, None, {}))
    assert (await _read(store, account)).balance == 0
