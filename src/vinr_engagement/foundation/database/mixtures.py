"""Which tables are written together.

Each mixture of tables is a statement of its own, which every connection has to prepare and to plan: milliseconds each time. So
a batch is written by the statement of a larger mixture that was used before, with nothing for the tables that it adds.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Final

from vinr_engagement.foundation.database.table import Table

SPARE: Final = 6
"""So many parts of a statement may have no rows: that costs less than another statement."""
MOST: Final = 32
"""Mixtures that are remembered; a connection keeps the statements that it used last."""

_UPDATE, _INSERT = 0, 1
_Part = tuple[int, str, Table[Any]]
_Tables = tuple[Table[Any], ...]
_ORDER = itemgetter(0, 1)


class Mixtures:
    """The mixtures of tables that were written so far, those that differ little made one."""

    def __init__(self) -> None:
        self._known: list[frozenset[_Part]] = []

    def covering(self, updated: Iterable[Table[Any]], inserted: Iterable[Table[Any]]) -> tuple[_Tables, _Tables]:
        """The tables to update and to insert into, each in one order: these, and perhaps a few more."""
        wanted = frozenset(
            (
                *((_UPDATE, table.name, table) for table in updated),
                *((_INSERT, table.name, table) for table in inserted),
            )
        )
        chosen = sorted(self._widened(wanted), key=_ORDER)
        return (
            tuple(table for kind, _, table in chosen if kind == _UPDATE),
            tuple(table for kind, _, table in chosen if kind == _INSERT),
        )

    def _widened(self, wanted: frozenset[_Part]) -> frozenset[_Part]:
        for place, known in enumerate(self._known):
            both = known | wanted
            if len(both) - min(len(known), len(wanted)) <= SPARE:
                self._known[place] = both
                return both
        self._known = [wanted, *self._known[: MOST - 1]]
        return wanted
