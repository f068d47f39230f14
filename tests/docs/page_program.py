"""The code of a page in one language as one program, and how it is started."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

from tests.docs.steps import ROOT, last_line, steps
from tests.sdk.node import built_package, find_node, run

ADDRESS = "127.0.0.1:8000"
"""Where pages say that the server is."""
SDK_PYTHON = ROOT / "sdk" / "python" / "src"
SDK_TYPESCRIPT = ROOT / "sdk" / "typescript"
MARK = "/the-block-that-starts-in-line/"
"""A program asks the server for this path, and the line, when it comes to a block."""
PRINTED = "\x1e"
"""It also prints this, and the line."""

# What stands in the first line of each program, where a page has its title; and how a block tells that it begins.
_FIRST = {
    "sh": (
        "set -eu; trap 'echo \"line $LINENO failed\" >&2' ERR;"
        " the_block() {{ curl -fsS -o /dev/null {url}{mark}$1; printf '\\n{printed}%s\\n' $1; }}"
    ),
    "python": (
        "import urllib.request; the_block = lambda line: "
        "(urllib.request.urlopen(f'{url}{mark}{{line}}').close(), print(f'\\n{printed}{{line}}', flush=True))"
    ),
    "ts": (
        "const theBlock = async (line: number) => "
        "{{ await fetch(`{url}{mark}${{line}}`); console.log(`\\n{printed}${{line}}`); }};"
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


def program(path: Path, language: str, url: str) -> str:
    """The page's blocks of a language in the lines in which they stand, so that a fault names the line of the page."""
    lines = [""] * len(path.read_text(encoding="utf-8").splitlines())
    lines[0] = _FIRST[language].format(url=url, mark=MARK, printed=PRINTED)
    for step in steps(path):
        if step.runs(language):
            block = step.blocks[language]
            lines[block.line - 1] = _BEGIN[language].format(line=block.line)
            lines[block.line : last_line(block) - 1] = block.text.splitlines()
    return "\n".join(lines).replace(ADDRESS, url.removeprefix("http://")) + "\n"


async def prepare(text: str, language: str, folder: Path) -> list[str]:
    """Writes a program into a folder, and answers the command that runs it there. TypeScript is checked and compiled."""
    if language == "ts":
        return await asyncio.to_thread(_compile, text, folder)
    file = folder / {"sh": "page.sh", "python": "page.py"}[language]
    file.write_text(text, encoding="utf-8")
    return [shutil.which("bash") or "bash" if language == "sh" else sys.executable, str(file)]


def _compile(text: str, folder: Path) -> list[str]:
    package = built_package()
    installed = folder / "node_modules" / "@vinr" / "sdk"
    installed.parent.mkdir(parents=True)
    installed.symlink_to(package)
    for name, content in (("page.mts", text), ("node.d.ts", _NODE), ("tsconfig.json", json.dumps(_SETTINGS))):
        (folder / name).write_text(content, encoding="utf-8")
    node = str(find_node().program)
    run(node, package / "node_modules" / "typescript" / "bin" / "tsc", "-p", ".", folder=folder, seconds=120)
    return [node, str(folder / "page.mjs")]
