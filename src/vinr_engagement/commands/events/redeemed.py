"""Redemptions that a payment names, or that are applied to it: what its events mean for them."""

from vinr_engagement import outbox, payments, rewards
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.events import incoming
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.commands.events.outcome import RedemptionOutcome
from vinr_engagement.commands.redemptions import moves, named
from vinr_engagement.foundation.database import Need
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment
from vinr_engagement.rewards import Redemption

MOST_NAMED = 20
"""A payment may name this many redemptions and codes; further ones are not looked at, and the outcome says so."""


_Found = tuple[Account, Redemption]


def completed(context: Context, event: EventIn, payment: Payment) -> list[RedemptionOutcome]:
    """What the payment names is used by it. A redemption released meanwhile is taken anew where that is possible.

    What is not possible is a conflict: it is in the answer, and recorded as a fact about the member.
    """
    found, unknown = _named(context, event)
    return [*[_use(context, payment, account, row) for account, row in found], *unknown]


def _use(context: Context, payment: Payment, account: Account, row: Redemption) -> RedemptionOutcome:
    if rewards.TYPES[row.type].at_once:
        return RedemptionOutcome(row.id, "applied", "not_of_a_payment")
    if row.status == "pending":
        moves.apply(context, account, row, payment)
    elif row.status == "released":
        refusal = moves.reapply(context, account, row, payment)
        if refusal is not None:
            return _conflict(context, payment, account, row, refusal.code)
    elif row.status == "reversed":
        return _conflict(context, payment, account, row, "reversed")
    elif row.payment is None:
        moves.attach(context, account, row, payment)
    elif row.payment != payment.id:
        return _conflict(context, payment, account, row, "applied_to_another_payment")
    return RedemptionOutcome(row.id, "applied")


def _conflict(context: Context, payment: Payment, account: Account, row: Redemption, reason: str) -> RedemptionOutcome:
    snapshot = {**rewards.redemption_snapshot(row), "conflict": {"payment": payment.id, "reason": reason}}
    outbox.record(context.state, account, "redemption.conflict", snapshot, context.now)
    return RedemptionOutcome(row.id, "conflict", reason)


def failed(context: Context, event: EventIn) -> list[RedemptionOutcome]:
    """The payment will not complete: pending redemptions that it names are released."""
    found, unknown = _named(context, event)
    return [*[_let_go(context, event, account, row) for account, row in found], *unknown]


def _let_go(context: Context, event: EventIn, account: Account, row: Redemption) -> RedemptionOutcome:
    if row.status != "pending":
        return RedemptionOutcome(row.id, row.status, "not_pending")  # type: ignore[arg-type]
    moves.release(context, account, row, event.type.replace(".", "_"), event.occurred_at)
    return RedemptionOutcome(row.id, "released")


def returned(context: Context, payment: Payment) -> list[RedemptionOutcome]:
    """Refunds take effect: a full one returns the points of what was applied to the payment, unless the reward keeps it."""
    told = []
    for identifier in payments.linked(payment, moves.LINK):
        found = named.redemption_of(context, identifier)
        if found is not None and moves.return_if_refunded(context, *found, payment):
            told.append(RedemptionOutcome(identifier, "reversed"))
    return told


def _named(context: Context, event: EventIn) -> tuple[list[_Found], list[RedemptionOutcome]]:
    """The redemptions that the event names, each once, and what is said of names that are none."""
    found: dict[str, _Found] = {}
    unknown: list[RedemptionOutcome] = []
    names = incoming.redemptions_named(event.object)
    for kind, name in names[:MOST_NAMED]:
        each = named.by_code(context, name) if kind == "code" else named.redemption_of(context, name)
        if each is None:
            unknown.append(_unknown(name, "resource_missing"))
        else:
            found[each[1].id] = each
    if len(names) > MOST_NAMED:
        unknown.append(_unknown(names[MOST_NAMED][1], "too_many_named"))
    return list(found.values()), unknown


def _unknown(name: str, reason: str) -> RedemptionOutcome:
    return RedemptionOutcome(name[: incoming.MAX_ID_LENGTH], "unknown", reason)


class Wanted:
    """What an event needs of redemptions, wave by wave; nothing for one that names none and whose payment has none."""

    def __init__(self, event: EventIn) -> None:
        listed = incoming.redemptions_named(event.object)[:MOST_NAMED]
        self._ids = [name for kind, name in listed if kind == "id"]
        self._codes = [name for kind, name in listed if kind == "code"]

    def first(self) -> list[Need]:
        """Whose those are that the event names."""
        return [*named.owner_needs(self._ids), *named.code_needs(self._codes)] if self._ids or self._codes else []

    def linked(self, paid: list[Payment]) -> list[Need]:
        """Whose those are that are applied to the payments."""
        found = [name for payment in paid for name in payments.linked(payment, moves.LINK)]
        self._ids += found
        return named.owner_needs(found)

    def accounts(self, context: Context) -> list[Need]:
        """The accounts, as far as they are known by now."""
        return named.account_needs(context, self._ids, self._codes) if self._ids or self._codes else []

    def rows(self, context: Context) -> list[Need]:
        """The redemptions of accounts that are locked."""
        return named.row_needs(context, self._ids, self._codes) if self._ids or self._codes else []
