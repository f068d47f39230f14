"""Opens the test and the live store that a database URL names."""

from pathlib import Path
from urllib.parse import urlsplit

from vinr_engagement.foundation.database.port import Database
from vinr_engagement.foundation.database.sqlite import SQLiteDatabase
from vinr_engagement.foundation.settings import Environment


def open_store(url: str, environment: Environment) -> Database:
    """One store of ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://…``.

    SQLite keeps each store in a file of its own (``vinr.test.db``, ``vinr.live.db``), PostgreSQL in a schema of its own
    (``vinr_test``, ``vinr_live``). Raises ``ValueError`` for any other URL.
    """
    scheme = urlsplit(url).scheme
    if scheme == "sqlite" and url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        if not path.name:
            raise ValueError("the database URL names no file; right would be sqlite:///vinr.db")
        return SQLiteDatabase(path.with_name(f"{path.stem}.{environment}{path.suffix or '.db'}"))
    if scheme in ("postgresql", "postgres") and url.startswith(f"{scheme}://"):
        from vinr_engagement.foundation.database.postgresql import PostgreSQLDatabase  # noqa: PLC0415 (only when used)

        return PostgreSQLDatabase(url, f"vinr_{environment}")
    raise ValueError("a database URL starts with sqlite:/// or postgresql://")
