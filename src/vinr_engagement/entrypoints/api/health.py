"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever runs the server. Without a key."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api.answers import json_answer
from vinr_engagement.entrypoints.api.observe import Observer
from vinr_engagement.foundation.database.migrations import NewerSchema
from vinr_engagement.foundation.errors import Contention, Unavailable
from vinr_engagement.foundation.settings import Environment

health = APIRouter(include_in_schema=False)


@health.get("/healthz")
async def healthz() -> Response:
    """The process runs."""
    return json_answer({"status": "ok"})


@health.get("/readyz")
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


@health.get("/metrics")
async def metrics(request: Request) -> Response:
    """What is counted, as Prometheus reads it."""
    observer: Observer = request.app.state.observer
    return Response(await observer.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
