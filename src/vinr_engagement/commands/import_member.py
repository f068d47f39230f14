"""Taking over a member from another system: the account, its opening balance lot by lot, and its lifetime points.

Once per line id: what came of a line is kept in the inbox, in the same transaction. Why so: docs/decisions/0010.
"""

from collections.abc import Iterable, Iterator

from vinr_engagement import inbox, ledger, members, programs
from vinr_engagement.commands import cascade, standing, store_credit
from vinr_engagement.commands.context import Context, Decision, no_such
from vinr_engagement.commands.enroll import open_account
from vinr_engagement.commands.events.outcome import EventOutcome, ProgramOutcome, decoder, line
from vinr_engagement.commands.member_in import LotIn, MemberIn, canonical_of
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict, Unprocessable
from vinr_engagement.inbox import ReceivedEvent
from vinr_engagement.ledger import Cause, Source, Transaction
from vinr_engagement.members import Account
from vinr_engagement.programs import Program

EVENT_TYPE = "member.imported"
REASON = "opening_balance"
LIFETIME_REASON = "opening_lifetime"
_PREFIX = "import:"


def inbox_id(line: str) -> str:
    """Under which id a line is in the inbox, apart from those of the shop's events."""
    return _PREFIX + line


class ImportMember(Decision):
    """Opens an account as a line says. Answers an ``EventOutcome`` with the rows of the opening balance."""

    def __init__(self, member: MemberIn, *, welcome: bool = False) -> None:
        self.member = member
        self.welcome = welcome
        self._canonical = canonical_of(member)
        self._event = inbox_id(member.id)

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        first: list[Need] = [(inbox.RECEIVED_EVENTS, inbox.event_key(self._event))]
        key = None
        if self.member.customer is not None:
            key = members.link_key(self.member.customer, self.member.program)
            first.append((members.LINKS, key))
        yield first
        held = None if key is None else context.state.known(members.LINKS, key)
        if held is not None:
            yield [(members.ACCOUNTS, members.account_key(held.account))]

    def decide(self, context: Context) -> EventOutcome:
        first = context.state.find(inbox.RECEIVED_EVENTS, inbox.event_key(self._event))
        if first is not None:
            return self._repeat(first)
        program = self._program(context)
        self._check_times(context.now)
        account = open_account(
            context, program, self.member.customer, dict(self.member.metadata), self._enrolled_at(context.now)
        )
        if self.welcome:
            cascade.react(context, account.enrolled_at)
        standing.watch(context, account)
        rows = self._open_balance(context, program, account)
        for row in rows:
            day = standing.day_of(context, account, row.effective_at)
            standing.count(context, account, day, points=row.qualifying)
        rows += self._open_wallets(context, account)
        standing.reassess(context)
        cascade.begin(context)  # what another system gave is no occasion for rules
        return self._record(context, account, rows)

    def _repeat(self, first: ReceivedEvent) -> EventOutcome:
        if first.fingerprint != json.fingerprint(self._canonical):
            raise Conflict(
                "event_conflict",
                f"Line {self.member.id!r} was imported before with different content; a line id names one member for ever.",
                resource=self.member.id,
            )
        if first.outcome == inbox.ERASED:
            return EventOutcome(self.member.id, EVENT_TYPE, "duplicate", "erased", first_status="processed")
        answer = decoder.decode(first.outcome)
        answer.first_status, answer.status = answer.status, "duplicate"
        return answer

    def _program(self, context: Context) -> Program:
        entry = context.configuration.programs.get(self.member.program)
        if entry is None:
            raise no_such("program", self.member.program, "program")
        if entry.program.status == "archived":
            raise Conflict(
                "program_archived",
                f"Program {self.member.program} is archived and takes no new members.",
                resource=self.member.program,
            )
        return entry.program

    def _enrolled_at(self, now: Instant) -> Instant:
        """As given; else when the first of the lots was earned."""
        if self.member.enrolled_at is not None:
            return self.member.enrolled_at
        return min((lot.earned_at for lot in self.member.lots if lot.earned_at is not None), default=now)

    def _check_times(self, now: Instant) -> None:
        given = [("enrolled_at", self.member.enrolled_at)]
        given += [(f"lots[{place}].earned_at", lot.earned_at) for place, lot in enumerate(self.member.lots)]
        for param, moment in given:
            if moment is not None and moment > now:
                raise Unprocessable(
                    "event_in_future",
                    f"{param} {format_instant(moment)} is ahead of the clock, {format_instant(now)}.",
                    param=param,
                )

    def _open_balance(self, context: Context, program: Program, account: Account) -> list[Transaction]:
        """A row for each lot, one for a debt, one for the lifetime points that no lot accounts for."""
        earned = [lot.earned_at or context.now for lot in self.member.lots]
        account.activity_at = max([account.activity_at, *earned])
        left = self.member.lifetime()
        rows = []
        for place, lot in enumerate(self.member.lots):
            qualifying = lot.points <= left
            left -= lot.points if qualifying else 0
            rows.append(self._credit(context, program, account, place, lot, qualifying=qualifying))
        if self.member.debt:
            cause = self._cause(REASON)
            rows.append(
                ledger.debit(context.state, account, program, self.member.debt, cause, context.now, allow_negative=True)
            )
        if left:
            rows.append(self._recognise(context, account, left))
        return rows

    def _credit(
        self, context: Context, program: Program, account: Account, place: int, lot: LotIn, *, qualifying: bool
    ) -> Transaction:
        now = context.now
        effective_at = now if lot.earned_at is None else lot.earned_at
        _, expires_at, months = programs.credit_dates(program, effective_at, held=False)
        if lot.never_expires:
            expires_at, months = None, None
        elif lot.expires_at is not None:
            expires_at, months = lot.expires_at, None
        if months is not None:
            closes_at: Instant | None = programs.inactivity_deadline(program, account.activity_at, months)
        else:
            closes_at = expires_at
        if closes_at is not None and closes_at <= now:
            raise _expired(lot, place, closes_at, now)
        return ledger.credit(
            context.state,
            account,
            program,
            lot.points,
            self._cause(REASON),
            {"award": {"type": "opening_balance", "points": lot.points}, "result": lot.points},
            now,
            effective_at=effective_at,
            available_at=effective_at if lot.available_at is None else lot.available_at,
            expires_at=expires_at,
            inactivity_months=months,
            qualifying=qualifying,
        )

    def _recognise(self, context: Context, account: Account, points: int) -> Transaction:
        explanation = {"award": {"type": "opening_lifetime", "points": points}, "result": 0}
        return ledger.recognise(
            context.state,
            account,
            points,
            self._cause(LIFETIME_REASON),
            explanation,
            context.now,
            effective_at=account.enrolled_at,
        )

    def _open_wallets(self, context: Context, account: Account) -> list[Transaction]:
        """A row for each amount of store credit."""
        return [
            store_credit.issue(
                context,
                account,
                given.currency,
                given.amount,
                self._cause(REASON),
                {"award": {"type": "opening_balance", "amount": given.amount}, "result": given.amount},
                expires_at=given.expires_at,
                param=f"wallets[{place}].expires_at",
            )
            for place, given in enumerate(self.member.wallets)
        ]

    def _cause(self, reason: str) -> Cause:
        return Cause("adjust", Source("adjustment", self.member.id), reason=reason, event=self._event)

    def _record(self, context: Context, account: Account, rows: list[Transaction]) -> EventOutcome:
        lines = [line(row) for row in rows]
        program = ProgramOutcome(
            account.program, "processed", None, account.id, enrolled=True, balance=account.balance, transactions=lines
        )
        answer = EventOutcome(
            self.member.id, EVENT_TYPE, "processed", programs=[program], customer=self.member.customer
        )
        inbox.record(
            context.state,
            self._event,
            EVENT_TYPE,
            customer=self.member.customer,
            account=None if self.member.customer is not None else account.id,
            status="processed",
            canonical=self._canonical,
            outcome=answer.encoded,
            occurred_at=account.enrolled_at,
            now=context.now,
        )
        return answer


def _expired(lot: LotIn, place: int, closed_at: Instant, now: Instant) -> Unprocessable:
    by = "" if lot.expires_at is not None else " by the program's policy"
    return Unprocessable(
        "expires_at_in_past",
        f"lots[{place}] of {lot.points} points expired{by} at {format_instant(closed_at)}, before the clock, "
        f"{format_instant(now)}: leave it out, or give it the expires_at that was promised.",
        param=f"lots[{place}].expires_at",
    )
