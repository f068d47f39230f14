"""What the product asks of a database."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol, TypeVar

from vinr_engagement.foundation.database.state import Key
from vinr_engagement.foundation.database.table import Query, Row, Table

Result = TypeVar("Result")


class Wanted(NamedTuple):
    """Rows to gather: those of a table by key or of a query by argument; ``lock`` holds them until the commit."""

    source: Table[Any] | Query[Any]
    keys: Sequence[Key]
    lock: bool


class Changes(NamedTuple):
    """What a batch changed, by table; ``updated`` has each row as it was and as it is."""

    deleted: Mapping[Table[Any], Sequence[Any]]
    updated: Mapping[Table[Any], Sequence[tuple[Any, Any]]]
    inserted: Mapping[Table[Any], Sequence[Any]]


class Session(Protocol):
    """One transaction. SQL has numbered parameters: ``$1``, ``$2``; text that both engines understand."""

    engine: str

    async def fetch(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement returns."""
        ...

    async def execute(self, sql: str, *arguments: Any) -> int:
        """Runs a statement; answers how many rows it touched."""
        ...

    async def find(self, table: Table[Row], keys: Sequence[Key]) -> list[Row]:
        """The rows with these keys."""
        ...

    async def gather(self, wanted: Sequence[Wanted]) -> list[list[Any]]:
        """The rows of several tables and queries, in one step; locked tables one after the other as they are listed."""
        ...

    async def rows(self, table: Table[Row], where: str, *arguments: Any) -> list[Row]:
        """The rows of a table that meet a condition; ``where`` may end in ``order by`` and ``limit``."""
        ...

    async def save(self, changes: Changes) -> None:
        """Writes what a batch changed. Raises ``Contention`` where an inserted row is there already."""
        ...


class Database(Protocol):
    """A store: test or live."""

    engine: str

    async def write(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        """Runs work in one transaction and commits it durably before answering.

        Raises ``Contention`` where nothing was changed and running it again may help; ``Unavailable`` where the database takes
        no work, or where its answer to the commit was lost and nobody knows.
        """
        ...

    async def read(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        """Runs work that only reads, on one consistent snapshot."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        """A session that only reads, on one consistent snapshot for as long as it is open, on a connection of its own.

        For what is read in many steps. While one is open PostgreSQL cleans up nothing that was replaced since, and SQLite's
        log only grows.
        """
        ...

    async def ask(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement that only reads: the cheapest way to look at something."""
        ...

    async def migrate(self) -> list[str]:
        """Brings the schema up to date, under a lock; answers the migrations applied.

        A second process waits for the first. Raises ``NewerSchema`` where a newer program was here.
        """
        ...

    async def pending_migrations(self) -> list[str]:
        """The migrations that :meth:`migrate` would apply. Raises ``NewerSchema`` where a newer program was here."""
        ...

    async def close(self) -> None:
        """Finishes what runs and lets go."""
        ...
