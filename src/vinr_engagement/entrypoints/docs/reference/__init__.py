"""The reference of the API, made from its own OpenAPI document."""

from vinr_engagement.entrypoints.docs.reference.api import Api, Operation, Resource

__all__ = ["Api", "Operation", "Resource"]
