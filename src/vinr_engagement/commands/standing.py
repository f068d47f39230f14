"""Where members stand: what counts towards their tier, day by day, and the tier that they are in.

Whoever changes what qualifies says so beforehand (:func:`watch`) and by how much (:func:`count`); at the end of the command,
and before rules react to it, the tier is brought up to date (:func:`reassess`).
"""

from typing import Any

from vinr_engagement import members, outbox, tiers
from vinr_engagement.commands import edited_tiers
from vinr_engagement.commands.context import Context, Watched, of_account
from vinr_engagement.foundation import calendar
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.foundation.database import Need
from vinr_engagement.members import Account
from vinr_engagement.programs import Program
from vinr_engagement.tiers import DailyTotal, TierChange


def totals_of(context: Context, account: Account) -> list[DailyTotal]:
    """What each local day of an account brought; a day may stand there more than once after a merge.

    Not to be changed: it may be the state's own list.
    """
    if account.buckets == "[]":
        return context.state.select(tiers.TOTALS_OF_ACCOUNT, (account.bucket, account.id))
    return [
        total
        for bucket in account.all_buckets()
        for total in context.state.select(tiers.TOTALS_OF_ACCOUNT, (bucket, account.id))
    ]


def totals_needed(account: Account) -> list[Need]:
    """What :func:`totals_of` looks at."""
    return of_account(tiers.TOTALS_OF_ACCOUNT, account)


def day_needed(context: Context, account: Account, moment: Instant) -> list[Need]:
    """What :func:`watch` and :func:`count` look at for points of a moment."""
    if goes_by_days(context.configuration.program(account.program)):
        return totals_needed(account)
    return [(tiers.DAILY_TOTALS, (account.bucket, account.id, day_of(context, account, moment)))]


def goes_by_days(program: Program) -> bool:
    """Whether a member's tier depends on more than what the account itself holds."""
    config = program.tier_config
    return bool(config.tiers) and not (config.qualify_on == "points" and config.period.type == "lifetime")


def watch(context: Context, account: Account) -> None:
    """Remembers the qualifying value before a change of it; the first time counts, until it is reassessed."""
    if account.id in context.watched:
        return
    before = tiers.standing_of(account)
    follow_program(context, account)
    program = context.configuration.program(account.program)
    if program.tier_config.tiers:
        context.watched[account.id] = Watched(account, _value(context, program, account), before)


def count(
    context: Context,
    account: Account,
    day: int,
    *,
    bucket: int | None = None,
    points: int = 0,
    spend: int = 0,
    orders: int = 0,
) -> None:
    """Adds to what a local day brought; ``bucket`` is where the source of it is, the account's own unless given."""
    if not (points or spend or orders):
        return
    watch(context, account)
    if (points < 0 or spend < 0) and account.id in context.watched:
        context.watched[account.id].lowered = True
    total = _total(context, account, account.bucket if bucket is None else bucket, day)
    total.points += points
    total.spend += spend
    total.orders += orders


def _total(context: Context, account: Account, bucket: int, day: int) -> DailyTotal:
    found = context.state.known(tiers.DAILY_TOTALS, (bucket, account.id, day))
    if found is None and context.state.missing(tiers.TOTALS_OF_ACCOUNT, (bucket, account.id)):
        found = context.state.find(tiers.DAILY_TOTALS, (bucket, account.id, day))
    if found is None:
        return context.state.insert(DailyTotal(bucket, account.id, day, 0, 0, 0))
    return context.state.change(found)


def day_of(context: Context, account: Account, moment: Instant) -> int:
    """The local day of a moment in the account's program, as days since 1970-01-01."""
    return calendar.day_number(moment, context.configuration.program(account.program).zone)


def reassess(context: Context) -> None:
    """Moves the members that are watched to the tier that they have reached, or no longer do; they are watched no more.

    Where the days of a member only gained and the tier stands as it did, the member falls no sooner than before: when to look
    at the account again is known already.
    """
    for name, watched in list(context.watched.items()):
        account, program = watched.account, context.configuration.program(watched.account.program)
        totals = _totals(context, program, account)
        change = tiers.reassess(program, account, totals, watched.value, context.now)
        if watched.lowered or tiers.standing_of(account) != watched.standing:
            wake(account, tiers.next_change_at(program, account, totals, context.now))
        del context.watched[name]
        if change is not None:
            tell(context, account, change)


def totals_of_both(context: Context, source: Account, target: Account) -> list[DailyTotal]:
    """What both brought, before one is merged into the other: nothing where no tier depends on it."""
    program = context.configuration.program(target.program)
    return _totals(context, program, source) + _totals(context, program, target)


def combine(context: Context, source: Account, target: Account, totals: list[DailyTotal]) -> TierChange | None:
    """Gives the survivor, whose points are combined already, the standing of both; ``totals`` are those of both.

    The source is left in no tier. Both must follow the program: see :func:`follow_program`.
    """
    program = context.configuration.program(target.program)
    context.watched.pop(source.id, None)
    context.watched.pop(target.id, None)
    change = tiers.combine(program, source, target, totals, context.now)
    tiers.leave(source)
    wake(target, tiers.next_change_at(program, target, totals, context.now))
    return change


def pin(
    context: Context, account: Account, tier: str | None, *, until: Instant | None, reason: str | None
) -> TierChange | None:
    """Keeps a member in a tier at least; ``None`` takes the pin away. Answers the move, which is still to be told.

    The account must be brought up to date. Raises what ``tiers.pin`` does.
    """
    follow_program(context, account)
    program = context.configuration.program(account.program)
    totals = _totals(context, program, account)
    change = tiers.pin(program, account, totals, tier, until=until, reason=reason, now=context.now)
    wake(account, tiers.next_change_at(program, account, totals, context.now))
    return change


def progress(context: Context, account: Account) -> dict[str, Any]:
    """The object ``tier_progress`` of an account that was brought up to date."""
    program = context.configuration.program(account.program)
    return tier_progress(program, account, _totals(context, program, account), context.now)


def tier_progress(program: Program, account: Account, totals: list[DailyTotal], now: Instant) -> dict[str, Any]:
    """As :func:`progress`, from what was read."""
    shown = members.copy_of(account)
    shown.tier_earned = edited_tiers.earned_of(account)
    found = tiers.progress(program, shown, totals, now)
    return {"object": found.pop("object"), "account": account.id, "program": program.id, **found}


def _totals(context: Context, program: Program, account: Account) -> list[DailyTotal]:
    return totals_of(context, account) if goes_by_days(program) else []


def _value(context: Context, program: Program, account: Account) -> int:
    return tiers.qualifying_value(program, account, _totals(context, program, account), context.now)


def wake(account: Account, moment: Instant | None) -> None:
    """Sees to it that the account is looked at by that moment."""
    if moment is not None and (account.next_due_at is None or moment < account.next_due_at):
        account.next_due_at = moment


def next_change_at(context: Context, account: Account) -> Instant | None:
    """When time next changes the tier; at once where the program's tiers are others than those it was chosen from."""
    program = context.configuration.program(account.program)
    if account.status == "merged":
        return None
    if edited_tiers.concern(account):
        return context.now
    return tiers.next_change_at(program, account, _totals(context, program, account), context.now)


def meet(context: Context, account: Account, moment: Instant) -> None:
    """Changes the tier as time, or a change of the program, wants it."""
    if edited_tiers.concern(account):
        follow_program(context, account)
        return
    program = context.configuration.program(account.program)
    change = tiers.advance(program, account, _totals(context, program, account), moment)
    if change is not None:
        tell(context, account, change)


def follow_program(context: Context, account: Account) -> None:
    """Chooses the tier anew where the program's tiers were edited since it was chosen. Raises ``Contention``."""
    if not edited_tiers.concern(account):
        return
    program = context.configuration.program(account.program)
    totals = _totals(context, program, account)
    edited_tiers.forget(context, account)
    change = tiers.settle_in(program, account, totals, context.now)
    if change is not None:
        tell(context, account, change)


def tell(context: Context, account: Account, change: TierChange) -> None:
    """Records that a member was moved."""
    account.updated_at = context.now
    snapshot = {
        **members.account_snapshot(account),
        "from": change.from_tier,
        "to": change.to_tier,
        "direction": change.direction,
        "reason": change.reason,
        "qualifying_value": change.qualifying_value,
        "effective_at": format_instant(change.at),
    }
    outbox.record(
        context.state, account, "loyalty.tier.changed", snapshot, context.now, previous={"tier": change.from_tier}
    )
