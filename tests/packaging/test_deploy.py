"""The container file and the systemd unit name what exists."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from vinr_engagement.entrypoints.cli import main
from vinr_engagement.entrypoints.cli.server import GRACE_SECONDS

ROOT = Path(__file__).parents[2]
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
UNIT = (ROOT / "deploy" / "vinr.service").read_text("utf-8")


def only(pattern: str, text: str) -> str:
    found = re.findall(pattern, text, re.MULTILINE)
    assert len(found) == 1, pattern
    word: str = found[0]
    return word


def commands() -> list[list[str]]:
    """What the container and the unit run."""
    unit = shlex.split(only(r"^ExecStart=(.*)$", UNIT))
    container = re.findall(r'"([^"]*)"', only(r"^CMD (\[.*\])$", CONTAINER))
    return [unit[1:], container]


@pytest.mark.parametrize("command", commands())
def test_the_command_is_one(command: list[str]) -> None:
    known = CliRunner().invoke(main, [command[0], "--help"])
    assert known.exit_code == 0
    assert all(option in known.output for option in command[1:] if option.startswith("--"))


def test_what_is_copied_is_there() -> None:
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINER, re.MULTILINE):
        assert all((ROOT / source).exists() for source in sources.split())


def test_the_container_is_asked_whether_it_is_ready_as_nobody_special() -> None:
    assert "/readyz" in CONTAINER
    assert only(r"^USER (\d+)$", CONTAINER) != "0"
    compile(only(r'CMD \["python", "-c", "(.*)"\]$', CONTAINER), "healthcheck", "exec")


def test_the_unit_waits_for_what_was_accepted() -> None:
    assert int(only(r"^TimeoutStopSec=(\d+)$", UNIT)) > GRACE_SECONDS


def test_every_node_takes_time_zones_from_the_package() -> None:
    assert 'PYTHONTZPATH=""' in CONTAINER
    assert only(r"^Environment=PYTHONTZPATH=(.*)$", UNIT) == ""
    code = "import zoneinfo; assert zoneinfo.TZPATH == (); print(zoneinfo.ZoneInfo('Europe/London'))"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told.stdout == "Europe/London\n"
