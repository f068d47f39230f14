"""The product under test: a real store on either engine, emptied between examples, and what it holds compared with the model."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.machine.actions import Asked, Expected, Shown, World
from tests.machine.ledger_model import Holder, Member
from tests.machine.model import Model
from tests.machine.money_model import Answer, Refused
from tests.machine.season import Kept, compare_season, read_season
from tests.machine.shop import ProgramSpec
from tests.machine.tier_model import Move
from vinr_engagement import credit, ledger, members, payments, referrals, rewards
from vinr_engagement.audit import Origin
from vinr_engagement.commands import (
    Claim,
    CreateCampaign,
    CreateProgram,
    CreateReward,
    CreateRule,
    CreateSegment,
    Reply,
    Settle,
    Store,
    awards,
)
from vinr_engagement.commands.events import EventOutcome
from vinr_engagement.commands.verify import verify
from vinr_engagement.commands.write_path import WritePath
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.foundation.settings import Settings

ORIGIN = Origin("machine")
EMPTIED = (
    *("programs", "earning_rules", "earning_rule_versions", "rule_budgets", "accounts", "customer_links", "customers"),
    *("transactions", "lots", "payments", "refunds", "purchases", "rule_usage", "received_events", "outgoing_events"),
    *("idempotency_keys", "audit_log", "daily_totals", "segments", "rewards", "reward_stock", "redemptions"),
    *("redemption_codes", "wallets", "credit_spends", "referrals", "referral_codes", "referral_conversions"),
    *("referral_days", "campaigns", "campaign_members"),
    *("movements", "analytics_totals", "analytics_cohorts", "analytics_activity"),
)
Result = TypeVar("Result")


@dataclass
class Snapshot:
    """All that the comparison looks at, read at once."""

    accounts: dict[str, members.Account]
    links: dict[tuple[str, str], str]
    payments: dict[str, payments.Payment]
    purchases: list[payments.Purchase]
    lots: list[ledger.Lot]
    rows: list[ledger.Transaction]
    redemptions: dict[str, rewards.Redemption]
    stock: dict[str, int]
    wallets: dict[tuple[str, str], int]
    spends: list[credit.CreditSpend]
    referrals: dict[str, referrals.Referral]
    told: dict[str, dict[str, Any]]
    moves: dict[str, list[dict[str, Any]]]
    season: Kept


class Driver:
    """One event loop and one store for many examples."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.store: Store = self.wait(Store.open("test", Settings(database_url=url)))

    def wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run_until_complete(asyncio.wait_for(work, 60))

    def close(self) -> None:
        self.wait(self.store.close())
        self.loop.close()

    def begin(self, programs: Sequence[ProgramSpec], now: int) -> None:
        """An empty store with these programs and this time."""

        async def empty(session: Session) -> None:
            for table in EMPTIED:
                await session.execute(f"delete from {table}")
            await session.execute("update analytics_state set turn = 0, built_at = 0, zones = '{}'")
            await session.execute(
                "update store_state set clock_now = $1, configuration_version = configuration_version + 1 where id = 1",
                now,
            )

        self.wait(self.store.database.write(empty))
        self.store.write_path = WritePath(self.store.database, real_time_only=False)
        for program in programs:
            self.run(CreateProgram(program.definition(), program.id))
            for segment in program.season.segments:
                self.run(CreateSegment(segment.definition(), segment.id))
            for rule in program.rules:
                self.run(CreateRule(rule.definition(), rule.id))
            for reward in program.rewards:
                reward.id = self.run(CreateReward(reward.definition()))["id"]
            for campaign in program.season.campaigns:
                self.run(CreateCampaign(campaign.definition(now), campaign.id))

    def run(self, command: Any) -> Any:
        return self.wait(self.store.write_path.run(command, ORIGIN))

    def together(self, commands: Sequence[Any]) -> list[Any]:
        """Requests of one command each, all waiting at once: one batch, decided in this order."""

        async def all_at_once() -> list[Any]:
            run = self.store.write_path.run
            return await asyncio.gather(*(run(command, ORIGIN) for command in commands), return_exceptions=True)

        return self.wait(all_at_once())

    def request(self, commands: Sequence[Any], key: str | None) -> tuple[list[Any], Reply]:
        """One request of several commands, with an idempotency key or none."""
        outcomes: list[Any] = []

        def render(found: list[Any]) -> tuple[Reply, bool]:
            outcomes[:] = found
            return Reply(200, json.encode([str(each)[:60] for each in found])), True

        claim = None if key is None else Claim("POST /v1/anything", key, str(len(commands)))
        reply = self.wait(self.store.write_path.answer(commands, ORIGIN, render, claim))
        return outcomes, reply

    def settle(self, accounts: list[str]) -> None:
        self.run(Settle(accounts))

    def sweep(self) -> None:
        self.wait(self.store.sweep())

    def faults(self) -> list[Any]:
        return self.wait(verify(self.store.database)).faults

    def snapshot(self) -> Snapshot:
        async def read(session: Session) -> Snapshot:
            moves: dict[str, list[dict[str, Any]]] = {}
            for account, data in await session.fetch(
                "select account, data from outgoing_events where type = 'loyalty.tier.changed' order by id"
            ):
                if (move := json.decode(data)["object"]) is not None:  # or else it was erased
                    moves.setdefault(account, []).append(move)
            return Snapshot(
                {row.id: row for row in await session.rows(members.ACCOUNTS, "true")},
                {(row.customer, row.program): row.account for row in await session.rows(members.LINKS, "true")},
                {row.id: row for row in await session.rows(payments.PAYMENTS, "true")},
                await session.rows(payments.PURCHASES, "true"),
                await session.rows(ledger.LOTS, "true order by id"),
                await session.rows(ledger.TRANSACTIONS, "true order by id"),
                {row.id: row for row in await session.rows(rewards.REDEMPTIONS, "true")},
                {row.reward: row.taken for row in await session.rows(rewards.REWARD_STOCK, "true")},
                {(row.account, row.currency): row.balance for row in await session.rows(credit.WALLETS, "true")},
                await session.rows(credit.SPENDS, "true"),
                {row.id: row for row in await session.rows(referrals.REFERRALS, "true")},
                {
                    account: json.decode(data)["object"]
                    for account, data in await session.fetch(
                        "select account, data from outgoing_events where type like 'loyalty.account.%' order by id"
                    )
                },
                moves,
                await read_season(session),
            )

        return self.wait(self.store.database.read(read))


def compare_answers(model: Model, asked: Sequence[Asked], outcomes: Sequence[Any]) -> None:
    """The model is asked the same things in the same order; both have to say the same."""
    assert len(asked) == len(outcomes)
    for each, outcome in zip(asked, outcomes, strict=True):
        expected = _asked(model, each)
        if isinstance(expected, Refused):
            code = outcome.code if isinstance(outcome, Refusal) else None
            assert code == str(expected), f"{expected} was expected, not {outcome!r}"
            continue
        if isinstance(outcome, BaseException):
            raise AssertionError(f"{expected} was expected, not {outcome!r}") from outcome
        if isinstance(expected, Expected):
            compare_member(expected, outcome)
        elif isinstance(expected, Answer):
            compare_event(expected, outcome)
        elif isinstance(expected, Shown):
            found = {name: outcome[name] for name in expected.fields}
            assert found == expected.fields, (found, expected.fields)
            expected.learn(outcome)
        else:
            assert outcome["amount"] == expected


def _asked(model: Model, each: Asked) -> Any:
    try:
        return model.hear(each.ask_model)
    except Refused as refused:
        return refused


def compare_member(expected: Expected, shown: dict[str, Any]) -> None:
    bind(expected.member, shown["id"])
    found = (shown["status"], shown["balance"], shown["pending_balance"], shown["lifetime_points"])
    assert found == (expected.status, expected.balance, expected.pending, expected.lifetime)


def bind(member: Member, identifier: str | None) -> None:
    if member.id is None:
        member.id = identifier
    assert member.id == identifier


def compare_event(expected: Answer, outcome: EventOutcome) -> None:
    if expected.status == "duplicate":
        assert (outcome.status, outcome.first_status) == ("duplicate", expected.reason)
        return
    assert (outcome.status, outcome.reason) == (expected.status, expected.reason)
    assert [(each.redemption, each.status, each.reason) for each in outcome.redemptions] == expected.redemptions
    assert [(each.account, each.currency, each.amount, each.status) for each in outcome.credit] == expected.credit
    found = {each.program: each for each in outcome.programs}
    for heard in expected.programs:
        entry = found[heard.program]
        assert (entry.status, entry.reason) == (heard.status, heard.reason), (entry, heard.program)
        if heard.member is not None:
            bind(heard.member, entry.account)
        line = None if entry.referral is None else (entry.referral.id, entry.referral.status, entry.referral.reason)
        told = None if heard.referral is None else (heard.referral[0].id, *heard.referral[1:])
        assert line == told, (line, told)
        assert [line.amount for line in entry.transactions] == heard.amounts, (entry, heard.amounts)
    heard_of = {heard.program for heard in expected.programs}
    assert not [entry for name, entry in found.items() if name not in heard_of and entry.transactions]


def compare_stores(world: World, found: Snapshot) -> None:
    """Every member, lot, link and payment, exactly. An account that is still to be settled is left for later."""
    model = world.model
    assert set(found.accounts) == {member.id for member in model.members}
    for member in model.members:
        account = found.accounts[str(member.id)]
        compare_account(member, account, found.told[account.id])
        if account.next_due_at is None or account.next_due_at > model.now:
            compare_balances(member, account, found)
            assert account.tier == model.tier_of(member), account.id
            told = [
                (parse_instant(each["effective_at"]), each["from"], each["to"], each["qualifying_value"])
                for each in found.moves.get(account.id, [])
            ]
            assert in_one_step(told) == in_one_step(model.moves.get(member, [])), (
                account.id,
                told,
                model.moves.get(member, []),
            )
    resolved = {key: member.resolved().id for key, member in model.links.items()}
    assert found.links == resolved
    blank = {
        name
        for name, row in found.payments.items()
        if row.amount is None and row.failed_at is None and not row.refunded
    }
    assert {name: row.refunded for name, row in found.payments.items() if name not in blank - set(model.payments)} == {
        name: payment.refunded for name, payment in model.payments.items()
    }
    compare_awards(world, found)
    compare_redemptions(model, found)
    compare_spends(model, found)
    compare_referrals(model, found)
    compare_season(model, found.season)


def in_one_step(moves: list[Move]) -> list[Move]:
    """Moves of the same moment are one, and none where they lead back; the value counts for moves down: one up may be of a
    value on the way, of a welcome before a purchase.
    """
    found: list[Move] = []
    for at, before, after, value in moves:
        first = found.pop()[1] if found and found[-1][0] == at else before
        if first != after:
            found.append((at, first, after, value if after < first else 0))
    return found


def compare_account(member: Member, account: members.Account, told: dict[str, Any]) -> None:
    """Also with the last that the world was told of it, unless it is merged: then the survivor's event tells."""
    survivor = None if member.survivor is None else member.survivor.id
    assert (account.status, account.customer, account.merged_into) == (member.status, member.customer, survivor)
    assert account.lifetime_points == member.lifetime
    if member.status != "merged":
        assert (told["customer"], told["status"]) == (account.customer, account.status)
        assert told["metadata"] == json.decode(account.metadata)


def compare_balances(member: Member, account: members.Account, found: Snapshot) -> None:
    assert (account.balance, account.pending_balance) == (member.balance, member.pending), member.id
    compare_ledger(member, account.id, ledger.POINTS, found)
    held = {currency: balance for (owner, currency), balance in found.wallets.items() if owner == account.id}
    assert {currency: held.get(currency, 0) for currency in {*held, *member.wallets}} == {
        currency: member.wallet(currency).balance for currency in {*held, *member.wallets}
    }
    for currency, wallet in member.wallets.items():
        compare_ledger(wallet, account.id, currency, found)


def compare_ledger(holder: Holder, account: str, unit: str, found: Snapshot) -> None:
    """Every lot, and every row with the moment at which it took effect."""
    rows = [
        (row.type, row.amount, row.effective_at) for row in found.rows if row.account == account and row.unit == unit
    ]
    wanted = [(row.kind, row.amount, row.effective_at) for row in holder.rows]
    assert expired_together(rows) == expired_together(wanted), (account, unit)
    lots = [
        (lot.amount, lot.remaining, lot.expired, bool(lot.pending), lot.effective_at, lot.available_at)
        for lot in found.lots
        if lot.account == account and lot.unit == unit
    ]
    assert lots == [
        (lot.amount, lot.left, lot.expired, lot.pending, lot.effective_at, lot.available_at) for lot in holder.lots
    ], (account, unit)


def expired_together(rows: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """In order; what expired at one moment may stand in several rows, as it came back one spend after the other."""
    gone: dict[int, int] = {}
    for kind, amount, at in rows:
        if kind == "expire":
            gone[at] = gone.get(at, 0) + amount
    others = [row for row in rows if row[0] != "expire"]
    return sorted([*others, *(("expire", amount, at) for at, amount in gone.items())])


def compare_redemptions(model: Model, found: Snapshot) -> None:
    """Every redemption and stock; those of an account that is still to be settled are left for later."""
    assert set(found.redemptions) == {bought.id for bought in model.redemptions}
    due = {name for name, row in found.accounts.items() if row.next_due_at is not None and row.next_due_at <= model.now}
    for bought in model.redemptions:
        row = found.redemptions[bought.id]
        assert row.account == bought.member.id
        if row.account not in due:
            assert (row.status, row.payment, row.stocked) == (bought.status, bought.payment, bought.stocked), row.id
    for program in model.programs.values():
        for reward in program.rewards:
            late = any(bought.member.id in due for bought in model.redemptions if bought.reward is reward)
            assert late or found.stock[reward.id] == model.taken_of(reward)


def compare_referrals(model: Model, found: Snapshot) -> None:
    """Every referral; one whose window may be over is left until its referee is looked at."""
    assert set(found.referrals) == {each.id for each in model.referrals}
    for each in model.referrals:
        row = found.referrals[each.id]
        referee = None if each.referee is None else each.referee.resolved().id
        assert (row.referrer, row.referee, row.payment) == (each.referrer.id, referee, each.payment)
        due = None if referee is None else found.accounts[referee].next_due_at
        if due is None or due > model.now:
            assert row.status == each.status, row.id


def compare_spends(model: Model, found: Snapshot) -> None:
    """What was spent on each payment, whose that is now, and what of it came back."""
    wanted = [
        (name, str(spent.member.resolved().id), spent.currency, spent.amount, spent.returned, spent.state)
        for name, payment in model.payments.items()
        for spent in payment.spends
    ]
    kept = [(row.payment, row.account, row.currency, row.amount, row.returned, row.state) for row in found.spends]
    assert sorted(kept) == sorted(wanted)


def compare_awards(world: World, found: Snapshot) -> None:
    """What each payment earned, and what was taken back of each earn."""
    due = {name for name, row in found.accounts.items() if row.next_due_at is not None}
    for name, payment in world.model.payments.items():
        kept = [
            (award.rule, award.earned, award.due, award.reversed)
            for purchase in found.purchases
            if purchase.payment == name
            for award in sorted(awards.awards_of(purchase), key=lambda award: award.transaction)
        ]
        wanted = [(award.rule, award.earned, award.due, award.reversed) for award in payment.awards]
        assert sorted(kept, key=str) == sorted(wanted, key=str), (name, due)


def as_of(found: Snapshot, member: Member, moment: int) -> tuple[int, int, int]:
    """As the API reads it: the rows that were the account's own at that moment, whoever holds them now."""
    owners = {owner.id for owner in member.owned_at(moment)}
    holder = member.resolved().id
    rows = [row for row in found.rows if row.unit == ledger.POINTS and row.account == holder]
    rows = [row for row in rows if row.original_account in owners]
    assert all(ids.carried_bucket(row.id) == row.bucket for row in rows)
    return ledger.balances_as_of(rows, moment)
