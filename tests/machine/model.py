"""The whole product in the small: members, links, payments and events, one plain method for each thing that can be asked."""

from collections.abc import Callable
from typing import Any

from tests.machine import naive_time, pricing_model
from tests.machine.campaign_model import Campaigning, Look, best_of, boost_of
from tests.machine.credit_model import Crediting
from tests.machine.ledger_model import Award, Member
from tests.machine.money_model import ERASED, Answer, Heard, Payment, Purchase, Refused
from tests.machine.paying_model import Paying
from tests.machine.redeem_model import Redeeming
from tests.machine.referral_model import Referring
from tests.machine.shop import ProgramSpec, RuleSpec
from tests.machine.tier_model import Climbing
from tests.machine.whole import Event

MINUTE = 60 * 1_000_000
BUILT_IN = (
    *("payment.refunded", "refund.completed", "dispute.resolved", "customer.merged"),
    *("payment.failed", "payment.expired"),
)


class Model(Crediting, Redeeming, Climbing, Referring, Campaigning, Paying):
    """Time, members and money of one example."""

    def __init__(self, programs: tuple[ProgramSpec, ...], now: int) -> None:
        super().__init__(programs, now)
        self.links: dict[tuple[str, str], Member] = {}
        self.events: dict[str, tuple[Event, Answer]] = {}

    def advance(self, now: int) -> None:
        self.now = now
        for member in self.members:
            member.settle(now)
        self.walk()
        self.end_windows()

    def hear(self, ask: Callable[[], Any]) -> Any:
        """Lets something happen, and whatever it makes due."""
        self.remember()
        answer = ask()
        self.place()
        self.advance(self.now)
        return answer

    # members

    def holder(self, customer: str, program: str) -> Member | None:
        linked = self.links.get((customer, program))
        return None if linked is None else linked.resolved()

    def refuse_second(self, customer: str, program: str) -> None:
        held = self.holder(customer, program)
        if held is not None and held.status == "active":
            raise Refused("account_already_exists")

    def create(self, program: str, customer: str | None) -> Member:
        return self.enroll(program, customer, self.now)

    def enroll(self, program: str, customer: str | None, at: int) -> Member:
        if customer is not None:
            self.refuse_second(customer, program)
        member = Member(self.programs[program], at, customer=customer)
        self.members.append(member)
        if customer is not None:
            self.links[customer, program] = member
        for rule in self.rules(program, "loyalty.account.created"):
            if self.programs[program].status == "active":
                points = pricing_model.fixed(rule, self.programs[program].rounding, self.factor(None, member.program))
                self.give(member, rule, pricing_model.Verdict(points, lambda net: 0), at, None, {})
        return member

    @staticmethod
    def own(member: Member) -> Member:
        if member.status == "merged":
            raise Refused("account_merged")
        return member

    def close(self, member: Member) -> Member:
        if self.own(member).status == "closed":
            raise Refused("account_closed")
        member.status = "closed"
        return member

    def reopen(self, member: Member) -> Member:
        if self.own(member).status != "closed":
            raise Refused("account_not_closed")
        if member.customer is not None:
            held = self.holder(member.customer, member.program.id)
            if held is not member:
                self.refuse_second(member.customer, member.program.id)
            self.links[member.customer, member.program.id] = member
        member.status = "active"
        return member

    def erase(self, member: Member) -> Member:
        """Forgets the person: no link leads here any more, and events about the person are not looked at again."""
        if self.own(member).erased:
            raise Refused("account_erased")
        customers = {customer for (customer, _), linked in self.links.items() if linked.resolved() is member}
        self.links = {key: linked for key, linked in self.links.items() if linked.resolved() is not member}
        elsewhere = {customer for customer, _ in self.links}
        for _, answer in self.events.values():
            wrote = any(h.amounts and h.member is not None and h.member.resolved() is member for h in answer.programs)
            of_member = answer.member is not None and answer.member.resolved() is member
            if wrote or of_member or answer.customer in customers - elsewhere:
                answer.erased = True
        for payment in self.payments.values():
            if any(purchase.member.resolved() is member for purchase in payment.purchases.values()):
                payment.customer = ERASED
        member.erased = True
        for each in member.owned_at(self.now):
            each.customer = None
            self.moves.pop(each, None)
        return member

    def link(self, member: Member, customer: str) -> Member:
        if self.own(member).customer != customer:
            if member.customer is not None:
                raise Refused("account_already_linked")
            if self.holder(customer, member.program.id) is not member:
                self.refuse_second(customer, member.program.id)
            member.customer = customer
            self.links[customer, member.program.id] = member
        return member

    def merge(self, source: Member, target: Member, *, dry_run: bool) -> Member:
        if source is target:
            raise Refused("parameter_invalid")
        self.own(source)
        if self.own(target).program is not source.program:
            raise Refused("program_mismatch")
        if target.status != "active":
            raise Refused("account_closed")
        if not dry_run:
            self.combine(source, target)
        return target

    def combine(self, source: Member, target: Member) -> None:
        target.absorb(source, self.now)
        self.combine_progress(source, target)
        self.combine_standing(source, target)
        self.combine_referrals(target)

    def adjust(self, member: Member, amount: int, *, expires_at: int | None, negative: bool, counts: bool) -> int:
        self.own(member)
        if amount > 0:
            if expires_at is not None and expires_at <= self.now:
                raise Refused("expires_at_in_past")
            member.credit(
                "adjust", amount, self.now, effective_at=self.now, held=False, counts=counts, expires_at=expires_at
            )
        elif expires_at is not None:
            raise Refused("parameter_invalid")
        elif member.balance < -amount and not negative:
            raise Refused("insufficient_points")
        else:
            member.debit(-amount, self.now)
        return amount

    # events

    def receive(self, event: Event) -> Answer:
        if event["id"] in self.events:
            first, answer = self.events[event["id"]]
            if first != event:
                raise Refused("event_conflict")
            return Answer("duplicate", answer.status)
        at = event["at"]
        if at > self.now + 5 * MINUTE:
            raise Refused("event_in_future")
        handler = getattr(self, "on_" + event["type"].replace(".", "_"), self.on_other)
        answer = handler(event, event["object"], at)
        answer.customer = self.customer_about(event)
        answer.member = None if answer.customer else self.member_about(event, answer)
        self.events[event["id"]] = event, answer
        return answer

    def customer_about(self, event: Event) -> str | None:
        """Whom an event names, or who made the payment that it is about."""
        body = event["object"]
        if body.get("customer") is not None or event["type"] not in BUILT_IN:
            return body.get("customer")
        payment = self.payments.get(body.get("payment", body.get("id")))
        return None if payment is None or payment.customer == ERASED else payment.customer

    def member_about(self, event: Event, answer: Answer) -> Member | None:
        """Whom an event without a customer reached, or names."""
        reached = next((heard.member for heard in answer.programs if heard.member is not None), None)
        named = event["object"].get("metadata", {}).get("loyalty_account")
        return reached or next((member for member in self.members if named and member.id == named), None)

    def on_other(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        return self.heard([self.evaluate(program, event) for program in self.programs])

    def on_customer_merged(self, event: Event, body: dict[str, Any], at: int) -> Answer:
        source, target = body["merged_from"], body["id"]
        if source == target:
            raise Refused("parameter_invalid")
        answer = Answer("processed")
        for program in self.programs:
            leaving, staying = self.holder(source, program), self.holder(target, program)
            if leaving is None or leaving is staying:
                continue
            if staying is None:
                self.links[target, program] = leaving
                if leaving.customer == source:
                    leaving.customer = target
                answer.programs.append(Heard(program, "processed", None, leaving))
            elif staying.status != "active":
                answer.programs.append(Heard(program, "ignored", "account_closed"))
            else:
                self.combine(leaving, staying)
                answer.programs.append(Heard(program, "processed", None, staying))
        return answer

    def replay(self, event_id: str, member: Member | None) -> Answer:
        if event_id not in self.events:
            raise Refused("resource_missing")
        if member is not None:
            self.own(member)
        event, first = self.events[event_id]
        if first.erased or event["type"] in BUILT_IN or all(heard.status != "ignored" for heard in first.programs):
            raise Refused("event_not_replayable")
        body, payment = event["object"], None
        if event["type"] in pricing_model.PAID:
            payment = self.payments[body.get("payment", body["id"])]
        programs = []
        for heard in first.programs:
            if heard.status == "ignored" and (member is None or member.program.id == heard.program):
                programs.append(self.evaluate(heard.program, event, payment, only=member))
            else:
                programs.append(heard)
        told = list(first.redemptions), list(first.credit)
        if payment is not None:
            self.claw_back(payment, programs, told)
        answer = self.heard(programs, told)
        answer.customer, answer.member = first.customer, member or first.member
        self.events[event_id] = event, answer
        return answer

    # rules

    def rules(self, program: str, trigger: str) -> list[RuleSpec]:
        return sorted((r for r in self.programs[program].rules if r.trigger == trigger), key=lambda rule: rule.id)

    def evaluate(self, name: str, event: Event, payment: Payment | None = None, only: Member | None = None) -> Heard:
        program, body, at = self.programs[name], event["object"], event["at"]
        if program.status != "active":
            return Heard(name, "ignored", "program_paused")
        member, reason = self.whose(name, body) if only is None else (only, "unknown_account")
        if member is not None and member.status != "active":
            return Heard(name, "ignored", "account_closed")
        if member is None and not (reason == "not_enrolled" and program.auto_enroll):
            return Heard(name, "ignored", reason)
        rules = self.rules(name, event["type"])
        facts = self.facts(member, name, body, at)
        factor, looked = self.factor(member, program), self.look(name, member, event, facts)
        boost, best = boost_of(looked), best_of(looked)
        verdicts = [
            pricing_model.judge(rule, body, facts, program.currency, program.rounding, factor, boost) for rule in rules
        ]
        if member is None:
            room = [rule.budget is None or self.spent(rule) < rule.budget for rule in rules]
            given = any(v is not None and v.points and left for v, left in zip(verdicts, room, strict=True))
            if not given and not self.would_bring(looked, body):
                return Heard(name, "ignored", reason)
            member, before = self.enroll(name, body["customer"], min(at, self.now)), 0
        else:
            before = len(member.rows)
        heard = Heard(name, "processed", None, member)
        for rule, verdict in zip(rules, verdicts, strict=True):
            if verdict is not None and verdict.points:
                self.give(member, rule, verdict, at, payment, body, best)
        self.carry_out(member, looked, at, payment, body)
        heard.amounts = [row.amount for row in member.rows[before:]]
        if payment is not None and name not in payment.purchases:
            payment.purchases[name] = Purchase(member, naive_time.day_number(at, program.zone))
        if all(verdict is None for verdict in verdicts) and not any(look.matched for look in looked):
            heard.status, heard.reason = "ignored", "no_matching_rule"
        if payment is not None and event["type"] == "payment.completed":
            heard.amounts += self.convert(member, payment, body, at, heard)
        return heard

    def whose(self, program: str, body: dict[str, Any]) -> tuple[Member | None, str]:
        if body.get("customer") is not None:
            return self.holder(body["customer"], program), "not_enrolled"
        named = body.get("metadata", {}).get("loyalty_account")
        if named is None:
            return None, "guest"
        found = next((member for member in self.members if member.id == named), None)
        if found is None:
            return None, "unknown_account"
        return (found.resolved(), "") if found.program.id == program else (None, "guest")

    def facts(self, member: Member | None, program: str, body: dict[str, Any], at: int) -> pricing_model.Facts:
        today = naive_time.day_number(at, self.programs[program].zone)
        bought = [
            (payment, purchase.day)
            for payment in self.payments.values()
            for held, purchase in payment.purchases.items()
            if held == program and purchase.member.resolved() is member and purchase.day <= today
        ]

        def spend(days: int) -> int:
            currency = self.programs[program].currency
            return sum(p.spend(currency) for p, day in bought if day > today - days)

        known: dict[str, Any] = {
            "event.amount": body.get("amount"),
            "event.metadata.channel": body.get("metadata", {}).get("channel"),
            "points_balance": 0 if member is None else member.balance,
            "orders_lifetime": sum(1 for payment, _ in bought if payment.net or not payment.amount),
            "spend_30d": spend(30),
            "spend_lifetime": spend(10**9),
        }
        segments = self.programs[program].season.segments
        known["segment"] = {each.id for each in segments if pricing_model.together(each, known.get)}
        return known.get

    def spent(self, rule: RuleSpec) -> int:
        return sum(a.earned - a.reversed for member in self.members for a in member.awards if a.rule == rule.id)

    def give(
        self,
        member: Member,
        rule: RuleSpec,
        verdict: pricing_model.Verdict,
        at: int,
        payment: Payment | None,
        body: dict[str, Any],
        best: Look | None = None,
    ) -> None:
        """Awards what cap and budget leave, and of a campaign's part what the campaign has left."""
        period = naive_time.window(at, rule.window, member.program.zone) if rule.window else None
        used = [a for a in member.awards if a.rule == rule.id and a.period == period]
        points = verdict.points
        if rule.window and rule.cap_points is not None:
            points = min(points, max(0, rule.cap_points - sum(a.earned - a.reversed for a in used)))
        if rule.window and rule.cap_times is not None and sum(a.due < a.earned for a in used) >= rule.cap_times:
            points = 0
        if rule.budget is not None:
            points = min(points, max(0, rule.budget - self.spent(rule)))
        worth, share = within(verdict.worth, points), None
        if best is not None:
            wanted = points
            points, share, room = self.boost(member, verdict, best, wanted, body["amount"])
            if room is not None:
                worth = within(lambda net: min(verdict.worth(net), verdict.plain(net) + room), wanted)
        if points == 0:
            return
        happened, held = min(at, self.now), rule.trigger in pricing_model.PAID
        lot = member.credit("earn", points, self.now, effective_at=happened, held=held, counts=True)
        award = Award(member, rule.id, period, points, lot, worth, body.get("amount"), share=share)
        member.awards.append(award)
        if payment is not None:
            payment.awards.append(award)


def within(worth: Callable[[int], int], most: int) -> Callable[[int], int]:
    return lambda net: min(most, worth(net))
