"""What the shop says became of a redemption, by hand: used, handed over, or not wanted after all."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from vinr_engagement import payments, rewards
from vinr_engagement.commands.context import Context, Decision, account_needs
from vinr_engagement.commands.redemptions import moves, named
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict
from vinr_engagement.rewards import Redemption


class _OnRedemption(Decision):
    """A command about one redemption, answered with it."""

    payment: str | None = None

    def __init__(self, redemption: str) -> None:
        self.redemption = redemption

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        asked = named.owner_needs([self.redemption])
        if self.payment is not None:
            asked.append((payments.PAYMENTS, payments.payment_key(self.payment)))
        yield asked
        waves = account_needs(context, named.holders(context, [self.redemption], []).values())
        yield next(waves)
        yield [*next(waves), *named.row_needs(context, [self.redemption], [])]
        yield next(waves)


class ApplyRedemption(_OnRedemption):
    """A redemption was used, for ``payment`` where one is named. Applying it again to the same one changes nothing."""

    def __init__(self, redemption: str, payment: str | None) -> None:
        super().__init__(redemption)
        self.payment = payment

    def decide(self, context: Context) -> dict[str, Any]:
        account, row = named.existing(context, self.redemption)
        payment = None if self.payment is None else context.payment(self.payment)
        if row.status == "pending":
            moves.apply(context, account, row, payment)
        elif row.status != "applied" or (self.payment is not None and row.payment not in (None, self.payment)):
            raise not_pending(row)
        elif payment is not None and row.payment is None and not rewards.TYPES[row.type].at_once:
            moves.attach(context, account, row, payment)
        if payment is not None and row.payment == payment.id:
            moves.return_if_refunded(context, account, row, payment)
        return rewards.redemption_snapshot(row)


class FulfillRedemption(_OnRedemption):
    """An item was handed over. Saying so again changes nothing."""

    def decide(self, context: Context) -> dict[str, Any]:
        account, row = named.existing(context, self.redemption)
        if rewards.TYPES[row.type].coded or rewards.TYPES[row.type].at_once:
            raise Conflict(
                "redemption_not_an_item",
                f"Redemption {row.id} is of type {row.type}; only free_product and partner are handed over.",
                resource=row.id,
            )
        if row.status == "pending":
            moves.apply(context, account, row, None)
        elif row.status != "applied":
            raise not_pending(row)
        return rewards.redemption_snapshot(row)


class ReleaseRedemption(_OnRedemption):
    """A pending redemption is not wanted after all: its points return."""

    reason_unless_given: ClassVar[str] = "released"

    def __init__(self, redemption: str, reason: str | None) -> None:
        super().__init__(redemption)
        self.reason = reason or self.reason_unless_given

    def decide(self, context: Context) -> dict[str, Any]:
        account, row = named.existing(context, self.redemption)
        if row.status != "pending":
            raise not_pending(row)
        moves.release(context, account, row, self.reason, context.now)
        return rewards.redemption_snapshot(row)


def not_pending(row: Redemption) -> Conflict:
    """The refusal of what only a pending redemption allows."""
    applied = "" if row.payment is None else f" to payment {row.payment}"
    return Conflict(
        "redemption_not_pending",
        f"Redemption {row.id} is {row.status}{applied}; only a pending one can be applied or released.",
        resource=row.id,
        details={"status": row.status},
    )
