"""Steps of the machine that are rare in a shop: its tiers are edited while members are in them, and people are forgotten."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.machine import strategies
from tests.machine.actions import Action, Again, OfMember, Replay, World
from tests.machine.shop import TierSpec, tier_specs
from vinr_engagement.commands import UpdateProgram

if TYPE_CHECKING:
    from tests.machine.driver import Driver

MORE = frozenset(("rewards", "credit", "referrals"))
"""Where a shop has one of these, more events than the model follows are about a member: nobody is forgotten there."""


class UpkeepSteps:
    """What people who run a shop do now and then."""

    edited = False
    """Whether members may still be in tiers of before an edit."""

    if TYPE_CHECKING:
        driver: ClassVar[Driver]
        world: World

        def do(self, actions: list[Action]) -> None:
            """Asks both."""

    def finish_edit(self) -> None:
        """Everybody is placed anew before time goes on: the moment at which somebody is moved is when that is done."""
        if self.edited:
            self.driver.sweep()
            self.edited = False

    @precondition(lambda self: "tiers" in self.features)
    @rule(
        number=strategies.NUMBERS,
        beforehand=st.none() | strategies.PAY,
        tiers=tier_specs(),
        swept=st.booleans(),
        afterwards=st.lists(strategies.PAY | strategies.REFUND | strategies.MERGE | strategies.PIN, max_size=2),
    )
    def edit_tiers(self, number: int, beforehand: Any, tiers: TierSpec, swept: bool, afterwards: list[Action]) -> None:
        """Other thresholds, periods and modes, or one tier less, while members are in them."""
        if beforehand is not None:
            self.do([replace(beforehand, payment=None)])
        self.driver.sweep()  # What time did before the edit went by the tiers of then: it has to be written by them.
        programs = list(self.world.model.programs.values())
        program = programs[number % len(programs)]
        self.driver.run(UpdateProgram(program.id, {"tier_config": tiers.definition()}))
        self.world.model.edit_tiers(program, tiers)
        self.edited = True
        if swept:
            self.finish_edit()
        for action in afterwards:
            self.do([action])

    @precondition(lambda self: not self.features & MORE)
    @rule(
        number=strategies.NUMBERS,
        comes_back=st.none() | strategies.PAY | strategies.REVIEW,
        index=strategies.NUMBERS,
        what=st.sampled_from(("repeat", "replay", "refund", "erase", "nothing")),
        refund=strategies.REFUND,
    )
    def forget(self, number: int, comes_back: Any, index: int, what: str, refund: Action) -> None:
        """A person is forgotten; the customer may come back as somebody new, and what was sent may be sent again."""
        member = self.world.member(number)
        if member is None:
            return
        customer = member.resolved().customer
        self.do([OfMember("erase", number)])
        if comes_back is not None:
            self.do([replace(comes_back, customer=customer)])
        again: dict[str, Action] = {
            "repeat": Again(index, changed=False),
            "replay": Replay(index, None, any_event=True),
            "refund": refund,
            "erase": OfMember("erase", number),
        }
        if what in again:
            self.do([again[what]])
