"""Exports of the ledger, of redemptions and of what is owed, as files: what may be asked for, how one is made and kept."""

from vinr_engagement.reports import keeping, queries
from vinr_engagement.reports.columns import COLUMNS, MOVEMENTS
from vinr_engagement.reports.making import Making
from vinr_engagement.reports.movements import Moved, movement_of
from vinr_engagement.reports.pieces import PIECE_BYTES, Cutter, TooLarge
from vinr_engagement.reports.report import (
    FORMATS,
    KEPT,
    LONGEST_JOURNAL_DAYS,
    MOST_ATTEMPTS,
    MOST_BYTES,
    MOST_WAITING,
    TYPES,
    Asked,
    ReportFormat,
    ReportType,
    bound,
    check,
    file_name,
    new_report,
    report_snapshot,
    request_snapshot,
)
from vinr_engagement.reports.tables import REPORTS, REPORTS_BY_STATUS, Report

__all__ = [
    "COLUMNS",
    "FORMATS",
    "KEPT",
    "LONGEST_JOURNAL_DAYS",
    "MOST_ATTEMPTS",
    "MOST_BYTES",
    "MOST_WAITING",
    "MOVEMENTS",
    "PIECE_BYTES",
    "REPORTS",
    "REPORTS_BY_STATUS",
    "TYPES",
    "Asked",
    "Cutter",
    "Making",
    "Moved",
    "Report",
    "ReportFormat",
    "ReportType",
    "TooLarge",
    "bound",
    "check",
    "file_name",
    "keeping",
    "movement_of",
    "new_report",
    "queries",
    "report_snapshot",
    "request_snapshot",
]
