"""Asks the Open Source Vulnerabilities database whether a pinned version has a known vulnerability.

    python scripts/audit.py requirements/runtime.txt requirements/dev.txt

Exits with 1 where one has, and names it. Where the service cannot be reached, nothing was audited: that is said, and is no
failure unless `--strict` is given. A finding that does not touch us is left out with `--ignore ID`.

One request to a public service with the pins that are in the repository anyway; no further dependency.
"""

import argparse
import json
import re
import sys
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

SERVICE = "https://api.osv.dev/v1/querybatch"
SECONDS = 20
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)


class Pin(NamedTuple):
    """One version of one package."""

    name: str
    version: str


class Unreachable(Exception):
    """The service gave no answer that tells anything."""


def pins_of(text: str) -> list[Pin]:
    """Every pin of a requirements file."""
    return [Pin(name, version) for name, version in _PIN.findall(text)]


def findings(pins: list[Pin], service: str) -> dict[Pin, list[str]]:
    """The known vulnerabilities of the pins that have any. Raises ``Unreachable``."""
    queries = [{"package": {"name": pin.name, "ecosystem": "PyPI"}, "version": pin.version} for pin in pins]
    results = _asked(service, {"queries": queries}).get("results")
    if not isinstance(results, list) or len(results) != len(pins):
        raise Unreachable("its answer is not one for each package")
    listed = {
        pin: [found["id"] for found in result.get("vulns", ())] for pin, result in zip(pins, results, strict=True)
    }
    return {pin: ids for pin, ids in listed.items() if ids}


def _asked(service: str, question: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(service, json.dumps(question).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            found = json.loads(answer.read())
    except (OSError, ValueError) as error:
        raise Unreachable(str(error)) from error
    if not isinstance(found, dict):
        raise Unreachable("its answer is no object")
    return found


def main() -> int:
    """Audits the files that are named."""
    parser = argparse.ArgumentParser(description="Audit pinned dependencies.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--strict", action="store_true", help="fail where the service cannot be reached")
    parser.add_argument("--ignore", action="append", default=[], metavar="ID", help="a finding that does not touch us")
    parser.add_argument("--service", default=SERVICE)
    chosen = parser.parse_args()
    pins = sorted({pin for file in chosen.files for pin in pins_of(file.read_text("utf-8"))})
    try:
        found = findings(pins, chosen.service)
    except Unreachable as error:
        print(f"Not audited: the advisory service cannot be reached ({error}).", file=sys.stderr)
        return 1 if chosen.strict else 0
    return _report(pins, found, set(chosen.ignore))


def _report(pins: list[Pin], found: dict[Pin, list[str]], ignored: set[str]) -> int:
    open_ones = {pin: [each for each in ids if each not in ignored] for pin, ids in found.items()}
    for pin, ids in open_ones.items():
        for each in ids:
            print(f"{pin.name} {pin.version}: {each}, see https://osv.dev/vulnerability/{each}", file=sys.stderr)
    count = sum(map(len, open_ones.values()))
    print(
        f"Audited {len(pins)} packages: {count or 'no'} known {'vulnerability' if count == 1 else 'vulnerabilities'}."
    )
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
