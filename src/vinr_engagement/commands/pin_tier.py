"""Pinning a member to a tier as a floor, and taking the pin away."""

from collections.abc import Iterable, Iterator
from typing import Any

from vinr_engagement import members, outbox, tiers
from vinr_engagement.commands import cascade, standing
from vinr_engagement.commands.context import Context, Decision, account_needs
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.members import Account


class PinTier(Decision):
    """Keeps a member in a tier at least, up to and not including ``until``; ``tier`` of ``None`` takes the pin away.

    Answers the ``tier_progress``. Every pin is a ``loyalty.account.updated``, followed by ``loyalty.tier.changed`` where the
    member moves.
    """

    def __init__(self, account: str, tier: str | None, until: Instant | None, reason: str | None) -> None:
        self.account = account
        self.tier = tier
        self.until = until
        self.reason = reason

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        yield from account_needs(context, (self.account,))
        account = context.state.known(members.ACCOUNTS, members.account_key(self.account))
        if account is not None and standing.goes_by_days(context.configuration.program(account.program)):
            yield standing.totals_needed(account)

    def decide(self, context: Context) -> dict[str, Any]:
        if self.tier is None and (self.until is not None or self.reason is not None):
            field = "reason" if self.until is None else "until"
            raise Invalid(
                "parameter_invalid", f"{field} goes with a tier; to take a pin away, send only tier.", param=field
            )
        account = context.own_account(self.account)
        before = _snapshot(account)
        change = standing.pin(context, account, self.tier, until=self.until, reason=self.reason)
        account.updated_at = context.now
        after = _snapshot(account)
        previous = {name: value for name, value in before.items() if value != after[name]}
        outbox.record(context.state, account, "loyalty.account.updated", after, context.now, previous=previous)
        if change is not None:
            standing.tell(context, account, change)
        cascade.react(context, context.now)
        return standing.progress(context, account)


def _snapshot(account: Account) -> dict[str, Any]:
    """The account with its pin."""
    pin = tiers.pin_of(account)
    if pin is None:
        return {**members.account_snapshot(account), "tier_pin": None}
    until = None if pin.until is None else format_instant(pin.until)
    shown = {"tier": pin.tier, "until": until, "reason": pin.reason}
    return {**members.account_snapshot(account), "tier_pin": shown}
