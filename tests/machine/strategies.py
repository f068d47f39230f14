"""How actions are drawn: few customers, payments and sums, so that they meet often; times near and far."""

from hypothesis import strategies as st

from tests.machine import referral_actions as referring
from tests.machine import spending_actions as spending
from tests.machine.actions import (
    CUSTOMERS,
    FRIEND,
    LAST,
    Action,
    AdjustMember,
    Again,
    Create,
    Custom,
    CustomersMerge,
    Money,
    OfMember,
    Replay,
    TakeBack,
)
from tests.machine.ledger_model import DAY
from tests.machine.model import MINUTE
from tests.machine.shop import CHANNELS

HOUR = 60 * MINUTE
NUMBERS = st.integers(0, 11)
SOMEBODY = st.sampled_from((*CUSTOMERS[:1] * 4, *CUSTOMERS[1:2] * 2, *CUSTOMERS))
ANYBODY = st.sampled_from((*CUSTOMERS[:1] * 4, *CUSTOMERS[1:2] * 2, *CUSTOMERS, None))
SUMS = st.sampled_from((0, 1, 99, 999, 1_000, 2_550, 3_000, 5_001, 12_345)) | st.integers(100, 20_000)
AGO = (
    st.just(0)
    | st.just(0)
    | st.just(0)
    | st.sampled_from(
        (HOUR, DAY, 13 * DAY, 14 * DAY, 29 * DAY, 30 * DAY, 40 * DAY, 400 * DAY, -4 * MINUTE, -5 * MINUTE, -6 * MINUTE)
    )
    | st.integers(0, 60 * DAY)
)
NAMED = st.none() | NUMBERS

CREATE = st.builds(Create, st.integers(0, 1), ANYBODY)
CLOSE = st.builds(OfMember, st.just("close"), NUMBERS)
REOPEN = st.builds(OfMember, st.just("reopen"), NUMBERS)
LINK = st.builds(OfMember, st.just("link"), NUMBERS, customer=SOMEBODY)
MERGE = st.builds(OfMember, st.just("merge"), NUMBERS, NUMBERS, dry_run=st.sampled_from((False, False, False, True)))
ADJUST = st.builds(
    AdjustMember,
    NUMBERS,
    st.integers(-300, 300).filter(bool),
    st.none() | st.none() | st.sampled_from((-DAY, 0, 1, DAY, 45 * DAY)),
    st.booleans(),
    st.booleans(),
    st.sampled_from((False, False, True)),
)
PAY: st.SearchStrategy[Action] = st.builds(
    Money,
    st.sampled_from((None, None, None, None, None, 0, 3, 7)),
    st.none(),
    SUMS,
    st.sampled_from(("GBP",) * 7 + ("EUR",)),
    ANYBODY,
    st.sampled_from(CHANNELS),
    AGO,
    NAMED,
)
USES = st.lists(st.integers(0, 3), max_size=2).map(tuple)
PAY_WITH: st.SearchStrategy[Action] = st.builds(
    Money,
    st.sampled_from((None, None, None, 0, 3)),
    st.sampled_from((None, None, None, 0, 5)),
    SUMS,
    st.just("GBP"),
    ANYBODY,
    st.just("web"),
    AGO,
    NAMED,
    USES,
    st.booleans(),
)
GUEST: st.SearchStrategy[Action] = st.builds(
    Money, st.none(), st.none(), SUMS, st.just("GBP"), st.none(), st.sampled_from(CHANNELS), AGO, st.none()
)
INVOICE: st.SearchStrategy[Action] = st.builds(
    Money,
    st.none() | NUMBERS,
    st.just(0) | st.integers(0, 7),
    SUMS,
    st.sampled_from(("GBP",) * 7 + ("EUR",)),
    ANYBODY,
    st.sampled_from(CHANNELS),
    AGO,
    NAMED,
)
REFUND = st.builds(
    TakeBack,
    st.sampled_from(("payment.refunded", "refund.completed", "refund.completed", "dispute.resolved")),
    NUMBERS,
    st.integers(0, 30),
    st.none() | st.sampled_from((0, 1, 3, 5, 10)),
    st.integers(0, 12_000),
    AGO,
)
REVIEW = st.builds(Custom, ANYBODY, NAMED, AGO)
CUSTOMERS_MERGE = st.builds(CustomersMerge, SOMEBODY, SOMEBODY)
AGAIN = st.builds(Again, NUMBERS, st.sampled_from((False, False, True)))
REPLAY = st.builds(Replay, NUMBERS, NAMED)

REDEEM: st.SearchStrategy[Action] = st.builds(
    spending.Redeem, NUMBERS, st.integers(0, 2), st.sampled_from((1, 1, 1, 2, 3))
)
OF_REDEMPTION: st.SearchStrategy[Action] = st.builds(
    spending.OfRedemption,
    st.sampled_from(("apply", "apply", "release", "fulfill")),
    st.integers(0, 3),
    st.none() | NUMBERS | st.just(LAST),
)
RELEASE_LAST: st.SearchStrategy[Action] = st.just(spending.OfRedemption("release", 0))
FAIL: st.SearchStrategy[Action] = st.builds(
    spending.Fail, st.none() | st.none() | NUMBERS, USES, st.booleans(), st.booleans(), AGO
)
ISSUE: st.SearchStrategy[Action] = st.builds(
    spending.IssueCredit,
    NUMBERS,
    st.sampled_from((1, 100, 333, 1_000)) | st.integers(1, 2_000),
    st.sampled_from(("GBP", "GBP", "GBP", "EUR")),
    st.sampled_from((None, None, -DAY, DAY, DAY, 20 * DAY, 45 * DAY)),
)
SPEND: st.SearchStrategy[Action] = st.builds(
    spending.SpendCredit,
    NUMBERS,
    st.sampled_from((1, 100, 777)) | st.integers(1, 2_000),
    st.sampled_from(("GBP", "GBP", "GBP", "EUR")),
    st.none() | st.none() | NUMBERS | st.just(LAST),
    st.booleans(),
)
PIN: st.SearchStrategy[Action] = st.builds(
    spending.Pin, NUMBERS, st.none() | st.integers(0, 2), st.none() | st.sampled_from((-DAY, DAY, 20 * DAY, 100 * DAY))
)
REFER: st.SearchStrategy[Action] = st.builds(
    referring.Refer,
    NUMBERS,
    st.sampled_from(((50, 20), (50, 20), (30, 0), (0, 40), (0, 0))),
    st.sampled_from((0, 0, 1_000, 5_000)),
    st.sampled_from((1, 30, 60)),
    st.sampled_from((None, None, 1)),
)
ATTRIBUTE: st.SearchStrategy[Action] = st.builds(
    referring.Attribute,
    st.integers(0, 2),
    st.none() | st.none() | NUMBERS,
    st.none() | st.none() | st.just(FRIEND) | SOMEBODY,
)
FRIEND_PAYS: st.SearchStrategy[Action] = st.builds(
    Money,
    st.none() | st.none() | NUMBERS,
    st.none(),
    SUMS,
    st.sampled_from(("GBP",) * 5 + ("EUR",)),
    st.just(FRIEND),
    st.sampled_from(CHANNELS),
    AGO,
    st.none(),
)

EARNING: tuple[st.SearchStrategy[Action], ...] = (
    *(PAY, REFUND, PAY, REFUND, CREATE, ADJUST, MERGE, INVOICE),
    *(REVIEW, CLOSE, REOPEN, LINK, AGAIN, REPLAY, CUSTOMERS_MERGE),
)
OF_FEATURE: dict[str, tuple[st.SearchStrategy[Action], ...]] = {
    "rewards": (REDEEM, REDEEM, REDEEM, PAY_WITH, PAY_WITH, OF_REDEMPTION, OF_REDEMPTION, FAIL),
    "credit": (ISSUE, ISSUE, SPEND, SPEND, SPEND, FAIL),
    "referrals": (REFER, ATTRIBUTE, ATTRIBUTE, FRIEND_PAYS, FRIEND_PAYS),
    "tiers": (PIN, PAY, INVOICE),
}


def actions_of(features: frozenset[str]) -> st.SearchStrategy[Action]:
    """What may happen in a shop that has these."""
    more = [each for feature in sorted(features) for each in OF_FEATURE.get(feature, ())]
    return st.one_of(*EARNING, *more)


ACTIONS: st.SearchStrategy[Action] = st.runner().flatmap(lambda machine: actions_of(machine.features))
"""What may happen in the shop of this example."""
SPANS = st.sampled_from((HOUR, DAY, 14 * DAY, 14 * DAY, 31 * DAY, 92 * DAY, 366 * DAY)) | st.integers(1, 40 * DAY)
PART: st.SearchStrategy[Action] = st.builds(
    TakeBack,
    st.just("refund.completed"),
    NUMBERS,
    st.integers(0, 30),
    st.sampled_from((1, 3, 5)),
    st.just(0),
    st.just(0),
)
TWO_REFUNDS: st.SearchStrategy[list[Action | int]] = st.tuples(PART, SPANS, PART).map(list)
"""What comes back twice to a lot that expired has its grace only once."""
