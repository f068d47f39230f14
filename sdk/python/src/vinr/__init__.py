"""The Python SDK of VINR Engagement: ``Vinr`` blocks, ``AsyncVinr`` is awaited.

    from vinr import Vinr

    vinr = Vinr()  # with the API key in VINR_SECRET_KEY
    member = vinr.loyalty.accounts.create(program="prog_default", customer="cust_abc123")

Names are loaded when they are first used, so that importing this costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinr._version import __version__
from vinr.errors import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    InvalidAnswerError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnprocessableError,
    VinrError,
    WebhookVerificationError,
)

if TYPE_CHECKING:
    from vinr import errors, params, types, webhooks
    from vinr._client import AsyncVinr, Vinr
    from vinr._core.options import OMIT, Omit, RequestOptions
    from vinr.model import Model, Response
    from vinr.pages import AsyncPage, AsyncPager, Page
    from vinr.streams import AsyncStream, Stream

__all__ = [
    "OMIT",
    "APIConnectionError",
    "APITimeoutError",
    "AsyncPage",
    "AsyncPager",
    "AsyncStream",
    "AsyncVinr",
    "AuthenticationError",
    "ConfigurationError",
    "ConflictError",
    "InvalidAnswerError",
    "InvalidRequestError",
    "Model",
    "NotFoundError",
    "Omit",
    "Page",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestOptions",
    "Response",
    "ServerError",
    "Stream",
    "UnprocessableError",
    "Vinr",
    "VinrError",
    "WebhookVerificationError",
    "__version__",
    "errors",
    "params",
    "types",
    "webhooks",
]

_HOMES = {
    **dict.fromkeys(("AsyncVinr", "Vinr"), "vinr._client"),
    **dict.fromkeys(("OMIT", "Omit", "RequestOptions"), "vinr._core.options"),
    **dict.fromkeys(("Model", "Response"), "vinr.model"),
    **dict.fromkeys(("AsyncPage", "AsyncPager", "Page"), "vinr.pages"),
    **dict.fromkeys(("AsyncStream", "Stream"), "vinr.streams"),
    **{name: f"vinr.{name}" for name in ("params", "types", "webhooks")},
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'vinr' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(home)
    found: object = module if home == f"vinr.{name}" else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
