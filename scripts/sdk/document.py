"""The OpenAPI document, as the API serves it; neither a server nor a database is started for it."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import httpx2

from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.foundation.settings import Settings

ROOT: Final = Path(__file__).parents[2]
LINE: Final = 120


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
    """The document as it is committed: schemas and paths in a stable order, what fits on a line on one."""
    components = {**found["components"], "schemas": dict(sorted(found["components"]["schemas"].items()))}
    ordered = {**found, "paths": dict(sorted(found["paths"].items())), "components": components}
    return _pretty(ordered, 0) + "\n"


def _pretty(value: Any, indent: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(flat) + indent <= LINE:
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, list):
        return _lines("[]", [inner + _pretty(entry, indent + 2) for entry in value], indent)
    entries = value.items()
    return _lines("{}", [f"{inner}{json.dumps(name)}: {_pretty(entry, indent + 2)}" for name, entry in entries], indent)


def _lines(brackets: str, entries: list[str], indent: int) -> str:
    listed = ",\n".join(entries)
    return f"{brackets[0]}\n{listed}\n{' ' * indent}{brackets[1]}"
