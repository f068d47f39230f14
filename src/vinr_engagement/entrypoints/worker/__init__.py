"""Background jobs and their schedule: in the server by default, or as a process of their own."""

from vinr_engagement.entrypoints.worker.worker import Worker

__all__ = ["Worker"]
