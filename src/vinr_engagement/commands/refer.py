"""Making a referral code, and using one."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from vinr_engagement import members, payments, programs, referrals, tiers
from vinr_engagement.commands import referring, standing
from vinr_engagement.commands.context import Context, Decision, account_needs, due_lots, no_such, of_account
from vinr_engagement.commands.enroll import enroll
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict, NotFound, Unprocessable
from vinr_engagement.members import Account
from vinr_engagement.programs import Program
from vinr_engagement.referrals import Referral, ReferralCode, ReferralConversions, Terms


class CreateReferral(Decision):
    """A pending referral with a code of its own for a member to share. ``terms.share_url`` falls back on the program's."""

    def __init__(self, program: str, referrer: str, terms: Terms, metadata: dict[str, str]) -> None:
        self.program = program
        self.referrer = referrer
        self.terms = terms
        self.metadata = metadata
        self._code = ids.new_readable_code()

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        yield [(referrals.REFERRAL_CODES, referrals.code_key(self._code))]
        yield from account_needs(context, (self.referrer,))

    def decide(self, context: Context) -> dict[str, Any]:
        program = _running(context, self.program)
        referrer = context.own_account(self.referrer)
        if referrer.program != program.id:
            raise _elsewhere(referrer, program.id)
        _refuse_closed(referrer)
        terms = self.terms._replace(share_url=self.terms.share_url or program.referral_share_url)
        if terms.share_url is not None:
            programs.check_share_url(terms.share_url, "share_url")
        referral = referrals.new_referral(referrer, self._free_code(context), terms, self.metadata, context.now)
        context.state.insert(referral)
        bucket, code = ids.bucket_of(referral.code), referral.code
        context.state.insert(ReferralCode(bucket, code, program.id, referrer.id, referral.id))
        if terms.max_conversions is not None:
            context.state.insert(ReferralConversions(bucket, code, 0))
        referring.tell(context, referrer, "referral.created", referral)
        return referrals.referral_snapshot(referral)

    def _free_code(self, context: Context) -> str:
        while context.state.find(referrals.REFERRAL_CODES, referrals.code_key(self._code)) is not None:
            self._code = ids.new_readable_code()
        return self._code


class _Asked(NamedTuple):
    """Who wants to use which code: the first referral under it, its referrer, and the referee, if that is a member yet."""

    program: Program
    first: Referral
    referrer: Account
    referee: Account | None


class AttributeReferral(Decision):
    """Somebody uses a code: an account, or a customer, who is enrolled then. Exactly one of the two is given."""

    def __init__(self, code: str, referee: str | None, customer: str | None) -> None:
        self.code = code.strip().upper()
        self.referee = referee
        self.customer = customer

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        code = referrals.code_key(self.code)
        yield [(referrals.REFERRAL_CODES, code)]
        held = context.state.known(referrals.REFERRAL_CODES, code)
        if held is None:
            return
        link = None if self.customer is None else members.link_key(self.customer, held.program)
        yield [] if link is None else [(members.LINKS, link)]
        known = None if link is None else context.state.known(members.LINKS, link)
        names = [held.referrer, *filter(None, (self.referee, known.account if known else None))]
        yield [(members.ACCOUNTS, members.account_key(name)) for name in names]
        found = [context.state.known(members.ACCOUNTS, members.account_key(name)) for name in names]
        yield [
            (referrals.REFERRALS, referrals.referral_key(held.referral)),
            *due_lots(context, found),
            *(of_account(referrals.DAYS_OF_REFERRER, found[0]) if found[0] else ()),
            *(need for account in found[1:] if account is not None for need in _past_of(account)),
        ]

    def decide(self, context: Context) -> dict[str, Any]:
        asked = self._asked(context)
        self._refuse_self(asked)
        if asked.referee is not None:
            _refuse_known(context, asked.referee)
        _refuse_limits(context, asked)
        referee = asked.referee
        if referee is None:
            referee, _ = enroll(context, asked.program, self.customer, {}, context.now)
        referral = _open(context, asked)
        referrals.attribute(referral, referee.id, context.now)
        referring.day_of(context, asked.referrer, referrals.day_of(context.now)).attributions += 1
        referee.referral = referral.id
        standing.wake(referee, referral.expires_at)
        referring.tell(context, referee, "referral.attributed", referral)
        return referrals.referral_snapshot(referral)

    def _asked(self, context: Context) -> _Asked:
        held = context.state.find(referrals.REFERRAL_CODES, referrals.code_key(self.code))
        if held is None:
            raise NotFound("referral_code_unknown", f"No referral has the code {self.code[:40]!r}.", param="code")
        program = _running(context, held.program)
        referrer = context.survivor(held.referrer)
        assert referrer is not None
        _refuse_closed(referrer)
        referee = self._member(context, program)
        if referee is not None:
            _refuse_closed(referee)
        first = context.state.find(referrals.REFERRALS, referrals.referral_key(held.referral))
        assert first is not None
        return _Asked(program, first, referrer, referee)

    def _member(self, context: Context, program: Program) -> Account | None:
        if self.referee is not None:
            account = context.own_account(self.referee)
            if account.program != program.id:
                raise _elsewhere(account, program.id)
            return account
        assert self.customer is not None
        link = context.state.find(members.LINKS, members.link_key(self.customer, program.id))
        return None if link is None else context.survivor(link.account)

    def _refuse_self(self, asked: _Asked) -> None:
        customer = self.customer if asked.referee is None else asked.referee.customer
        same_account = asked.referee is not None and asked.referee.id == asked.referrer.id
        if same_account or (customer is not None and customer == asked.referrer.customer):
            raise Unprocessable(
                "referral_self",
                f"Code {asked.first.code} is the member's own; nobody refers themselves.",
                resource=asked.referrer.id,
            )


def _past_of(referee: Account) -> list[Need]:
    """What tells whether a member was referred before, or has paid."""
    return [(referrals.REFERRALS_OF_REFEREE, (referee.id,)), *of_account(tiers.TOTALS_OF_ACCOUNT, referee)]


def _refuse_known(context: Context, referee: Account) -> None:
    """Raises ``Unprocessable`` for a member who was referred before, or who has paid.

    One that was attributed earlier in the batch is not in the list yet, but named by the account.
    """
    before = [row.id for row in context.state.select(referrals.REFERRALS_OF_REFEREE, (referee.id,))]
    if referee.referral is not None or before:
        raise Unprocessable(
            "referee_already_referred",
            f"Account {referee.id} was referred before; a member is referred once.",
            resource=referee.referral or before[0],
        )
    if _has_paid(context, referee):
        raise Unprocessable(
            "referee_already_paid",
            f"Account {referee.id} has paid before; only who has not can be referred.",
            resource=referee.id,
        )


def _has_paid(context: Context, account: Account) -> bool:
    """Whether any payment reached the account, one that was refunded since included."""
    if any(total.orders > 0 for total in standing.totals_of(context, account)):
        return True
    return any(
        context.state.select(payments.PURCHASES_OF_ACCOUNT, (bucket, account.id)) for bucket in account.all_buckets()
    )


def _refuse_limits(context: Context, asked: _Asked) -> None:
    limit = asked.program.referral_limit
    days = context.state.select(referrals.DAYS_OF_REFERRER, (asked.referrer.bucket, asked.referrer.id))
    if limit is not None:
        brought = referrals.brought(days, referrals.day_of(context.now), limit.window_days)
        most = (limit.attributions, limit.conversions)
        if any(allowed is not None and count >= allowed for count, allowed in zip(brought, most, strict=True)):
            raise Unprocessable(
                "referral_velocity_exceeded",
                f"The referrer of {asked.first.code} brought {brought[0]} members, {brought[1]} of them converted, "
                f"within {limit.window_days} days; the program allows no more.",
                resource=asked.referrer.id,
            )
    if referring.exhausted(context, asked.first):
        raise Unprocessable(
            "referral_code_exhausted",
            f"Code {asked.first.code} has converted {asked.first.max_conversions} referrals, as many as it may.",
            resource=asked.first.id,
        )


def _open(context: Context, asked: _Asked) -> Referral:
    """The pending referral for the first who uses the code, for every other one a referral of its own."""
    if asked.first.status == "pending":
        return context.state.change(asked.first)
    return context.state.insert(referrals.another(asked.first, asked.referrer, context.now))


def _running(context: Context, identifier: str) -> Program:
    """A program that takes part. Raises ``NotFound``, ``Conflict`` (archived, paused)."""
    entry = context.configuration.programs.get(identifier)
    if entry is None:
        raise no_such("program", identifier, "program")
    if entry.program.status == "archived":
        raise Conflict("program_archived", f"Program {identifier} is archived.", resource=identifier)
    if entry.program.status == "paused":
        raise Conflict(
            "program_paused", f"Program {identifier} is paused: nobody is referred in it.", resource=identifier
        )
    return entry.program


def _refuse_closed(account: Account) -> None:
    if not members.may_earn(account):
        raise Conflict(
            "account_closed", f"Account {account.id} is closed and takes no part in referrals.", resource=account.id
        )


def _elsewhere(account: Account, program: str) -> Conflict:
    return Conflict(
        "program_mismatch",
        f"Account {account.id} is in {account.program}; the referral is in {program}.",
        resource=account.id,
    )
