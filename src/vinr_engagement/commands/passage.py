"""What the passage of time changes of an account: points that become available or expire, and all that has a deadline.

Changes that fall due together are written in the order of their times, whoever watches them in small steps or catches up in
one: up to the next deadline everything that the ledger has due, then what falls due at it. At the same instant the ledger
comes first, then the deadlines in the order of ``DEADLINES``.
"""

from collections.abc import Callable
from typing import NamedTuple

from vinr_engagement import ledger
from vinr_engagement.commands import referring, standing, store_credit
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.redemptions import expiry
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.members import Account


class Deadline(NamedTuple):
    """Something that falls due: when it next does, and what happens then. Both may raise ``NotGathered``."""

    next_at: Callable[[Context, Account], Instant | None]
    meet: Callable[[Context, Account, Instant], None]


DEADLINES: tuple[Deadline, ...] = (
    Deadline(expiry.next_release_at, expiry.release_due),
    Deadline(standing.next_change_at, standing.meet),
    Deadline(referring.next_end_at, referring.expire),
)


def catch_up(context: Context, account: Account) -> None:
    """Writes all that is due by now, and notes when the account is to be looked at next; announce its change first."""
    while True:
        moment, deadline = _soonest(context, account)
        met = moment is not None and moment <= context.now
        upcoming = _settle_ledger(context, account, moment if met and moment is not None else context.now)
        if deadline is None or moment is None or not met:
            break
        deadline.meet(context, account, moment)
    account.next_due_at = min((due for due in (moment, upcoming) if due is not None), default=None)


def _soonest(context: Context, account: Account) -> tuple[Instant | None, Deadline | None]:
    found: tuple[Instant | None, Deadline | None] = (None, None)
    for deadline in DEADLINES:
        moment = deadline.next_at(context, account)
        if moment is not None and (found[0] is None or moment < found[0]):
            found = moment, deadline
    return found


def _settle_ledger(context: Context, account: Account, until: Instant) -> Instant | None:
    program = context.configuration.program(account.program)
    holders = [account, *store_credit.purses_of(context, account)]
    return ledger.settle_all(context.state, holders, program, until, context.now)
