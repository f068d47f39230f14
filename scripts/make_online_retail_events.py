# /// script
# requires-python = ">=3.11"
# dependencies = ["pyarrow"]
# ///
"""Turn the invoice lines of the "Online Retail" data set into the events that the demo ships.

    python scripts/make_online_retail_events.py online_retail.parquet

Writes `src/vinr_engagement/entrypoints/demo/data/online_retail.ndjson.gz`, the same bytes on every run, and prints the
check figures; exits with 1, and writes nothing, where one of them is not what it has to be.

The input has one row per invoice line: `InvoiceNo` (a leading `C` is a cancellation, `A` a bad-debt adjustment),
`StockCode`, `Quantity`, `InvoiceDate` (local time in London), `UnitPrice` (GBP), `CustomerID` (null for a guest) and
`Country`.

The mapping:

- Invoices and cancellations are taken in order of (time, `InvoiceNo`); the time is the earliest of the lines.
- An invoice with a positive amount is a payment. Its amount is the exact sum of its lines, rounded once, in pence.
- A cancellation does not name the invoice that it cancels. For each of its lines, in order, the same customer's earlier
  payments' lines with the same `StockCode` are walked from the newest to the oldest (within a payment from the last to
  the first), taking from what is left of each, at that line's own unit price, until the cancelled quantity is used up.
  What one cancellation takes from one payment, summed exactly and rounded once (half up), is one refund, cut to what is
  left of the payment. A refund of nothing, and goods returned that were never bought, make no event.

Prices have up to three decimals, so sums are kept in mills (a thousandth of a GBP) until they are rounded to pence.
"""

import argparse
import functools
import gzip
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet

OUTPUT = Path(__file__).parents[1] / "src/vinr_engagement/entrypoints/demo/data/online_retail.ndjson.gz"
COLUMNS = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
SHOP_ZONE = ZoneInfo("Europe/London")

EXPECTED = {
    "invoices": 25_900,
    "payments": 19_960,
    "payments, pence": 1_066_668_454,
    "payments with a customer": 18_532,
    "customers who paid": 4_338,
    "points on those payments": 8_902_670,
    "cancellations": 3_836,
    "cancellations, pence": -89_681_249,
    "cancellations with a customer": 3_654,
    "refunds": 3_848,
    "refunds, pence": 51_615_445,
    "payments refunded": 3_265,
    "members": 4_338,
    "points earned": 8_902_670,
    "points reversed": 516_114,
    "points kept": 8_386_556,
}

Event = dict[str, Any]


@dataclass(slots=True)
class Line:
    """One line of an invoice; `left` is the quantity that no cancellation has taken yet."""

    stock_code: str
    quantity: int
    price_mills: int
    left: int = 0


@dataclass(slots=True)
class Invoice:
    """An invoice or a cancellation with its lines in their order; `local_time` is London's, without a zone."""

    number: str
    local_time: datetime
    customer: int | None
    country: str
    lines: list[Line] = field(default_factory=list[Line])

    @property
    def is_cancellation(self) -> bool:
        return self.number.startswith("C")

    @property
    def amount_minor(self) -> int:
        return pence(sum(line.quantity * line.price_mills for line in self.lines))

    @property
    def created_at(self) -> str:
        moment = self.local_time.replace(tzinfo=SHOP_ZONE).astimezone(UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(slots=True)
class Payment:
    """A payment and how much of it has been refunded, both in pence."""

    invoice: Invoice
    amount_minor: int
    refunded_minor: int = 0


@dataclass(slots=True)
class Refund:
    """What one cancellation gives back of one payment, in pence."""

    cancellation: Invoice
    payment: Payment
    amount_minor: int


def pence(mills: int) -> int:
    """Round mills (a thousandth of a GBP) to pence, half up."""
    return (mills + 5) // 10


@functools.cache
def exact_mills(price: float) -> int:
    """The price in mills, as it was written; ValueError where it has more than three decimals."""
    mills = Decimal(repr(price)) * 1000
    if mills != int(mills):
        raise ValueError(f"a price with more than three decimals: {price!r}")
    return int(mills)


def read_invoices(path: Path) -> list[Invoice]:
    """All invoices of the file, in the order in which they happened: (time, number)."""
    table = pyarrow.parquet.read_table(path, columns=COLUMNS)
    invoices: dict[str, Invoice] = {}
    for number, code, quantity, time, price, customer, country in zip(
        *(table.column(name).to_pylist() for name in COLUMNS), strict=True
    ):
        invoice = invoices.setdefault(number, Invoice(number, time, customer, country))
        invoice.local_time = min(invoice.local_time, time)
        invoice.lines.append(Line(code, quantity, exact_mills(price)))
    return sorted(invoices.values(), key=lambda invoice: (invoice.local_time, invoice.number))


class Receipts:
    """What each customer has bought, article by article, and not yet returned."""

    def __init__(self) -> None:
        self._bought: defaultdict[tuple[int, str], list[tuple[Payment, Line]]] = defaultdict(list)

    def keep(self, payment: Payment) -> None:
        """Remember the goods of a payment; a guest has no receipts."""
        customer = payment.invoice.customer
        if customer is None:
            return
        for line in payment.invoice.lines:
            if line.quantity > 0:
                line.left = line.quantity
                self._bought[customer, line.stock_code].append((payment, line))

    def take_back(self, cancellation: Invoice) -> list[Refund]:
        """The refunds of a cancellation: it takes from the newest purchases first."""
        taken_mills: dict[str, int] = defaultdict(int)
        payments: dict[str, Payment] = {}
        for payment, mills in self._taken(cancellation):
            payments[payment.invoice.number] = payment
            taken_mills[payment.invoice.number] += mills
        refunds = [refund(cancellation, payments[number], mills) for number, mills in taken_mills.items()]
        return [each for each in refunds if each.amount_minor > 0]

    def _taken(self, cancellation: Invoice) -> Iterator[tuple[Payment, int]]:
        if cancellation.customer is None:
            return
        for cancelled in cancellation.lines:
            wanted = -cancelled.quantity
            for payment, line in reversed(self._bought[cancellation.customer, cancelled.stock_code]):
                quantity = min(wanted, line.left)
                if quantity > 0:
                    line.left -= quantity
                    wanted -= quantity
                    yield payment, quantity * line.price_mills


def refund(cancellation: Invoice, payment: Payment, mills: int) -> Refund:
    """Give back so many mills, rounded once to pence and cut to what is left of the payment."""
    amount_minor = min(pence(mills), payment.amount_minor - payment.refunded_minor)
    payment.refunded_minor += amount_minor
    return Refund(cancellation, payment, amount_minor)


def replay(invoices: Iterable[Invoice]) -> Iterator[Payment | Refund]:
    """What happened, in order; a payment's `refunded_minor` is final only at the end."""
    receipts = Receipts()
    for invoice in invoices:
        if invoice.is_cancellation:
            yield from receipts.take_back(invoice)
        elif invoice.amount_minor > 0:
            payment = Payment(invoice, invoice.amount_minor)
            receipts.keep(payment)
            yield payment


def figures(invoices: list[Invoice], happened: list[Payment | Refund]) -> dict[str, int]:
    """Everything that `EXPECTED` names, counted from what was read and made."""
    payments = [each for each in happened if isinstance(each, Payment)]
    refunds = [each for each in happened if isinstance(each, Refund)]
    return invoice_figures(invoices, payments) | refund_figures(refunds) | point_figures(payments)


def invoice_figures(invoices: list[Invoice], payments: list[Payment]) -> dict[str, int]:
    """What the invoices come to before any refund."""
    cancellations = [invoice for invoice in invoices if invoice.is_cancellation]
    known = [payment for payment in payments if payment.invoice.customer is not None]
    return {
        "invoices": len(invoices),
        "payments": len(payments),
        "payments, pence": sum(payment.amount_minor for payment in payments),
        "payments with a customer": len(known),
        "customers who paid": len({payment.invoice.customer for payment in known}),
        "points on those payments": sum(payment.amount_minor // 100 for payment in known),
        "cancellations": len(cancellations),
        "cancellations, pence": sum(invoice.amount_minor for invoice in cancellations),
        "cancellations with a customer": sum(invoice.customer is not None for invoice in cancellations),
    }


def refund_figures(refunds: list[Refund]) -> dict[str, int]:
    """What the cancellations give back."""
    return {
        "refunds": len(refunds),
        "refunds, pence": sum(refund.amount_minor for refund in refunds),
        "payments refunded": len({refund.payment.invoice.number for refund in refunds}),
    }


def point_figures(payments: list[Payment]) -> dict[str, int]:
    """A program with auto-enrolment and one point per whole GBP: a payment keeps the points of its net amount."""
    known = [payment for payment in payments if payment.invoice.customer is not None]
    earning = [payment for payment in known if payment.amount_minor >= 100]
    earned = sum(payment.amount_minor // 100 for payment in known)
    kept = sum((payment.amount_minor - payment.refunded_minor) // 100 for payment in known)
    return {
        "members": len({payment.invoice.customer for payment in earning}),
        "points earned": earned,
        "points reversed": earned - kept,
        "points kept": kept,
    }


def event(happened: Payment | Refund) -> Event:
    """The event as a shop would send it."""
    if isinstance(happened, Payment):
        return payment_event(happened)
    return refund_event(happened)


def payment_event(payment: Payment) -> Event:
    """`payment.completed`; a guest's has no customer."""
    invoice = payment.invoice
    customer = {} if invoice.customer is None else {"customer": f"cust_{invoice.customer}"}
    paid = {"id": f"pay_{invoice.number}", "amount": payment.amount_minor, "currency": "GBP"}
    return {
        "id": f"evt_{invoice.number}",
        "type": "payment.completed",
        "created_at": invoice.created_at,
        "data": {"object": paid | customer | {"metadata": {"country": invoice.country}}},
    }


def refund_event(refund: Refund) -> Event:
    """`refund.completed`, named after the cancellation and the invoice that it gives back."""
    number = refund.payment.invoice.number
    name = f"{refund.cancellation.number}_{number}"
    returned = {"id": f"re_{name}", "payment": f"pay_{number}", "amount": refund.amount_minor, "currency": "GBP"}
    return {
        "id": f"evt_{name}",
        "type": "refund.completed",
        "created_at": refund.cancellation.created_at,
        "data": {"object": returned},
    }


def compressed(events: Iterable[Event]) -> bytes:
    """The events, one line of compact JSON each, gzipped without a time or a name: the same bytes every time."""
    lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in events)
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write("".join(lines).encode())
    return buffer.getvalue()


def report(found: dict[str, int]) -> bool:
    """Print every figure beside the expected one; say whether all agree."""
    for name, expected in EXPECTED.items():
        verdict = "ok" if found[name] == expected else f"DIFFERS, expected {expected:,}"
        print(f"{name:32}{found[name]:>16,}  {verdict}")
    return found == EXPECTED


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the demo's events from the Online Retail data set.")
    parser.add_argument("parquet", type=Path, help="the data set, one row per invoice line")
    invoices = read_invoices(parser.parse_args().parquet)
    happened = list(replay(invoices))
    if not report(figures(invoices, happened)):
        return 1
    content = compressed(map(event, happened))
    OUTPUT.write_bytes(content)
    print(f"{len(happened):,} events, {len(content):,} bytes: {OUTPUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
