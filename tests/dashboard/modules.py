"""The dashboard's modules as text: what each imports and exports, so that no browser is needed to see that they fit."""

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vinr_engagement.entrypoints import dashboard

STATIC: Final = Path(dashboard.__file__).parent / "static"
_COMMENT: Final = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
_FROM: Final = re.compile(r"""^(import|export)\s+([^;"']*?)\s*from\s*["']([^"']+)["'];?""", re.MULTILINE)
_BARE: Final = re.compile(r"""^import\s*["']([^"']+)["'];?""", re.MULTILINE)
_LATER: Final = re.compile(r"""\bimport\(["']([^"']+)["']\)""")
_DECLARED: Final = re.compile(r"^export\s+(?:async\s+)?(?:function\*?|const|let|class)\s+(\w+)", re.MULTILINE)
_LISTED: Final = re.compile(r"^export\s*\{([^}]*)\}\s*;?$", re.MULTILINE)


@dataclass(frozen=True)
class Module:
    """One module: ``imports`` are the names that it takes, by the path that they come from; ``body`` is what is left."""

    name: str
    text: str
    body: str
    imports: dict[str, dict[str, str]]
    later: frozenset[str]
    exports: frozenset[str]


def modules() -> dict[str, Module]:
    """Every module but those of libraries, by its path."""
    paths = [path for path in sorted(STATIC.rglob("*.js")) if "vendor" not in path.relative_to(STATIC).parts]
    return {each.name: each for each in (_read(path) for path in paths)}


def _read(path: Path) -> Module:
    name = path.relative_to(STATIC).as_posix()
    text = path.read_text("utf-8")
    code = _COMMENT.sub("", text)
    imports: dict[str, dict[str, str]] = {}
    exports = set(_DECLARED.findall(code))
    for kind, names, target in _FROM.findall(code):
        taken = _names(names)
        imports.setdefault(_path(name, target), {}).update(taken if kind == "import" else {})
        if kind == "export":
            imports[_path(name, target)].update({f"(again) {local}": theirs for local, theirs in taken.items()})
            exports |= set(taken)
    for target in _BARE.findall(code):
        imports.setdefault(_path(name, target), {})
    body = _BARE.sub("", _FROM.sub("", code))
    for listed in _LISTED.findall(body):
        exports |= set(_names(f"{{{listed}}}"))
    if re.search(r"^export default", body, re.MULTILINE):
        exports.add("default")
    later = frozenset(_path(name, target) for target in _LATER.findall(code))
    return Module(name, text, body, imports, later, frozenset(exports))


def _names(clause: str) -> dict[str, str]:
    """The names of an import, each with what it is called where it comes from."""
    braced = re.search(r"\{(.*)\}", clause, re.DOTALL)
    plain = re.sub(r"\{.*\}", "", clause, flags=re.DOTALL).strip(" ,\n")
    found = {plain: "default"} if plain and not plain.startswith("*") else {}
    for each in (braced[1] if braced else "").split(","):
        theirs, _, local = each.strip().partition(" as ")
        if theirs:
            found[local or theirs] = theirs
    return found


def _path(name: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
