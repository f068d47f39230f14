"""The page for people: modules and styles that browsers read as they are, and what serves them."""

from vinr_engagement.entrypoints.dashboard.mount import Dashboard

__all__ = ["Dashboard"]
