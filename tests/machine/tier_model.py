"""Which tier a member is in, worked out by walking through the days with nothing but a list of what counts on which."""

from dataclasses import dataclass
from datetime import date

from tests.machine import naive_time
from tests.machine.ledger_model import DAY, Member
from tests.machine.money_model import Refused
from tests.machine.shop import ProgramSpec, TierSpec
from tests.machine.whole import Whole


@dataclass(eq=False)
class Standing:
    """``earned`` and ``pin`` count the tiers from the lowest; ``value_before`` is the value before what happens now."""

    looked_at: int
    earned: int = 0
    kept_until: int | None = None
    below_since: int | None = None
    pin: int | None = None
    pinned_until: int | None = None
    value_before: int = 0
    tier_before: str = "t0"


Move = tuple[int, str, str, int]
"""When a member was moved, from which tier to which, and at what value."""


class Climbing(Whole):
    """The part of the model that is about tiers."""

    def standing(self, member: Member) -> Standing:
        return self.standings.setdefault(member, Standing(self.now))

    def climbers(self) -> list[tuple[Member, TierSpec, Standing]]:
        return [
            (member, member.program.tiers, self.standing(member))
            for member in self.members
            if member.program.tiers is not None and member.status != "merged"
        ]

    def tier_of(self, member: Member) -> str | None:
        if member.program.tiers is None or member.status == "merged":
            return None
        standing = self.standing(member)
        return f"t{max(standing.earned, held_by(standing, member.program.tiers))}"

    def factor(self, member: Member | None, program: ProgramSpec) -> str:
        """The multiplier of the tier, the lowest for whoever is no member yet."""
        if program.tiers is None:
            return "1"
        return program.tiers.multipliers[0 if member is None else int(str(self.tier_of(member))[1:])]

    # what counts

    def counted(self, member: Member) -> list[tuple[int, int]]:
        """Local days, and what each brought, net of refunds."""
        program = member.program
        if program.tiers is not None and program.tiers.qualify_on == "spend":
            return [
                (purchase.day, payment.spend(program.currency))
                for payment in self.payments.values()
                for name, purchase in payment.purchases.items()
                if name == program.id and purchase.member.resolved() is member
            ]
        brought = [(naive_time.day_number(row.effective_at, program.zone), row.qualifying) for row in member.rows]
        dues = [(each.lot, each.due) for each in (*member.awards, *member.completions) if each.lot is not None]
        lost = [(naive_time.day_number(lot.effective_at, program.zone), -due) for lot, due in dues]
        return [each for each in (*brought, *lost) if each[1]]

    def value_at(self, member: Member, moments: list[int]) -> list[int]:
        """The qualifying value at each of the moments."""
        tiers = member.program.tiers
        assert tiers is not None
        if tiers.qualify_on == "points" and tiers.period == "lifetime":
            return [member.lifetime for _ in moments]
        ends = [(last_day(tiers, day), amount) for day, amount in self.counted(member)]
        today = [naive_time.day_number(moment, member.program.zone) for moment in moments]
        return [sum(amount for end, amount in ends if day < end) for day in today]

    def value(self, member: Member) -> int:
        return self.value_at(member, [self.now])[0]

    # what time does

    def walk(self) -> None:
        """Goes through every midnight since it last did, and every moment at which something was to end."""
        for member, tiers, standing in self.climbers():
            midnights = self.midnights(member, tiers, standing)
            values = dict(zip(midnights, self.value_at(member, midnights), strict=True))
            at = standing.looked_at
            while True:
                ends = [standing.kept_until, standing.pinned_until]
                if standing.below_since is not None:
                    ends.append(standing.below_since + tiers.grace_days * DAY)
                at = min((end for end in (*midnights, *ends) if end is not None and end > at), default=self.now + 1)
                if at > self.now:
                    break
                before, value = str(self.tier_of(member)), values.get(at)
                value = self.value_at(member, [at])[0] if value is None else value
                if standing.pinned_until is not None and standing.pinned_until <= at:
                    standing.pin = standing.pinned_until = None
                self.fall(tiers, standing, value, at)
                self.note(member, at, before, value)
            standing.looked_at = self.now

    def midnights(self, member: Member, tiers: TierSpec, standing: Standing) -> list[int]:
        """None where time cannot change anything."""
        if tiers.period == "lifetime" or standing.earned == 0:
            return []
        first = naive_time.day_number(standing.looked_at, member.program.zone)
        last = naive_time.day_number(self.now, member.program.zone)
        return [naive_time.start_of_day(day, member.program.zone) for day in range(first + 1, last + 1)]

    @staticmethod
    def fall(tiers: TierSpec, standing: Standing, value: int, at: int) -> None:
        """Down, if the value no longer holds the tier, and nothing else does."""
        if tiers.mode == "never" or max(0, value) >= tiers.thresholds[standing.earned]:
            return
        if standing.kept_until is not None and at < standing.kept_until:
            return
        if standing.below_since is None:
            standing.below_since = at
        if at >= standing.below_since + tiers.grace_days * DAY:
            standing.earned = tiers.reached(value)
            standing.kept_until = standing.below_since = None

    # what happens

    def remember(self) -> None:
        """Where everybody stands before something happens."""
        for member, _, standing in self.climbers():
            standing.value_before, standing.tier_before = self.value(member), str(self.tier_of(member))

    def note(self, member: Member, at: int, before: str, value: int) -> None:
        if before != self.tier_of(member):
            self.moves.setdefault(member, []).append((at, before, str(self.tier_of(member)), value))

    def place(self) -> None:
        """Puts everybody where the value of now belongs."""
        for member, tiers, standing in self.climbers():
            value, threshold = self.value(member), tiers.thresholds[standing.earned]
            if tiers.reached(value) > standing.earned:
                standing.earned, standing.below_since = tiers.reached(value), None
                standing.kept_until = self.kept_until(member, tiers)
            elif max(0, value) >= threshold:
                standing.below_since = None
                if standing.value_before < threshold:
                    standing.kept_until = later(standing.kept_until, self.kept_until(member, tiers))
            else:
                self.fall(tiers, standing, value, self.now)
            self.note(member, self.now, standing.tier_before, value)

    def kept_until(self, member: Member, tiers: TierSpec) -> int | None:
        """To the end of the next calendar period, or so many months from now."""
        if tiers.mode != "period_end" or tiers.period == "lifetime":
            return None
        zone = member.program.zone
        if tiers.period == "rolling":
            return naive_time.add_months(self.now, tiers.months, zone)
        next_period = last_day(tiers, naive_time.day_number(self.now, zone))
        return naive_time.start_of_day(last_day(tiers, next_period), zone)

    def edit_tiers(self, program: ProgramSpec, tiers: TierSpec) -> None:
        """Everybody is placed anew: up at once, down unless the mode, the time for which a tier is kept or a grace forbids."""
        concerned = [member for member, _, _ in self.climbers() if member.program is program]
        before = {member: str(self.tier_of(member)) for member in concerned}
        program.tiers = tiers
        for member in concerned:
            standing, value = self.standing(member), self.value(member)
            self.settle_in(member, tiers, standing, value)
            self.note(member, self.now, before[member], value)

    def settle_in(self, member: Member, tiers: TierSpec, standing: Standing, value: int) -> None:
        keeps = tiers.mode == "period_end" and tiers.period != "lifetime"
        kept = keeps and standing.kept_until is not None and self.now < standing.kept_until
        falling = standing.below_since is not None and self.now < standing.below_since + tiers.grace_days * DAY
        best, exists = tiers.reached(value), standing.earned < len(tiers.thresholds)
        if exists and best > standing.earned:
            standing.earned, standing.below_since, standing.kept_until = best, None, self.kept_until(member, tiers)
        elif not exists or (best < standing.earned and not (tiers.mode == "never" or kept or falling)):
            standing.earned, standing.below_since, standing.kept_until = best, None, None
        else:
            standing.kept_until = standing.kept_until if keeps else None
            needed = 0 if tiers.mode == "never" else tiers.thresholds[standing.earned]
            if kept or max(0, value) >= needed:
                standing.below_since = None

    def combine_standing(self, source: Member, target: Member) -> None:
        """The higher tier and the higher pin; of the same one, what lasts longer."""
        if target.program.tiers is None:
            return
        theirs, ours = self.standing(source), self.standing(target)
        if theirs.earned > ours.earned:
            ours.earned, ours.kept_until, ours.below_since = theirs.earned, theirs.kept_until, theirs.below_since
        elif theirs.earned == ours.earned:
            ours.kept_until = later(ours.kept_until, theirs.kept_until)
            falls = (ours.below_since, theirs.below_since)
            ours.below_since = None if None in falls else later(*falls)
        if ours.kept_until is not None and self.now < ours.kept_until:
            ours.below_since = None
        lasts = [(rank_of(each, target.program.tiers), each.pinned_until or 1 << 62) for each in (ours, theirs)]
        if lasts[1] > lasts[0]:
            ours.pin, ours.pinned_until = theirs.pin, theirs.pinned_until
        ours.value_before = self.value(target)

    def pin(self, member: Member, tier: int | None, until: int | None) -> dict[str, object]:
        self.own(member)
        if until is not None and until <= self.now:
            raise Refused("until_in_past")
        standing = self.standing(member)
        standing.pin, standing.pinned_until = tier, until
        return {
            "tier": self.tier_of(member),
            "earned_tier": f"t{standing.earned}",
            "qualifying_value": self.value(member),
        }


def held_by(standing: Standing, tiers: TierSpec) -> int:
    """The tier of the pin; one that there is no longer holds nothing."""
    return standing.pin if standing.pin is not None and standing.pin < len(tiers.thresholds) else 0


def rank_of(standing: Standing, tiers: TierSpec) -> int:
    """Pins in order: none, one to a tier that there is no longer, the others by their tiers."""
    if standing.pin is None:
        return -2
    return standing.pin if standing.pin < len(tiers.thresholds) else -1


def later(one: int | None, other: int | None) -> int | None:
    return max((each for each in (one, other) if each is not None), default=None)


def last_day(tiers: TierSpec, day: int) -> int:
    """The first day on which what happened on a day counts no more."""
    if tiers.period == "lifetime":
        return 10**9
    if tiers.period == "rolling":
        return naive_time.months_later(date.fromordinal(day), tiers.months).toordinal()
    end = date(date.fromordinal(day).year - 2, tiers.starts_month, 1)
    while end.toordinal() <= day:
        end = naive_time.months_later(end, tiers.months)
    return end.toordinal()
