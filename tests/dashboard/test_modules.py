"""The dashboard's modules fit together, and read as the rest of the code does."""

import re
import shutil
import subprocess

import pytest

from tests.dashboard.modules import STATIC, Module, modules

MODULES = modules()
PLACES = ("lib/", "ui/", "shell/", "pages/")


def known(path: str) -> frozenset[str] | None:
    """What a module exports; ``None`` for what is no module of ours, of which it is not asked."""
    return MODULES[path].exports if path in MODULES else None


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_what_a_module_imports_is_there_and_is_used(module: Module) -> None:
    for path, names in module.imports.items():
        assert (STATIC / path).is_file(), f"{module.name} imports {path}"
        exported = known(path)
        for local, theirs in names.items():
            assert exported is None or theirs in exported, f"{path} exports no {theirs}"
            used = local.startswith("(again) ") or re.search(rf"(?<![\w$]){re.escape(local)}(?![\w])", module.body)
            assert used, f"{module.name} does not use {local}"


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_what_is_loaded_later_is_there(module: Module) -> None:
    missing = [path for path in module.later if not (STATIC / path).is_file()]
    assert not missing


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_a_module_is_short_and_in_a_place_of_its_own(module: Module) -> None:
    assert module.text.count("\n") < 400
    assert module.name.startswith(PLACES) or module.name in ("app.js", "routes.js", "early.js")
    assert max(map(len, module.text.splitlines())) <= 160
    assert not re.search(r"\bconsole\.|\bdebugger\b|\bTODO\b|innerHTML|\beval\(", module.body)


def test_the_rooms_of_the_page_know_only_those_below_them() -> None:
    below = {"lib/": (), "ui/": ("lib/",), "pages/": ("lib/", "ui/"), "shell/": ("lib/", "ui/")}
    for module in MODULES.values():
        room = next((room for room in PLACES if module.name.startswith(room)), None)
        if room is None:
            continue
        allowed = (room, *below[room], "vendor/", *(("routes.js",) if room == "shell/" else ()))
        strangers = [path for path in module.imports if not path.startswith(allowed)]
        assert not strangers, f"{module.name} imports {strangers}"


def test_every_page_has_a_component() -> None:
    for path in MODULES["routes.js"].later:
        assert "default" in MODULES[path].exports, path


def test_every_component_is_there_from_one_place() -> None:
    assert {"Page", "Table", "Form", "Chart", "usePeriod", "toast"} <= MODULES["ui/index.js"].exports


PARSE = """
const { readFileSync } = require("fs");
const { SourceTextModule } = require("vm");
for (const path of process.argv.slice(1)) new SourceTextModule(readFileSync(path, "utf8"), { identifier: path });
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node on the PATH: modules are not parsed")
def test_every_module_is_well_formed() -> None:
    command = ["node", "--no-warnings", "--experimental-vm-modules", "-e", PARSE, *(STATIC / name for name in MODULES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
