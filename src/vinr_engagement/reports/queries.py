"""Reading reports and their files."""

from typing import Final

from vinr_engagement.foundation.database import Database, Session
from vinr_engagement.foundation.database.page import Filters, Page, Window, page
from vinr_engagement.reports.pieces import PIECE_BYTES, unpacked
from vinr_engagement.reports.tables import REPORTS, Report

_PIECE: Final = "select data from report_pieces where file = $1 and number = $2"


async def get_report(session: Session, identifier: str) -> Report | None:
    """One report by its id."""
    found = await session.find(REPORTS, [(identifier,)])
    return found[0] if found else None


async def list_reports(
    session: Session, window: Window, *, program: str | None = None, kind: str | None = None, status: str | None = None
) -> Page[Report]:
    """Reports, newest first."""
    filters = Filters().equal("program", program).equal("type", kind).equal("status", status)
    return await page(session, REPORTS, window, filters)


async def read_piece(database: Database, file: str, number: int) -> bytes | None:
    """The bytes of a file from ``number * PIECE_BYTES`` on, as many as a piece has; ``None`` where they are gone."""
    found = await database.ask(_PIECE, file, number)
    return unpacked(found[0][0]) if found else None


def piece_at(place: int) -> tuple[int, int]:
    """The piece in which a byte of a file is, and the byte's place in it."""
    return divmod(place, PIECE_BYTES)


async def incomplete(session: Session) -> list[str]:
    """Completed reports of whose files a piece is missing."""
    rows = await session.fetch(
        "select r.id, r.bytes, (select count(*) from report_pieces p where p.file = r.file)"
        " from reports r where r.status = 'completed' order by r.id"
    )
    return [identifier for identifier, size, pieces in rows if pieces != -(-size // PIECE_BYTES)]
