"""The `vinr` command. What costs time to load is loaded by the command that needs it."""

from vinr_engagement.entrypoints.cli.main import main

__all__ = ["main"]
