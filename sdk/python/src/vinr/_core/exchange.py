"""One call from its parameters to its answer, as steps for whoever can send and wait.

``exchange`` is a generator: it yields what is to be done (``Send``, ``Wait``), is sent what came of it (``Answer``,
``Failure``, ``None``), and returns the object. It decides everything and does nothing, so both clients share it.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from vinr._core.options import RequestOptions, Settings
from vinr._core.wire import body_of, path_of, query_of
from vinr._version import __version__
from vinr.errors import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    ConflictError,
    InvalidAnswerError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnprocessableError,
    VinrError,
)
from vinr.model import Model, Response

Result = TypeVar("Result")

FIRST_WAIT: Final = 0.5
"""Seconds before the second attempt; doubled for each further one."""
LONGEST_WAIT: Final = 8.0
LONGEST_RETRY_AFTER: Final = 60.0
"""A server that asks for more than so many seconds is not waited for: the error says how long it asked for."""
KEY_CHARACTERS: Final = 255
_AGENT: Final = f"vinr-python/{__version__} python/{sys.version_info.major}.{sys.version_info.minor}"
_ERRORS: Final[Mapping[int, type[VinrError]]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
    429: RateLimitError,
}


@dataclass(frozen=True)
class Endpoint(Generic[Result]):
    """An operation of the API, and what its answer becomes: its JSON, or the bytes of a file."""

    verb: str
    path: str
    read: Callable[[Any], Result]
    is_file: bool = False


@dataclass(frozen=True)
class Call(Generic[Result]):
    """One use of an endpoint. ``body`` is ``None`` where none is sent."""

    endpoint: Endpoint[Result]
    path: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    options: RequestOptions | None = None


@dataclass(frozen=True)
class Send:
    """A request to send."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    timeout: float | None


@dataclass(frozen=True)
class Wait:
    """Seconds to wait."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Failure:
    """Why there is no answer."""

    error: Exception
    timed_out: bool = False
    may_pass: bool = True
    """Whether another attempt can do better."""


Outcome = Answer | Failure
Steps = Generator[Send | Wait, Outcome | None, Result]


def exchange(
    settings: Settings,
    api_version: str,
    call: Call[Result],
    chance: Callable[[], float] = random.random,
) -> Steps[Result]:
    """The steps of a call. Raises ``VinrError``; ``chance`` is at least 0 and below 1."""
    asked = settings.called_with(call.options)
    request = request_of(asked, api_version, call)
    attempt = 1
    while True:
        outcome = yield request
        assert outcome is not None
        wait = wait_before_next(outcome, attempt, chance) if attempt <= asked.max_retries else None
        if wait is None:
            return _concluded(call.endpoint, outcome, attempt)
        yield Wait(wait)
        attempt += 1


def request_of(settings: Settings, api_version: str, call: Call[Any], *, accept: str = "application/json") -> Send:
    """The request: the same at each attempt, its idempotency key as well."""
    endpoint = call.endpoint
    query = query_of(call.query)
    url = settings.base_url + path_of(endpoint.path, call.path) + (f"?{query}" if query else "")
    headers = {
        "authorization": f"Bearer {settings.secret_key}",
        "accept": "*/*" if endpoint.is_file else accept,
        "user-agent": _AGENT,
        "vinr-version": api_version,
    }
    if call.body is not None:
        headers["content-type"] = "application/json"
    if endpoint.verb != "GET":
        headers["idempotency-key"] = _idempotency_key(call.options)
    headers |= {name.lower(): value for name, value in settings.headers.items()}
    content = None if call.body is None else body_of(call.body)
    return Send(endpoint.verb, url, headers, content, settings.timeout)


def _idempotency_key(options: RequestOptions | None) -> str:
    key = (options or {}).get("idempotency_key") or str(uuid.uuid4())
    if len(key) > KEY_CHARACTERS or not (key.isascii() and key.isprintable()):
        raise ValueError(f"idempotency_key must be 1 to {KEY_CHARACTERS} printable ASCII characters.")
    return key


def wait_before_next(outcome: Outcome, attempt: int, chance: Callable[[], float]) -> float | None:
    """Seconds to wait before another attempt; ``None`` where none would help."""
    backoff = min(FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT) * (1 - chance() / 2)
    if isinstance(outcome, Failure):
        return backoff if outcome.may_pass else None
    if outcome.status != 429 and outcome.status < 500:
        return None
    asked = _retry_after(outcome.headers)
    if asked is None:
        return backoff
    return max(asked, backoff) if asked <= LONGEST_RETRY_AFTER else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _concluded(endpoint: Endpoint[Result], outcome: Outcome, attempts: int) -> Result:
    if isinstance(outcome, Failure):
        raise fault_of(outcome, attempts) from outcome.error
    if not 200 <= outcome.status < 300:
        raise error_of(outcome)
    found = endpoint.read(outcome.content if endpoint.is_file else _json_of(outcome))
    if isinstance(found, Model):
        found.__dict__["_response"] = Response(outcome.status, outcome.headers, attempts)
    return found


def fault_of(outcome: Outcome, attempts: int) -> VinrError:
    """The error that there is after so many attempts."""
    return _unreached(outcome, attempts) if isinstance(outcome, Failure) else error_of(outcome)


def _unreached(failure: Failure, attempts: int) -> VinrError:
    kind = APITimeoutError if failure.timed_out else APIConnectionError
    tried = f" after {attempts} attempts" if attempts > 1 else ""
    told = str(failure.error) or type(failure.error).__name__
    return kind(
        f"The server {'did not answer in time' if failure.timed_out else 'could not be reached'}{tried}: {told}"
    )


def _json_of(answer: Answer) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError:
        raise InvalidAnswerError(
            f"The server answered {answer.status} with something that is not JSON: {_excerpt(answer)}",
            status=answer.status,
            request_id=answer.headers.get("x-request-id"),
        ) from None


def _excerpt(answer: Answer) -> str:
    return repr(answer.content[:200].decode(errors="replace"))


def error_of(answer: Answer) -> VinrError:
    """The error that an answer is, whether the API wrote it or something before the API."""
    told = _told(answer.content)
    message = told.get("message") or f"The server answered {answer.status}: {_excerpt(answer)}"
    kind = ServerError if answer.status >= 500 else _ERRORS.get(answer.status, InvalidRequestError)
    if answer.status < 400:
        kind = InvalidAnswerError
    return kind(
        str(message),
        status=answer.status,
        request_id=answer.headers.get("x-request-id"),
        retry_after=_retry_after(answer.headers),
        error=told,
    )


def _told(content: bytes) -> Mapping[str, Any]:
    try:
        error = json.loads(content)["error"]
    except (ValueError, TypeError, KeyError):
        return {}
    return error if isinstance(error, dict) else {}
