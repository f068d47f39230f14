"""The shops of the examples: a program or two, with a few things beyond earning."""

from hypothesis import strategies as st

from tests.machine.campaign_shop import hold_season, seasons
from tests.machine.shop import ProgramSpec, program_specs

FEATURES = st.sampled_from(
    (
        *((), (), ("rewards",), ("rewards",), ("credit",)),
        *(("tiers",), ("tiers",), ("rewards", "credit"), ("rewards", "tiers")),
        *(("referrals",), ("referrals", "tiers")),
        *(("campaigns",), ("campaigns",), ("campaigns", "tiers")),
    )
).map(frozenset)
"""What a shop has beyond earning; few at a time, so that few steps tell much of each."""


@st.composite
def shops(draw: st.DrawFn) -> tuple[ProgramSpec, ...]:
    """One program or two, alike in what they have."""
    features = draw(FEATURES)
    names = draw(st.sampled_from((("prog_default", "prog_other"), ("prog_default",))))
    return tuple(draw(shop(name, features)) for name in names)


@st.composite
def shop(draw: st.DrawFn, name: str, features: frozenset[str]) -> ProgramSpec:
    """A program and, where the shop has campaigns, its season."""
    program = draw(program_specs(name, features))
    return hold_season(program, draw(seasons(name, program.tiers))) if "campaigns" in features else program


SHOPS = shops()
