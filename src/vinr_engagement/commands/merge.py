"""Merging two accounts of one program into one survivor, in one step."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from vinr_engagement import campaigns, credit, ledger, members, outbox, referrals, rules, tiers
from vinr_engagement.commands import campaign_books, cascade, referring, standing, store_credit
from vinr_engagement.commands.context import Context, Decision, Statement, account_needs, of_account
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Need, Query
from vinr_engagement.foundation.errors import Conflict, Invalid
from vinr_engagement.members import Account
from vinr_engagement.rules import RuleUsage

_COMBINED: tuple[Query[Any], ...] = (
    campaigns.CAMPAIGNS_OF_ACCOUNT,
    credit.WALLETS_OF_ACCOUNT,
    referrals.DAYS_OF_REFERRER,
    rules.USAGE_OF_ACCOUNT,
    tiers.TOTALS_OF_ACCOUNT,
)
"""What is kept by account and counted together."""
_REPARENTED = ("transactions", "lots", "purchases", "credit_spends", "redemptions")


class MergeAccounts(Decision):
    """Empties ``source`` into ``target``. Irreversible; ``dry_run`` shows the result and changes nothing."""

    alone: ClassVar[bool] = False

    def __init__(self, source: str, target: str, *, dry_run: bool) -> None:
        self.source = source
        self.target = target
        self.dry_run = dry_run

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        yield from account_needs(context, (self.source, self.target))
        found = [
            context.state.known(members.ACCOUNTS, members.account_key(name)) for name in (self.source, self.target)
        ]
        yield needs_of([account for account in found if account is not None])

    def decide(self, context: Context) -> dict[str, Any]:
        if self.source == self.target:
            raise Invalid("parameter_invalid", "source and target must be two accounts.", param="source")
        source, target = context.own_account(self.source), context.own_account(self.target)
        if source.program != target.program:
            raise Conflict(
                "program_mismatch",
                f"Account {source.id} is in {source.program}, {target.id} in {target.program}; "
                "only accounts of one program can be merged.",
                resource=source.id,
            )
        if target.status != "active":
            raise Conflict(
                "account_closed",
                f"Account {target.id} is closed; reopen it before merging into it.",
                resource=target.id,
            )
        imagined = _imagined(context, source, target)
        ledger.check_bounds(imagined)
        store_credit.check_wallets(context, source, target)
        if self.dry_run:
            return {**members.account_snapshot(imagined), "dry_run": True}
        return members.account_snapshot(combine(context, source, target))


def needs_of(accounts: list[Account]) -> list[Need]:
    """What a merge of two of these accounts looks at."""
    open_ones = [referrals.referral_key(account.referral) for account in accounts if account.referral is not None]
    counted = [need for account in accounts for source in _COMBINED for need in of_account(source, account)]
    return [*counted, *((referrals.REFERRALS, key) for key in open_ones)]


def _imagined(context: Context, source: Account, target: Account) -> Account:
    """The survivor as it would be."""
    _follow_program(context, source, target)
    result = members.copy_of(target)
    result.balance += source.balance
    result.pending_balance += source.pending_balance
    result.lifetime_points += source.lifetime_points
    standing.combine(context, members.copy_of(source), result, standing.totals_of_both(context, source, target))
    return result


def combine(context: Context, source: Account, target: Account) -> Account:
    """Moves all that source has to target, both brought up to date; answers the survivor."""
    state, program = context.state, context.configuration.program(target.program)
    _follow_program(context, source, target)
    before = {name: getattr(target, name) for name in ("balance", "pending_balance", "lifetime_points", "tier")}
    state.change(source)
    state.change(target)
    _combine_usage(context, source, target)
    campaign_books.combine(context, source, target)
    totals = standing.totals_of_both(context, source, target)
    ledger.merge_lots(state, source, target, program)
    store_credit.combine_wallets(context, source, target)
    change = standing.combine(context, source, target, totals)
    ended = referring.combine(context, source, target)
    target.redemptions, source.redemptions = target.redemptions + source.redemptions, 0
    target.buckets = json.text(sorted({*target.all_buckets(), *source.all_buckets()} - {target.bucket}))
    target.last_activity_at = max(source.last_activity_at or 0, target.last_activity_at or 0) or None
    target.updated_at = source.updated_at = source.merged_at = context.now
    source.status, source.merged_into = "merged", target.id
    context.statements.extend(_reparenting(source, target))
    snapshot = {**members.account_snapshot(target), "merged_from": source.id}
    outbox.record(state, target, "loyalty.account.merged", snapshot, context.now, previous=before)
    if change is not None:
        standing.tell(context, target, change)
    for referral in ended:
        referring.tell(context, target, "referral.rejected", referral)
    cascade.react(context, context.now)
    return target


def _follow_program(context: Context, source: Account, target: Account) -> None:
    for account in (source, target):
        standing.follow_program(context, account)


def _reparenting(source: Account, target: Account) -> list[Statement]:
    moves = [
        Statement(f"update {table} set account = $1 where bucket = $2 and account = $3", (target.id, bucket, source.id))
        for table in _REPARENTED
        for bucket in source.all_buckets()
    ]
    totals = [statement for bucket in source.all_buckets() for statement in _totals_moving(source, target, bucket)]
    everywhere = (("customer_links", "account"), ("referrals", "referrer"), ("referrals", "referee"))
    return [
        *moves,
        *totals,
        *(
            Statement(f"update {table} set {column} = $1 where {column} = $2", (target.id, source.id))
            for table, column in everywhere
        ),
    ]


def _totals_moving(source: Account, target: Account, bucket: int) -> list[Statement]:
    """What both brought on one day becomes one total, where their rows are in one bucket."""
    return [
        Statement(
            "insert into daily_totals (bucket, account, day, points, spend, orders)"
            " select bucket, $1, day, points, spend, orders from daily_totals where bucket = $2 and account = $3"
            " on conflict (bucket, account, day) do update set points = daily_totals.points + excluded.points,"
            " spend = daily_totals.spend + excluded.spend, orders = daily_totals.orders + excluded.orders",
            (target.id, bucket, source.id),
        ),
        Statement("delete from daily_totals where bucket = $1 and account = $2", (bucket, source.id)),
    ]


def _combine_usage(context: Context, source: Account, target: Account) -> None:
    """Caps see what both have used; where that is more than a cap allows, no room is left."""
    for used in list(context.state.select(rules.USAGE_OF_ACCOUNT, (source.bucket, source.id))):
        key = (target.bucket, target.id, used.rule, used.period)
        held = context.state.find(rules.RULE_USAGE, key)
        if held is None:
            held = context.state.insert(RuleUsage(*key, 0, 0))
        context.state.change(held)
        held.points += used.points
        held.times += used.times
        context.state.delete(used)
