"""How actions are drawn: few customers, payments and sums, so that they meet often; times near and far."""

from hypothesis import strategies as st

from tests.machine.actions import (
    CUSTOMERS,
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

ACTIONS: st.SearchStrategy[Action] = st.one_of(
    PAY,
    REFUND,
    PAY,
    REFUND,
    CREATE,
    ADJUST,
    MERGE,
    INVOICE,
    REVIEW,
    CLOSE,
    REOPEN,
    LINK,
    AGAIN,
    REPLAY,
    CUSTOMERS_MERGE,
)
SPANS = st.sampled_from((HOUR, DAY, 14 * DAY, 14 * DAY, 31 * DAY, 92 * DAY, 366 * DAY)) | st.integers(1, 40 * DAY)
