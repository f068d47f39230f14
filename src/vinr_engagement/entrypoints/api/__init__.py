"""The HTTP door: one module per resource, wire schemas only here."""

from vinr_engagement.entrypoints.api.app import create_app

__all__ = ["create_app"]
