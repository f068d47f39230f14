"""What ``verify`` answers, and the differences that it carries until all rows have been read."""

from collections import defaultdict
from typing import NamedTuple

import msgspec

from vinr_engagement import rules
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session

MOST_FAULTS = 1_000
"""A report names this many; further ones are only counted."""


class Fault(msgspec.Struct):
    """Something that must not be. ``account`` is ``None`` where it is about no account; ``message`` says by how much."""

    account: str | None
    invariant: str
    message: str


class Report(msgspec.Struct):
    """How much was checked, and what is wrong; ``unnamed`` faults are counted beyond those listed."""

    accounts: int = 0
    transactions: int = 0
    lots: int = 0
    earns: int = 0
    events: int = 0
    faults: list[Fault] = []
    unnamed: int = 0

    def fault(self, account: str | None, invariant: str, message: str) -> None:
        """Notes a fault."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(account, invariant, message))
        else:
            self.unnamed += 1


class Limits(NamedTuple):
    """The versions of rules that have a cap, and those that have a budget."""

    capped: frozenset[tuple[str, int]]
    budgeted: frozenset[tuple[str, int]]

    def any(self) -> bool:
        """Whether there is anything to count."""
        return bool(self.capped or self.budgeted)


async def limits_of(session: Session) -> Limits:
    """Reads every version of every rule."""
    capped, budgeted = set(), set()
    for row in await session.rows(rules.RULE_VERSIONS, "true"):
        definition = json.decode(row.body)
        if definition.get("cap") is not None:
            capped.add((row.rule, row.version))
        if definition.get("budget") is not None:
            budgeted.add((row.rule, row.version))
    return Limits(frozenset(capped), frozenset(budgeted))


class Tally:
    """Differences that have to come to zero, by account (``None``: of the store) and by what was compared."""

    def __init__(self, report: Report, limits: Limits) -> None:
        self.report = report
        self.limits = limits
        self._open: defaultdict[tuple[str | None, str], int] = defaultdict(int)

    def add(self, account: str | None, what: str, amount: int) -> None:
        """Adds to a difference."""
        if amount:
            self._open[account, what] += amount

    def award(self, account: str, rule: str, version: int | None, *, points: int, times: int) -> None:
        """Takes what a rule gave from what its cap and its budget counted."""
        if (rule, version) in self.limits.capped:
            self.capped(account, rule, points, times)
        if (rule, version) in self.limits.budgeted:
            self.budgeted(rule, points)

    def capped(self, account: str, rule: str, points: int, times: int) -> None:
        """Takes an award from what a cap counted."""
        self.add(account, f"usage:{rule}", -points)
        self.add(account, f"times:{rule}", -times)

    def budgeted(self, rule: str, points: int) -> None:
        """Takes an award from what a budget counted."""
        self.add(None, f"budget:{rule}", -points)

    def drop_zeros(self) -> None:
        """Lets go of what has come out even."""
        self._open = defaultdict(int, {key: amount for key, amount in self._open.items() if amount})

    def conclude(self) -> None:
        """Reports what never came out even."""
        self.drop_zeros()
        for (account, what), amount in sorted(self._open.items(), key=lambda item: (item[0][0] or "", item[0][1])):
            kind, _, name = what.partition(":")
            difference = f"{abs(amount)} {'more' if amount > 0 else 'less'}"
            self.report.fault(account, kind, _MESSAGES[kind].format(by=difference, name=name))


_MESSAGES = {
    "sum": "balance and pending_balance are {by} than its transactions sum up to",
    "available_lots": "its available lots hold {by} than its balance (a debt counts as 0)",
    "pending_lots": "its pending lots hold {by} than its pending_balance",
    "lifetime": "lifetime_points are {by} than its qualifying credits",
    "days": "its days have {by} points than it earned, net of what its refunds made due",
    "expired": "its lots and its rows disagree on what expired: the rows say {by}",
    "told": "it told of {by} {name} rows than it wrote",
    "usage": "the cap of {name} counts {by} points than it was awarded",
    "times": "the cap of {name} counts {by} awards than it got",
    "budget": "the budget of {name} counts {by} points than were awarded",
    "campaign_given": "the campaign {name} counts {by} points of it than it was given",
    "campaign_points": "the limits of the campaign {name} count {by} points of it than it was given",
    "campaign_times": "the campaign {name} counts {by} times of it than it was given something",
    "campaign_spend": "the campaign {name} counts {by} spend of it than its payments",
    "campaign_progress": "its progress in the challenge {name} is {by} than what its payments count",
    "campaign_bonus": "its challenges in the campaign {name} remember {by} points of bonuses than its rows have",
    "redemptions": "it counts {by} redemptions than it has that were not released",
    "redeemed": "its redemptions cost {by} points than its ledger rows for them took",
    "stock": "the stock of {name} counts {by} taken than its redemptions",
    "earns": "its payments remember {by} earns than it has",
    "reversed": "its payments remember {by} points reversed than its rows",
    "credit": "its wallet of {name} holds {by} than its transactions sum up to",
    "credit_lots": "its lots of {name} hold {by} than its wallet",
    "credit_expired": "its lots and its rows of {name} disagree on what expired: the rows say {by}",
    "credit_spent": "its spends of {name} are {by} than its rows say",
    "credit_returned": "of its spends of {name} came back {by} than its rows say",
}
"""What a difference left over means."""
