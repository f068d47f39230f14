"""Reports and their files in the database: who makes which, how far it is, what was made.

Each attempt has a file of its own, named in the report. Whoever works on an attempt saves only while the report still names its
file: one that was replaced, stopped or deleted meanwhile leaves nothing behind but pieces that nobody names, which are purged.
"""

from collections.abc import Sequence
from typing import Any

from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.database import Database, Session
from vinr_engagement.reports.pieces import Piece
from vinr_engagement.reports.report import KEPT
from vinr_engagement.reports.tables import REPORTS, Report


class Replaced(Exception):
    """Another worker makes the report now, or it was deleted: what is in hand must not be saved."""


async def take(database: Database) -> Report | None:
    """The report that has waited longest, with a new attempt begun; ``None`` where none waits.

    Call it while no other worker may: what somebody else was making is taken over.
    """
    if not await database.ask("select 1 from reports where status in ('pending', 'running') limit 1"):
        return None

    async def write(session: Session) -> Report | None:
        waiting = await session.rows(REPORTS, "status in ('pending', 'running') order by id limit 1")
        if not waiting:
            return None
        sql = (
            "update reports set status = 'running', file = $2, attempts = attempts + 1, lines = 0, bytes = 0, as_of = null"
            " where id = $1 and status in ('pending', 'running')"
        )
        if await session.execute(sql, waiting[0].id, ids.new_id("rpf")) == 0:
            return None
        return (await session.find(REPORTS, [(waiting[0].id,)]))[0]

    return await database.write(write)


_OURS = " where id = $1 and file = $2 and status = 'running'"


async def save(database: Database, report: Report, pieces: Sequence[Piece], rows: int, size: int) -> None:
    """Keeps pieces, and how far the file is. Raises ``Replaced``."""

    async def write(session: Session) -> None:
        await _change(session, report, "lines = $3, bytes = $4", rows, size)
        await _keep(session, report, pieces)

    await database.write(write)


async def complete(
    database: Database, report: Report, pieces: Sequence[Piece], made: dict[str, Any], now: Instant
) -> None:
    """Keeps the last pieces; the file is there from now on (real time). ``made``: ``rows``, ``bytes``, ``sha256``,
    ``totals``, ``as_of``. Raises ``Replaced``.
    """

    async def write(session: Session) -> None:
        await _keep(session, report, pieces)
        await _change(
            session,
            report,
            "status = 'completed', lines = $3, bytes = $4, sha256 = $5, totals = $6, as_of = $7, completed_at = $8,"
            " expires_at = $9",
            *(made["rows"], made["bytes"], made["sha256"], json.text(made["totals"]), made["as_of"], now, now + KEPT),
        )

    await database.write(write)


async def fail(database: Database, report: Report, code: str, message: str, now: Instant) -> None:
    """Gives a report up, with the reason. Raises ``Replaced``."""

    async def write(session: Session) -> None:
        reason = json.text({"code": code, "message": message})
        change = "status = 'failed', file = null, error = $3, completed_at = $4, expires_at = $5"
        await _change(session, report, change, reason, now, now + KEPT)

    await database.write(write)


async def put_back(database: Database, report: Report, *, counted: bool) -> None:
    """Has a report wait again: from the beginning, by whoever is next. ``counted``: the attempt was one. Raises ``Replaced``."""

    async def write(session: Session) -> None:
        change = "status = 'pending', file = null, lines = 0, bytes = 0, attempts = attempts - $3"
        await _change(session, report, change, 0 if counted else 1)

    await database.write(write)


async def _change(session: Session, report: Report, change: str, *arguments: Any) -> None:
    if await session.execute(f"update reports set {change}{_OURS}", report.id, report.file, *arguments) == 0:
        raise Replaced(report.id)


async def _keep(session: Session, report: Report, pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        sql = "insert into report_pieces (file, number, data) values ($1, $2, $3)"
        await session.execute(sql, report.file, piece.number, piece.data)


async def purge(database: Database, now: Instant, limit: int) -> int:
    """Forgets up to ``limit`` reports whose time is over (real time), and as many pieces that no report names; answers how many
    of both.
    """
    over = "select id from reports where expires_at < $1 order by expires_at limit $2"
    nobodys = (
        "select p.file, p.number from report_pieces p"
        " where not exists (select 1 from reports r where r.file = p.file) limit $1"
    )

    async def write(session: Session) -> int:
        count = await session.execute(f"delete from reports where id in ({over})", now, limit)
        return count + await session.execute(f"delete from report_pieces where (file, number) in ({nobodys})", limit)

    if not await database.ask(over, now, 1) and not await database.ask(nobodys, 1):
        return 0
    return await database.write(write)
