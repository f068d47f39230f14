"""One small port over two databases: SQLite, embedded, and PostgreSQL."""

from vinr_engagement.foundation.database.port import Database, Session
from vinr_engagement.foundation.database.state import Key, Need, NotGathered, State
from vinr_engagement.foundation.database.table import Query, Table, table_of

__all__ = ["Database", "Key", "Need", "NotGathered", "Query", "Session", "State", "Table", "table_of"]
