"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever runs the server. Without a key."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import Field

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api.answers import json_answer
from vinr_engagement.entrypoints.api.fields import Shape
from vinr_engagement.entrypoints.api.observe import Observer
from vinr_engagement.entrypoints.api.routing import CODES_OF, error_responses
from vinr_engagement.foundation.database.migrations import NewerSchema
from vinr_engagement.foundation.errors import Contention, Unavailable
from vinr_engagement.foundation.settings import Environment


class Health(Shape):
    """The process runs."""

    status: Literal["ok"]


class Readiness(Shape):
    """Whether requests can be answered, and of each store what is wrong, or `ok`."""

    status: Literal["ready", "not ready"]
    stores: dict[Environment, str] = Field(examples=[{"test": "ok", "live": "unavailable"}])


health = APIRouter(tags=["operations"])
_OPEN: Final[dict[str, Any]] = {"security": [], CODES_OF: ["internal_error"]}
_FAILURE: Final = error_responses(["internal_error"])
_NOT_READY: Final[dict[int | str, dict[str, Any]]] = {503: {"model": Readiness, "description": "Not ready."}}


@health.get(
    "/healthz",
    operation_id="operations.health",
    summary="The process runs",
    response_model=Health,
    responses=_FAILURE,
    openapi_extra=_OPEN,
)
async def healthz() -> Response:
    """The process runs."""
    return json_answer({"status": "ok"})


@health.get(
    "/readyz",
    operation_id="operations.readiness",
    summary="Whether requests can be answered",
    response_model=Readiness,
    responses={**_NOT_READY, **_FAILURE},
    openapi_extra=_OPEN,
)
async def readyz(request: Request) -> Response:
    """Both stores answer, and their schemas are up to date."""
    stores: Mapping[Environment, Store] = request.app.state.stores
    checks = {environment: await _check(store) for environment, store in stores.items()}
    ready = all(check == "ok" for check in checks.values())
    return json_answer({"status": "ready" if ready else "not ready", "stores": checks}, 200 if ready else 503)


async def _check(store: Store) -> str:
    try:
        pending = await store.database.pending_migrations()
    except NewerSchema as error:
        return str(error)
    except (Unavailable, Contention):
        return "unavailable"
    return f"{len(pending)} migrations pending" if pending else "ok"


@health.get(
    "/metrics",
    operation_id="operations.metrics",
    summary="What is counted, for Prometheus",
    response_class=PlainTextResponse,
    responses=_FAILURE,
    openapi_extra=_OPEN,
)
async def metrics(request: Request) -> Response:
    """What is counted, as Prometheus reads it."""
    observer: Observer = request.app.state.observer
    return Response(await observer.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
