"""The dashboard's words for ledger rows: what the page would say, asked of its own modules in Node."""

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from tests.api.conftest import Api
from tests.dashboard.modules import STATIC
from tests.sdk.node import find_node, run

Json = dict[str, Any]

_TELL = Path(__file__).parent / "tell.mjs"
EXPANDED = [("expand[]", field) for field in ("rule", "campaign", "redemption", "reverses")]


class Told(NamedTuple):
    """A row in words."""

    id: str
    kind: str
    title: str
    sentence: str
    steps: list[str]
    notes: list[str]


def tell(folder: Path, program: Json, rows: list[Json]) -> list[Told]:
    """Rows in words, for a reader in Britain; ``folder`` is the test's own."""
    page = folder / "page"
    if not page.exists():
        shutil.copytree(STATIC, page, ignore=shutil.ignore_patterns("css", "*.svg"))
        (page / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    given = folder / "rows.json"
    given.write_text(json.dumps({"program": program, "rows": rows}), encoding="utf-8")
    locale = {"LC_ALL": "en_GB.UTF-8", "TZ": "UTC", "PATH": os.environ.get("PATH", os.defpath)}
    said = run(find_node().program, _TELL, page, given, folder=folder, environment=locale)
    return [Told(**words) for words in json.loads(said)]


async def rows_of(api: Api, accounts: Iterable[str]) -> list[Json]:
    """Every row of these members, as their pages read it: of points, then of store credit, oldest first."""
    found: list[Json] = []
    for account in accounts:
        asked = [("account", account), ("limit", "100")]
        points = (await api.get("/v1/loyalty/transactions", params=[*asked, *EXPANDED]))["data"]
        credit = (await api.get("/v1/loyalty/credit/transactions", params=asked))["data"]
        found += [*reversed(points), *reversed(credit)]
    return found
