"""What happens around campaigns: steps of the machine, and what the store holds of them compared with the model."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.machine import naive_time, strategies
from tests.machine.actions import CUSTOMERS, LAST, Action, Money, TakeBack, World
from tests.machine.campaign_model import Progress
from tests.machine.campaign_shop import SEGMENTS
from tests.machine.model import Model
from vinr_engagement import campaigns, rules
from vinr_engagement.commands import UpdateCampaign, UpdateSegment
from vinr_engagement.foundation.database import Session

if TYPE_CHECKING:
    from tests.machine.driver import Driver

STEPS: st.SearchStrategy[Action | int] = (
    strategies.REFUND | strategies.REFUND | strategies.REVIEW | strategies.MERGE | strategies.SPANS
)


class SeasonSteps:
    """Steps of a shop that has campaigns."""

    if TYPE_CHECKING:
        driver: Driver
        world: World

        def do(self, actions: list[Action]) -> None:
            """Asks both."""

        def wait_for(self, span: int) -> None:
            """Lets time pass."""

    @precondition(lambda self: "campaigns" in self.features)
    @rule(
        customer=st.sampled_from(CUSTOMERS[:2]),
        paid=st.lists(strategies.PAY | strategies.REVIEW, min_size=1, max_size=4),
        afterwards=st.lists(STEPS, max_size=4),
        again=st.none() | strategies.PAY,
    )
    def pay_in_season(self, customer: str, paid: list[Any], afterwards: list[Any], again: Money | None) -> None:
        """Somebody buys and writes reviews, gets what campaigns give, and sends some of it back."""
        for event in paid:
            self.do([replace(event, customer=customer)])
        for step in afterwards:
            if isinstance(step, int):
                self.wait_for(step)
            else:
                self.do([replace(step, payment=LAST) if isinstance(step, TakeBack) and step.refund % 2 else step])
        if again is not None:
            self.do([replace(again, customer=customer, payment=None)])

    @precondition(lambda self: "campaigns" in self.features)
    @rule(
        number=strategies.NUMBERS,
        what=st.sampled_from(("budget", "budget", "end", "archive", "segment", "segment")),
        budget=st.sampled_from((1, 60, 1_000)),
        conditions=SEGMENTS,
    )
    def change_season(self, number: int, what: str, budget: int, conditions: list[Any]) -> None:
        """A budget is raised or cut, a campaign ends or is archived, a segment is of others."""
        programs = list(self.world.model.programs.values())
        season = programs[number % len(programs)].season
        campaign, now = season.campaigns[number % len(season.campaigns)], self.world.model.now
        if what == "segment":
            season.segments[0].conditions = conditions
            changes = {"conditions": season.segments[0].definition()["conditions"]}
            self.driver.run(UpdateSegment(season.segments[0].id, changes))
        elif campaign.archived:
            return
        elif what == "budget" and campaign.budget is not None:
            campaign.budget = budget
            self.driver.run(UpdateCampaign(campaign.id, {"budget": {"points": budget}}))
        elif what == "end" and campaign.base + campaign.begins < now:
            campaign.ends = now - campaign.base
            self.driver.run(UpdateCampaign(campaign.id, {"schedule": {"ends_at": naive_time.text(now)}}))
        elif what == "archive":
            campaign.archived = True
            self.driver.run(UpdateCampaign(campaign.id, {"status": "archived"}))


class Kept:
    """What the store holds of campaigns."""

    def __init__(self, brought: list[campaigns.CampaignMember], budgets: dict[str, int]) -> None:
        self.brought = {(row.account, row.campaign): row for row in brought}
        self.budgets = budgets


async def read_season(session: Session) -> Kept:
    """All of it."""
    brought = await session.rows(campaigns.CAMPAIGN_MEMBERS, "true")
    return Kept(brought, {row.rule: row.points for row in await session.rows(rules.RULE_BUDGETS, "true")})


def compare_season(model: Model, found: Kept) -> None:
    """To whom each campaign gave how much and how often, for what, and how far everybody is in its challenges."""
    known = {str(member.id): member for member in model.members if member.status != "merged"}
    for program in model.programs.values():
        for campaign in program.season.campaigns:
            if campaign.budget is not None:
                assert found.budgets.get(campaign.id, 0) == model.points_of(campaign), campaign.id
            for name, member in known.items():
                if member.program is not program:
                    continue
                row = found.brought.get((name, campaign.id))
                kept = (0, 0, 0) if row is None else (row.points, row.times, row.spend)
                wanted = (
                    model.points_of(campaign, member),
                    model.times_of(campaign, member),
                    model.spend_of(campaign, member),
                )
                assert kept == wanted, (name, campaign.id, kept, wanted)
                progress = {} if row is None else campaigns.progress_of(row.progress)
                counted = [each for each in model.progress if each.member is member and each.campaign is campaign]
                compare_progress(progress, counted)
    assert {account for account, _ in found.brought} <= known.keys()


def compare_progress(found: dict[str, campaigns.Progress], counted: list[Progress]) -> None:
    """How far a member is in each challenge, and how often its target was met."""
    wanted = {str(each.place): (each.value, each.met) for each in counted}
    assert {place: (each.value, each.met) for place, each in found.items()} == wanted
