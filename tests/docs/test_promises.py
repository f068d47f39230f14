"""docs/reference/promises.md: every promise is there once, and the modules and tests that it names exist."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.tables import DOCS, REFERENCE, codes, table

ROOT = DOCS.parent
SOURCE = ROOT / "src" / "vinr_engagement"
PROMISES = {row["no."]: row for row in table(REFERENCE / "promises.md", "no.", "promise", "kept by", "test")}
NUMBERS = [str(number) for number in range(1, 18)]


def test_every_promise_is_there_once() -> None:
    rows = table(REFERENCE / "promises.md", "no.")
    assert [row["no."] for row in rows] == NUMBERS
    assert len({row["promise"] for row in rows}) == len(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_keeps_it_is_there(number: str) -> None:
    modules = [name for name in codes(PROMISES[number]["kept by"]) if "/" in name]
    assert modules
    assert [name for name in modules if not (SOURCE / name).is_file()] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_its_tests_are_there(number: str) -> None:
    named = codes(PROMISES[number]["test"])
    assert named
    for test in named:
        path, _, function = test.partition("::")
        assert function in set(functions_of(ROOT / path)), f"{test} does not exist"


def functions_of(path: Path) -> Iterator[str]:
    """The tests of a file, those of a class with its name before them."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    yield from _functions(module)
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}::{name}" for name in _functions(node))


def _functions(node: ast.ClassDef | ast.Module) -> list[str]:
    found = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [each.name for each in found if each.name.startswith("test_")]


def test_this_page_knows_a_test_from_a_name_that_is_none() -> None:
    assert "test_this_page_knows_a_test_from_a_name_that_is_none" in set(functions_of(Path(__file__)))
    assert "test_nothing" not in set(functions_of(Path(__file__)))
