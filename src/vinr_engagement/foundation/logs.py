"""Structured logs: one line for each thing worth knowing, to stderr, as JSON or for people."""

import sys
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from vinr_engagement.foundation.settings import Settings

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


def logger(settings: Settings) -> FilteringBoundLogger:
    """A logger at the level and in the format of the settings; an unknown level is ``info``."""
    as_json = settings.log_format != "console"
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    made: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS.get(settings.log_level, LEVELS["info"])),
    )
    return made
