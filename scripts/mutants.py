"""Small faults that could be made in a module: a comparison turned, a number off by one, a line left out.

What only words a message (docstrings, f-strings, texts with a space, the names that a message gives to a field) is left
as it is: a test that pins a message's wording is worth nothing.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

TURNED: dict[type[ast.AST], tuple[type[Any], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.Break: (ast.Continue,),
    ast.Continue: (ast.Break,),
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
WORDING = {"mapping": 3, "listing": 3, "text": 3, "choice": 3, "flag": 2, "whole": 4, "exact": 4, "comparable": 9}
"""Readers of fields, and which argument of theirs only words a message."""


@dataclass(eq=False)
class Mutant:
    """One fault. ``function`` is the dotted name of the outermost function it is in, None for a module's own lines."""

    path: Path
    tree: ast.Module
    function: str | None
    lines: range
    line: int
    what: str
    parent: Any
    field: str
    place: int | None
    new: Any

    def compiled(self) -> CodeType:
        """The module's code with this fault in it."""
        old = self._put(self.new)
        try:
            return compile(ast.fix_missing_locations(self.tree), str(self.path), "exec")
        finally:
            self._put(old)

    def _put(self, node: Any) -> Any:
        held = getattr(self.parent, self.field)
        if self.place is None:
            setattr(self.parent, self.field, node)
            return held
        old, held[self.place] = held[self.place], node
        return old


def mutants_of(path: Path) -> list[Mutant]:
    """Every fault that is tried on a module, in the order of its text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return list(_Walk(path, tree).body(tree, None))


def no_fault(path: Path) -> Mutant:
    """A module as it is: its tests have to pass."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return Mutant(path, tree, None, range(1, 2), 1, "nothing", tree, "body", 0, tree.body[0])


class _Walk:
    """A walk through a module that knows the function and the statement it is in."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.path = path
        self.tree = tree

    def body(self, node: Any, function: str | None) -> Iterator[Mutant]:
        for field in ("body", "orelse", "finalbody"):
            for place, statement in enumerate(getattr(node, field, ())):
                yield from self.statement(node, field, place, statement, function)
        for handler in getattr(node, "handlers", ()):
            yield from self.body(handler, function)

    def statement(self, parent: Any, field: str, place: int, node: Any, function: str | None) -> Iterator[Mutant]:
        if _is_left_alone(node):
            return
        inner = function
        if isinstance(node, ast.FunctionDef):
            outer = f"{parent.name}." if isinstance(parent, ast.ClassDef) else ""
            inner = function or outer + node.name
            yield from self.expressions(node.args, inner and None, _header(node))
        elif not isinstance(node, ast.ClassDef):
            for new in _statements_instead(node):
                yield self.mutant(parent, field, place, new, function, _header(node), node.lineno)
            yield from self.expressions(node, function, _header(node))
        yield from self.body(node, inner)

    def expressions(self, node: ast.AST, function: str | None, lines: range) -> Iterator[Mutant]:
        """The faults of a statement's own expressions, not of the statements in it."""
        for field, value in ast.iter_fields(node):
            if field in ("body", "orelse", "finalbody", "handlers", "annotation") and isinstance(node, ast.stmt):
                continue
            if field in ("annotation", "returns"):
                continue
            entries = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for place, child in entries:
                if isinstance(child, ast.AST) and not _is_wording(node, field, place, child):
                    for new in _expressions_instead(child):
                        line = getattr(child, "lineno", getattr(node, "lineno", lines.start))
                        yield self.mutant(node, field, place, new, function, lines, line)
                    yield from self.expressions(child, function, lines)

    def mutant(
        self, parent: Any, field: str, place: int | None, new: Any, function: str | None, lines: range, line: int
    ) -> Mutant:
        held = getattr(parent, field)
        old = held if place is None else held[place]
        what = f"{_shown(old)} → {_shown(new)}"
        if isinstance(old, ast.cmpop | ast.operator | ast.boolop | ast.unaryop):
            what = f"{_shown(parent)}: {type(old).__name__} → {type(new).__name__}"
        return Mutant(self.path, self.tree, function, lines, line, what, parent, field, place, new)


def _header(node: Any) -> range:
    """The lines of a statement without the statements in it."""
    first = node.body[0].lineno if getattr(node, "body", None) else node.end_lineno + 1
    return range(node.lineno, max(first, node.lineno + 1))


def _is_left_alone(node: ast.stmt) -> bool:
    """Imports, docstrings, bare annotations, protocols, and tables, which the databases have to agree with."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Protocol" for base in node.bases):
        return True
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return True
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func) in ("Table", "Query")
    return isinstance(node, ast.Assign) and "__all__" in ast.unparse(node.targets[0])


def _statements_instead(node: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(node, ast.Break | ast.Continue):
        yield TURNED[type(node)][0]()
    if isinstance(node, ast.AugAssign | ast.Expr | ast.Raise):
        yield ast.Pass()
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield ast.Pass()
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))


def _expressions_instead(node: ast.AST) -> Iterator[ast.AST]:
    for turned in TURNED.get(type(node), ()) if not isinstance(node, ast.stmt) else ():
        yield turned()
    if isinstance(node, ast.Constant):
        yield from map(ast.Constant, _constants_instead(node.value))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in SWAPPED:
        yield ast.Name(SWAPPED[node.id], ast.Load())
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def _constants_instead(value: object) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, float):
        yield value + 0.1
    elif isinstance(value, str) and " " not in value.strip():
        yield f"{value}_" if value else "_"


def _is_wording(node: ast.AST, field: str, place: int | None, child: ast.AST) -> bool:
    if isinstance(child, ast.JoinedStr) or (isinstance(node, ast.Subscript) and field == "slice" and _is_type(node)):
        return True
    if isinstance(node, ast.Raise) and field == "cause":
        return True
    if not isinstance(node, ast.Call) or field != "args":
        return False
    name = ast.unparse(node.func).rpartition(".")[2]
    return WORDING.get(name) == place


def _is_type(node: ast.Subscript) -> bool:
    return ast.unparse(node.value) in ("Literal", "Final", "tuple", "dict", "list", "frozenset", "Callable")


def _shown(node: Any) -> str:
    text = node if isinstance(node, str) else ast.unparse(ast.fix_missing_locations(node)) if node else ""
    return " ".join(text.split())[:90]
