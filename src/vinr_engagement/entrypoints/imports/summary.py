"""The control totals for people, and as JSON."""

from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

from vinr_engagement.entrypoints.imports.run import Plan, Result
from vinr_engagement.entrypoints.imports.totals import UNKNOWN_CURRENCY, Effects, ordered
from vinr_engagement.foundation.money import format_amount

_UNKNOWN = (
    "This was decided in windows of lines: what a line brings (a member, a payment) is not known to lines after its window,"
    " so their points, enrolments and refunds may come out otherwise. Every line was checked in full."
)


def report_of(plan: Plan, result: Result) -> dict[str, Any]:
    """Everything, as JSON shows it."""
    totals = msgspec.to_builtins(result.totals)
    reconciliation = totals.pop("reconciliation")
    effects = {name: totals.pop(name) for name in ("effects", "before")}
    return {
        "object": "import",
        "kind": plan.kind,
        "path": plan.path,
        "dry_run": plan.dry_run,
        "exact": result.exact,
        "lines": totals,
        "resumed_after_line": result.resumed_after,
        "took_effect": effects["effects"],
        "already_there": effects["before"],
        "reconciliation": reconciliation,
        "difference": result.totals.difference,
        "refused_file": str(plan.refused) if result.totals.refusals else None,
        "seconds": round(result.seconds, 3),
        "lines_per_second": round((result.totals.read) / result.seconds) if result.seconds else 0,
    }


def print_report(console: Console, plan: Plan, result: Result) -> None:
    """A short table, plain where it is not printed on a terminal."""

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style=style), soft_wrap=True)

    totals = result.totals
    say(f"\n {'Dry run of ' if plan.dry_run else ''}{plan.kind} from {plan.path}\n", "bold")
    if result.resumed_after:
        say(f" Went on after line {result.resumed_after:,}, where an earlier run had come.\n")
    for label, number in _counts(result):
        say(f" {label:<34} {number:>14,}")
    rows = _effects(totals.effects, totals.before)
    if rows:
        say(f"\n {'':<34} {'took effect':>18} {'already there':>18}", "dim")
    for label, new, old in rows:
        say(f" {label:<34} {new:>18} {old:>18}")
    if totals.reconciliation:
        say(f"\n {'':<22} {'file':>16} {'store':>16} {'difference':>12}", "dim")
    for name, each in totals.reconciliation.items():
        style = "bold red" if each.difference else ""
        say(f" {name.replace('_', ' '):<22} {each.file:>16,} {each.store:>16,} {each.difference:>12,}", style)
    say("")
    if not result.exact:
        say(f" {_UNKNOWN}")
    if totals.refusals:
        say(f" {totals.refusals:,} lines were refused: mend them in {plan.refused}, and import that.", "yellow")
    say(f" {result.seconds:.1f} s", "dim")


def _counts(result: Result) -> list[tuple[str, int]]:
    totals = result.totals
    listed = [("Lines read", totals.read), ("  accepted", totals.accepted)]
    listed += [(f"    ignored: {reason}", count) for reason, count in ordered(totals.ignored).items()]
    if totals.deferred:
        listed.append(("    deferred", totals.deferred))
    listed.append(("  duplicates", totals.duplicates))
    listed += [(f"  refused: {code}", count) for code, count in ordered(totals.refused).items()]
    return listed


def _effects(new: Effects, old: Effects) -> list[tuple[str, str, str]]:
    """What is not zero on both sides."""
    rows = []
    for name in Effects.__struct_fields__:
        one, other = getattr(new, name), getattr(old, name)
        label = name.replace("_", " ").capitalize()
        if isinstance(one, dict):
            rows += [(label, _money(one, each), _money(other, each)) for each in sorted(one | other)]
        elif one or other:
            rows.append((label, f"{one:,}", f"{other:,}"))
    return rows


def _money(amounts: dict[str, int], currency: str) -> str:
    minor = amounts.get(currency, 0)
    return f"{minor:,} ?" if currency == UNKNOWN_CURRENCY else format_amount(minor, currency)
