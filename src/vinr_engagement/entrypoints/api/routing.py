"""Routes of FastAPI with our conventions: scopes, strict queries and bodies, and the errors that each can give, declared."""

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from inspect import cleandoc
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.body import parse_body, read_body
from vinr_engagement.entrypoints.api.door import EXCHANGE
from vinr_engagement.entrypoints.api.errors import CODES, Fault
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.gate import require
from vinr_engagement.entrypoints.api.suggest import unknown_field
from vinr_engagement.entrypoints.api.validation import fault_of, models_in

Access = Literal["read", "write"]

ANY: Final = (
    *("api_key_missing", "api_key_invalid", "permission_denied", "rate_limit_exceeded", "version_unknown"),
    *("session_expired", "csrf_refused", "environment_unknown"),
    *("parameter_unknown", "internal_error", "service_unavailable"),
)
"""What any endpoint under ``/v1`` may answer."""
WRITING: Final = (
    *("json_invalid", "json_too_deep", "parameter_missing", "parameter_invalid", "body_too_large"),
    *("unsupported_media_type", "idempotency_key_reused"),
)
"""What any endpoint that takes a body may answer besides."""
OPEN: Final = ("version_unknown", "parameter_unknown", "rate_limit_exceeded", "internal_error", "service_unavailable")
"""What endpoints may answer that no key is for."""
_KEYED_ONLY: Final = frozenset(("idempotency_key_reused",))
BATCH: Final = "x-batch"
SCOPE: Final = "x-required-scope"
CODES_OF: Final = "x-error-codes"
ALIAS_OF: Final = "x-alias-of"
"""On an operation that does what another one does, for clients that cannot ask for that one."""

_READING: Final = ("GET", "HEAD")

Endpoint = Callable[..., Any]


class Route(APIRoute):
    """A route that checks the scope, reads the body within its limits, and refuses what it does not know."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        extra = self.openapi_extra or {}
        scope: str | None = extra.get(SCOPE)
        most = limits.BATCH_BODY_BYTES if extra.get(BATCH) else limits.BODY_BYTES
        queries = _queries(self)
        takes_body = self.body_field is not None
        needs_body = self.body_field is not None and self.body_field.field_info.is_required()
        body_model = _model_of(self.body_field)
        query_model = _query_model(self)

        async def handle(request: Request) -> Response:
            exchange: Exchange = request.scope[EXCHANGE]
            exchange.route = self.path_format
            if scope is not None:
                require(exchange, scope)
            _check_queries(request, queries)
            if exchange.method not in _READING:
                await _read(exchange, request, most, takes_body=takes_body, needs_body=needs_body)
            try:
                return await answer(request)
            except RequestValidationError as error:
                errors = list(error.errors())
                in_body = errors[0]["loc"][0] == "body"
                raise fault_of(errors, body_model if in_body else query_model) from None

        return handle


async def _read(exchange: Exchange, request: Request, most: int, *, takes_body: bool, needs_body: bool) -> None:
    raw = await read_body(request.receive, exchange.headers, most)
    if raw or needs_body:
        exchange.body = parse_body(raw, exchange.headers)
        if not takes_body:
            _refuse_body(exchange.body)
    request._body = raw  # noqa: SLF001 (where Starlette keeps what was read, so that nothing reads or parses it twice)
    request._json = exchange.body  # noqa: SLF001


def _refuse_body(body: Any) -> None:
    if isinstance(body, dict) and not body:
        return
    if isinstance(body, dict):
        raise unknown_field(next(iter(body)), next(iter(body)), [], "this request, which has no body")
    raise Fault("parameter_invalid", "This request has no body; send none, or {}.")


def _check_queries(request: Request, known: dict[str, bool]) -> None:
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise unknown_field(name, name, list(known), "the query")
        if not known[name] and len(request.query_params.getlist(name)) > 1:
            raise Fault("parameter_invalid", f"{name} is given more than once.", param=name)
        if "\0" in value:
            raise Fault("parameter_invalid", f"{name} contains the character U+0000, which no text may.", param=name)


def _query_model(route: APIRoute) -> type[BaseModel] | None:
    found = route.dependant.query_params
    return _model_of(found[0]) if found else None


def _model_of(field: Any) -> type[BaseModel] | None:
    return None if field is None else next(models_in(field.field_info.annotation), None)


def _queries(route: APIRoute) -> dict[str, bool]:
    """The query parameters of a route, and whether each may be given more than once."""
    model = _query_model(route)
    if model is None:
        return {}
    return {field.alias or name: name == "expand" for name, field in model.model_fields.items()}


class Resource:
    """The endpoints of one resource under one path: operations are ``named`` for it, unless for another resource.

    Without a ``scope`` they are not for API keys.
    """

    def __init__(self, tag: str, path: str, scope: str | None, *, named: str | None = None) -> None:
        self.named = named or tag
        self.scope = scope
        self.router = APIRouter(prefix=path, route_class=Route, tags=[tag])

    def get(
        self, path: str, name: str, answer: type[BaseModel] | type[Response], *, errors: Iterable[str] = ()
    ) -> Callable[[Endpoint], Endpoint]:
        """An endpoint that reads; ``answer`` is what its JSON holds, or else a kind of response that has its own."""
        return self._endpoint("GET", path, name, answer, tuple(errors), access="read")

    def answer_head(self, path: str, endpoint: Endpoint) -> None:
        """Has ``endpoint`` answer HEAD as well, as it answers GET: without the body."""
        extra = {SCOPE: f"{self.scope}:read"}
        self.router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False, openapi_extra=extra)

    def write(
        self,
        method: Literal["POST", "PATCH", "DELETE"],
        path: str,
        name: str,
        answer: type[BaseModel],
        *,
        errors: Iterable[str] = (),
        batch: bool = False,
        alias_of: str | None = None,
        access: Access = "write",
    ) -> Callable[[Endpoint], Endpoint]:
        """An endpoint that changes something."""
        codes = (*(each for each in WRITING if self.scope or each not in _KEYED_ONLY), *errors)
        marks: dict[str, Any] = {BATCH: True} if batch else {}
        if alias_of is not None:
            marks[ALIAS_OF] = f"{self.named}.{alias_of}"
        return self._endpoint(method, path, name, answer, codes, access=access, marks=marks)

    def _endpoint(
        self,
        method: str,
        path: str,
        name: str,
        answer: type[BaseModel] | type[Response],
        codes: tuple[str, ...],
        *,
        access: Access,
        marks: dict[str, Any] | None = None,
    ) -> Callable[[Endpoint], Endpoint]:
        codes = (*codes, *(ANY if self.scope else OPEN))
        if "{" in path:
            codes = (*codes, "resource_missing", "path_unknown")
        extra: dict[str, Any] = {CODES_OF: sorted(set(codes)), **(marks or {})}
        if self.scope:
            extra[SCOPE] = f"{self.scope}:{access}"

        def decorate(endpoint: Endpoint) -> Endpoint:
            summary, _, description = cleandoc(endpoint.__doc__ or "").partition("\n")
            self.router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=f"{self.named}.{name}",
                summary=summary.rstrip("."),
                description=description.strip() or summary,
                **_described(answer),
                response_description="As asked for.",
                responses=_files(answer) | error_responses(codes),
                openapi_extra=extra,
            )
            return endpoint

        return decorate


def _described(answer: type[BaseModel] | type[Response]) -> dict[str, Any]:
    if issubclass(answer, Response):
        return {"response_model": None, "response_class": answer, "status_code": 200}
    return {"response_model": answer}


def _files(answer: type[BaseModel] | type[Response]) -> dict[int | str, dict[str, Any]]:
    """The kinds of files that an answer may be, where it is one."""
    kinds: tuple[str, ...] = getattr(answer, "media_types", ())
    schema = {"type": "string", "format": "binary"}
    return {200: {"content": {kind: {"schema": schema} for kind in kinds}}} if kinds else {}


def error_responses(codes: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """The error answers of an endpoint, as OpenAPI has them: for each status, the codes that it can come with."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in sorted(set(codes)):
        by_status[CODES[code].status].append(code)
    return {
        status: {
            "description": " ".join(f"`{code}`: {CODES[code].meaning}" for code in listed),
            "content": {
                "application/json": {
                    "schema": {
                        "allOf": [
                            {"$ref": "#/components/schemas/Error"},
                            _with_code(listed),
                        ]
                    }
                }
            },
        }
        for status, listed in sorted(by_status.items())
    }


def _with_code(listed: list[str]) -> dict[str, Any]:
    error = {"type": "object", "properties": {"code": {"type": "string", "enum": listed}}}
    return {"type": "object", "properties": {"error": error}}
