"""A shop whose steps are told one by one, by several members, and what each step left behind."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from tests.docs.shop import PROGRAM, Shop, minor
from tests.docs.tables import Row, codes
from vinr_engagement.commands import (
    Adjust,
    ApplyRedemption,
    AttributeReferral,
    CreateCampaign,
    CreateReferral,
    CreateReward,
    MergeAccounts,
    PinTier,
    RedeemReward,
    ReleaseRedemption,
    Store,
    tier_progress,
)
from vinr_engagement.commands.events import EventOutcome
from vinr_engagement.foundation.clock import DAY, HOUR, parse_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Refusal
from vinr_engagement.ledger import POINTS, Transaction
from vinr_engagement.referrals import Terms
from vinr_engagement.referrals import queries as referral_queries
from vinr_engagement.rewards import queries as reward_queries
from vinr_engagement.tiers import queries as tier_queries

Json = dict[str, Any]

OFF = {"name": "£3 off", "cost": 300, "value": {"amount": 300, "currency": "GBP"}}
_NAMES = "Ann", "Bob"


class Story(Shop):
    """Ann, and Bob if he is told of; their redemptions have names. Steps without a name are Ann's."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.members: dict[str, str] = {}
        self.redemptions: dict[str, str] = {}
        self.referral = ""
        self.code = ""
        self.answered: dict[str, str] = {}
        self._shown: set[str] = set()

    async def open(self, names: Iterable[str], rewards: list[Json]) -> None:
        for name in names:
            await self.turn_to(name)
        await self.turn_to("Ann")
        for reward in rewards:
            self.reward = (await self.run(CreateReward({"program": PROGRAM, **OFF, **reward})))["id"]

    async def campaign(self, definition: Json) -> None:
        """A campaign that runs from now on."""
        schedule = {name: parse_instant(moment) for name, moment in definition.get("schedule", {}).items()}
        body = {"program": PROGRAM, "name": "Campaign", "status": "active", **definition, "schedule": schedule}
        await self.run(CreateCampaign(body))

    async def turn_to(self, name: str) -> None:
        """What follows is told of this member, who is enrolled if they were not."""
        self.customer = f"cust_{name.lower()}"
        if name not in self.members:
            await self.enrol()
            self.members[name] = self.member
        self.member = self.members[name]

    async def _step(self, step: str) -> None:
        named = re.fullmatch(rf"({'|'.join(_NAMES)}) (.+)", step)
        name, what = named.groups() if named else ("Ann", step)
        await self.turn_to(name)
        self.answered = {}
        for pattern, action in _STEPS.items():
            found = re.fullmatch(pattern, what)
            if found:
                await action(self, *found.groups())
                return
        await super()._step(what)

    async def tell(self, event_type: str, body: Json, at: str | None = None, event: str | None = None) -> EventOutcome:
        outcome = await super().tell(event_type, body, at, event)
        self.answered = {each.redemption: each.reason for each in outcome.redemptions if each.reason is not None}
        return outcome

    async def pays_with(self, amount: str, name: str) -> None:
        self.paid += 1
        self.payment = f"pay_{self.paid}"
        body = {"id": self.payment, "amount": minor(amount), "currency": "GBP", "customer": self.customer}
        await self.tell("payment.completed", {**body, "metadata": {"redemption": self.redemptions[name]}})

    async def refund_of(self, amount: str, payment: str) -> None:
        refund = {"id": f"re_{self.count + 1}", "payment": payment, "amount": minor(amount)}
        await self.tell("refund.completed", refund)

    async def redeems(self, name: str) -> None:
        self.redemptions[name] = (await self.run(RedeemReward(self.member, self.reward, 1, {})))["id"]

    async def applies(self, name: str, payment: str) -> None:
        await self.run(ApplyRedemption(self.redemptions[name], payment))

    async def releases(self, name: str) -> None:
        await self.run(ReleaseRedemption(self.redemptions[name], None))

    async def is_given_for(self, points: str, days: str) -> None:
        expires_at = await self.store.now() + int(days) * DAY
        await self.run(Adjust(self.member, int(points), "goodwill_credit", {}, expires_at=expires_at))

    async def cannot_spend(self, points: str) -> None:
        try:
            await self.spends(points)
        except Refusal as refused:
            assert refused.code == "insufficient_points"  # noqa: PT017 (and nothing changed, says the table)
            return
        raise AssertionError(f"{points} points could be spent")

    async def is_merged(self, name: str) -> None:
        await self.run(MergeAccounts(self.member, self.members[name], dry_run=False))

    async def is_pinned(self, tier: str) -> None:
        await self.run(PinTier(self.member, tier, None, None))

    async def makes_a_code(self, referrer: str, referee: str, minimum: str) -> None:
        """Without a limit of conversions, its window the usual 30 days."""
        terms = Terms(int(referrer), int(referee), minor(minimum), 30, None, None)
        self.code = (await self.run(CreateReferral(PROGRAM, self.member, terms, {})))["code"]

    async def uses_code(self, name: str) -> None:
        assert self.members[name] != self.member
        self.referral = (await self.run(AttributeReferral(self.code, self.member, None)))["id"]

    async def pass_hours(self, hours: str) -> None:
        await self.advance(await self.store.now() + int(hours) * HOUR)

    async def new_rows(self, *, points: bool) -> list[Transaction]:
        """The member's rows of points, or of store credit, that no step has shown yet, oldest first."""
        rows = [row for row in await self.transactions() if (row.unit == POINTS) == points]
        new = [row for row in rows if row.id not in self._shown]
        self._shown |= {row.id for row in new}
        return new

    async def not_shown(self) -> list[str]:
        """Rows of anybody that the tables did not tell of."""
        found: list[Transaction] = []
        for name in self.members:
            await self.turn_to(name)
            found += await self.transactions()
        return [f"{row.type} {row.amount} {row.unit}" for row in found if row.id not in self._shown]

    async def tier(self) -> Json:
        """What the API answers of the member's tier."""
        account = await self.account()

        async def read(session: Session) -> Json:
            totals = await tier_queries.totals_in(session, account.id, account.all_buckets())
            program = self.store.write_path.configuration.program(PROGRAM)
            return tier_progress(program, account, totals, await self.store.now_in(session))

        return await self.store.database.read(read)

    async def status_of(self, name: str) -> str:
        """The status of a redemption, and why the event just sent left it as it is."""
        if name not in self.redemptions:
            return ""
        identifier = self.redemptions[name]
        found = await self.store.database.read(lambda session: reward_queries.get_redemption(session, identifier))
        assert found is not None
        reason = self.answered.get(identifier)
        return f"{found.status}: {reason}" if reason else found.status

    async def referral_status(self) -> str:
        if not self.referral:
            return ""
        found = await self.store.database.read(lambda session: referral_queries.get_referral(session, self.referral))
        assert found is not None
        return found.status

    async def tells(self, column: str) -> str:
        """What stands in a column now, as the tables write it."""
        if column in _COLUMNS:
            return await _COLUMNS[column](self)
        return await self.status_of(column)

    async def show(self, row: Row) -> Row:
        """The row of a table as it is, its step carried out; without a step it goes on about another member."""
        if row["step"]:
            await self.play(row["step"])
        if row.get("of"):
            await self.turn_to(row["of"])
        told = {column for column in row if column not in ("step", "of")}
        return {column: await self.tells(column) if column in told else row[column] for column in row}


async def _rows(story: Story) -> str:
    return ", ".join(
        _row(row, str(row.amount) if row.amount < 0 else f"+{row.amount}") for row in await story.new_rows(points=True)
    )


async def _credit_rows(story: Story) -> str:
    return ", ".join(_row(row, _signed(row.amount)) for row in await story.new_rows(points=False))


def _row(row: Transaction, amount: str) -> str:
    missing = f" ({row.uncollected} not collected)" if row.uncollected else ""
    return f"`{row.type}` {amount if row.amount else 0}{missing}"


def _signed(pence: int) -> str:
    return f"{'-' if pence < 0 else '+'}£{abs(pence) // 100}.{abs(pence) % 100:02}"


async def _balance(story: Story) -> str:
    return str((await story.account()).balance)


async def _pending(story: Story) -> str:
    return str((await story.account()).pending_balance)


async def _lifetime(story: Story) -> str:
    return str((await story.account()).lifetime_points)


async def _lots(story: Story) -> str:
    """What remains of each credit, oldest first."""
    return ", ".join(str(lot.remaining) for lot in await story.lots() if lot.unit == POINTS)


async def _wallet(story: Story) -> str:
    return _signed(await story.credit()).lstrip("+")


async def _tier(story: Story) -> str:
    return f"`{(await story.tier())['tier']}`"


async def _value(story: Story) -> str:
    return str((await story.tier())["qualifying_value"])


async def _taken_back(story: Story) -> str:
    """Of earns; what returns to a member is a ``reverse`` as well."""
    return str(-sum(row.amount for row in await story.transactions("reverse") if row.amount < 0))


async def _expired(story: Story) -> str:
    return str(await story.total("expire"))


_COLUMNS: dict[str, Callable[[Story], Awaitable[str]]] = {
    "rows": _rows,
    "credit rows": _credit_rows,
    "balance": _balance,
    "pending": _pending,
    "lifetime": _lifetime,
    "lots": _lots,
    "wallet": _wallet,
    "tier": _tier,
    "value": _value,
    "taken back": _taken_back,
    "expired": _expired,
    "referral": Story.referral_status,
}
_MONEY = r"£(\d+(?:\.\d\d)?)"
_STEPS: dict[str, Callable[..., Awaitable[None]]] = {
    rf"pays {_MONEY} with (R\d)": Story.pays_with,
    rf"refund {_MONEY} of (pay_\d)": Story.refund_of,
    r"redeems (R\d)": Story.redeems,
    r"applies (R\d) to (pay_\d)": Story.applies,
    r"releases (R\d)": Story.releases,
    r"is given (\d+) for (\d+) days": Story.is_given_for,
    r"cannot spend (\d+)": Story.cannot_spend,
    r"is merged into (\w+)": Story.is_merged,
    r"is pinned to (\w+)": Story.is_pinned,
    rf"shares a code: (\d+) for (?:her|him), (\d+) for a friend who pays {_MONEY}": Story.makes_a_code,
    r"uses the code of (\w+)": Story.uses_code,
    r"(\d+) hours pass": Story.pass_hours,
}


def settings(text: str, what: str) -> list[str]:
    """The JSON objects that a section's text gives for its ``program``, ``rule``, ``campaign`` or ``reward``."""
    return [codes(found)[0] for found in re.findall(rf"\b{what} `{{[^`]+`", text)]
