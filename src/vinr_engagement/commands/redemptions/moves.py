"""From one state to the next. Announced for change beforehand: the account, brought up to date, that the redemption is of."""

from vinr_engagement import ledger, outbox, payments, rewards, rules
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.redemptions import applicant
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.errors import Conflict, Refusal, Unprocessable
from vinr_engagement.ledger import Cause, Source, Transaction
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment
from vinr_engagement.rewards import Redemption, Reward

LINK = "redemptions"
"""What a payment's links call the redemptions that are applied to it."""


def take(
    context: Context,
    account: Account,
    row_id: str,
    reward: Reward,
    points: int,
    quantity: int,
    campaign: str | None = None,
) -> Transaction:
    """Takes the points, counts in the stock and in the member's limit. Raises ``insufficient_points``."""
    cause = Cause("redeem", Source("redemption", row_id), reason="redemption", redemption=row_id, campaign=campaign)
    program = context.configuration.program(account.program)
    debit = ledger.debit(context.state, account, program, points, cause, context.now)
    if reward.inventory is not None:
        _count_stock(context, reward.id, quantity)
    _count_use(context, account, reward.id, quantity)
    account.redemptions += 1
    account.last_activity_at = max(account.last_activity_at or 0, context.now)
    return debit


def apply(context: Context, account: Account, row: Redemption, payment: Payment | None) -> None:
    """A redemption is used: for a payment, where one is named."""
    before = row.status
    context.state.change(row)
    row.status = "applied"
    row.applied_at = row.applied_at or context.now
    if payment is not None:
        row.payment = payment.id
        payments.link(context.state.change(payment), LINK, row.id)
    tell(context, account, row, "redemption.completed", {"status": before})


def attach(context: Context, account: Account, row: Redemption, payment: Payment) -> None:
    """One that was applied without a payment turns out to be for this one."""
    context.state.change(row).payment = payment.id
    payments.link(context.state.change(payment), LINK, row.id)
    tell(context, account, row, "redemption.completed", {"payment": None})


def reapply(context: Context, account: Account, row: Redemption, payment: Payment) -> Refusal | None:
    """Takes the points of a released one anew and applies it, or answers why that is not possible."""
    reward = context.configuration.programs[row.program].rewards[row.reward]
    refusal = _cannot_reapply(context, account, row, reward)
    if refusal is not None:
        return refusal
    context.state.change(row)
    debit = take(context, account, row.id, reward, row.points, row.quantity)
    row.ledger_row, row.taken = debit.id, json.text(ledger.taken_by(debit))
    row.stocked = reward.inventory is not None
    row.released_at = row.release_reason = None
    apply(context, account, row, payment)
    return None


def _cannot_reapply(context: Context, account: Account, row: Redemption, reward: Reward) -> Refusal | None:
    if account.status != "active":
        return Conflict("account_closed", f"Account {account.id} is closed.", resource=account.id)
    taken, used = applicant.taken(context, reward), applicant.used(context, account, reward.id)
    refusal = rewards.out_of_stock(reward, taken, row.quantity) or rewards.beyond_limit(reward, used, row.quantity)
    if refusal is None and account.balance < row.points:
        return Unprocessable("insufficient_points", f"Account {account.id} has too few points.", resource=account.id)
    return refusal


def release(context: Context, account: Account, row: Redemption, reason: str, at: Instant) -> None:
    """Points return to their lots as of ``at``; stock and limit come back. May raise ``NotGathered``."""
    at = max(row.created_at, min(at, context.now))
    _give_points_back(context, account, row, "redemption_released", at)
    if row.stocked:
        _count_stock(context, row.reward, -row.quantity)
    _count_use(context, account, row.reward, -row.quantity)
    account.redemptions -= 1
    before, row.status = row.status, "released"
    row.released_at, row.release_reason = at, reason
    tell(context, account, row, "redemption.released", {"status": before})


def reverse(context: Context, account: Account, row: Redemption, at: Instant) -> None:
    """The payment was fully refunded: points return to their lots; stock and limit do not come back."""
    at = max(row.created_at, min(at, context.now))
    _give_points_back(context, account, row, "redemption_reversed", at)
    before, row.status = row.status, "reversed"
    row.reversed_at = at
    tell(context, account, row, "redemption.reversed", {"status": before})


def return_if_refunded(context: Context, account: Account, row: Redemption, payment: Payment) -> bool:
    """Reverses an applied redemption whose payment was refunded in full, unless the reward keeps it; answers whether."""
    fully = payment.refunded_at is not None and payment.amount is not None and payments.net_amount(payment) == 0
    if not fully or row.status != "applied" or row.on_refund != "return":
        return False
    reverse(context, account, row, max(payment.completed_at or 0, payment.refunded_at or 0))
    return True


def _give_points_back(context: Context, account: Account, row: Redemption, reason: str, at: Instant) -> None:
    context.state.change(row)
    cause = Cause("reverse", Source("redemption", row.id), reason=reason, redemption=row.id, reverses=row.ledger_row)
    program = context.configuration.program(account.program)
    ledger.give_back(context.state, account, program, rewards.taken_of(row), cause, context.now, effective_at=at)


def _count_stock(context: Context, reward: str, quantity: int) -> None:
    stock = context.state.find(rewards.REWARD_STOCK, (reward,))
    assert stock is not None, f"reward {reward} has no stock"
    context.state.change(stock).taken += quantity


def _count_use(context: Context, account: Account, reward: str, quantity: int) -> None:
    key = rewards.usage_key(account, reward)
    usage = context.state.find(rules.RULE_USAGE, key)
    if usage is None:
        usage = context.state.insert(rules.RuleUsage(*key, 0, 0))
    context.state.change(usage).times += quantity


def tell(
    context: Context, account: Account, row: Redemption, event: str, previous: dict[str, str | None] | None = None
) -> None:
    """Records what became of a redemption."""
    row.updated_at = account.updated_at = context.now
    outbox.record(context.state, account, event, rewards.redemption_snapshot(row), context.now, previous=previous)
