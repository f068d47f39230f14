"""Every error that this library raises. All are a ``VinrError``.

What the server refuses comes as the class of its status; ``code`` says what exactly it was, and stays the same for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "APIConnectionError",
    "APITimeoutError",
    "AuthenticationError",
    "ConfigurationError",
    "ConflictError",
    "InvalidAnswerError",
    "InvalidRequestError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "UnprocessableError",
    "VinrError",
    "WebhookVerificationError",
]


class VinrError(Exception):
    """Anything that went wrong. Fields that do not apply are ``None``."""

    message: str
    """What was wrong, where, and what would be right."""
    code: str | None
    """The stable name of the fault, such as ``account_already_exists``."""
    type: str | None
    """The kind of fault, such as ``invalid_request_error``."""
    status: int | None
    """The HTTP status."""
    param: str | None
    """The field at fault."""
    resource: str | None
    """The id of an object that helps to recover: the account that exists already, the survivor of a merge."""
    request_id: str | None
    """Names the request in the server's log."""
    retry_after: float | None
    """Seconds after which it is worth trying again, where the server said so."""
    doc_url: str | None
    """Where the code is explained."""
    errors: Sequence[Mapping[str, Any]]
    """Every fault, where there were several: ``param``, ``code`` and ``message`` of each."""
    details: Mapping[str, Any]
    """What else the server said, such as ``balance`` and ``required`` with ``insufficient_points``."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        told = dict(error or {})
        self.message = message
        self.status = status
        self.retry_after = retry_after
        self.request_id = told.pop("request_id", None) or request_id
        self.code, self.type = told.pop("code", None), told.pop("type", None)
        self.param, self.resource = told.pop("param", None), told.pop("resource", None)
        self.doc_url, self.errors = told.pop("doc_url", None), told.pop("errors", ())
        told.pop("message", None)
        self.details = told

    def __str__(self) -> str:
        known = [part for part in (self.code, self.request_id) if part]
        return f"{self.message} ({', '.join(known)})" if known else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.__class__, self.message, dict(self.__dict__))


def _restored(kind: type[VinrError], message: str, state: dict[str, Any]) -> VinrError:
    """An error that crossed to another process."""
    error = kind(message)
    error.__dict__.update(state)
    return error


class ConfigurationError(VinrError):
    """The client was set up wrongly; nothing was sent."""


class APIConnectionError(VinrError):
    """The server could not be reached, or the connection broke.

    A write may or may not have taken effect: repeat it with the same idempotency key to be sure.
    """


class APITimeoutError(APIConnectionError):
    """The server did not answer in time."""


class InvalidAnswerError(VinrError):
    """The answer was not one of the API: something else stands between this library and the server."""


class InvalidRequestError(VinrError):
    """The request was wrong; sending it again would not help."""


class NotFoundError(InvalidRequestError):
    """404: the id names nothing in this store."""


class ConflictError(InvalidRequestError):
    """409: the state of things does not allow it; ``resource`` often names what to use instead."""


class UnprocessableError(InvalidRequestError):
    """422: well formed, and refused by a rule: too few points, out of stock."""


class AuthenticationError(VinrError):
    """401: the API key is missing, unknown or revoked."""


class PermissionDeniedError(VinrError):
    """403: the key may not do this; ``details["required_scope"]`` says what it lacks."""


class RateLimitError(VinrError):
    """429: too many requests, still after the retries; ``retry_after`` says when to come back."""


class ServerError(VinrError):
    """5xx: the server failed, still after the retries."""


class WebhookVerificationError(VinrError):
    """A webhook was not signed with this secret, was altered, or is too old."""
