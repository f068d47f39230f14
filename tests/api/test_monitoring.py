"""The board and the alerts of ``deploy/`` ask only for what ``/metrics`` really tells."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
SCRAPED = {"up": {"job", "instance"}}
FROM_SCRAPING = {"job", "instance"}

_SELECTED = re.compile(r"\b((?:vinr|process|python)_\w+|up)\b(?:\{([^}]*)\})?")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")
_MATCHED = re.compile(r"(\w+)\s*[=!]~?")


def board_expressions() -> dict[str, str]:
    """By the panels that show them."""
    board = json.loads((DEPLOY / "grafana-board.json").read_text("utf-8"))
    return {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in board["panels"]
        for target in panel["targets"]
    }


def alert_expressions() -> dict[str, str]:
    """By the alerts that watch them; an expression goes on over lines that are indented further."""
    text = (DEPLOY / "alerts.yml").read_text("utf-8")
    found = re.findall(r"- alert: (\w+)\n\s+expr: (?:>-\n)?((?:.|\n)*?)\n\s+for:", text)
    assert len(found) == text.count("- alert:")
    return {name: " ".join(expression.split()) for name, expression in found}


EVERY = {**board_expressions(), **alert_expressions()}


async def told(api: Any) -> dict[str, set[str]]:
    """The samples of ``/metrics`` after a little of everything, each with its labels."""
    await api.pay("evt_1", "cust_ada")
    body = {"id": "pay_2", "amount": 1, "currency": "GBP", "customer": "cust_ada"}
    event = {"id": "evt_2", "type": "payment.completed", "created_at": "2026-04-01T12:00:00Z", "data": {"object": body}}
    await api.post("/v1/events/batch", {"events": [event]})
    for store in api.stores.values():
        store.jobs_done["sweep"] += 1
        store.jobs_failed["sweep"] += 1
    found: dict[str, set[str]] = dict(SCRAPED)
    for line in (await api.client.get("/metrics")).text.splitlines():
        if not line.startswith("#"):
            name, _, labels = line.rpartition(" ")[0].partition("{")
            found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found


@pytest.mark.anyio
async def test_every_expression_asks_for_metrics_and_labels_that_are_there(sqlite_api: Any) -> None:
    known = await told(sqlite_api)
    for where, expression in EVERY.items():
        selected = _SELECTED.findall(expression)
        assert selected, where
        labels = set[str]()
        for name, matchers in selected:
            assert name in known, f"{where}: {name}"
            labels |= known[name] | FROM_SCRAPING
            assert set(_MATCHED.findall(re.sub(r'"[^"]*"', "", matchers))) <= known[name] | FROM_SCRAPING, where
        for group in _GROUPED.findall(expression):
            assert {label.strip() for label in group.split(",")} <= labels, where


def test_the_processes_of_a_server_are_told_apart_or_taken_together() -> None:
    board = json.loads((DEPLOY / "grafana-board.json").read_text("utf-8"))
    together = re.compile(r"^(\w+\([\d.]+, )?(sum|max)\b")
    for panel in board["panels"]:
        for target in panel["targets"]:
            assert together.match(target["expr"]) or "{{process}}" in target["legendFormat"], panel["title"]
    alerts = {name: expression for name, expression in alert_expressions().items() if "up{" not in expression}
    assert all(together.match(expression) for expression in alerts.values()), alerts


@pytest.mark.anyio
async def test_every_metric_of_ours_is_on_the_board(sqlite_api: Any) -> None:
    families = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in await told(sqlite_api)}
    shown = {
        re.sub(r"_(bucket|sum|count|total)$", "", name)
        for each in EVERY.values()
        for name, _ in _SELECTED.findall(each)
    }
    assert {name for name in families if name.startswith("vinr_")} <= shown


@pytest.mark.anyio
async def test_a_server_that_is_older_than_its_schema_is_not_ready(api: Any) -> None:
    assert (await api.client.get("/readyz")).status_code == 200

    async def upgrade(session: Any) -> None:
        await session.execute("insert into schema_migrations (name, applied_at) values ('9000_later.sql', 1)")

    await api.stores["live"].database.write(upgrade)
    answer = await api.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["stores"] == {
        "test": "ok",
        "live": "the schema is newer than this program, which does not know 9000_later.sql",
    }


def test_parentheses_and_legends_of_the_board_fit() -> None:
    board = json.loads((DEPLOY / "grafana-board.json").read_text("utf-8"))
    assert all(expression.count("(") == expression.count(")") for expression in EVERY.values())
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in board["panels"]:
        for target in panel["targets"]:
            wanted = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) - {"instance"}
            grouped = {label.strip() for group in _GROUPED.findall(target["expr"]) for label in group.split(",")}
            assert wanted <= grouped or not grouped, panel["title"]
