"""A ledger row and a lot as the world is told of them."""

import msgspec

from tests.ledger.book import NOW, Book, Credit, program_of
from vinr_engagement import ledger
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.ledger import Cause, Lot, Source, Transaction

ROW = Transaction(
    bucket=7,
    account="loy_1",
    id="ptx_1",
    original_account="loy_0",
    program="prog_1",
    unit="points",
    type="earn",
    amount=42,
    balance_after=52,
    reason="purchase",
    source_type="payment",
    source_id="pay_1",
    event="evt_1",
    rule="rule_1",
    rule_version=3,
    campaign="camp_1",
    redemption="red_1",
    reverses="ptx_0",
    available_at=NOW + DAY,
    expires_at=NOW + 2 * DAY,
    uncollected=4,
    qualifying=42,
    explanation='{"result":42}',
    metadata='{"till":"4"}',
    created_at=NOW + 3 * DAY,
    effective_at=NOW,
)
LOT = Lot(
    bucket=7,
    account="loy_1",
    id="ptx_1",
    unit="points",
    amount=42,
    remaining=12,
    expired=0,
    pending=True,
    noticed_for=None,
    grace_given=False,
    available_at=NOW + DAY,
    expires_at=None,
    closes_at=None,
    inactivity_months=None,
    effective_at=NOW,
)


def test_a_row_is_told_in_full() -> None:
    assert json.decode(json.text(ledger.transaction_snapshot(ROW))) == {
        "id": "ptx_1",
        "object": "points_transaction",
        "account": "loy_1",
        "original_account": "loy_0",
        "program": "prog_1",
        "type": "earn",
        "unit": "points",
        "amount": 42,
        "balance_after": 52,
        "reason": "purchase",
        "source": {"type": "payment", "id": "pay_1"},
        "event": "evt_1",
        "rule": "rule_1",
        "rule_version": 3,
        "campaign": "camp_1",
        "redemption": "red_1",
        "reverses": "ptx_0",
        "available_at": "2026-04-02T12:00:00Z",
        "expires_at": "2026-04-03T12:00:00Z",
        "uncollected": 4,
        "explanation": {"result": 42},
        "metadata": {"till": "4"},
        "created_at": "2026-04-04T12:00:00Z",
        "effective_at": "2026-04-01T12:00:00Z",
    }


def test_a_row_that_is_no_credit_has_no_dates_of_one() -> None:
    told = ledger.transaction_snapshot(msgspec.structs.replace(ROW, available_at=None, expires_at=None))
    assert (told["available_at"], told["expires_at"]) == (None, None)


def test_a_lot_is_told_with_when_it_closes() -> None:
    told = {
        "id": "ptx_1",
        "object": "lot",
        "account": "loy_1",
        "transaction": "ptx_1",
        "unit": "points",
        "amount": 42,
        "remaining": 12,
        "pending": True,
        "available_at": "2026-04-02T12:00:00Z",
        "expires_at": "2026-04-03T12:00:00Z",
        "effective_at": "2026-04-01T12:00:00Z",
    }
    assert ledger.lot_snapshot(LOT, NOW + 2 * DAY) == told
    assert ledger.lot_snapshot(LOT, None) == {**told, "expires_at": None}


def test_a_row_has_all_that_its_cause_names() -> None:
    book = Book(program_of())
    cause = Cause(
        "earn", Source("payment", "pay_1"), "purchase", "evt_1", "rule_1", 3, "camp_1", "red_1", "ptx_0", '{"a":1}'
    )
    row = ledger.recognise(book.state, book.account, 5, cause, {"why": "so"}, NOW + DAY, effective_at=NOW)
    named = (
        row.reason,
        row.event,
        row.rule,
        row.rule_version,
        row.campaign,
        row.redemption,
        row.reverses,
        row.metadata,
    )
    assert named == ("purchase", "evt_1", "rule_1", 3, "camp_1", "red_1", "ptx_0", '{"a":1}')
    assert (row.source_type, row.source_id, row.explanation) == ("payment", "pay_1", '{"why":"so"}')
    assert (row.account, row.original_account, row.bucket) == (book.account.id, book.account.id, book.account.bucket)
    assert (row.created_at, row.effective_at, book.account.updated_at) == (NOW + DAY, NOW, NOW + DAY)


def test_a_row_without_metadata_has_none() -> None:
    row = Book(program_of()).debit(5, allow_negative=True)
    assert (row.metadata, row.id.rpartition("_")[0]) == ("{}", "ptx")


def test_each_kind_of_row_is_told_by_its_own_event() -> None:
    book = Book(program_of())
    lot = book.credit(Credit(50, expires_in=1))
    book.debit(5, type_of="redeem")
    book.debit(5)
    book.reverse(lot, 5, 5)
    book.settle(NOW + DAY)
    kinds = ["earned", "redeemed", "adjusted", "reversed", "expired"]
    assert book.told == [f"loyalty.points.{kind}" for kind in kinds]
