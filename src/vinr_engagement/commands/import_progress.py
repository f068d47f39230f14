"""How far an import has come, remembered so that one which was stopped goes on where it was."""

from collections.abc import Iterable, Iterator

import msgspec

from vinr_engagement.commands.context import Context, Decision
from vinr_engagement.foundation.database import Need, Session, Table


class ImportProgress(msgspec.Struct):
    """One import of a file. Everything up to ``line`` and before the byte ``position`` is committed.

    ``refused_bytes`` is how long the file of refused lines was by then; ``totals`` is JSON, the importer's own.
    """

    fingerprint: str
    kind: str
    path: str
    line: int
    position: int
    refused_bytes: int
    totals: str
    started_at: int
    updated_at: int
    finished_at: int | None


IMPORTS = Table("imports", ImportProgress, ("fingerprint",))


class RememberImport(Decision):
    """Notes how far an import has come; ``started_at`` and ``updated_at`` are filled in."""

    def __init__(self, progress: ImportProgress, *, finished: bool) -> None:
        self.progress = progress
        self.finished = finished

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        yield [(IMPORTS, (self.progress.fingerprint,))]

    def decide(self, context: Context) -> None:
        before = context.state.find(IMPORTS, (self.progress.fingerprint,))
        goes_on = before is not None and before.finished_at is None
        row = msgspec.structs.replace(
            self.progress,
            started_at=before.started_at if before is not None and goes_on else context.now,
            updated_at=context.now,
            finished_at=context.now if self.finished else None,
        )
        context.state.replace(row)


async def unfinished_import(session: Session, fingerprint: str) -> ImportProgress | None:
    """How far an import of this content came that was stopped; ``None`` where there is none, or it ended."""
    found = await session.find(IMPORTS, [(fingerprint,)])
    return found[0] if found and found[0].finished_at is None else None
