"""The code of a page in one language as one program, and how it is started."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.steps import ROOT, last_line, pages, steps
from tests.sdk.node import built_package, find_node
from tests.stores import RUN_FOLDER, first_of_this_run

ADDRESS = "127.0.0.1:8000"
"""Where pages say that the server is."""
SDK_PYTHON = ROOT / "sdk" / "python" / "src"
MARK = "/the-block-that-starts-in-line/"
"""A program asks the server for this path, and the line, when it comes to a block."""
PRINTED = "\x1e"
"""It also prints this, and the line."""

# What stands in the first line of each program, where a page has its title; and how a block tells that it begins.
_FIRST = {
    "sh": (
        "set -eu; trap 'echo \"line $LINENO failed\" >&2' ERR; the_block() { curl -fsS -o /dev/null"
        f" $VINR_TEST_SERVER{MARK}$1; printf '\\n{PRINTED}%s\\n' $1; }}"
    ),
    "python": (
        "import os, urllib.request; the_block = lambda line:"
        f" (urllib.request.urlopen(f'{{os.environ[\"VINR_TEST_SERVER\"]}}{MARK}{{line}}').close(),"
        f" print(f'\\n{PRINTED}{{line}}', flush=True))"
    ),
    "ts": (
        "const theBlock = async (line: number) =>"
        f" {{ await fetch(`${{process.env.VINR_TEST_SERVER}}{MARK}${{line}}`);"
        f" console.log(`\\n{PRINTED}${{line}}`); }};"
    ),
}
_BEGIN = {"sh": "the_block {line}", "python": "the_block({line})", "ts": "await theBlock({line});"}
_SETTINGS = {
    "compilerOptions": {
        "target": "ES2022",
        "module": "NodeNext",
        "moduleResolution": "NodeNext",
        "lib": ["ES2022", "DOM"],
        "types": [],
        "strict": True,
    },
    "include": ["*.mts", "*.d.ts"],
}
_NODE = "declare const process: { env: Record<string, string | undefined> };\n"
"""What pages use of Node, whose own types would have to be installed."""


def program(path: Path, language: str) -> str:
    """The page's blocks of a language in the lines in which they stand, so that a fault names the line of the page."""
    lines = [""] * len(path.read_text(encoding="utf-8").splitlines())
    lines[0] = _FIRST[language]
    for step in steps(path):
        if step.runs(language):
            block = step.blocks[language]
            lines[block.line - 1] = _BEGIN[language].format(line=block.line)
            lines[block.line : last_line(block) - 1] = block.text.splitlines()
    return "\n".join(lines) + "\n"


async def prepare(path: Path, language: str, url: str, folder: Path) -> list[str]:
    """The command that runs a page's program against the server at a URL, from this folder.

    Raises ``AssertionError`` with what the compiler of TypeScript has against it.
    """
    if language == "ts":
        return await asyncio.to_thread(_compiled, path)
    file = folder / f"page.{language}"
    file.write_text(program(path, language).replace(ADDRESS, url.removeprefix("http://")), encoding="utf-8")
    return [shutil.which("bash") or "bash" if language == "sh" else sys.executable, str(file)]


def _compiled(path: Path) -> list[str]:
    """Type-checks and compiles the TypeScript of every page, once for a run and all its workers."""
    folder = Path(os.environ[RUN_FOLDER], "pages")
    package = built_package()
    with first_of_this_run("pages") as first:
        if first:
            _compile_all(folder, package)
    name = _name(path)
    told = (folder / "told.txt").read_text(encoding="utf-8").splitlines()
    faults = [line for line in told if line.startswith(f"{name}.mts(")]
    assert not faults, "\n".join(faults)
    return [str(find_node().program), str(folder / f"{name}.mjs")]


def _compile_all(folder: Path, package: Path) -> None:
    installed = folder / "node_modules" / "@vinr" / "sdk"
    installed.parent.mkdir(parents=True)
    installed.symlink_to(package)
    for path in pages():
        if any(step.runs("ts") for step in steps(path)):
            (folder / f"{_name(path)}.mts").write_text(program(path, "ts"), encoding="utf-8")
    (folder / "node.d.ts").write_text(_NODE, encoding="utf-8")
    (folder / "tsconfig.json").write_text(json.dumps(_SETTINGS), encoding="utf-8")
    compiler = package / "node_modules" / "typescript" / "bin" / "tsc"
    command = [str(find_node().program), str(compiler), "-p", ".", "--pretty", "false"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False).stdout
    (folder / "told.txt").write_text(told, encoding="utf-8")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT).with_suffix("")).replace("/", "-").lower()
