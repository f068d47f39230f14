"""Steps of the machine in a shop that has campaigns."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.machine import strategies
from tests.machine.actions import CUSTOMERS, LAST, Action, Money, TakeBack, World
from tests.machine.campaign_shop import SEGMENTS
from vinr_engagement.commands import UpdateCampaign, UpdateSegment

if TYPE_CHECKING:
    from tests.machine.driver import Driver

STEPS: st.SearchStrategy[Action | int] = (
    strategies.REFUND | strategies.REFUND | strategies.REVIEW | strategies.MERGE | strategies.SPANS
)


class SeasonSteps:
    """Steps of a shop that has campaigns."""

    if TYPE_CHECKING:
        driver: ClassVar[Driver]
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
            self.driver.run(UpdateCampaign(campaign.id, {"schedule": {"ends_at": now}}))
        elif what == "archive":
            campaign.archived = True
            self.driver.run(UpdateCampaign(campaign.id, {"status": "archived"}))
