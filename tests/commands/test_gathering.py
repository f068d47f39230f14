"""In which steps a batch reads: what depends on a lock is read in a later statement than the one that takes it."""

from vinr_engagement import inbox, ledger, members, payments
from vinr_engagement.commands.gathering import _steps


def test_what_depends_on_a_lock_is_read_after_it() -> None:
    wanted = {
        ledger.OPEN_LOTS: {(1, "loy_1"): None},
        payments.PURCHASES: {(1, "loy_1", "pay_1"): None},
        members.ACCOUNTS: {(1, "loy_1"): None},
        payments.PAYMENTS: {(7, "pay_1"): None},
        members.LINKS: {(3, "cust_1", "prog_default"): None},
        inbox.RECEIVED_EVENTS: {(5, "evt_1"): None},
    }
    steps = [[(entry.source, entry.lock) for entry in step] for step in _steps(wanted, lock=True)]
    assert steps == [
        [
            (inbox.RECEIVED_EVENTS, False),
            (members.LINKS, False),
            (payments.PAYMENTS, True),
            (members.ACCOUNTS, True),
        ],
        [(ledger.OPEN_LOTS, False), (payments.PURCHASES, False)],
    ]


def test_without_locks_one_step_is_enough() -> None:
    wanted = {members.ACCOUNTS: {(1, "loy_1"): None}, ledger.OPEN_LOTS: {(1, "loy_1"): None}}
    assert len(_steps(wanted, lock=False)) == 1
