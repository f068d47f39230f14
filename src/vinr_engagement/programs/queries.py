"""Reading programs."""

from collections.abc import Iterable

from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Window, page
from vinr_engagement.programs.program import Program, program_of
from vinr_engagement.programs.tables import PROGRAMS


async def get_program(session: Session, identifier: str) -> Program | None:
    """One program, whatever its status."""
    found = await get_programs(session, [identifier])
    return found[0] if found else None


async def get_programs(session: Session, identifiers: Iterable[str]) -> list[Program]:
    """The programs that exist of these."""
    keys = [(identifier,) for identifier in identifiers]
    return [program_of(row) for row in await session.find(PROGRAMS, keys)] if keys else []


async def list_programs(session: Session, window: Window, *, status: str | None = None) -> Page[Program]:
    """Programs by descending id: newest first, after ``prog_default``."""
    found = await page(session, PROGRAMS, window, Filters().equal("status", status))
    return Page([program_of(row) for row in found.rows], found.has_more, found.total_estimate)
