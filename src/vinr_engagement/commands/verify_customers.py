"""Checks of the customers mirror: each customer is found by the address and the name that are known, and by nothing else."""

from vinr_engagement import members
from vinr_engagement.commands.verify_report import Report
from vinr_engagement.foundation.database import Session
from vinr_engagement.members import Customer

ROWS_AT_ONCE = 1_000


async def check_customers(session: Session, report: Report) -> None:
    """All of them, some at a time."""
    place = ""
    while rows := await session.rows(
        members.CUSTOMERS, f"listed_id > $1 order by listed_id limit {ROWS_AT_ONCE}", place
    ):
        await _check_terms(session, report, rows)
        place = rows[-1].listed_id
    for customer, term in await session.fetch(_LEFT_OVER):
        report.fault(customer, "search", f"it is not in the mirror, yet it is found by {term!r}")


_LEFT_OVER = (
    "select t.customer, t.term from customer_terms t left join customers c on c.bucket = t.bucket and c.id = t.customer"
    " where c.id is null"
)
_OF_THESE = (
    "select t.customer, t.term from customers c join customer_terms t on t.bucket = c.bucket and t.customer = c.id"
    " where c.listed_id between $1 and $2"
)


async def _check_terms(session: Session, report: Report, rows: list[Customer]) -> None:
    expected = {(row.id, term.term) for row in rows for term in members.terms_of(row)}
    found = {
        (customer, term) for customer, term in await session.fetch(_OF_THESE, rows[0].listed_id, rows[-1].listed_id)
    }
    for customer, term in sorted(expected - found):
        report.fault(customer, "search", f"it is not found by {term!r}")
    for customer, term in sorted(found - expected):
        report.fault(customer, "search", f"it is found by {term!r}, which is not known of it")
