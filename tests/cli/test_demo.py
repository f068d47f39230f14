"""The demo: the check figures, and no harm to what is not its own."""

import asyncio
import json
import re
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.analytics.year import check_year
from tests.demo.figures import check
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.cli.demo import _new_person
from vinr_engagement.entrypoints.demo.folder import FolderRefused, fresh_database
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_demo_gives_the_check_figures_then_serves(vinr: Any, start: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = start(vinr, "demo", "--port", str(port))
        printed = running.wait_for("The server is running")
    assert f"Port {port} is in use" in printed
    assert "8,902,670   1 for each whole pound" in printed
    assert "-516,114   by refunds" in printed
    assert "8,386,556   worth 83,865.56 GBP" in printed
    assert [heading for heading in ("Tiers,", "Double points", "Rewards,") if heading not in printed] == []
    assert "\x1b" not in printed, "no colours in a pipe"
    assert max(map(len, printed.splitlines())) <= 80
    assert not any(line.endswith(" ") for line in printed.splitlines())

    key, url = re.findall(r"KEY=(\S+) API=(\S+)", printed)[0]
    dashboard = re.findall(r"Dashboard  (\S+)", printed)
    assert dashboard == [f"{url.removesuffix('/v1')}/dashboard"]
    with urllib.request.urlopen(dashboard[0], timeout=30) as answer:
        assert "<title>VINR Engagement</title>" in answer.read().decode()
    request = urllib.request.Request(f"{url}/loyalty/accounts?limit=1", headers={"X-Api-Key": key})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert len(json.load(answer)["data"]) == 1

    email, password = re.findall(r"Email +(\S+)\n Password +(\S+)", printed)[0]
    body = json.dumps({"email": email, "password": password}).encode()
    request = urllib.request.Request(f"{url}/session", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["person"]["role"] == "admin"

    assert "a demo is running" in vinr.fails("demo", "--no-serve", code=1)
    assert running.stop() == 0

    vinr.database_url = "sqlite:///.demo/vinr.db"
    assert "test: all is right; checked 4,338 accounts" in vinr.succeeds("verify")


def test_demo_prints_json_alone(vinr: Any) -> None:
    url = f"sqlite:///{vinr.folder / 'other.db'}"
    figures = json.loads(vinr.succeeds("demo", "--no-serve", "--json", "--as-dated", "--database-url", url))
    check(figures)
    assert set(figures["sign_in"]) == {"email", "password"}
    asyncio.run(check_year(url))
    assert not (vinr.folder / ".demo").exists()
    assert "is in use" in vinr("demo", "--no-serve", "--database-url", url).stderr


def test_nobody_is_let_into_a_live_store_that_is_used(database_url: str) -> None:
    async def run() -> tuple[str | None, str | None]:
        live = await Store.open("live", Settings(database_url=database_url))
        try:
            first = await _new_person(live)
            return first, await _new_person(live)
        finally:
            await live.close()

    password, again = asyncio.run(run())
    assert password is not None
    assert re.fullmatch(r"([A-Z2-9]{4}-){3}[A-Z2-9]{4}", password)
    assert again is None


def test_demo_leaves_a_folder_alone_that_it_did_not_make(vinr: Any) -> None:
    precious = vinr.folder / ".demo" / "vinr.test.db"
    precious.parent.mkdir()
    precious.write_text("a year of work")
    assert "no demo made" in vinr.fails("demo", "--no-serve", code=1)
    assert precious.read_text() == "a year of work"


def test_only_the_demo_databases_are_deleted(tmp_path: Path, database_url: str) -> None:
    folder = tmp_path / "demo"
    with fresh_database(folder) as url:
        assert url == f"sqlite:///{folder}/vinr.db"
        (folder / "vinr.test.db").write_text("old")
        (folder / "notes.txt").write_text("mine")
        with pytest.raises(FolderRefused, match="a demo is running"), fresh_database(folder):
            pass
    with fresh_database(folder):
        assert sorted(path.name for path in folder.iterdir()) == ["made-by-vinr-demo", "notes.txt"]
