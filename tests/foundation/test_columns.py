"""Arrays as the PostgreSQL driver is given them: shorter to encode, and what arrives is what was given."""

import asyncpg
import pytest

from vinr_engagement.foundation.database.postgresql import Column

VALUES = ["plain", "", None, "{}", '{"a","b"}', "ä\n'\"\\", "NULL"]


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_arrives_is_what_was_given_also_where_a_statement_is_tried_again(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        assert await connection.fetchval("select $1::text[]", Column(VALUES)) == VALUES
        assert await connection.fetchval("select $1::bigint[]", Column([])) == []
        await connection.execute("create type pair as (name text, number bigint)")
        pairs = [("one", 1), ("two", None), (None, 3)]
        again = Column(pairs)
        for _ in range(3):  # the driver encodes anew where a type was changed under a prepared statement
            found = await connection.fetchval("select $1::pair[]", again)
            assert [tuple(each) for each in found] == pairs
    finally:
        await connection.close()


def test_the_first_look_sees_nothing_and_every_other_all() -> None:
    column = Column(VALUES)
    assert len(column) == len(VALUES)
    assert list(iter(column)) == []
    assert [*iter(column)] == VALUES
    assert [*iter(column)] == VALUES
