"""One small port over two databases: SQLite, embedded, and PostgreSQL."""

from vinr_engagement.foundation.database.port import Changes, Database, Session, Wanted
from vinr_engagement.foundation.database.state import Key, Need, NotGathered, State
from vinr_engagement.foundation.database.table import Query, Table, table_of

__all__ = [
    "Changes",
    "Database",
    "Key",
    "Need",
    "NotGathered",
    "Query",
    "Session",
    "State",
    "Table",
    "Wanted",
    "table_of",
]
