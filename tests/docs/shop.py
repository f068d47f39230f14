"""A shop with one loyalty program in a store of its own, told what to do in the words of the guides' tables."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.stores import sqlite_url
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Adjust,
    AdvanceClock,
    CreateAccount,
    IssueCredit,
    ReceiveEvent,
    SetClock,
    SpendCredit,
    Store,
    UpdateProgram,
    UpdateRule,
    parse_event,
)
from vinr_engagement.commands.events import EventOutcome
from vinr_engagement.credit import queries as credit_queries
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import DAY, Instant, format_instant, parse_instant
from vinr_engagement.foundation.settings import Settings
from vinr_engagement.ledger import Lot, Transaction
from vinr_engagement.ledger import queries as ledger_queries
from vinr_engagement.members import Account
from vinr_engagement.members import queries as member_queries

Json = dict[str, Any]

PROGRAM, RULE, CUSTOMER = "prog_default", "rule_default", "cust_ada"
START = "2026-04-01T12:00:00Z"
_ORIGIN = Origin("tests")


class Shop:
    """The default program of a fresh install, and one customer who is a member from the start."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.member = ""
        self.customer = CUSTOMER
        self.count = 0
        self.payment = "pay_1"
        self.paid = 0
        self.last_refund: Json = {}

    async def run(self, command: Any) -> Any:
        """What a command answers."""
        return await self.store.write_path.run(command, _ORIGIN)

    async def enrol(self) -> None:
        self.member = (await self.run(CreateAccount(PROGRAM, self.customer, {})))["id"]

    async def program(self, **changes: Any) -> None:
        await self.run(UpdateProgram(PROGRAM, changes))

    async def rule(self, **changes: Any) -> None:
        await self.run(UpdateRule(RULE, changes))

    async def send(self, event: Json) -> EventOutcome:
        outcome: EventOutcome = await self.run(ReceiveEvent(parse_event(event)))
        return outcome

    async def tell(self, event_type: str, body: Json, at: str | None = None, event: str | None = None) -> EventOutcome:
        """Sends an event of a type, with an id of its own, that happened now."""
        self.count += 1
        moment = at or format_instant(await self.store.now())
        sent = {"id": event or f"evt_{self.count}", "type": event_type, "created_at": moment, "data": {"object": body}}
        return await self.send(sent)

    async def set_clock(self, moment: str) -> None:
        await self.run(SetClock(parse_instant(moment)))

    async def advance(self, moment: Instant) -> None:
        await self.run(AdvanceClock(moment))
        await self.store.sweep()

    async def account(self) -> Account:
        found = await self.store.database.read(lambda session: member_queries.get_account(session, self.member))
        assert found is not None
        return found

    async def transactions(self, row_type: str | None = None) -> list[Transaction]:
        """The member's rows, oldest first."""
        account = await self.account()
        rows = await self.store.database.read(lambda session: ledger_queries.all_transactions(session, account))
        return [row for row in rows if row_type in (None, row.type)]

    async def lots(self) -> list[Lot]:
        account = await self.account()
        return await self.store.database.read(lambda session: ledger_queries.all_lots(session, account))

    async def total(self, row_type: str) -> int:
        return abs(sum(row.amount for row in await self.transactions(row_type)))

    async def play(self, steps: str) -> None:
        """Carries out steps separated by semicolons."""
        for step in steps.split(";"):
            await self._step(step.strip().replace("`", ""))

    async def _step(self, step: str) -> None:
        for pattern, action in _STEPS.items():
            found = re.fullmatch(pattern, step)
            if found:
                await action(self, *found.groups())
                return
        raise AssertionError(f"nobody knows how to do {step!r}")

    async def pays(self, amount: str, parts: str | None) -> None:
        self.paid += 1
        self.payment = f"pay_{self.paid}"
        body: Json = {"id": self.payment, "amount": minor(amount), "currency": "GBP", "customer": self.customer}
        if parts:
            items = re.findall(r"£([\d.]+) of (\w+)", parts)
            body["line_items"] = [{"category": category, "amount": minor(price)} for price, category in items]
        await self.tell("payment.completed", body)

    async def invoice(self, amount: str) -> None:
        body = {"id": "inv_1", "payment": self.payment, "amount": minor(amount), "currency": "GBP"}
        await self.tell("invoice.paid", {**body, "customer": CUSTOMER})

    async def refund(self, amount: str, ordinal: str | None) -> None:
        payment = "pay_1" if ordinal else self.payment
        self.last_refund = {"id": f"re_{self.count + 1}", "payment": payment, "amount": minor(amount)}
        await self.tell("refund.completed", self.last_refund)

    async def same_refund(self) -> None:
        outcome = await self.tell("refund.completed", self.last_refund)
        assert outcome.reason == "refund_already_completed"

    async def refunded_in_all(self, amount: str) -> None:
        await self.tell("payment.refunded", {"id": self.payment, "amount_refunded": minor(amount)})

    async def dispute(self, status: str, amount: str | None) -> None:
        body: Json = {"id": f"dp_{self.count}", "payment": self.payment, "status": status}
        await self.tell("dispute.resolved", body if amount is None else {**body, "amount": minor(amount)})

    async def spends(self, points: str) -> None:
        await self.run(Adjust(self.member, -int(points), "spent", {}))

    async def is_given(self, points: str) -> None:
        await self.run(Adjust(self.member, int(points), "goodwill_credit", {}))

    async def is_issued(self, amount: str, days: str | None) -> None:
        """Store credit, in pounds; which expires after some days, if it is said."""
        expires_at = None if days is None else await self.store.now() + int(days) * DAY
        await self.run(IssueCredit(self.member, minor(amount), "GBP", "goodwill", {}, expires_at))

    async def spends_credit(self, amount: str, payment: str) -> None:
        await self.run(SpendCredit(self.member, minor(amount), "GBP", payment))

    async def payment_ends(self, payment: str, how: str) -> None:
        await self.tell(f"payment.{how}", {"id": payment})

    async def credit(self) -> int:
        """What the member's wallet holds, in pence."""
        account = await self.account()
        wallets = await self.store.database.read(lambda session: credit_queries.wallets_of(session, account))
        return sum(wallet.balance for wallet in wallets)

    async def pass_months(self, count: str) -> None:
        zone = self.store.write_path.configuration.program(PROGRAM).zone
        await self.advance(calendar.add_months(await self.store.now(), int(count), zone))

    async def pass_days(self, count: str) -> None:
        await self.advance(await self.store.now() + int(count) * DAY)

    async def multiplier_becomes(self, factor: str) -> None:
        await self.rule(multiplier=factor)


_Step = Callable[..., Awaitable[None]]
_MONEY = r"£(\d+(?:\.\d\d)?)"
_STEPS: dict[str, _Step] = {
    rf"pays {_MONEY}(?:: (.+))?": Shop.pays,
    rf"invoice of {_MONEY} for it": Shop.invoice,
    rf"refund {_MONEY}( of the first)?": Shop.refund,
    r"the same refund again": Shop.same_refund,
    rf"refunded in all {_MONEY}": Shop.refunded_in_all,
    rf"(lost|won) dispute(?: over {_MONEY})?": Shop.dispute,
    r"spends (\d+)": Shop.spends,
    r"is given (\d+)": Shop.is_given,
    rf"is issued {_MONEY}(?: for (\d+) days)?": Shop.is_issued,
    rf"spends {_MONEY} on (\w+)": Shop.spends_credit,
    r"(\w+) has (failed|expired)": Shop.payment_ends,
    r"(\d+) months? pass(?:es)?": Shop.pass_months,
    r"(\d+) days? pass(?:es)?": Shop.pass_days,
    r"the rule's multiplier becomes (\d+)": Shop.multiplier_becomes,
}


def minor(amount: str) -> int:
    """``19.99`` as 1999."""
    pounds, _, pence = amount.partition(".")
    return 100 * int(pounds) + int(pence or 0)


@asynccontextmanager
async def empty_store(database: Path | str, moment: str | None = START) -> AsyncIterator[Store]:
    """A fresh install's test store, its clock set, in a folder or in the database of a URL."""
    url = database if isinstance(database, str) else sqlite_url(database)
    store = await Store.open("test", Settings(database_url=url))
    try:
        if moment is not None:
            await store.write_path.run(SetClock(parse_instant(moment)), _ORIGIN)
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_shop(folder: Path, moment: str = START) -> AsyncIterator[Shop]:
    """A shop with its member enrolled."""
    async with empty_store(folder, moment) as store:
        shop = Shop(store)
        await shop.enrol()
        yield shop
