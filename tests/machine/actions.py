"""Everything that can be asked, as data that Hypothesis draws: each knows its command, and what the model makes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.machine import naive_time
from tests.machine.ledger_model import Member
from tests.machine.model import Event, Model
from tests.machine.money_model import Answer
from tests.machine.redeem_model import Redemption
from vinr_engagement import commands
from vinr_engagement.commands import parse_event

CUSTOMERS = ("cust_0", "cust_1", "cust_2", "cust_3")
FRIEND = "friend"
"""The customer whom a member brought last."""
LAST = -1
"""The number of the payment that earned something last, or on which something was spent."""


@dataclass
class Asked:
    """A command, and the same thing asked of the model."""

    command: Any
    ask_model: Callable[[], Any]


@dataclass
class Expected:
    """What a member looked like right after the command."""

    member: Member
    status: str
    balance: int
    pending: int
    lifetime: int


@dataclass
class Shown:
    """What an answer has to show, among other things; ``learn`` is told all of it."""

    fields: dict[str, Any]
    learn: Callable[[dict[str, Any]], None] = lambda shown: None


def seen(member: Member) -> Expected:
    return Expected(member, member.status, member.balance, member.pending, member.lifetime)


@dataclass
class World:
    """The model, and what was sent so far; numbers in actions pick from it, whatever there is."""

    model: Model
    sent: list[Event] = field(default_factory=list)
    events: int = 0
    next_payment: int = 0
    friends: int = 0

    def new_friend(self) -> str:
        self.friends += 1
        return self.friend

    @property
    def friend(self) -> str:
        """The last new customer that a member brought."""
        return f"cust_friend_{self.friends}"

    def known(self) -> list[Member]:
        return [member for member in self.model.members if member.id is not None]

    def member(self, number: int) -> Member | None:
        known = self.known()
        return known[number % len(known)] if known else None

    def spender(self, number: int) -> Member | None:
        """Mostly one who is there and has something to spend."""
        there = [member for member in self.known() if member.status == "active"]
        rich = [member for member in there if member.balance > 0]
        found = self.known() if number % 6 == 5 else rich or there or self.known()
        return found[number % len(found)] if found else None

    def redemption(self, number: int) -> Redemption | None:
        """Counted from the last."""
        known = [bought for bought in self.model.redemptions if bought.id]
        return known[-1 - number % len(known)] if known else None

    def payment(self, number: int) -> str:
        """Mostly a payment that matters to a member; at times any other, or the one that is to come next."""
        known = self.model.payments
        earning = [name for name, each in known.items() if each.awards or each.redemptions or each.spends]
        if number == LAST and earning:
            return earning[-1]
        if number % 8 == 7 or not known:
            return f"pay_{self.next_payment}"
        names = earning if earning and number % 8 else list(known)
        return names[number % len(names)]

    def new_payment(self) -> str:
        self.next_payment += 1
        return f"pay_{self.next_payment - 1}"

    def event(self, kind: str, at: int, body: dict[str, Any]) -> Asked:
        self.events += 1
        fact = {"id": f"evt_{self.events}", "type": kind, "at": at, "object": body}
        self.sent.append(fact)
        return self.send(fact)

    def send(self, fact: Event) -> Asked:
        raw = {
            "id": fact["id"],
            "type": fact["type"],
            "created_at": naive_time.text(fact["at"]),
            "data": {"object": fact["object"]},
        }
        return Asked(commands.ReceiveEvent(parse_event(raw)), lambda: self.model.receive(fact))


class Action:
    """Something to do. ``asked`` is ``None`` where there is nothing yet to do it to."""

    def asked(self, world: World) -> Asked | None:
        raise NotImplementedError


@dataclass
class Create(Action):
    program: int
    customer: str | None

    def asked(self, world: World) -> Asked:
        programs = list(world.model.programs)
        name = programs[self.program % len(programs)]
        return Asked(
            commands.CreateAccount(name, self.customer, {}), lambda: seen(world.model.create(name, self.customer))
        )


@dataclass
class OfMember(Action):
    """Close, reopen, link, erase and merge: about members that exist."""

    what: str
    member: int
    other: int = 0
    customer: str = CUSTOMERS[0]
    dry_run: bool = False

    def asked(self, world: World) -> Asked | None:
        member, other = world.member(self.member), world.member(self.other)
        if member is None or other is None:
            return None
        name, model = str(member.id), world.model
        if self.what == "close":
            return Asked(commands.CloseAccount(name), lambda: seen(model.close(member)))
        if self.what == "erase":
            return Asked(commands.EraseAccount(name), lambda: seen(model.erase(member)))
        if self.what == "reopen":
            return Asked(commands.ReopenAccount(name), lambda: seen(model.reopen(member)))
        if self.what == "link":
            return Asked(
                commands.UpdateAccount(name, {"k": "v"}, self.customer), lambda: seen(model.link(member, self.customer))
            )
        return Asked(
            commands.MergeAccounts(name, str(other.id), dry_run=self.dry_run),
            lambda: self._merged(model, member, other),
        )

    def _merged(self, model: Model, source: Member, target: Member) -> Expected:
        survivor = model.merge(source, target, dry_run=self.dry_run)
        if not self.dry_run:
            return seen(survivor)
        both = (source, target)
        sums = [sum(getattr(each, name) for each in both) for name in ("balance", "pending", "lifetime")]
        return Expected(target, target.status, *sums)


@dataclass
class AdjustMember(Action):
    """``emptying`` takes what there is, and ``amount`` beyond it."""

    member: int
    amount: int
    expires_in: int | None
    negative: bool
    counts: bool
    emptying: bool = False

    def asked(self, world: World) -> Asked | None:
        member, now = world.member(self.member), world.model.now
        if member is None:
            return None
        expires_at = None if self.expires_in is None else now + self.expires_in
        command = commands.Adjust(
            str(member.id),
            self.amount,
            "goodwill",
            {},
            expires_at,
            qualifying=self.counts,
            allow_negative=self.negative,
        )
        return Asked(
            command,
            lambda: world.model.adjust(
                member, self.amount, expires_at=expires_at, negative=self.negative, counts=self.counts
            ),
        )


@dataclass
class Money(Action):
    """A payment or an invoice. ``named``: the member that the metadata names, for one without a customer; ``uses``: the
    redemptions that it names, by their codes if it can.
    """

    payment: int | None
    invoice: int | None
    amount: int
    currency: str
    customer: str | None
    channel: str
    ago: int
    named: int | None
    uses: tuple[int, ...] = ()
    by_code: bool = False

    def asked(self, world: World) -> Asked:
        payment = world.new_payment() if self.payment is None else world.payment(self.payment)
        body: dict[str, Any] = {"id": payment, "amount": self.amount, "currency": self.currency}
        if self.invoice is not None:
            body["id"] = f"inv_{self.invoice}" if self.invoice else "inv_" + payment
            if self.invoice % 4:
                body["payment"] = payment
            known = world.model.payments.get(payment)
            if known is not None and known.amount is not None and self.amount % 2:
                body["amount"], body["currency"] = known.amount, known.currency  # the usual case
        if self.customer is not None:
            body["customer"] = world.friend if self.customer == FRIEND else self.customer
        body["metadata"] = metadata_of(world, self.channel, self.named, self.uses, by_code=self.by_code)
        kind = "payment.completed" if self.invoice is None else "invoice.paid"
        return world.event(kind, world.model.now - self.ago, body)


def metadata_of(
    world: World, channel: str, named: int | None, uses: tuple[int, ...] = (), *, by_code: bool = False
) -> dict[str, str]:
    metadata = {"channel": channel}
    if named is not None and (member := world.member(named)) is not None:
        metadata["loyalty_account"] = str(member.id)
    used = [bought for number in uses if (bought := world.redemption(number)) is not None]
    codes = [str(bought.code).lower() for bought in used if by_code and bought.code]
    others = [bought.id for bought in used if not (by_code and bought.code)]
    if codes:
        metadata["discount_code"] = ",".join(codes)
    if others:
        metadata["redemption"] = " , ".join([*others, "rdm_unknown"] if len(others) > 1 else others)
    return metadata


@dataclass
class TakeBack(Action):
    """A refund or a dispute; ``share`` of what the payment is, in tenths, or else so much money."""

    what: str
    payment: int
    refund: int
    share: int | None
    money: int
    ago: int
    name: str | None = None

    def asked(self, world: World) -> Asked:
        name = self.name or world.payment(self.payment)
        known = world.model.payments.get(name)
        total = known.amount if known is not None and known.amount is not None else 1_000
        amount = self.money if self.share is None else total * self.share // 10
        at = world.model.now - self.ago
        if self.what == "payment.refunded":
            return world.event(self.what, at, {"id": name, "amount_refunded": amount})
        if self.what == "refund.completed":
            return world.event(self.what, at, {"id": f"re_{self.refund}", "payment": name, "amount": amount})
        status = "won" if self.money % 5 == 0 else "lost"
        body = {"id": f"dp_{self.refund}", "payment": name, "status": status, "amount": amount}
        if self.share == 10 and self.money % 2:
            del body["amount"]
        return world.event("dispute.resolved", at, body)


@dataclass
class Custom(Action):
    """A review: any other event."""

    customer: str | None
    named: int | None
    ago: int

    def asked(self, world: World) -> Asked:
        body: dict[str, Any] = {"metadata": metadata_of(world, "web", self.named)}
        if self.customer is not None:
            body["customer"] = self.customer
        return world.event("review.created", world.model.now - self.ago, body)


@dataclass
class CustomersMerge(Action):
    source: str
    target: str

    def asked(self, world: World) -> Asked:
        return world.event("customer.merged", world.model.now, {"id": self.target, "merged_from": self.source})


@dataclass
class Again(Action):
    """A repeat of an event, or another one with its id."""

    number: int
    changed: bool

    def asked(self, world: World) -> Asked | None:
        if not world.sent:
            return None
        fact = world.sent[self.number % len(world.sent)]
        return world.send({**fact, "at": fact["at"] - 1} if self.changed else fact)


@dataclass
class Replay(Action):
    number: int
    member: int | None
    any_event: bool = False

    def asked(self, world: World) -> Asked | None:
        ignored = [name for name, (_, answer) in world.model.events.items() if answer.status == "ignored"]
        others = [fact["id"] for fact in world.sent]
        names = ignored if ignored and self.number % 4 and not self.any_event else others
        if not names:
            return None
        name = names[self.number % len(names)]
        member = None if self.member is None else world.member(self.member)
        account = None if member is None else member.id
        return Asked(commands.ReplayEvent(name, account), lambda: self._replayed(world.model, name, member))

    @staticmethod
    def _replayed(model: Model, name: str, member: Member | None) -> Answer:
        return replace(model.replay(name, member))
