"""The columns of each type of report: their names and kinds, and what the database is asked for.

``docs/guides/reports.md`` says what each holds; a test compares.
"""

from typing import Final, Literal, NamedTuple

Kind = Literal["text", "label", "whole", "time", "day"]
"""``label`` is a text of which few differ, ``whole`` a 64-bit integer, ``time`` an instant, ``day`` a date."""


class Column(NamedTuple):
    """One column; ``sql`` is what its values are, where its name does not say it."""

    name: str
    kind: Kind
    sql: str = ""


MOVEMENT: Final = (
    "case type when 'earn' then 'earned' when 'redeem' then 'redeemed' when 'expire' then 'expired'"
    " when 'adjust' then case when amount > 0 then 'adjusted_up' else 'adjusted_down' end"
    " else case when amount > 0 then 'returned' else 'reversed' end end"
)
"""What a ledger row does to what is owed."""

TRANSACTIONS: Final = (
    Column("id", "text"),
    Column("effective_at", "time"),
    Column("recorded_at", "time", "created_at"),
    Column("account", "text"),
    Column("original_account", "text"),
    Column("program", "label"),
    Column("unit", "label"),
    Column("type", "label"),
    Column("movement", "label", MOVEMENT),
    Column("amount", "whole"),
    Column("balance_after", "whole"),
    Column("reason", "label"),
    Column("source_type", "label"),
    Column("source_id", "text"),
    Column("event", "text"),
    Column("rule", "label"),
    Column("rule_version", "whole"),
    Column("campaign", "label"),
    Column("redemption", "text"),
    Column("reverses", "text"),
    Column("available_at", "time"),
    Column("expires_at", "time"),
    Column("uncollected", "whole"),
    Column("metadata", "text"),
)

_OVER: Final = "status = 'pending' and expires_at is not null and expires_at <= $1"
"""Released by time, whether or not that is written yet; ``$1`` is the moment of the report."""

REDEMPTIONS: Final = (
    Column("id", "text"),
    Column("redeemed_at", "time", "created_at"),
    Column("account", "text"),
    Column("program", "label"),
    Column("reward", "label"),
    Column("reward_name", "label"),
    Column("type", "label"),
    Column("quantity", "whole"),
    Column("points", "whole"),
    Column("status", "label", f"case when {_OVER} then 'released' else status end"),
    Column("value_amount", "whole"),
    Column("value_currency", "label"),
    Column("value_percent", "text"),
    Column("payment", "text"),
    Column("transaction", "text", "ledger_row"),
    Column("expires_at", "time"),
    Column("applied_at", "time"),
    Column("released_at", "time", f"case when {_OVER} then expires_at else released_at end"),
    Column("release_reason", "label", f"case when {_OVER} then 'expired' else release_reason end"),
    Column("reversed_at", "time"),
    Column("on_refund", "label"),
    Column("metadata", "text"),
)

MOVEMENTS: Final = ("earned", "adjusted_up", "returned", "redeemed", "reversed", "expired", "adjusted_down")
"""In the order of the journal: those by which more is owed come first."""
INCREASES: Final = MOVEMENTS[:3]

JOURNAL: Final = (
    Column("day", "day"),
    Column("program", "label"),
    Column("unit", "label"),
    Column("opening_balance", "whole"),
    *(Column(name, "whole") for name in MOVEMENTS),
    Column("closing_balance", "whole"),
    Column("recorded_after_period", "whole"),
    Column("currency", "label"),
    Column("unit_value", "whole"),
    Column("opening_value", "whole"),
    Column("debit", "whole"),
    Column("credit", "whole"),
    Column("closing_value", "whole"),
)

COLUMNS: Final = {"transactions": TRANSACTIONS, "redemptions": REDEMPTIONS, "liability_journal": JOURNAL}
