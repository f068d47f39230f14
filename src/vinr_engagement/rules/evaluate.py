"""One rule against one event: does it match, what is it worth, and how did that come about.

The hot case, a rule without conditions and a payment in a known currency, takes a few microseconds: everything that can
be worked out from the definition is, when it is compiled.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from vinr_engagement.foundation.decimals import Rounding, round_fraction
from vinr_engagement.rules.award import Step, Terms, exact_text
from vinr_engagement.rules.conditions import UNCONDITIONAL, Failure, Judgement
from vinr_engagement.rules.definition import Rate, Rule
from vinr_engagement.rules.facts import Facts
from vinr_engagement.rules.fields import LARGEST


class CampaignFactor(NamedTuple):
    """A campaign's multiplier whose conditions hold for the event.

    ``campaign`` is its id; ``floor`` the least net amount at which they still hold after a refund (``min_spend``).
    """

    campaign: str
    factor: Fraction
    floor: int = 0


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What a rule says of an event.

    ``matched`` is true when there are ``points`` (before cap and budget) to award; then there are ``terms`` too. If
    not, ``reason`` is ``inactive``, ``not_started``, ``ended``, ``condition_failed``, ``no_amount``, ``no_currency``,
    ``currency_not_listed``, ``zero_award`` or ``award_too_large``, and ``failed`` says which condition, fact and value.
    ``explanation`` is JSON; its ``award`` is shared with the rule, so it is not to be changed in place.
    """

    matched: bool
    reason: str | None = None
    failed: tuple[Failure, ...] = ()
    points: int = 0
    terms: Terms | None = None
    explanation: dict[str, Any] = {}


def evaluate(
    rule: Rule,
    facts: Facts,
    *,
    rounding: Rounding,
    default_currency: str,
    tier: tuple[str, Fraction] | None = None,
    campaigns: Sequence[CampaignFactor] = (),
) -> Verdict:
    """Judge a rule whose trigger the event has, and price its award before cap and budget.

    ``tier`` is the member's tier before the event and its multiplier. Of ``campaigns`` the highest factor counts; the
    others matter only if a refund takes the payment below its floor. Never raises, whatever the event contains.
    """
    closed = _closed(rule, facts.at)
    if closed is not None:
        return closed
    judged = UNCONDITIONAL if rule.conditions is None else rule.conditions.judge(facts)
    if not judged.holds:
        return Verdict(False, "condition_failed", judged.failed)
    amount = amount_of(facts.event)
    rate = _rate(rule, facts.event, amount, default_currency)
    if isinstance(rate, Verdict):
        return rate
    factors = _Factors(rate)
    _multiply(factors, rule, facts, tier, campaigns)
    terms = _terms(rule, factors, judged, amount, rounding)
    return _priced(rule, terms, facts.event, amount, factors.lines)


_INACTIVE = Verdict(False, "inactive")
_NOT_STARTED = Verdict(False, "not_started")
_ENDED = Verdict(False, "ended")


def _closed(rule: Rule, at: int) -> Verdict | None:
    if not rule.active:
        return _INACTIVE
    if rule.starts_at is not None and at < rule.starts_at:
        return _NOT_STARTED
    if rule.ends_at is not None and at >= rule.ends_at:
        return _ENDED
    return None


def amount_of(event: dict[str, Any]) -> int | None:
    """The event's amount in minor units; None unless it is a whole number from zero up."""
    amount = event.get("amount")
    return amount if type(amount) is int and 0 <= amount <= LARGEST else None


def _rate(rule: Rule, event: dict[str, Any], amount: int | None, default_currency: str) -> Rate | Verdict:
    award = rule.award
    if award.kind == "fixed":
        return award.rate
    if amount is None:
        return _refused("no_amount", "event.amount", "exists", True, event.get("amount"))
    currency = event.get("currency")
    if type(currency) is not str:
        return _refused("no_currency", "event.currency", "exists", True, currency)
    rate = award.rate_for(currency, default_currency)
    if rate is None:
        return _refused("currency_not_listed", "event.currency", "in", award.currencies(default_currency), currency)
    return rate


def _refused(reason: str, fact: str, op: str, value: Any, found: Any) -> Verdict:
    shown = found if found is None or type(found) in (int, float, str, bool) else type(found).__name__
    return Verdict(False, reason, ({"fact": fact, "op": op, "value": value, "found": shown},))


class _Factors:
    """A rate with the factors on it, each named with its origin."""

    __slots__ = ("boost", "denominator", "lines", "numerator", "steps")

    def __init__(self, rate: Rate) -> None:
        self.numerator, self.denominator = rate
        self.lines: list[dict[str, str]] = []
        self.steps: tuple[tuple[Step, ...], ...] = ()
        self.boost: tuple[Step, ...] = ()

    def multiply(self, origin: str, numerator: int, denominator: int, text: str) -> None:
        """Count a factor, whatever becomes of the payment."""
        if numerator != denominator:
            self.numerator *= numerator
            self.denominator *= denominator
            self.lines.append({"origin": origin, "factor": text})

    def climb(self, origin: str, text: str, options: list[Step]) -> None:
        """Count the first factor, and the next ones as a refund takes the net amount below the floors before them.

        A refund never raises an award, so a later factor is never more than the one before it.
        """
        if options[0][0] == 0:
            return self.multiply(origin, options[0][1], options[0][2], text)
        self.steps += (_descending(options),)
        self.lines.append({"origin": origin, "factor": text})
        return None


def _descending(options: Iterable[Step]) -> tuple[Step, ...]:
    """The options up to the first without a floor, or to no factor at all; none is more than the one before it."""
    ladder: list[Step] = []
    for option in (*options, (0, 1, 1)):
        ladder.append(_lower(option, ladder[-1]) if ladder else option)
        if option[0] == 0:
            break
    return tuple(ladder)


def _lower(option: Step, before: Step) -> Step:
    """The option, with the factor before it if that is less."""
    raises = option[1] * before[2] > before[1] * option[2]
    return (option[0], before[1], before[2]) if raises else option


def _multiply(
    factors: _Factors,
    rule: Rule,
    facts: Facts,
    tier: tuple[str, Fraction] | None,
    campaigns: Sequence[CampaignFactor],
) -> None:
    """The rule's multiplier × the first matching of its multipliers × the tier's × the best campaign's."""
    own = rule.multiplier
    factors.multiply("rule", own.numerator, own.denominator, own.text)
    if rule.multipliers:
        _climb_multipliers(factors, rule, facts)
    if tier is not None:
        factors.multiply(f"tier:{tier[0]}", tier[1].numerator, tier[1].denominator, _factor_text(tier[1]))
    if campaigns:
        falling = sorted(campaigns, key=lambda each: each.factor, reverse=True) if len(campaigns) > 1 else campaigns
        options = [(each.floor, each.factor.numerator, each.factor.denominator) for each in falling]
        factors.boost, best = _descending(options), falling[0]
        factors.lines.append({"origin": f"campaign:{best.campaign}", "factor": _factor_text(best.factor)})


def _climb_multipliers(factors: _Factors, rule: Rule, facts: Facts) -> None:
    """Record the first matching entry, and those that would be the first to match once its floor fails."""
    first, options = None, []
    for entry in rule.multipliers:
        judged = entry.when.judge(facts)
        if judged.holds:
            first = first or entry
            options.append((judged.floor, entry.factor.numerator, entry.factor.denominator))
            if judged.floor == 0:
                break
    if first is not None:
        factors.climb(first.origin, first.factor.text, options)


def _factor_text(factor: Fraction) -> str:
    return _exact_text(factor.numerator, factor.denominator)


_exact_text = lru_cache(maxsize=1024)(exact_text)  # of factors there are few


def _terms(rule: Rule, factors: _Factors, judged: Judgement, amount: int | None, rounding: Rounding) -> Terms:
    if rule.award.kind == "fixed":
        return Terms(
            "fixed",
            factors.numerator,
            factors.denominator,
            rounding,
            amount=amount if rule.pays else None,
            floor=judged.floor,
            steps=factors.steps,
            boost=factors.boost,
        )
    assert amount is not None
    eligible = None if judged.eligible is None else _sum(judged.eligible, amount)
    return Terms(
        "proportional",
        factors.numerator,
        factors.denominator,
        rounding,
        amount=amount,
        eligible=eligible,
        floor=judged.floor,
        steps=factors.steps,
        boost=factors.boost,
    )


def _sum(items: Iterable[Any], amount: int) -> int:
    """The items' amounts together, from zero to the payment's; one that is no integer counts zero."""
    total = sum(price for item in items if type(price := item.get("amount")) is int)
    return max(0, min(total, amount))


def _priced(
    rule: Rule, terms: Terms, event: dict[str, Any], amount: int | None, lines: list[dict[str, str]]
) -> Verdict:
    exact = terms.exact(amount)
    points = round_fraction(*exact, terms.rounding)  # nothing has cut it yet
    explanation = {
        "award": rule.award.definition,
        "base": _base(terms, event, amount),
        "multipliers": lines,
        "exact": exact_text(*exact),
        "rounding": terms.rounding,
        "rounded": points,
        "result": points,
    }
    if points == 0:
        return Verdict(False, "zero_award", explanation=explanation)
    if points > LARGEST:
        return Verdict(False, "award_too_large", explanation=explanation)
    return Verdict(True, points=points, terms=terms, explanation=explanation)


def _base(terms: Terms, event: dict[str, Any], amount: int | None) -> dict[str, Any]:
    """What the award was computed from; a fixed one only needs there to be an amount, if it is of a payment."""
    if amount is None or terms.amount is None:
        return {}
    base = {"amount": amount, "currency": event.get("currency")}
    if terms.kind == "proportional":
        base["eligible"] = amount if terms.eligible is None else terms.eligible
    return base
