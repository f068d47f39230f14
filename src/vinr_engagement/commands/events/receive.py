"""Receiving an event: once per id, in one transaction with all that comes of it."""

from collections.abc import Iterable, Iterator

from vinr_engagement import campaigns, inbox, ledger, members, payments, referrals, rules, tiers
from vinr_engagement.commands import awards, referring, standing
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context, Decision, due_lots, due_redemptions
from vinr_engagement.commands.events import incoming, outcome, redeemed, spent
from vinr_engagement.commands.events.customers import ALL_HANDLERS, other
from vinr_engagement.commands.events.incoming import MAX_EVENT_AHEAD, EventIn
from vinr_engagement.commands.events.outcome import EventOutcome
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Conflict, Unprocessable
from vinr_engagement.inbox import ReceivedEvent
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment, Purchase

_MONEY = frozenset(("payment.completed", "payment.refunded", "payment.failed", "payment.expired", "invoice.paid"))
_TAKES_BACK = frozenset(("refund.completed", "dispute.resolved"))
_ABOUT_CUSTOMER = "customer."


class ReceiveEvent(Decision):
    """An event from the shop."""

    def __init__(self, event: EventIn) -> None:
        self.event = event
        self._key = inbox.event_key(event.id)
        self._canonical = json.canonical(event.raw)
        self._customer = _customer_named(event)

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        event, state = self.event, context.state
        links, paid = self._link_keys(context), _payment_keys(event)
        first: list[Need] = [(inbox.RECEIVED_EVENTS, self._key)]
        first += [(payments.PAYMENTS, payment) for payment in paid]
        first += [(members.LINKS, link) for link in links]
        first += self._others(context, paid)
        redemptions = redeemed.Wanted(event)
        yield [*first, *redemptions.first()] if paid else first
        if state.known(inbox.RECEIVED_EVENTS, self._key) is not None:
            return
        accounts = [members.account_key(found.account) for link in links if (found := state.known(members.LINKS, link))]
        known = [payment for entry in paid if (payment := state.known(payments.PAYMENTS, entry)) is not None]
        reached = [
            (payment, account, bucket) for payment in known for _, account, bucket in payments.holders_of(payment)
        ]
        second: list[Need] = [(members.ACCOUNTS, account) for account in accounts]
        second += [(members.ACCOUNTS, members.account_key(account)) for _, account, _ in reached]
        second += [(payments.PURCHASES, (bucket, account, payment.id)) for payment, account, bucket in reached]
        second += [*spent.needs(context, paid), *redemptions.linked(known), *redemptions.accounts(context)]
        yield second
        found_accounts = [
            account
            for _, key in second[: len(accounts) + len(reached)]
            if (account := state.known(members.ACCOUNTS, key))
        ]
        yield [
            *due_lots(context, found_accounts),
            *_limits(context, event, found_accounts),
            *_totals(context, event, found_accounts),
            *_owed(context, reached),
            *redemptions.accounts(context),
        ]
        yield [*redemptions.rows(context), *due_redemptions(context, found_accounts)]
        if event.type == "payment.completed":
            yield from referring.needs_of_payment(context, found_accounts, event.occurred_at)

    def _link_keys(self, context: Context) -> list[tuple[int, str, str]]:
        if self._customer is None or self.event.type in _TAKES_BACK:
            return []
        bucket = ids.bucket_of(self._customer)
        return [(bucket, self._customer, entry.program.id) for entry in context.configuration.earning]

    def _others(self, context: Context, paid: list[tuple[int, str]]) -> list[Need]:
        """The refund that the event tells of, the account that it names, the customer where a rule asks."""
        event = self.event
        if event.type in _TAKES_BACK:
            refund = event.object.get("id")
            return [(payments.REFUNDS, (*key, refund)) for key in paid] if isinstance(refund, str) else []
        if self._customer is None:
            account = incoming.named_account(event.object)
            return [] if account is None else [(members.ACCOUNTS, members.account_key(account))]
        key = members.customer_key(self._customer)
        if event.type.startswith(_ABOUT_CUSTOMER):
            return [(members.CUSTOMERS, key), (members.TERMS_OF_CUSTOMER, key)]
        if any(entry.needs_of(event.type).customer for entry in context.configuration.earning):
            return [(members.CUSTOMERS, key)]
        return []

    def decide(self, context: Context) -> EventOutcome:
        event = self.event
        first = context.state.find(inbox.RECEIVED_EVENTS, self._key)
        if first is not None:
            return repeat(first, json.fingerprint(self._canonical))
        if event.occurred_at > context.now + MAX_EVENT_AHEAD:
            raise Unprocessable(
                "event_in_future",
                f"created_at {format_instant(event.occurred_at)} is more than 5 minutes ahead of the clock, "
                f"{format_instant(context.now)}.",
                param="created_at",
            )
        answer = ALL_HANDLERS.get(event.type, other)(context, event)
        customer = self._customer_about(context)
        inbox.record(
            context.state,
            event.id,
            event.type,
            customer=customer,
            account=_account_about(event, answer) if customer is None else None,
            status=answer.status,
            canonical=self._canonical,
            outcome=answer.encoded,
            occurred_at=event.occurred_at,
            now=context.now,
        )
        return answer

    def _customer_about(self, context: Context) -> str | None:
        """Whom the event names, or who made the payment that it is about."""
        if self._customer is not None or self.event.type in rules.PAYING_TRIGGERS:
            return self._customer
        found = [context.state.known(payments.PAYMENTS, key) for key in _payment_keys(self.event)]
        return next((payment.customer for payment in found if payment is not None and payment.customer), None)


def _account_about(event: EventIn, answer: EventOutcome) -> str | None:
    """The member that an event reached or, where it reached nobody, names."""
    reached = (entry.account for entry in answer.programs if entry.account is not None)
    return next(reached, None) or incoming.named_account(event.object)


def repeat(first: ReceivedEvent, fingerprint: str) -> EventOutcome:
    """The answer to an event whose id was seen before."""
    if first.fingerprint != fingerprint:
        raise Conflict(
            "event_conflict",
            f"Event {first.id} was received before with a different body; an event id names one event for ever.",
            resource=first.id,
        )
    if first.outcome == inbox.ERASED:
        return EventOutcome(first.id, first.type, "duplicate", "erased", first_status=first.status)  # type: ignore[arg-type]
    answer = outcome.decoder.decode(first.outcome)
    answer.first_status, answer.status = answer.status, "duplicate"
    return answer


def _customer_named(event: EventIn) -> str | None:
    customer = event.object.get("id" if event.type.startswith(_ABOUT_CUSTOMER) else "customer")
    return customer if isinstance(customer, str) and len(customer) <= incoming.MAX_ID_LENGTH else None


def _payment_keys(event: EventIn) -> list[tuple[int, str]]:
    """The payments that an event names, whether or not it names them well."""
    if event.type in _MONEY:
        named = (event.object.get("id"), event.object.get("payment"))
    elif event.type in _TAKES_BACK:
        named = (event.object.get("payment"), None)
    else:
        return []
    return [payments.payment_key(name) for name in named if isinstance(name, str)]


def _limits(context: Context, event: EventIn, accounts: list[Account]) -> list[Need]:
    """What caps and budgets have left, of rules that may match."""
    needs: list[Need] = []
    for entry in context.configuration.earning:
        if event.type in entry.campaigns_by_trigger:
            needs += _campaign_limits(entry, event.type, accounts)
        for rule in entry.rules_for(event.type):
            if rule.cap is None and rule.budget is None:
                continue
            if rule.conditions is not None and rule.conditions.ruled_out(event.object):
                continue
            if rule.budget is not None:
                needs.append((rules.RULE_BUDGETS, (rule.id,)))
            period = awards.period_of(rule, entry.program, event.occurred_at)
            if period is not None:
                needs += [
                    (rules.RULE_USAGE, (account.bucket, account.id, rule.id, period))
                    for account in accounts
                    if account.program == entry.program.id
                ]
    return needs


def _campaign_limits(entry: ProgramRules, trigger: str, accounts: list[Account]) -> list[Need]:
    """What campaigns brought to the members so far, and what their budgets have left."""
    listed = entry.campaigns_for(trigger)
    needs: list[Need] = [(rules.RULE_BUDGETS, (each.id,)) for each in listed if each.budget is not None]
    return needs + [
        (campaigns.CAMPAIGN_MEMBERS, (account.bucket, account.id, each.id))
        for account in accounts
        for each in listed
        if account.program == entry.program.id
    ]


def _totals(context: Context, event: EventIn, accounts: list[Account]) -> list[Need]:
    """The day that the event counts on; every day where a tier or a condition looks further back."""
    needs: list[Need] = []
    for account in accounts:
        entry = context.configuration.programs[account.program]
        if entry.needs_of(event.type).behaviour or standing.goes_by_days(entry.program):
            needs += standing.totals_needed(account)
        elif entry.rules_for(event.type) or entry.campaigns_for(event.type) or event.type in rules.PAYING_TRIGGERS:
            day = standing.day_of(context, account, min(event.occurred_at, context.now))
            needs.append((tiers.DAILY_TOTALS, (account.bucket, account.id, day)))
    return needs


def _owed(context: Context, reached: list[tuple[Payment, str, int]]) -> list[Need]:
    """The lots that a refund takes from first, and the day that it counts on."""
    needs: list[Need] = []
    for payment, account, bucket in reached:
        purchase = context.state.known(payments.PURCHASES, (bucket, account, payment.id))
        if purchase is not None:
            needs.append((tiers.DAILY_TOTALS, (bucket, account, purchase.day)))
            needs += _campaigns_owed(account, purchase)
            for award in awards.awards_of(purchase):
                needs.append((ledger.LOTS, (award.bucket, award.account, award.transaction)))
                if award.account != account:
                    day = purchase.day if award.day is None else award.day
                    needs.append((members.ACCOUNTS, members.account_key(award.account)))
                    needs.append((tiers.DAILY_TOTALS, (award.bucket, award.account, day)))
            converted = payments.linked(payment, referring.LINKED)
            needs += [(referrals.REFERRALS, referrals.referral_key(name)) for name in converted]
    return needs


def _campaigns_owed(account: str, purchase: Purchase) -> list[Need]:
    """What campaigns count of a purchase."""
    shares = [(award.account, award.share) for award in awards.awards_of(purchase) if award.share is not None]
    named = {(owner, share.campaign) for owner, share in shares}
    named |= {(each.account, each.campaign) for each in campaigns.contributions_of(purchase.contributions)}
    named |= {(account, campaign) for _, campaign in named}
    needs: list[Need] = [
        (campaigns.CAMPAIGN_MEMBERS, (ids.bucket_of(owner), owner, campaign)) for owner, campaign in named
    ]
    return needs + [(rules.RULE_BUDGETS, (share.campaign,)) for _, share in shares if share.budgeted]
