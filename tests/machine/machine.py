"""The state machine: draws what happens, asks the product and the model, and compares all that they hold."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.machine import strategies
from tests.machine.actions import (
    CUSTOMERS,
    LAST,
    Action,
    AdjustMember,
    Create,
    Money,
    OfMember,
    Replay,
    TakeBack,
    World,
)
from tests.machine.driver import Driver, as_of, compare_answers, compare_stores
from tests.machine.ledger_model import DAY, Member
from tests.machine.model import Model
from tests.machine.referral_actions import Attribute
from tests.machine.season_steps import SeasonSteps
from tests.machine.shop import ProgramSpec, dearer
from tests.machine.shops import SHOPS
from tests.machine.spending_actions import Fail, IssueCredit, Redeem, SpendCredit
from tests.machine.upkeep import UpkeepSteps
from vinr_engagement.commands import AdvanceClock, UpdateProgram, UpdateReward, UpdateRule
from vinr_engagement.foundation.errors import Refusal

BASE = 1_706_572_800_000_000 + 37 * 60 * 1_000_000
"""A Tuesday at the end of January 2024, so that months ahead are shorter, and one is a leap one."""

LONG = 800 * DAY
"""So long that all expires that ever will, but for what waits for years."""


class LoyaltyMachine(SeasonSteps, UpkeepSteps, RuleBasedStateMachine):
    """Everything that happens to a loyalty program, in any order."""

    driver: ClassVar[Driver]
    keys: "ClassVar[count[int]]" = count()

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Model((), BASE))
        self.requests: list[tuple[Sequence[Any], str, bytes]] = []
        self.features: frozenset[str] = frozenset()
        self.past: dict[int, dict[Any, tuple[int, int, int, int]]] = {}

    @initialize(programs=SHOPS, members=st.lists(strategies.CREATE, max_size=4))
    def open_shop(self, programs: tuple[ProgramSpec, ...], members: list[Action]) -> None:
        self.world = World(Model(programs, BASE))
        self.features = frozenset(feature for program in programs for feature in program.features)
        self.driver.begin(programs, BASE)
        self.do([Create(0, CUSTOMERS[0]), Create(1, CUSTOMERS[0]), *members])

    def do(self, actions: Sequence[Action], how: str = "run") -> None:
        asked = [found for action in actions if (found := action.asked(self.world)) is not None]
        commands = [each.command for each in asked]
        if not asked:
            return
        if how == "request":
            outcomes, _ = self.driver.request(commands, None)
        elif how == "once":
            key = f"key_{next(self.keys)}"
            outcomes, reply = self.driver.request(commands, key)
            self.requests.append((commands, key, reply.body))
        else:
            outcomes = self.driver.together(commands)
        compare_answers(self.world.model, asked, outcomes)

    @rule(action=strategies.ACTIONS)
    def one(self, action: Action) -> None:
        self.do([action])

    @rule(
        money=strategies.PAY | strategies.INVOICE,
        spending=st.sampled_from((None, -1, 100, 2_000)),
        span=st.none() | strategies.SPANS,
        refunds=st.lists(strategies.REFUND, min_size=1, max_size=4),
    )
    def pay_and_refund(self, money: Action, spending: int | None, span: int | None, refunds: list[TakeBack]) -> None:
        """What refunds find spent or expired already is a debt, or a loss."""
        self.do([money])
        members = [award.member for payment in self.world.model.payments.values() for award in payment.awards]
        if spending is not None and members:
            self.overdraw(members[-1], spending)
        if span is not None:
            self.wait_for(span)
        for refund in refunds:
            self.do([replace(refund, payment=LAST)])

    def overdraw(self, member: Member, beyond: int) -> None:
        number = self.world.known().index(member)
        self.do([AdjustMember(number, beyond, None, negative=True, counts=True, emptying=True)])

    @rule(money=strategies.GUEST, refunds=st.lists(strategies.REFUND, max_size=2), number=strategies.NUMBERS)
    def guest_comes_forward(self, money: Action, refunds: list[TakeBack], number: int) -> None:
        """An event that nobody's was, refunded perhaps, is told apart by hand."""
        self.do([money])
        index = len(self.world.sent) - 1
        name = str(self.world.sent[index]["object"]["id"])
        for refund in refunds:
            self.do([replace(refund, payment=LAST, name=name)])
        self.do([Replay(index, number, any_event=True)])

    @precondition(lambda self: "rewards" in self.features)
    @rule(
        redeem=strategies.REDEEM,
        beforehand=st.sampled_from((0, 100, 400)),
        span=st.none() | strategies.SPANS,
        between=st.lists(
            strategies.RELEASE_LAST | strategies.OF_REDEMPTION | strategies.FAIL | strategies.MERGE, max_size=2
        ),
        another=st.booleans(),
        payment=strategies.PAY_WITH,
        refunds=st.lists(strategies.REFUND, max_size=3),
        afterwards=st.none() | st.none() | strategies.SPANS,
    )
    def redeem_and_pay(
        self,
        redeem: Redeem,
        beforehand: int,
        span: int | None,
        between: list[Action],
        another: bool,
        payment: Money,
        refunds: list[TakeBack],
        afterwards: int | None,
    ) -> None:
        """Points are spent, perhaps come back by time or by hand, and are wanted by a payment that may be refunded."""
        member = self.world.spender(redeem.member)
        if beforehand and member is not None:
            number = self.world.known().index(member)
            self.do([AdjustMember(number, beforehand, None, negative=False, counts=False)])
        self.do([redeem])
        if span is not None:
            self.wait_for(span)
        self.do(between)
        if another:
            self.do([redeem])
        self.do([replace(payment, uses=(int(another), *payment.uses))])
        for refund in refunds:
            self.do([replace(refund, payment=LAST)])
        if afterwards is not None:
            self.wait_for(afterwards)

    @precondition(lambda self: "credit" in self.features)
    @rule(
        issued=st.lists(strategies.ISSUE, min_size=1, max_size=2),
        spent=st.lists(strategies.SPEND, min_size=1, max_size=2),
        span=st.none() | strategies.SPANS,
        fails=st.none() | st.none() | strategies.FAIL,
        payment=strategies.PAY,
        refunds=st.lists(strategies.REFUND | strategies.SPANS, max_size=4) | strategies.TWO_REFUNDS,
    )
    def spend_and_refund(
        self,
        issued: list[IssueCredit],
        spent: list[SpendCredit],
        span: int | None,
        fails: Fail | None,
        payment: Money,
        refunds: list[TakeBack | int],
    ) -> None:
        """Credit is spent on a payment to come, which may fail first; refunds give back its share."""
        number = issued[0].member
        self.do([replace(each, member=number, currency="GBP") for each in issued])
        for each in spent:
            self.do([replace(each, member=number, currency="GBP", payment=None, all_of_it=False)])
        if fails is not None:
            self.do([replace(fails, payment=None)])
        if span is not None:
            self.wait_for(span)
        self.do([replace(payment, payment=None)])
        for refund in refunds:
            if isinstance(refund, int):
                self.wait_for(refund)
            else:
                self.do([replace(refund, payment=LAST)])

    @precondition(lambda self: "tiers" in self.features)
    @rule(
        number=strategies.NUMBERS,
        steps=st.lists(
            st.sampled_from((1, 60, 100)) | strategies.SPANS | strategies.REFUND | strategies.MERGE | strategies.PIN,
            min_size=2,
            max_size=5,
        ),
    )
    def climb(self, number: int, steps: list[int | Action]) -> None:
        """A member gets points by hand, and then lets time pass, or loses some of what counted."""
        for step in steps:
            if not isinstance(step, int):
                self.do([replace(step, payment=LAST) if isinstance(step, TakeBack) else step])
            elif step > 100:
                self.wait_for(step)
            else:
                self.do([AdjustMember(number, step, None, negative=False, counts=True)])

    @precondition(lambda self: "referrals" in self.features)
    @rule(
        refer=st.none() | strategies.REFER,
        attribute=strategies.ATTRIBUTE,
        beforehand=st.none() | st.none() | strategies.REFUND | strategies.MERGE | strategies.CLOSE,
        span=st.none() | strategies.SPANS,
        paid=st.lists(strategies.FRIEND_PAYS, min_size=1, max_size=2),
        refunds=st.lists(strategies.REFUND | strategies.MERGE, max_size=3),
    )
    def bring_a_friend(
        self,
        refer: Action | None,
        attribute: Action,
        beforehand: Action | None,
        span: int | None,
        paid: list[Action],
        refunds: list[Action],
    ) -> None:
        """Somebody uses a code, and pays, in time and enough or not; what is refunded may undo it."""
        if refer is not None:
            self.do([refer])
        self.do([attribute])
        if beforehand is not None:
            next_one = f"pay_{self.world.next_payment}"
            self.do([replace(beforehand, name=next_one) if isinstance(beforehand, TakeBack) else beforehand])
        if span is not None:
            self.wait_for(span)
        for payment in paid:
            self.do([payment])
        for step in refunds:
            self.do([replace(step, payment=LAST) if isinstance(step, TakeBack) else step])

    @precondition(lambda self: "referrals" in self.features)
    @rule(
        refer=strategies.REFER,
        first=strategies.FRIEND_PAYS,
        second=strategies.FRIEND_PAYS,
        merge=st.sampled_from(("none", "referrer", "friends", "friends")),
        refund=st.none() | strategies.REFUND,
    )
    def bring_two_friends(
        self, refer: Action, first: Money, second: Money, merge: str, refund: TakeBack | None
    ) -> None:
        """Both use one code; they may turn out to be one person, or the one who brought them."""
        self.do([refer])
        friends = []
        for _ in range(2):
            self.do([Attribute(0, None, None)])
            friends.append(self.world.friend)
        self.merge_sides(friends, merge)
        for friend, payment in zip(friends, (first, second), strict=True):
            self.do([replace(payment, payment=None, customer=friend)])
        if refund is not None:
            self.do([replace(refund, payment=LAST)])

    def merge_sides(self, friends: list[str], which: str) -> None:
        known = self.world.known()
        numbers = [number for number, member in enumerate(known) if member.customer in friends]
        open_ones = [self.world.model.open_referral(known[number]) for number in numbers]
        if which == "friends" and len(numbers) > 1:
            self.do([OfMember("merge", numbers[0], numbers[1])])
        elif which == "referrer" and open_ones and open_ones[0] is not None:
            self.do([OfMember("merge", known.index(open_ones[0].referrer), numbers[0])])

    @rule(number=strategies.NUMBERS, back=st.booleans(), again=st.booleans())
    def leave(self, number: int, back: bool, again: bool) -> None:
        """Closes an account; its customer may open another, and may want the first one back."""
        member = self.world.member(number)
        if member is None:
            return
        self.do([OfMember("close", number)])
        if again:
            self.do([Create(list(self.world.model.programs).index(member.program.id), member.customer)])
        if back:
            self.do([OfMember("reopen", number)])

    @rule(action=strategies.MERGE, in_debt=st.sampled_from((None, "source", "target")))
    def merge(self, action: OfMember, in_debt: str | None) -> None:
        member = self.world.member(action.member if in_debt == "source" else action.other)
        if in_debt is not None and member is not None:
            self.overdraw(member, 150)
        self.do([action])

    @rule(actions=st.lists(strategies.ACTIONS, min_size=2, max_size=8), how=st.sampled_from(("run", "request", "once")))
    def batch(self, actions: list[Action], how: str) -> None:
        self.do(actions, how)

    @precondition(lambda self: self.requests)
    @rule(number=st.integers(0, 5), other=st.booleans())
    def repeat_request(self, number: int, other: bool) -> None:
        """The same key answers as the first time; for another request it is refused. Neither has an effect."""
        commands, key, body = self.requests[number % len(self.requests)]
        outcomes, reply = self.driver.request([*commands, *commands[:1]] if other else commands, key)
        if other:
            assert [isinstance(each, Refusal) and each.code for each in outcomes] == ["idempotency_key_reused"]
        else:
            assert (reply.body, reply.replayed, outcomes) == (body, True, [])

    @rule(span=strategies.SPANS, swept=st.booleans())
    def wait(self, span: int, swept: bool) -> None:
        self.wait_for(span)
        if swept:
            self.driver.sweep()

    def wait_for(self, span: int) -> None:
        self.finish_edit()
        now = self.world.model.now + span
        self.driver.run(AdvanceClock(now))
        self.world.model.advance(now)
        if "rewards" in self.features:
            self.driver.sweep()  # stock is shared: what time brings back to it is there once its owner is looked at

    @rule(
        number=strategies.NUMBERS,
        what=st.sampled_from(("settle", "settle", "pause", "resume", "resume", "change rule", "change reward")),
    )
    def tend(self, number: int, what: str) -> None:
        member, programs = self.world.member(number), list(self.world.model.programs.values())
        program = programs[number % len(programs)]
        if what == "settle":
            if member is not None:
                self.driver.settle([str(member.id)])
        elif what == "change rule":
            self.change_rule(program)
        elif what == "change reward":
            self.change_reward(program, number)
        else:
            program.status = "paused" if what == "pause" else "active"
            self.driver.run(UpdateProgram(program.id, {"status": program.status}))

    def change_rule(self, program: ProgramSpec) -> None:
        """A new version; what was awarded keeps the one that it was awarded by."""
        fresh = dearer(program.rules[0])
        self.driver.run(UpdateRule(fresh.id, {"award": fresh.definition()["award"]}))
        program.rules = [fresh, *program.rules[1:]]

    def change_reward(self, program: ProgramSpec, number: int) -> None:
        """It is had by fewer, by more, at another price, or not at all for now; what was redeemed keeps what it was."""
        if not program.rewards:
            return
        reward = program.rewards[number % len(program.rewards)]
        reward.inventory = (None, 1, 5)[number % 3]
        reward.per_member_limit = (None, 2)[number % 2]
        reward.active, reward.cost = number % 5 != 4 or not reward.active, reward.cost + 1
        reward.on_refund = "keep" if reward.on_refund == "return" else "return"
        names = ("inventory", "per_member_limit", "active", "cost", "on_refund")
        self.driver.run(UpdateReward(reward.id, {name: getattr(reward, name) for name in names}))

    @invariant()
    def both_agree(self) -> None:
        model = self.world.model
        if not model.programs:
            return
        faults = self.driver.faults()
        assert not faults, faults
        found = self.driver.snapshot()
        compare_stores(self.world, found)
        self.past[model.now] = {
            member: (member.balance, member.pending, member.lifetime, len(member.rows_at(model.now)))
            for member in model.members
        }
        unsettled = {name for name, row in found.accounts.items() if (row.next_due_at or model.now + 1) <= model.now}
        for moment, then in self.past.items():
            for member, (balance, pending, lifetime, rows) in then.items():
                if member.resolved().id in unsettled or len(member.rows_at(moment)) != rows:
                    continue  # told of it since
                assert as_of(found, member, moment) == (balance, pending, lifetime), (member.id, moment)

    def teardown(self) -> None:
        if self.world.model.programs:
            self.wait_for(LONG)
            self.driver.sweep()
            self.both_agree()
            assert self.driver.wait(self.driver.store.due_accounts()) == []
