"""The documentation as people and agents read it: pages from `docs/`, a reference from the API's own document."""

from vinr_engagement.entrypoints.docs.mount import Docs, Files
from vinr_engagement.entrypoints.docs.place import Place

__all__ = ["Docs", "Files", "Place"]
