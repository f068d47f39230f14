"""One event in every program: whose it is, what the rules award, and what is written."""

from typing import Any

import msgspec

from vinr_engagement import ledger, members, payments, rules
from vinr_engagement.campaigns import Contribution
from vinr_engagement.commands import appraise, awards, campaigning, cascade, referring, standing
from vinr_engagement.commands.awards import Award, Occasion, give
from vinr_engagement.commands.campaign_books import Looked
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context
from vinr_engagement.commands.enroll import enroll
from vinr_engagement.commands.events import incoming
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.commands.events.outcome import (
    CampaignOutcome,
    ProgramOutcome,
    ReferralLine,
    RuleOutcome,
    TransactionLine,
    line,
)
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.ledger import Source, Transaction
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment, Purchase
from vinr_engagement.programs import Program


class Happening(msgspec.Struct):
    """An event as the programs see it. ``money`` is the payment that its awards are owed to, if any;
    ``only_account`` is set where a replay names the member.
    """

    event: str
    type: str
    at: Instant
    object: dict[str, Any]
    source: Source
    customer: str | None
    named_account: str | None
    money: Payment | None = None
    only_account: str | None = None

    @property
    def held(self) -> bool:
        """Whether its awards wait for the program's holding period."""
        return self.type in rules.PAYING_TRIGGERS


def happening_of(
    event: EventIn,
    source: Source,
    *,
    customer: str | None = None,
    money: Payment | None = None,
    only_account: str | None = None,
) -> Happening:
    """An event as the programs see it; ``customer`` where it is not the one that the object names as such."""
    return Happening(
        event.id,
        event.type,
        event.occurred_at,
        event.object,
        source,
        customer or incoming.customer_of(event.object),
        incoming.named_account(event.object),
        money,
        only_account,
    )


def evaluate_everywhere(
    context: Context, happening: Happening, programs: list[ProgramRules] | None = None
) -> list[ProgramOutcome]:
    """The event in each program that is not archived (or in those given)."""
    return [
        evaluate_in(context, entry, happening)
        for entry in (context.configuration.earning if programs is None else programs)
    ]


def evaluate_in(context: Context, entry: ProgramRules, happening: Happening) -> ProgramOutcome:
    """The event in one program."""
    program = entry.program
    if program.status != "active":
        return ProgramOutcome(program.id, "ignored", "program_paused")
    account, reason = _resolve(context, program, happening)
    may_enroll = reason == "not_enrolled" and program.auto_enroll and happening.customer is not None
    if account is None and not may_enroll:
        return ProgramOutcome(program.id, "ignored", reason)
    if account is not None:
        context.settled(account)
    listed = entry.rules_for(happening.type)
    about = (account, happening.object, happening.at, happening.customer)
    facts = appraise.facts_of(context, entry, happening.type, *about)
    looked = campaigning.look(context, entry, happening.type, account, facts)
    verdicts = appraise.verdicts(entry, listed, account, facts, campaigning.factors_of(looked))
    written = rows_written(context)
    enrolled = limited = False
    if account is None:
        awarding = any(_would_award(context, rule, verdict) for rule, verdict in zip(listed, verdicts, strict=True))
        if not awarding and not campaigning.would_award(context, looked, program):
            judged = _judged(listed, verdicts)
            return ProgramOutcome(program.id, "ignored", reason, rules=judged, campaigns=_looked_at(looked))
        account, limited = enroll(context, program, happening.customer, {}, min(happening.at, context.now))
        enrolled = True
    outcome = _carry_out(context, entry, happening, account, verdicts, looked)
    outcome.enrolled, outcome.cascade_limit = enrolled, outcome.cascade_limit or limited
    outcome.transactions = lines(context, account, written)
    return outcome


def _resolve(context: Context, program: Program, happening: Happening) -> tuple[Account | None, str]:
    """The member that an event is about, or why there is none."""
    identifier = happening.only_account or happening.named_account
    if happening.only_account is None and happening.customer is not None:
        link = context.state.find(members.LINKS, members.link_key(happening.customer, program.id))
        identifier = None if link is None else link.account
    if identifier is None:
        return None, "guest" if happening.customer is None else "not_enrolled"
    account = context.state.find(members.ACCOUNTS, members.account_key(identifier))
    while account is not None and account.merged_into is not None:
        account = context.state.find(members.ACCOUNTS, members.account_key(account.merged_into))
    if account is None:
        return None, "unknown_account"
    if account.program != program.id:
        return None, "guest"
    return (account, "") if members.may_earn(account) else (None, "account_closed")


def _would_award(context: Context, rule: rules.Rule, verdict: rules.Verdict) -> bool:
    """Whether a newcomer would get something: the budget may be spent."""
    if not verdict.matched or rule.budget is None:
        return verdict.matched
    budget = context.state.find(rules.RULE_BUDGETS, (rule.id,))
    return budget is None or budget.points < rule.budget


def _carry_out(
    context: Context,
    entry: ProgramRules,
    happening: Happening,
    account: Account,
    verdicts: list[rules.Verdict],
    looked: list[Looked],
) -> ProgramOutcome:
    program = entry.program
    outcome = ProgramOutcome(program.id, "processed", account=account.id, rules=[])
    context.state.change(account)
    standing.watch(context, account)
    occasion = Occasion(happening.type, happening.event, happening.at, happening.source, happening.held)
    money, contributions, referral_before = happening.money, list[Contribution](), account.referral
    owed = _give_all(context, entry, account, verdicts, campaigning.boost_of(looked), occasion, outcome)
    if looked:
        brought = campaigning.carry_out(context, program, account, looked, occasion, money=money is not None)
        owed, contributions = owed + brought.awards, brought.contributions
        outcome.campaigns = _looked_at(looked)
    if money is not None:
        purchase = purchase_of(context, program, account, money, happening.at)
        campaigning.remember(context, purchase, owed, contributions)
        if account.referral is not None and happening.type == "payment.completed":
            outcome.referral = _referred(context, program, account, money, happening)
    outcome.cascade_limit = cascade.react(context, happening.at)
    account.last_activity_at = max(account.last_activity_at or 0, min(happening.at, context.now))
    outcome.balance = account.balance
    matched = _matched_any(outcome.rules) or any(each.matched for each in outcome.campaigns)
    if not matched and account.referral == referral_before:
        outcome.status, outcome.reason = "ignored", "no_matching_rule"
    return outcome


def _give_all(
    context: Context,
    entry: ProgramRules,
    account: Account,
    verdicts: list[rules.Verdict],
    boost: Looked | None,
    occasion: Occasion,
    outcome: ProgramOutcome,
) -> list[Award]:
    """Awards what the rules say, and notes in the outcome what came of each."""
    owed: list[Award] = []
    for rule, verdict in zip(entry.rules_for(occasion.trigger), verdicts, strict=True):
        if not verdict.matched:
            outcome.rules.append(_judged_one(rule, verdict))
            continue
        given = give(context, entry.program, account, rule, verdict, occasion, boost)
        if given.award is not None:
            owed.append(given.award)
        outcome.rules.append(
            RuleOutcome(
                rule.id, rule.version, True, given.points, given.reason,
                transaction=None if given.transaction is None else given.transaction.id,
            )
        )  # fmt: skip
    return owed


def _referred(
    context: Context, program: Program, account: Account, money: Payment, happening: Happening
) -> ReferralLine | None:
    """What the payment made of the referral by which the member came."""
    found = referring.paid(context, program, account, money, happening.event, happening.at)
    if found is None:
        return None
    referral, reason = found
    return ReferralLine(referral.id, referral.status, reason)


def _matched_any(judged: list[RuleOutcome]) -> bool:
    return any(rule.matched or rule.reason == "zero_award" for rule in judged)


def _judged(listed: list[rules.Rule], verdicts: list[rules.Verdict]) -> list[RuleOutcome]:
    return [_judged_one(rule, verdict) for rule, verdict in zip(listed, verdicts, strict=True)]


def _judged_one(rule: rules.Rule, verdict: rules.Verdict) -> RuleOutcome:
    return RuleOutcome(rule.id, rule.version, verdict.matched, verdict.points, verdict.reason, verdict.failed)


def _looked_at(looked: list[Looked]) -> list[CampaignOutcome]:
    return [
        CampaignOutcome(
            each.campaign.id, each.mechanic.kind, each.place, each.matched, each.points, each.reason, each.failed,
            each.transaction,
        )
        for each in looked
    ]  # fmt: skip


def rows_written(context: Context) -> int:
    """How many ledger rows the command has written so far."""
    return len(context.state.inserted.get(ledger.TRANSACTIONS, ()))


def lines(context: Context, account: Account, since: int) -> list[TransactionLine]:
    """The ledger rows that were written since there were ``since`` rows, as the answer lists them: those of the account, and
    what was paid in its program to whoever referred it.
    """
    rows: list[Transaction] = context.state.inserted.get(ledger.TRANSACTIONS, [])
    return [
        line(row)
        for row in rows[since:]
        if row.account == account.id or (row.source_type == "referral" and row.program == account.program)
    ]


def purchase_of(context: Context, program: Program, account: Account, payment: Payment, at: Instant) -> Purchase:
    """What the payment brought to the account so far; counted as spend once, however many events tell of it."""
    known = awards.purchase_in(context, program.id, payment)
    if known is not None:
        return known
    payments.add_holder(payment, program.id, account.id, account.bucket)
    spend = spend_of(program, payment)
    purchase = Purchase(
        bucket=account.bucket,
        account=account.id,
        payment=payment.id,
        program=program.id,
        day=calendar.day_number(at, program.zone),
        spend=spend,
        net_spend=spend,
        orders=1,
        awards="[]",
        contributions="[]",
    )
    standing.count(context, account, purchase.day, spend=spend, orders=1)
    return context.state.insert(purchase)


def spend_of(program: Program, payment: Payment) -> int:
    """What a payment counts as spend: minor units of the program's currency, nothing in another one."""
    return payment.amount or 0 if payment.currency == program.default_currency else 0
