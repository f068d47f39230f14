"""Who holds how much, and why: rows, lots, debt, expiry; of points, and of store credit in each currency."""

from vinr_engagement.ledger.as_of import balances_as_of
from vinr_engagement.ledger.bounds import check_bounds
from vinr_engagement.ledger.holder import Cause, Holder, Source
from vinr_engagement.ledger.lots import available_lots, closes_at, open_lots
from vinr_engagement.ledger.merge import merge_lots
from vinr_engagement.ledger.post import Taken, credit, debit, give_back, recognise, reverse, taken_by
from vinr_engagement.ledger.settle import is_due, settle, settle_all
from vinr_engagement.ledger.snapshot import lot_snapshot, transaction_snapshot
from vinr_engagement.ledger.tables import LOTS, OPEN_LOTS, POINTS, TRANSACTIONS, Lot, Transaction

__all__ = [
    "LOTS",
    "OPEN_LOTS",
    "POINTS",
    "TRANSACTIONS",
    "Cause",
    "Holder",
    "Lot",
    "Source",
    "Taken",
    "Transaction",
    "available_lots",
    "balances_as_of",
    "check_bounds",
    "closes_at",
    "credit",
    "debit",
    "give_back",
    "is_due",
    "lot_snapshot",
    "merge_lots",
    "open_lots",
    "recognise",
    "reverse",
    "settle",
    "settle_all",
    "taken_by",
    "transaction_snapshot",
]
