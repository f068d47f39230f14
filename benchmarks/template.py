"""One member's history, written by the engine in a scratch store and turned into functions that write it for others.

So the rows of a filled store have the engine's own shapes, whatever they become: only ids, buckets and times are replaced.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import program, traffic
from benchmarks.program import Furnishing
from vinr_engagement import campaigns, inbox, ledger, members, outbox, payments, programs, rules, tiers
from vinr_engagement.audit import Origin
from vinr_engagement.commands import Adjust, EventOutcome, ReceiveEvent, SetClock, Store, parse_event
from vinr_engagement.foundation import calendar, ids, json
from vinr_engagement.foundation.clock import SECOND, Instant, format_instant
from vinr_engagement.foundation.database import Session, Table
from vinr_engagement.foundation.settings import Settings

GIFT = 100_000
"""Points of an adjustment: enough for all the rewards that anybody redeems."""
SHIFTS = 4_096
SHIFT = 5 * SECOND
"""A member's history is the template's, later by up to ``SHIFTS`` times this: within the same day."""
TABLES: tuple[Table[Any], ...] = (
    members.ACCOUNTS, members.LINKS, members.CUSTOMERS, members.TERMS, inbox.RECEIVED_EVENTS, payments.PAYMENTS,
    payments.PURCHASES, ledger.TRANSACTIONS, ledger.LOTS, rules.RULE_USAGE, tiers.DAILY_TOTALS,
    campaigns.CAMPAIGN_MEMBERS, outbox.OUTGOING_EVENTS,
)  # fmt: skip
"""Those that an event of a known kind writes to."""
_CONFIGURATION = {
    "store_state", "api_keys", "programs", "earning_rules", "earning_rule_versions", "rule_budgets", "audit_log", "leases",
    "schema_migrations", "imports", "segments", "rewards", "reward_stock", "campaigns", "event_batches",
    "webhook_endpoints", "webhook_cursors", "webhook_deliveries",
    "people", "invitations", "sessions", "sign_in_attempts",
    "connectors", "connector_receipts", "movements", "analytics_totals", "analytics_cohorts", "analytics_activity",
    "analytics_state",
}  # fmt: skip
_OWNERS = {"customer_links": "customer", "customers": "customer", "customer_terms": "customer", "payments": "payment"}
"""Whose bucket a row is in, where it is not the account's."""
_FIRST_INSTANT = 10**14
_BUYER, _HOME, _JOINED = "cust_template", "country_template", "evt_template_joined"

Rows = tuple[tuple[Any, ...], ...]
Writer = Callable[[int, int, str, int], Rows]
"""From a member, the number of the event, the account's id and a shift to rows, as ``tables`` names them."""


@dataclass(frozen=True)
class Part:
    """What is written at one time: for the enrolment, a payment or an adjustment. ``place`` is that among the payments."""

    place: int
    tables: tuple[Table[Any], ...]
    write: Writer


@dataclass(frozen=True)
class Template:
    """A member's parts in the order of time, and how many payments and ledger rows there are among them."""

    parts: tuple[Part, ...]
    payments: int
    rows: int


def make(at: Sequence[Instant], payments_made: int, furnishing: Furnishing = program.plain) -> Template:
    """The history of a member: payments in the app, then adjustments, at these times, in a store that is set up like this.

    With everything on, the customer is made known beforehand; every second one is at home.
    """
    for _ in range(50):
        with tempfile.TemporaryDirectory(prefix="vinr-bench-") as folder:
            rows = asyncio.run(_history(Path(folder), at, payments_made, furnishing))
        if rows[members.ACCOUNTS][0].bucket >= 1_000:  # so that it is told from every other number
            return _Compiler(rows, at, payments_made).template()
    raise RuntimeError("no template")


async def _history(
    folder: Path, at: Sequence[Instant], payments_made: int, furnishing: Furnishing
) -> dict[Table[Any], list[Any]]:
    store = await Store.open("test", Settings(database_url=f"sqlite:///{folder}/scratch.db"))
    try:
        await store.write_path.run(
            SetClock(at[0]), Origin("benchmarks")
        )  # it cannot be set back once something is told
        await furnishing(store)
        await _live(store, at, payments_made, known=furnishing is program.everything)
        return await store.database.read(_written)
    finally:
        await store.close()


async def _live(store: Store, at: Sequence[Instant], payments_made: int, *, known: bool) -> None:
    origin, account = Origin("benchmarks"), ""
    for place, moment in enumerate(at):
        await store.write_path.run(SetClock(moment), origin)
        if place == 0 and known:
            await _hear(store, traffic.joining(_JOINED, _BUYER, _HOME), moment)
        if place < payments_made:
            event = traffic.payment(f"evt_template_{place}", f"pay_template_{place}", 1_999 + place, _BUYER, "app")
            account = (await _hear(store, event, moment)).programs[0].account or ""
        else:
            await store.write_path.run(Adjust(account, GIFT + place, "goodwill", {}), origin)


async def _hear(store: Store, event: dict[str, object], moment: Instant) -> EventOutcome:
    said = {**event, "created_at": format_instant(moment)}
    return await store.write_path.run(ReceiveEvent(parse_event(said)), Origin("benchmarks"))


async def _written(session: Session) -> dict[Table[Any], list[Any]]:
    tables = await session.fetch("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    known = {table.name for table in TABLES} | _CONFIGURATION
    for (name,) in tables:
        if name not in known and await session.fetch(f"select 1 from {name} limit 1"):
            raise RuntimeError(f"the engine writes to {name}, which benchmarks/template.py does not know")
    rows: dict[Table[Any], list[Any]] = {table: await session.rows(table, "true") for table in TABLES}
    (member,) = rows[members.ACCOUNTS]
    rows[outbox.OUTGOING_EVENTS] = [row for row in rows[outbox.OUTGOING_EVENTS] if row.account == member.id]
    return rows


class _Compiler:
    """Writes the source of each part: a tuple for each row, f-strings where an id or a time stands in a text."""

    def __init__(self, rows: dict[Table[Any], list[Any]], at: Sequence[Instant], payments_made: int) -> None:
        self._rows = rows
        self._at = list(at)
        self._payments = payments_made
        self._bucket = str(rows[members.ACCOUNTS][0].bucket)
        self._names: dict[str, str] = {}
        self._places: dict[str, int] = {}
        self._instants = sorted({value for table in TABLES for row in rows[table] for value in _instants(table, row)})
        self._name_everything()
        texts = sorted(self._names, key=len, reverse=True)
        self._marks = re.compile("|".join(map(re.escape, texts)) + rf"|(?<=\",){self._bucket}(?=[,\]])")

    def _name_everything(self) -> None:
        self._names |= {self._rows[members.ACCOUNTS][0].id: "account", _BUYER: "customer"}
        self._names |= {_JOINED: "joined", _HOME: "home"}
        for customer in self._rows[members.CUSTOMERS]:
            self._names[customer.listed_id] = "listed"
        for place in range(self._payments):
            self._names |= {f"evt_template_{place}": "event", f"pay_template_{place}": "payment"}
            self._places |= {f"evt_template_{place}": place, f"pay_template_{place}": place}
        for row in self._rows[inbox.RECEIVED_EVENTS]:
            self._names[row.received_id] = "received"
        for index, row in enumerate(self._rows[ledger.TRANSACTIONS]):
            self._names[row.id] = f"transaction_{index}"
            self._places[row.id] = self._at.index(row.created_at)
        for index, row in enumerate(self._rows[outbox.OUTGOING_EVENTS]):
            self._names[row.id] = f"outgoing_{index}"
        for index, instant in enumerate(self._instants):
            self._names[format_instant(instant)] = f"instant_{index}[shift]"

    def template(self) -> Template:
        """Everything."""
        enrolment: list[tuple[Table[Any], Any]] = []
        later: list[list[tuple[Table[Any], Any]]] = [[] for _ in self._at]
        for table in TABLES:
            for row in self._rows[table]:
                place = self._place_of(row)
                (enrolment if place is None else later[place]).append((table, row))
        parts = [self._part(place, rows) for place, rows in enumerate(later)]
        return Template((self._part(0, enrolment), *parts), self._payments, len(self._rows[ledger.TRANSACTIONS]))

    def _place_of(self, row: Any) -> int | None:
        """Among the payments and adjustments; ``None`` for what belongs to none of them."""
        values = [getattr(row, name) for name in row.__struct_fields__]
        texts = " ".join(value for value in values if isinstance(value, str))
        found = {self._places[mark] for mark in self._marks.findall(texts) if mark in self._places}
        return found.pop() if found else None

    def _part(self, place: int, rows: list[tuple[Table[Any], Any]]) -> Part:
        source = "(" + ", ".join([self._tuple(table, row) for table, row in rows]) + ",)"
        lines = ["def write(member, number, account, shift):", *self._preparation(source), f"    return {source}"]
        names: dict[str, Any] = {
            "bucket_of": ids.bucket_of,
            "new_id": ids.new_id,
            "fingerprint": json.fingerprint,
            "spread": traffic.spread,
            "customer_of": traffic.customer,
        }
        for index, instant in enumerate(self._instants):
            if f"instant_{index}[" in source:
                names[f"instant_{index}"] = [format_instant(instant + shift * SHIFT) for shift in range(SHIFTS)]
        exec("\n".join(lines), names)  # made here, of the engine's own rows
        return Part(place, tuple(table for table, _ in rows), names["write"])

    def _preparation(self, source: str) -> list[str]:
        """The ids that the rows of a part share, in the order in which the engine draws them."""
        lines = ["customer = customer_of(member)", "bucket = bucket_of(account)", f"later = shift * {SHIFT}"]
        if "received" in source:
            lines += ["word = spread(number)", "event = 'evt_' + word", "payment = 'pay_' + word"]
            lines += ["received, joined = new_id('rcv'), 'evt_joined_' + word"]
        if "listed" in source:
            lines += ["listed, home = new_id('cus'), 'FR' if member % 2 else 'GB'"]
        for name in sorted(set(re.findall(r"(?:transaction|outgoing)_\d+", source))):
            lines.append(f"{name} = new_id('{'ptx' if name.startswith('t') else 'evt'}', bucket)")
        return [f"    {line}" for line in lines]

    def _tuple(self, table: Table[Any], row: Any) -> str:
        types = zip(table.columns, table.array_types, strict=True)
        return "(" + ", ".join(self._value(table, row, column, kind) for column, kind in types) + ")"

    def _value(self, table: Table[Any], row: Any, column: str, kind: str) -> str:
        value = getattr(row, column)
        if column == "bucket":
            return self._bucket_of(table, row)
        if column == "next_due_at" and value is not None and _begins_a_day(value):
            return str(value)  # what falls due with a day does so at the same time for all
        if column == "fingerprint":
            return f"fingerprint((body := {self._text(row.body)}).encode())"
        if column == "body" and table is inbox.RECEIVED_EVENTS:
            return "body"
        if value is None or kind == "boolean":
            return repr(value if value is None else bool(value))
        if isinstance(value, int):
            return f"{value} + later" if value > _FIRST_INSTANT else str(value)
        return self._text(value)

    def _bucket_of(self, table: Table[Any], row: Any) -> str:
        """By the id that it is of; the account's own where no other is named."""
        if table is inbox.RECEIVED_EVENTS:
            return f"bucket_of({self._names[row.id]})"
        owner = _OWNERS.get(table.name)
        return "bucket" if owner is None else f"bucket_of({owner})"

    def _text(self, value: str) -> str:
        """A literal, or an f-string."""
        pieces, end = [], 0
        for mark in self._marks.finditer(value):
            pieces += [_literal(value[end : mark.start()]), "{" + self._names.get(mark[0], "bucket") + "}"]
            end = mark.end()
        if end == 0:
            return repr(value)
        return "f'" + "".join([*pieces, _literal(value[end:])]) + "'"


def _literal(text: str) -> str:
    """Inside an f-string of single quotes."""
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("{", "{{"), ("}", "}}")):
        text = text.replace(plain, escaped)
    return text


def _begins_a_day(instant: Instant) -> bool:
    """In the program's timezone."""
    zone = programs.default_program(0).zone
    return calendar.start_of_day_number(calendar.day_number(instant, zone), zone) == instant


def _instants(table: Table[Any], row: Any) -> list[int]:
    return [value for name in table.columns if isinstance(value := getattr(row, name), int) and value > _FIRST_INSTANT]
