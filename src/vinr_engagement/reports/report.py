"""A report: what may be asked for, and how it is shown."""

import re
from datetime import date
from typing import Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from vinr_engagement.foundation import calendar, ids
from vinr_engagement.foundation.clock import DAY, Instant, format_instant, parse_instant
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.programs import Program
from vinr_engagement.reports.tables import Report

ReportType = Literal["transactions", "redemptions", "liability_journal"]
ReportFormat = Literal["csv", "parquet"]
TYPES: Final[tuple[ReportType, ...]] = get_args(ReportType)
FORMATS: Final[tuple[ReportFormat, ...]] = get_args(ReportFormat)

KEPT: Final = 7 * DAY
"""So long after it was made a report can be downloaded."""
MOST_WAITING: Final = 20
"""Reports of a store that wait or are being made."""
MOST_BYTES: Final = 4 << 30
"""Of one file."""
MOST_ATTEMPTS: Final = 5
LONGEST_JOURNAL_DAYS: Final = 3_660

_DAY_LIKE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Asked(msgspec.Struct, frozen=True):
    """What a report is to hold: of what happened in a program from ``gte`` on and before ``lt``."""

    type: ReportType
    format: ReportFormat
    program: Program
    gte: Instant
    lt: Instant


def check(asked: Asked) -> Asked:
    """Raises ``Invalid`` for a period that is empty, or too long for a journal."""
    if asked.lt <= asked.gte:
        message = "period.lt must be later than period.gte: the period goes from gte on up to, and not including, lt."
        raise Invalid("parameter_invalid", message, param="period.lt")
    if asked.type == "liability_journal" and asked.lt - asked.gte > LONGEST_JOURNAL_DAYS * DAY:
        message = (
            f"period.lt is more than {LONGEST_JOURNAL_DAYS:,} days after period.gte; a journal has a line for each."
        )
        raise Invalid("parameter_invalid", message, param="period.lt")
    return asked


def bound(text: str, zone: ZoneInfo, param: str) -> Instant:
    """A bound of a period: a time, or a day of the program, which stands for its first moment. Raises ``Invalid``."""
    try:
        if _DAY_LIKE.fullmatch(text):
            return parse_instant(format_instant(calendar.start_of_day(date.fromisoformat(text), zone)))
        return parse_instant(text)
    except ValueError:
        message = f"{param} must be a day such as 2026-04-01, or a time such as 2026-04-01T12:00:00Z, of 1900 to 2199."
        raise Invalid("parameter_invalid", message, param=param) from None


def new_report(asked: Asked, now: Instant) -> Report:
    """A report that waits to be made; ``now`` is real time."""
    return Report(
        id=ids.new_id("rpt"),
        type=asked.type,
        format=asked.format,
        program=asked.program.id,
        period_gte=asked.gte,
        period_lt=asked.lt,
        status="pending",
        file=None,
        attempts=0,
        lines=0,
        bytes=0,
        sha256=None,
        totals=None,
        error=None,
        as_of=None,
        created_at=now,
        completed_at=None,
        expires_at=None,
    )


def request_snapshot(row: Report) -> dict[str, Any]:
    """What was asked for, as the audit log shows it."""
    return {
        "id": row.id,
        "object": "report",
        "type": row.type,
        "format": row.format,
        "program": row.program,
        "period": {"gte": format_instant(row.period_gte), "lt": format_instant(row.period_lt)},
        "created_at": format_instant(row.created_at),
    }


def report_snapshot(row: Report) -> dict[str, Any]:
    """The report as the API shows it, ready to be encoded as JSON."""
    return {
        **request_snapshot(row),
        "status": row.status,
        "rows": row.lines,
        "bytes": row.bytes,
        "sha256": row.sha256,
        "totals": _raw(row.totals),
        "error": _raw(row.error),
        "as_of": _text(row.as_of),
        "completed_at": _text(row.completed_at),
        "expires_at": _text(row.expires_at),
        "download": f"/v1/reports/{row.id}/download" if row.status == "completed" else None,
    }


def file_name(row: Report, zone: ZoneInfo) -> str:
    """What the file of a report is called: type, program, and the days from the first to the last of its period."""
    first, last = (calendar.local_day(moment, zone) for moment in (row.period_gte, row.period_lt - 1))
    return f"{row.type}_{row.program}_{first.isoformat()}_{last.isoformat()}.{row.format}"


def _raw(text: str | None) -> msgspec.Raw | None:
    return None if text is None else msgspec.Raw(text.encode())


def _text(moment: Instant | None) -> str | None:
    return None if moment is None else format_instant(moment)
