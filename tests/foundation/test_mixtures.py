"""Mixtures of tables that are written by one statement: what is wanted, not much more, and few of them."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.foundation.database import Table
from vinr_engagement.foundation.database.mixtures import MOST, SPARE, Mixtures


def table(number: int) -> Table[msgspec.Struct]:
    row = msgspec.defstruct(f"Row{number}", [("id", str)])
    return Table(f"table_{number:02}", row, ("id",))


TABLES = [table(number) for number in range(24)]
SOME = st.lists(st.sampled_from(TABLES), unique=True, max_size=16)


@given(st.lists(st.tuples(SOME, SOME), min_size=1, max_size=40))
def test_a_statement_writes_what_is_wanted_and_little_besides(wanted: list[tuple[list[Table], list[Table]]]) -> None:
    mixtures = Mixtures()
    for updated, inserted in wanted:
        updates, inserts = mixtures.covering(updated, inserted)
        assert set(updated) <= set(updates)
        assert set(inserted) <= set(inserts)
        assert len(updates) + len(inserts) <= len(updated) + len(inserted) + SPARE
        names = [each.name for each in updates], [each.name for each in inserts]
        assert names == (sorted(names[0]), sorted(names[1])), "one order, whatever the batch's own"
        assert len(mixtures._known) <= MOST


def test_mixtures_that_differ_little_become_one() -> None:
    always, sometimes = TABLES[:8], TABLES[8 : 8 + SPARE]
    mixtures = Mixtures()
    for number in range(1 << SPARE):
        mixtures.covering([], always + [each for place, each in enumerate(sometimes) if number >> place & 1])
    every = {mixtures.covering([], always), mixtures.covering([], always + sometimes[:2])}
    assert every == {((), tuple(always + sometimes))}


def test_mixtures_that_have_little_in_common_stay_apart() -> None:
    mixtures = Mixtures()
    one, other = TABLES[:8], TABLES[8:16]
    mixtures.covering(one, one)
    assert mixtures.covering(other, []) == (tuple(other), ())
    assert mixtures.covering(one, one) == (tuple(one), tuple(one))
