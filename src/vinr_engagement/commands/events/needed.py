"""What an event looks at, wave by wave, in as few statements as its locks allow."""

from collections.abc import Iterable, Iterator

from vinr_engagement import campaigns, ledger, members, payments, referrals, rules, tiers
from vinr_engagement.commands import awards, merge, referring, standing
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context, due_lots, due_redemptions
from vinr_engagement.commands.events import incoming, redeemed, spent
from vinr_engagement.commands.events.incoming import EventIn
from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Key, Need
from vinr_engagement.members import Account
from vinr_engagement.payments import Payment, Purchase

_MONEY = frozenset(("payment.completed", "payment.refunded", "payment.failed", "payment.expired", "invoice.paid"))
_TAKES_BACK = frozenset(("refund.completed", "dispute.resolved"))
_ABOUT_CUSTOMER = "customer."
_MERGED = "customer.merged"


def waves(context: Context, event: EventIn, account: str | None = None) -> Iterator[Iterable[Need]]:
    """Waves of what to gather for an event; with ``account`` that member is meant, whoever the event names."""
    customer, paid = customer_named(event), payment_keys(event)
    named = [members.account_key(name) for name in _accounts_named(event, customer, account)]
    links = [] if named else _link_keys(context, event, customer)
    first: list[Need] = [(payments.PAYMENTS, payment) for payment in paid]
    first += [(members.LINKS, link) for link in links]
    first += [(members.ACCOUNTS, key) for key in named]
    first += _besides(context, event, customer, paid)
    redemptions = redeemed.Wanted(event)
    yield [*first, *redemptions.first()] if paid else first
    state = context.state
    accounts = named + [
        members.account_key(found.account) for link in links if (found := state.known(members.LINKS, link))
    ]
    known = [payment for entry in paid if (payment := state.known(payments.PAYMENTS, entry)) is not None]
    reached = [(payment, account, bucket) for payment in known for _, account, bucket in payments.holders_of(payment)]
    accounts += [members.account_key(account) for _, account, _ in reached]
    second: list[Need] = [(members.ACCOUNTS, key) for key in accounts]
    second += [(payments.PURCHASES, (bucket, account, payment.id)) for payment, account, bucket in reached]
    second += [*spent.needs(context, paid), *redemptions.linked(known), *redemptions.accounts(context)]
    yield second
    found_accounts = [found for key in accounts if (found := state.known(members.ACCOUNTS, key))]
    yield [
        *due_lots(context, found_accounts),
        *_limits(context, event, found_accounts),
        *_totals(context, event, found_accounts),
        *_owed(context, reached),
        *(merge.needs_of(found_accounts) if event.type == _MERGED else ()),
        *redemptions.accounts(context),
    ]
    yield [*redemptions.rows(context), *due_redemptions(context, found_accounts)]
    if event.type == "payment.completed":
        yield from referring.needs_of_payment(context, found_accounts, event.occurred_at)


def customer_named(event: EventIn) -> str | None:
    """The customer that an event names, whether or not it is known."""
    customer = event.object.get("id" if event.type.startswith(_ABOUT_CUSTOMER) else "customer")
    return customer if isinstance(customer, str) and len(customer) <= incoming.MAX_ID_LENGTH else None


def payment_keys(event: EventIn) -> list[Key]:
    """The payments that an event names, whether or not it names them well."""
    if event.type in _MONEY:
        named = (event.object.get("id"), event.object.get("payment"))
    elif event.type in _TAKES_BACK:
        named = (event.object.get("payment"), None)
    else:
        return []
    return [payments.payment_key(name) for name in named if isinstance(name, str)]


def _accounts_named(event: EventIn, customer: str | None, account: str | None) -> list[str]:
    if account is not None:
        return [account]
    named = None if customer is not None or event.type in _TAKES_BACK else incoming.named_account(event.object)
    return [] if named is None else [named]


def _link_keys(context: Context, event: EventIn, customer: str | None) -> list[Key]:
    if customer is None or event.type in _TAKES_BACK:
        return []
    customers = [customer]
    if event.type == _MERGED and isinstance(leaving := event.object.get("merged_from"), str):
        customers.append(leaving)
    return [
        (bucket, name, entry.program.id)
        for bucket, name in map(members.customer_key, customers)
        for entry in context.configuration.earning
    ]


def _besides(context: Context, event: EventIn, customer: str | None, paid: list[Key]) -> list[Need]:
    """The refund that the event tells of, the customer where a rule asks."""
    if event.type in _TAKES_BACK:
        refund = event.object.get("id")
        return [(payments.REFUNDS, (*key, refund)) for key in paid] if isinstance(refund, str) else []
    if customer is None:
        return []
    key = members.customer_key(customer)
    if event.type.startswith(_ABOUT_CUSTOMER):
        return [(members.CUSTOMERS, key), (members.TERMS_OF_CUSTOMER, key)]
    if any(entry.needs_of(event.type).customer for entry in context.configuration.earning):
        return [(members.CUSTOMERS, key)]
    return []


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
    """The lots that a refund takes from first, the limits that it frees, and the day that it counts on."""
    needs: list[Need] = []
    for payment, account, bucket in reached:
        purchase = context.state.known(payments.PURCHASES, (bucket, account, payment.id))
        if purchase is not None:
            needs.append((tiers.DAILY_TOTALS, (bucket, account, purchase.day)))
            needs += _campaigns_owed(account, purchase)
            for award in awards.awards_of(purchase):
                needs.append((ledger.LOTS, (award.bucket, award.account, award.transaction)))
                if award.period is not None:
                    holder = (ids.bucket_of(award.account), award.account)
                    needs.append((rules.RULE_USAGE, (*holder, award.rule, award.period)))
                if award.budgeted:
                    needs.append((rules.RULE_BUDGETS, (award.rule,)))
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
