"""The OpenAPI document, as the API serves it; neither a server nor a database is started for it."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import httpx2

from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.foundation.settings import Settings

ROOT: Final = Path(__file__).parents[2]
COMMITTED: Final = ROOT / "sdk" / "openapi.json"


def document() -> dict[str, Any]:
    """What ``GET /openapi.json`` answers."""
    return asyncio.run(_ask())


async def _ask() -> dict[str, Any]:
    app = create_app({}, Settings(log_level="critical"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://api") as client:
        answer = await client.get("/openapi.json")
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def written(found: dict[str, Any]) -> str:
    """The document as it is committed: schemas and paths in a stable order, one field a line."""
    components = {**found["components"], "schemas": dict(sorted(found["components"]["schemas"].items()))}
    ordered = {**found, "paths": dict(sorted(found["paths"].items())), "components": components}
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"
