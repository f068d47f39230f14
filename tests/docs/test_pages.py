"""Every page: its JSON parses and is accepted where it would be sent, its links lead somewhere, its lines fit."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.docs.steps import ANSWER
from tests.docs.tables import DOCS, Block, anchors, blocks, codes, links, own_pages, prose, tables
from vinr_engagement import rules
from vinr_engagement.commands import parse_event
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.api.accounts import AccountChanges, Merge, NewAccount
from vinr_engagement.entrypoints.api.campaigns import NewCampaign
from vinr_engagement.entrypoints.api.connector_shapes import ConnectorChanges
from vinr_engagement.entrypoints.api.credit import CreditIssue, CreditSpending
from vinr_engagement.entrypoints.api.earning_rules import NewBacktest, NewRule, Preview
from vinr_engagement.entrypoints.api.programs import ProgramChanges
from vinr_engagement.entrypoints.api.redemptions import NewRedemption
from vinr_engagement.entrypoints.api.referrals import Attribution, NewReferral
from vinr_engagement.entrypoints.api.report_shapes import NewReport
from vinr_engagement.entrypoints.api.rewards import NewReward
from vinr_engagement.entrypoints.api.segments import NewSegment
from vinr_engagement.entrypoints.api.test_helpers import ClockAdvance, ClockSetting
from vinr_engagement.entrypoints.api.tiers import TierPin
from vinr_engagement.entrypoints.api.transactions import Adjustment
from vinr_engagement.entrypoints.api.webhook_deliveries import EventReplay
from vinr_engagement.entrypoints.api.webhook_endpoints import NewEndpoint, Rotation
from vinr_engagement.foundation.settings import Settings

PAGES = {str(path.relative_to(DOCS)): path for path in own_pages()}
EVERY_BLOCK = {f"{name}:{block.line}": block for name, path in PAGES.items() for block in blocks(path)}
# What a request body is, by the words after ```json.
BODIES = {
    "rule": NewRule,
    "preview": Preview,
    "backtest": NewBacktest,
    "segment": NewSegment,
    "campaign": NewCampaign,
    "account": NewAccount,
    "account changes": AccountChanges,
    "adjustment": Adjustment,
    "merge": Merge,
    "credit issue": CreditIssue,
    "credit spend": CreditSpending,
    "reward": NewReward,
    "redemption": NewRedemption,
    "referral": NewReferral,
    "attribution": Attribution,
    "clock": ClockSetting,
    "advance": ClockAdvance,
    "program changes": ProgramChanges,
    "pin": TierPin,
    "webhook endpoint": NewEndpoint,
    "rotation": Rotation,
    "event replay": EventReplay,
    "connector": ConnectorChanges,
    "report": NewReport,
}
# Answers, and lines of files: other tests compare them with what the engine really says.
ANSWERS = {"outcome", "envelope", "explanation", "reversal", "member", "wallet", "progress", "receipt"}
LONGEST_LINE = 130


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Path:
    """Each page in turn."""
    return PAGES[request.param]


@pytest.mark.parametrize("block", EVERY_BLOCK.values(), ids=EVERY_BLOCK.keys())
def test_a_block_is_what_it_says_it_is(block: Block) -> None:
    language, _, kind = block.kind.partition(" ")
    if language != "json" or block.kind == ANSWER:
        return
    body = block.parsed()
    if kind == "event":
        parse_event(body)
    elif kind in BODIES:
        BODIES[kind].model_validate(body)
    else:
        assert kind in ANSWERS
    for rule in rules_in(kind, body):
        rules.parse_rule(rule)
    if kind == "preview":
        parse_event(body["event"])


def rules_in(kind: str, body: Any) -> list[Any]:
    if kind == "rule":
        return [body]
    return body["rules"] if kind in ("preview", "backtest") else []


def test_objects_in_tables_are_json(page: Path) -> None:
    for table in tables(page):
        for cell in (cell for row in table for cell in row.values()):
            for found in codes(cell):
                if found.startswith('{"'):
                    json.loads(found)


def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        assert ":" not in target, f"{link} leaves the repository"
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(path), f"{page.name} links to {link}"


def test_lines_fit(page: Path) -> None:
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        assert len(line) <= LONGEST_LINE or line.startswith("|"), f"{page.name}:{number}"


def test_the_index_lists_every_page_once() -> None:
    listed = [link for link in links(DOCS / "README.md") if not link.startswith("..")]
    found = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md") if path.parent.name != "decisions"}
    assert sorted(listed) == sorted(found - {"README.md"} | {"decisions/README.md"})


def test_guides_say_for_whom_they_are(page: Path) -> None:
    """The first words below the title, so that nobody reads on for nothing."""
    if page.name != "README.md":
        opening = page.read_text(encoding="utf-8").split("\n\n")[1]
        assert opening.startswith("For "), f"{page.name}: {opening[:60]}"


@pytest.mark.anyio
async def test_endpoints_are_there() -> None:
    app = create_app({}, Settings())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://api.test") as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    known = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path)): {each["name"] for each in operation.get("parameters", ())}
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    for name, page in PAGES.items():
        for method, told in re.findall(r"`(GET|POST|PATCH|DELETE) ([^`]+)`", prose(page)):
            parts = urlsplit(told.replace("…/{", "/v1/loyalty/accounts/{"))
            path = re.sub(r"\{\w+\}|cust_ada|(?<=connectors/)(stripe|shopify)", "{}", parts.path)
            assert (method, path) in known, f"{name}: {method} {told}"
            assert parse_qs(parts.query).keys() <= known[method, path], f"{name}: {told}"
