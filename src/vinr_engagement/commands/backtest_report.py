"""What a backtest adds up: points by side and by rule, caps counted from one event to the next, and what differs most."""

import heapq
from collections.abc import Sequence
from typing import Any

import msgspec

from vinr_engagement import rules
from vinr_engagement.commands import awards
from vinr_engagement.commands.trial import Trial
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.decimals import round_fraction
from vinr_engagement.inbox import ReceivedEvent
from vinr_engagement.rules import Rule, Verdict

EXAMPLES = 20
"""Events that are shown one by one."""


def _difference(today: int, proposed: int) -> dict[str, Any]:
    """By how many points, and by how many percent of today's, to one place."""
    more = proposed - today
    if today == 0:
        return {"points": more, "percent": None}
    tenths = round_fraction(abs(more) * 1_000, today, "nearest")
    return {"points": more, "percent": f"{'-' if more < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"}


class _Sum(msgspec.Struct):
    """What awards come to: of a rule, or of a side."""

    points: int = 0
    awards: int = 0
    members: set[str] = msgspec.field(default_factory=set)

    def add(self, points: int, member: str) -> None:
        if points:
            self.points += points
            self.awards += 1
            self.members.add(member)

    def shown(self) -> dict[str, int]:
        return {"points": self.points, "awards": self.awards, "members": len(self.members)}


class _Side:
    """Today's rules, or the proposed ones."""

    def __init__(self, name: str, listed: Sequence[Rule]) -> None:
        self.name = name
        self.sums = {rule.id: _Sum() for rule in listed}
        self.whole = _Sum()

    def add(self, brought: Sequence[tuple[Rule, dict[str, Any]]], member: str) -> dict[str, Any]:
        """Counts what an event brought by the rules of this side, and tells it."""
        own = [(rule, line) for rule, line in brought if rule.id in self.sums]
        for rule, line in own:
            self.sums[rule.id].add(line["points"], member)
            self.whole.add(line["points"], member)
        return {"points": sum(line["points"] for _, line in own), "why": [line for _, line in own]}


class Report:
    """Adds up event by event, in the order of time."""

    def __init__(self, trial: Trial, found: int, asked: int) -> None:
        self._trial = trial
        self._found = found
        self._asked = asked
        self._today = _Side("today", trial.tried(trial.today))
        self._proposed = _Side("proposed", trial.tried(trial.proposed))
        self._drafts = {rule.id for rule in trial.drafts}
        self._used: dict[tuple[str, str, str], list[int]] = {}
        self._members: set[str] = set()
        self._times: list[Instant] = []
        self._examples: list[tuple[int, int, int, dict[str, Any]]] = []

    def add(
        self,
        event: ReceivedEvent,
        event_object: dict[str, Any],
        account: str | None,
        customer: str | None,
        verdicts: Sequence[Verdict],
    ) -> None:
        """Counts what the rules of the event's type, of both sides, say of it."""
        member = account or f"a newcomer, {customer}"
        listed = self._trial.entry.rules_for(event.type)
        brought = [
            (rule, self._line(rule, verdict, member, event.occurred_at))
            for rule, verdict in zip(listed, verdicts, strict=True)
        ]
        self._members.add(member)
        self._times.append(event.occurred_at)
        currency = event_object.get("currency")
        self._keep(
            {
                "event": event.id,
                "created_at": format_instant(event.occurred_at),
                "type": event.type,
                "account": account,
                "customer": customer,
                "amount": rules.amount_of(event_object),
                "currency": currency if isinstance(currency, str) else None,
                "today": self._today.add(brought, member),
                "proposed": self._proposed.add(brought, member),
            }
        )

    def _line(self, rule: Rule, verdict: Verdict, member: str, at: Instant) -> dict[str, Any]:
        points, reason = self._within_cap(rule, verdict, member, at)
        return {
            "rule": self._id_of(rule),
            "name": rule.name,
            "matched": verdict.matched,
            "points": points,
            "reason": reason,
            "failed": verdict.failed,
        }

    def _within_cap(self, rule: Rule, verdict: Verdict, member: str, at: Instant) -> tuple[int, str | None]:
        """What is left of an award by what the rule gave the member in the same window before."""
        period = awards.period_of(rule, self._trial.program, at)
        if verdict.terms is None or rule.cap is None or period is None:
            return verdict.points, verdict.reason
        used = self._used.setdefault((rule.id, member, period), [0, 0])
        limited = rules.limit(
            verdict.terms,
            cap_points=None if rule.cap.points is None else rule.cap.points - used[0],
            cap_times=None if rule.cap.times is None else rule.cap.times - used[1],
        )
        used[0] += limited.points
        used[1] += 1 if limited.points else 0
        return limited.points, limited.reason

    def _id_of(self, rule: Rule) -> str | None:
        return None if rule.id in self._drafts else rule.id

    def answer(self, *, stopped: bool = False) -> dict[str, Any]:
        """All of it, as the API shows it; ``stopped`` where not every event was tried."""
        today, proposed = self._today.whole, self._proposed.whole
        first, last = (min(self._times), max(self._times)) if self._times else (None, None)
        return {
            "object": "backtest",
            "program": self._trial.program.id,
            "events": len(self._times),
            "members": len(self._members),
            "period": {
                "first": None if first is None else format_instant(first),
                "last": None if last is None else format_instant(last),
            },
            "today": today.shown(),
            "proposed": proposed.shown(),
            "difference": _difference(today.points, proposed.points),
            "rules": [*self._lines(self._today, self._trial.today), *self._lines(self._proposed, self._trial.proposed)],
            "examples": self._most_different(),
            "notes": self._notes(stopped=stopped),
        }

    def _lines(self, side: _Side, listed: Sequence[Rule]) -> list[dict[str, Any]]:
        return [
            {
                "rule": self._id_of(rule),
                "name": rule.name,
                "version": None if rule.id in self._drafts else rule.version,
                "side": side.name,
                **side.sums[rule.id].shown(),
            }
            for rule in self._trial.tried(listed)
        ]

    def _most_different(self) -> list[dict[str, Any]]:
        """The events for which the sides differ most, then those with most points; of equals the later."""
        return [example for *_, example in sorted(self._examples, reverse=True)]

    def _keep(self, example: dict[str, Any]) -> None:
        """Keeps an event as long as it is among those that are shown."""
        today, proposed = example["today"]["points"], example["proposed"]["points"]
        weighed = (abs(today - proposed), max(today, proposed), len(self._times), example)
        heapq.heappush(self._examples, weighed)
        if len(self._examples) > EXAMPLES:
            heapq.heappop(self._examples)

    def _notes(self, *, stopped: bool) -> list[str]:
        trial, both = self._trial, [*self._trial.today, *self._trial.drafts]
        said = [
            ("A member's tier, segments, balance and history are taken as they are now.", True),
            ("Points are counted as they were first given: refunds are left out.", True),
            ("Caps count from the first of these events on.", any(rule.cap is not None for rule in both)),
            ("Budgets of rules are left out.", any(rule.budget is not None for rule in both)),
            ("Dates of rules are left out: each counts for all of these events.", trial.dated),
            ("Multipliers of campaigns count on both sides, without their budgets and limits.", self._campaigns()),
            (f"Rules left out, since no event that is sent triggers them: {trial.left_out}.", trial.left_out > 0),
            (f"There are only {self._found} such events among the last that were received.", self._few()),
            ("No event of the program triggers any of these rules.", self._found == 0),
            (f"Time was over after {len(self._times)} of {self._found} events.", stopped),
        ]
        return [note for note, holds in said if holds]

    def _few(self) -> bool:
        return 0 < self._found < self._asked

    def _campaigns(self) -> bool:
        return any(self._trial.entry.campaigns_for(trigger) for trigger in self._trial.triggers)
