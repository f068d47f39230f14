"""What campaigns give and what refunds leave of it, added up from the payments whenever somebody asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

from tests.machine import pricing_model
from tests.machine.campaign_shop import CampaignSpec, MechanicSpec
from tests.machine.ledger_model import Award, Lot, Member
from tests.machine.money_model import Heard, Payment
from tests.machine.pricing_model import Boost, Facts, Verdict
from tests.machine.shop import ProgramSpec
from tests.machine.whole import Whole


@dataclass(eq=False)
class Share:
    """What of an award is a campaign's; ``keeps`` says what of it counts for a net amount."""

    campaign: CampaignSpec
    given: int
    times: int
    keeps: Callable[[int], int]
    left: int = 0

    def __post_init__(self) -> None:
        self.left = self.given

    def settle(self, net: int) -> None:
        self.left = min(self.left, self.keeps(net))
        self.times = self.times if self.left else 0


@dataclass(eq=False)
class Completion:
    """A target met ``met`` times by one event, ``times`` of them with a bonus."""

    campaign: CampaignSpec
    lot: Lot | None
    met: int
    times: int
    points: int
    due: int = 0
    reversed: int = 0


@dataclass(eq=False)
class Contribution:
    """What an event counts; ``worth`` is what it would for another net amount."""

    counted: int
    worth: Callable[[int], int]
    own_amount: int | None


@dataclass(eq=False)
class Progress:
    """A member in one challenge."""

    campaign: CampaignSpec
    place: int
    member: Member
    most: int = 1
    counted: list[Contribution] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)

    @property
    def mechanic(self) -> MechanicSpec:
        return self.campaign.mechanics[self.place]

    @property
    def value(self) -> int:
        return sum(each.counted for each in self.counted)

    @property
    def met(self) -> int:
        return sum(each.met for each in self.completions)

    def missing(self) -> int:
        deserved = self.value // self.mechanic.target
        return (deserved if self.mechanic.repeatable else min(deserved, self.most)) - self.met


@dataclass(eq=False)
class Look:
    """A mechanic and an event: whether it applies, and what it has given for it."""

    campaign: CampaignSpec
    place: int
    reason: str | None = None
    matched: bool = False
    given: int = 0

    @property
    def mechanic(self) -> MechanicSpec:
        return self.campaign.mechanics[self.place]


class Campaigning(Whole):
    """The part of the model that is about campaigns."""

    def __init__(self, programs: tuple[ProgramSpec, ...], now: int) -> None:
        super().__init__(programs, now)
        self.progress: list[Progress] = []

    # what was given so far

    def shares(self, campaign: CampaignSpec, member: Member | None = None) -> list[Share]:
        members = self.members if member is None else [member]
        found = [award.share for each in members for award in each.awards if award.share is not None]
        return [share for share in found if share.campaign is campaign]

    def completions(self, campaign: CampaignSpec, member: Member | None = None) -> list[Completion]:
        members = self.members if member is None else [member]
        return [done for each in members for done in each.completions if done.campaign is campaign]

    def points_of(self, campaign: CampaignSpec, member: Member | None = None) -> int:
        shares = sum(share.left for share in self.shares(campaign, member))
        return shares + sum(done.points for done in self.completions(campaign, member))

    def times_of(self, campaign: CampaignSpec, member: Member) -> int:
        shares = sum(share.times for share in self.shares(campaign, member))
        return shares + sum(done.times for done in self.completions(campaign, member))

    def spend_of(self, campaign: CampaignSpec, member: Member) -> int:
        """The net spend of the member's payments for which it gave or counted something, to whomever."""
        return sum(
            payment.spend(member.program.currency)
            for payment in self.payments.values()
            if member.program.id in payment.purchases
            and payment.purchases[member.program.id].member.resolved() is member
            and (
                any(award.share is not None and award.share.campaign is campaign for award in payment.awards)
                or any(progress.campaign is campaign for progress, _ in payment.contributions)
            )
        )

    def refusal(self, campaign: CampaignSpec, member: Member | None) -> str | None:
        points, times = (
            (0, 0) if member is None else (self.points_of(campaign, member), self.times_of(campaign, member))
        )
        if campaign.most_points is not None and points >= campaign.most_points:
            return "limit_reached"
        if campaign.most_times is not None and times >= campaign.most_times:
            return "limit_reached"
        spent = campaign.budget is not None and self.points_of(campaign) >= campaign.budget
        return "budget_exhausted" if spent else None

    def left_of(self, campaign: CampaignSpec, member: Member) -> int | None:
        """The points that it has left for a member; ``None`` where it has no limit."""
        left = []
        if campaign.most_points is not None:
            left.append(campaign.most_points - self.points_of(campaign, member))
        if campaign.budget is not None:
            left.append(campaign.budget - self.points_of(campaign))
        return max(0, min(left)) if left else None

    def room(self, campaign: CampaignSpec, member: Member, wanted: int) -> int:
        """As many of the wanted points as it has left."""
        left = self.left_of(campaign, member)
        return wanted if left is None else min(wanted, left)

    # an event

    def look(self, name: str, member: Member | None, event: dict[str, Any], facts: Facts) -> list[Look]:
        """Every mechanic that the event triggers; of the factors only the highest counts."""
        looked = [
            Look(campaign, place, self.closed_to(campaign, mechanic, member, event, facts))
            for campaign in self.programs[name].season.campaigns
            if not campaign.archived
            for place, mechanic in enumerate(campaign.mechanics)
            if mechanic.trigger == event["type"]
        ]
        best = best_of(looked)
        for each in looked:
            if each.reason is None and each is not best and each.mechanic.kind == "points_multiplier":
                each.reason = "not_the_best"
        return looked

    def closed_to(
        self, campaign: CampaignSpec, mechanic: MechanicSpec, member: Member | None, event: dict[str, Any], facts: Facts
    ) -> str | None:
        if not campaign.open_at(event["at"]):
            return "closed"
        tier = "t0" if member is None else self.tier_of(member)
        if campaign.tier is not None and campaign.tier != tier:
            return "not_in_audience"
        if campaign.segment is not None and campaign.segment not in facts("segment"):
            return "not_in_audience"
        if mechanic.floor and event["object"].get("amount", 0) < mechanic.floor:
            return "condition_failed"
        return None if mechanic.kind == "challenge" else self.refusal(campaign, member)

    def would_bring(self, looked: list[Look], body: dict[str, Any]) -> bool:
        """Whether a newcomer would get something beyond what rules give."""
        for look in looked:
            mechanic = look.mechanic
            worth = counts(mechanic, body)(body.get("amount", 0))
            met = mechanic.kind == "challenge" and worth >= mechanic.target
            given = mechanic.kind == "bonus_points" and worth
            if look.reason is None and (given or (met and self.refusal(look.campaign, None) is None)):
                return True
        return False

    def boost(
        self, member: Member, verdict: Verdict, best: Look, points: int, net: int
    ) -> tuple[int, Share | None, int | None]:
        """Of ``points`` for an award, those that the campaign lets stand, its share of them, and the room that it had."""
        plain = min(points, verdict.plain(net))
        if not best.given:
            best.reason = self.refusal(best.campaign, member)
        room = 0 if best.reason else self.left_of(best.campaign, member)
        given = points - plain if room is None else min(points - plain, room)
        if not given:
            return plain, None, room
        floor = best.mechanic.floor

        def keeps(left: int) -> int:
            return 0 if left < floor else ceil(verdict.exact(left) - verdict.exact_plain(left))

        share = Share(best.campaign, given, 0 if best.given else 1, keeps)
        best.given, best.matched = best.given + given, True
        return plain + given, share, room

    def carry_out(self, member: Member, looked: list[Look], at: int, payment: Payment | None, body: Any) -> None:
        """Bonuses and challenges, in the order of the campaigns."""
        for look in looked:
            if look.reason is None and look.mechanic.kind == "bonus_points":
                self.give_bonus(member, look, at, payment, body)
            elif look.reason is None and look.mechanic.kind == "challenge":
                self.count(member, look, at, payment, body)

    def give_bonus(self, member: Member, look: Look, at: int, payment: Payment | None, body: Any) -> None:
        worth, campaign = counts(look.mechanic, body), look.campaign
        refused = self.refusal(campaign, member)
        points = 0 if refused else self.room(campaign, member, look.mechanic.points * worth(body.get("amount", 0)))
        if not points:
            return
        lot = self.pay_out(member, points, at, held=payment is not None)
        award = Award(member, None, None, points, lot, lambda net: points * worth(net), body.get("amount"))
        award.share = Share(campaign, points, 1, lambda net: points * worth(net))
        member.awards.append(award)
        look.matched = True
        if payment is not None:
            payment.awards.append(award)

    def pay_out(self, member: Member, points: int, at: int, *, held: bool) -> Lot:
        return member.credit("earn", points, self.now, effective_at=min(at, self.now), held=held, counts=True)

    def progress_of(self, member: Member, campaign: CampaignSpec, place: int) -> Progress:
        for each in self.progress:
            if (each.member, each.campaign, each.place) == (member, campaign, place):
                return each
        self.progress.append(Progress(campaign, place, member))
        return self.progress[-1]

    def count(self, member: Member, look: Look, at: int, payment: Payment | None, body: Any) -> None:
        worth = counts(look.mechanic, body)
        counted = worth(body.get("amount", 0))
        if not counted:
            return
        look.matched, progress = True, self.progress_of(member, look.campaign, look.place)
        contribution = Contribution(counted, worth, body.get("amount"))
        progress.counted.append(contribution)
        if payment is not None:
            payment.contributions.append((progress, contribution))
        if progress.missing() > 0:
            self.complete_challenge(member, progress, progress.missing(), at, held=payment is not None)

    def complete_challenge(self, member: Member, progress: Progress, met: int, at: int, *, held: bool) -> None:
        """The bonus for each time that the target was met, as far as there is any left."""
        campaign, times = progress.campaign, met
        if campaign.most_times is not None:
            times = max(0, min(met, campaign.most_times - self.times_of(campaign, member)))
        points = self.room(campaign, member, progress.mechanic.points * times)
        lot = self.pay_out(member, points, at, held=held) if points else None
        done = Completion(campaign, lot, met, times if points else 0, points)
        progress.completions.append(done)
        member.completions.append(done)

    # a refund

    def take_progress_back(self, payment: Payment, programs: list[Heard], at: int) -> None:
        """Each challenge counts what the net amount counts; bonuses for targets that are no longer met go, the last first."""
        for progress, contribution in payment.contributions:
            net = pricing_model.net_of_own(contribution.own_amount, payment.amount or 0, payment.net)
            contribution.counted = min(contribution.counted, contribution.worth(net))
            while progress.missing() < 0:
                done = [each for each in progress.completions if each.met][-1]
                amount = self.uncomplete(progress.member, done, min(done.met, -progress.missing()), at)
                if amount is not None:
                    self.tell(programs, progress.member, amount)

    @staticmethod
    def uncomplete(member: Member, done: Completion, unmet: int, at: int) -> int | None:
        """Takes back the part of a bonus that was for so many times; what expired of it is gone already."""
        left = done.points * (done.met - unmet) // done.met
        done.met -= unmet
        done.due, done.points, done.times = done.due + done.points - left, left, min(done.times, done.met)
        if done.lot is None:
            return None
        owed = max(0, done.due - done.lot.expired - done.reversed)
        done.reversed += owed
        return member.reverse(done.lot, owed, at) if owed else None

    @staticmethod
    def tell(programs: list[Heard], member: Member, amount: int) -> None:
        heard = next((each for each in programs if each.program == member.program.id), None)
        if heard is None:
            heard = Heard(member.program.id, "processed")
            programs.append(heard)
        heard.amounts.append(amount)

    # a merge

    def combine_progress(self, source: Member, target: Member) -> None:
        """Both counts add up, and neither loses a bonus by it."""
        for theirs in [each for each in self.progress if each.member is source]:
            ours = next(
                (
                    each
                    for each in self.progress
                    if each.member is target and (each.campaign, each.place) == (theirs.campaign, theirs.place)
                ),
                None,
            )
            if ours is None:
                theirs.member = target
                theirs.most = max(theirs.most, theirs.met)
                continue
            ours.counted += theirs.counted
            ours.completions += theirs.completions
            ours.most = max(ours.most, theirs.most, ours.met)
            self.progress.remove(theirs)
            for payment in self.payments.values():
                payment.contributions = [
                    (ours if progress is theirs else progress, each) for progress, each in payment.contributions
                ]


def counts(mechanic: MechanicSpec, body: dict[str, Any]) -> Callable[[int], int]:
    """What an event counts for a net amount: once, or its money; nothing below the least amount."""
    of_money = mechanic.kind == "challenge" and mechanic.measure == "amount"
    if "amount" not in body:
        return lambda net: 1
    return lambda net: 0 if net <= 0 or net < mechanic.floor else (net if of_money else 1)


def best_of(looked: list[Look]) -> Look | None:
    rated = [each for each in looked if each.reason is None and each.mechanic.kind == "points_multiplier"]
    return max(rated, key=lambda each: Fraction(each.mechanic.factor), default=None)


def boost_of(looked: list[Look]) -> Boost:
    """By how much the best of the factors multiplies that still count for a net amount."""
    rated = [
        (each.mechanic.floor, Fraction(each.mechanic.factor))
        for each in looked
        if each.mechanic.kind == "points_multiplier" and each.reason in (None, "not_the_best")
    ]
    return lambda net: max((factor for floor, factor in rated if net >= floor), default=Fraction(1))
