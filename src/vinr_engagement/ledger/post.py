"""Writing in the ledger: credits, debits, reversals, expiry. Each keeps, for its account,

    balance + pending_balance == Σ amount          Σ remaining == max(balance, 0) + pending_balance

A credit that becomes available on a negative balance pays the debt first and its lot keeps the rest, so that a negative
balance never stands beside an available lot with something remaining.
"""

from typing import Any

from vinr_engagement import outbox
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import DAY, Instant, format_instant
from vinr_engagement.foundation.database import Need, NotGathered, State
from vinr_engagement.foundation.errors import Unprocessable
from vinr_engagement.ledger import lots
from vinr_engagement.ledger.bounds import check_bounds
from vinr_engagement.ledger.holder import Cause, Holder, Source
from vinr_engagement.ledger.snapshot import transaction_snapshot
from vinr_engagement.ledger.tables import LOTS, OPEN_LOTS, POINTS, Lot, Transaction
from vinr_engagement.programs import Program

_EVENT_OF_TYPE = {
    "earn": "loyalty.points.earned",
    "redeem": "loyalty.points.redeemed",
    "expire": "loyalty.points.expired",
    "adjust": "loyalty.points.adjusted",
    "reverse": "loyalty.points.reversed",
}
_CREDIT_EVENT_OF_TYPE = {
    "earn": "credit.issued",
    "redeem": "credit.spent",
    "expire": "credit.expired",
    "adjust": "credit.issued",
    "reverse": "credit.reversed",
}
_ACTIVITY = frozenset({"earn", "redeem"})


def credit(
    state: State,
    holder: Holder,
    program: Program,
    amount: int,
    cause: Cause,
    explanation: Any,
    now: Instant,
    *,
    effective_at: Instant,
    available_at: Instant,
    expires_at: Instant | None,
    inactivity_months: int | None = None,
    qualifying: bool = True,
) -> Transaction:
    """Adds points and opens their lot; a lot whose time is over already expires at once, with its own row.

    ``qualifying`` credits count towards ``lifetime_points``.
    """
    pending = available_at > now
    counted = amount if qualifying else 0
    holder.lifetime_points += counted
    if cause.type in _ACTIVITY:
        holder.activity_at = max(holder.activity_at, effective_at)
    remaining = amount if pending else max(0, min(amount, holder.balance + amount))
    if pending:
        holder.pending_balance += amount
    else:
        holder.balance += amount
    row = _write(
        state, holder, amount, cause, explanation, now,
        effective_at=effective_at, available_at=available_at, expires_at=expires_at, qualifying=counted,
    )  # fmt: skip
    lot = Lot(
        bucket=row.bucket,
        account=holder.id,
        id=row.id,
        unit=holder.unit,
        amount=amount,
        remaining=remaining,
        expired=0,
        pending=pending,
        noticed_for=None,
        grace_given=False,
        available_at=available_at,
        expires_at=expires_at,
        closes_at=None if expires_at is None else max(expires_at, available_at),
        inactivity_months=inactivity_months,
        effective_at=effective_at,
    )
    state.insert(lot)
    _schedule(state, holder, program, lot, now)
    return row


def _schedule(state: State, holder: Holder, program: Program, lot: Lot, now: Instant) -> None:
    """Sees to it that the account is settled when this lot's next change is due; one that is over expires at once."""
    closing = lots.closes_at(lot, holder, program)
    if closing is not None and closing <= now:
        expire(state, holder, lot, closing, now)
        return
    _wake(holder, program, lot, closing, now)


def _wake(holder: Holder, program: Program, lot: Lot, closing: Instant | None, now: Instant) -> None:
    upcoming = []
    if closing is not None and holder.unit != POINTS:
        upcoming.append(closing)
    elif closing is not None:
        notice = closing - program.expiring_notice_days * DAY
        if notice <= now:
            lot.noticed_for = closing
        upcoming.append(closing if notice <= now else notice)
    if lot.pending:
        upcoming.append(lot.available_at)
    if upcoming:
        soonest = min(upcoming)
        holder.next_due_at = soonest if holder.next_due_at is None else min(holder.next_due_at, soonest)


def recognise(
    state: State, holder: Holder, points: int, cause: Cause, explanation: Any, now: Instant, *, effective_at: Instant
) -> Transaction:
    """Adds to ``lifetime_points`` what was earned elsewhere and is held no more: a row of amount 0, which opens no lot."""
    holder.lifetime_points += points
    return _write(state, holder, 0, cause, explanation, now, effective_at=effective_at, qualifying=points)


def debit(
    state: State,
    holder: Holder,
    program: Program,
    amount: int,
    cause: Cause,
    now: Instant,
    *,
    allow_negative: bool = False,
) -> Transaction:
    """Takes ``amount`` (positive) from the available lots.

    Raises ``Unprocessable`` (``insufficient_points``) beyond the balance, unless a debt is allowed.
    """
    if amount > holder.balance and not allow_negative:
        raise Unprocessable(
            "insufficient_points",
            f"Account {holder.id} has {holder.balance} points available; {amount} are needed.",
            resource=holder.id,
            details={"balance": holder.balance, "required": amount},
        )
    taken = lots.take(state, lots.available_lots(state, holder, program), amount)
    holder.balance -= amount
    if cause.type in _ACTIVITY:
        holder.activity_at = max(holder.activity_at, now)
    explanation = {"lots": lots.consumed(taken), "result": -amount}
    return _write(state, holder, -amount, cause, explanation, now, effective_at=now)


def reverse(
    state: State,
    holder: Holder,
    program: Program,
    lot: Lot,
    amount: int,
    cause: Cause,
    *,
    due: int,
    now: Instant,
    effective_at: Instant,
) -> Transaction:
    """Takes back ``amount`` points of an earn: from its own lot first (pending or not), then from other available lots,
    then by the program's ``clawback`` policy: a debt, or a shortfall recorded as ``uncollected``.

    ``due`` is what the earn owes in all, for the explanation.
    """
    own = lots.take(state, [lot], amount)
    from_own = sum(part for _, part in own)
    from_pending = from_own if lot.pending else 0
    short = amount - from_own
    others = lots.take(state, lots.available_lots(state, holder, program), short) if short else []
    short -= sum(part for _, part in others)
    uncollected = short if program.clawback == "clamp" else 0
    collected = amount - uncollected
    holder.pending_balance -= from_pending
    holder.balance -= collected - from_pending
    explanation: dict[str, Any] = {
        "lots": lots.consumed(own + others),
        "due": due,
        "expired_before": lot.expired,
        "debt": short - uncollected,
        "result": -collected,
    }
    return _write(
        state, holder, -collected, cause, explanation, now, effective_at=effective_at, uncollected=uncollected
    )


Taken = tuple[int, str, int]
"""``(bucket, lot, amount)``: what a debit took from one lot, so that it can be given back to it."""


def taken_by(row: Transaction) -> list[Taken]:
    """What a debit took, from its explanation; a lot's id carries its bucket."""
    parts: list[dict[str, Any]] = json.decode(row.explanation).get("lots", [])
    return [(ids.carried_bucket(part["lot"]) or 0, part["lot"], part["amount"]) for part in parts]


def give_back(
    state: State,
    holder: Holder,
    program: Program,
    taken: list[Taken],
    cause: Cause,
    now: Instant,
    *,
    effective_at: Instant,
) -> Transaction:
    """Returns what a debit took to the same lots, which keep their expiry; a debt is paid first, from those that would
    expire soonest.

    A lot that expired meanwhile stays open for the program's ``return_grace_days`` from ``effective_at``, once; after that,
    or without grace, what came back expires at once with a row of its own. Never counts as earned. Raises ``NotGathered``.
    """
    amount = sum(part for _, _, part in taken)
    debt = min(amount, max(0, -holder.balance))
    returned = _put_back(state, holder, program, taken, debt)
    holder.balance += amount
    explanation = {"lots": lots.consumed(returned), "debt": debt, "result": amount}
    row = _write(state, holder, amount, cause, explanation, now, effective_at=effective_at)
    for lot, _ in returned:
        _stay_open(state, holder, program, lot, now, effective_at)
    return row


def _put_back(state: State, holder: Holder, program: Program, taken: list[Taken], debt: int) -> list[tuple[Lot, int]]:
    """Puts what debits took back into its lots, less a debt; answers what came to which."""
    _gathered(state, holder, taken)
    parts = {identifier: part for _, identifier, part in taken}
    found = [_lot(state, holder, bucket, identifier) for bucket, identifier, _ in taken]
    returned = []
    for lot in lots.in_order(found, holder, program):
        paid = min(debt, parts[lot.id])
        debt -= paid
        if parts[lot.id] > paid:
            state.change(lot).remaining += parts[lot.id] - paid
            state.relist(lot)
            returned.append((lot, parts[lot.id] - paid))
    return returned


def _gathered(state: State, holder: Holder, taken: list[Taken]) -> None:
    """Asks for all the lots at once, the open ones first: what comes back is listed among them."""
    needs: list[Need] = [(OPEN_LOTS, (bucket, holder.id)) for bucket in holder.all_buckets()]
    needs += [(LOTS, (bucket, holder.id, identifier)) for bucket, identifier, _ in taken]
    missing = [need for need in needs if state.missing(*need)]
    if missing:
        raise NotGathered(*missing)


def _lot(state: State, holder: Holder, bucket: int, identifier: str) -> Lot:
    lot = state.find(LOTS, (bucket, holder.id, identifier))
    assert lot is not None, f"the lot {identifier} is missing"
    return lot


def _stay_open(state: State, holder: Holder, program: Program, lot: Lot, now: Instant, returned_at: Instant) -> None:
    """What came back to a lot that is over has the grace that the program gives, or expires."""
    closing = lots.closes_at(lot, holder, program)
    if closing is not None and closing <= returned_at:
        if lot.grace_given or program.return_grace_days == 0:
            expire(state, holder, lot, returned_at, now)
            return
        lot.grace_given, lot.inactivity_months = True, None
        lot.closes_at = closing = returned_at + program.return_grace_days * DAY
    _wake(holder, program, lot, closing, returned_at)


def expire(state: State, holder: Holder, lot: Lot, effective_at: Instant, now: Instant) -> Transaction | None:
    """Closes a lot by a row of what remained; a lot with nothing left has none."""
    amount = lot.remaining
    if amount == 0:
        return None
    state.change(lot)
    lot.remaining = 0
    lot.expired += amount
    if lot.pending:
        holder.pending_balance -= amount
    else:
        holder.balance -= amount
    cause = Cause("expire", Source("expiry", lot.id), reason="expired")
    explanation = {
        "lots": [{"lot": lot.id, "amount": amount}],
        "expired_at": format_instant(effective_at),
        "result": -amount,
    }
    return _write(state, holder, -amount, cause, explanation, now, effective_at=effective_at)


def _write(
    state: State,
    holder: Holder,
    amount: int,
    cause: Cause,
    explanation: Any,
    now: Instant,
    *,
    effective_at: Instant,
    available_at: Instant | None = None,
    expires_at: Instant | None = None,
    uncollected: int = 0,
    qualifying: int = 0,
) -> Transaction:
    check_bounds(holder)
    holder.updated_at = now
    row = Transaction(
        bucket=holder.bucket,
        account=holder.id,
        id=ids.new_id("ptx", holder.bucket),
        original_account=holder.id,
        program=holder.program,
        unit=holder.unit,
        type=cause.type,
        amount=amount,
        balance_after=holder.balance,
        reason=cause.reason,
        source_type=cause.source.type,
        source_id=cause.source.id,
        event=cause.event,
        rule=cause.rule,
        rule_version=cause.rule_version,
        campaign=cause.campaign,
        redemption=cause.redemption,
        reverses=cause.reverses,
        available_at=available_at,
        expires_at=expires_at,
        uncollected=uncollected,
        qualifying=qualifying,
        explanation=json.text(explanation),
        metadata=cause.metadata,
        created_at=now,
        effective_at=effective_at,
    )
    state.append(row)
    events = _EVENT_OF_TYPE if row.unit == POINTS else _CREDIT_EVENT_OF_TYPE
    outbox.record(state, holder, events[cause.type], transaction_snapshot(row), now)
    return row
