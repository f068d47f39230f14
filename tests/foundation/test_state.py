"""The journal: a refused command undoes its own changes and no others, whatever it did."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.foundation.database import NotGathered, Query, State, Table


class Thing(msgspec.Struct):
    """A row for these tests."""

    id: int
    owner: int
    value: int


THINGS = Table("things", Thing, ("id",))
THINGS_OF_OWNER = Query(THINGS, ("owner",))


def _fresh_state() -> State:
    state = State()
    state.gathered(THINGS, [(number,) for number in range(6)], [Thing(0, 0, 0), Thing(1, 0, 10), Thing(2, 1, 20)])
    held = [row for number in range(3) if (row := state.find(THINGS, (number,))) is not None]
    state.selected(THINGS_OF_OWNER, [(0,), (1,)], held)
    return state


def _picture(state: State) -> object:
    """Everything that a save or a later command would see."""
    rows = [msgspec.structs.astuple(row) if (row := state.find(THINGS, (n,))) is not None else None for n in range(6)]
    owned = [sorted(row.id for row in state.select(THINGS_OF_OWNER, (owner,))) for owner in (0, 1)]
    written = [row.id for row in state.inserted.get(THINGS, [])]
    changed = sorted(row.id for _, row in state.changed.values())
    return rows, owned, sorted(written), changed, sorted(row.id for row in state.deleted.values())


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "change", "delete"]), st.integers(0, 5), st.integers(0, 1)), max_size=8
)


def _perform(state: State, steps: list[tuple[str, int, int]]) -> None:
    for verb, number, owner in steps:
        row = state.find(THINGS, (number,))
        if verb == "put" and row is None:
            state.insert(Thing(number, owner, 1))
        elif verb == "change" and row is not None:
            state.change(row).value += 1
        elif verb == "delete" and row is not None:
            state.delete(row)


@given(STEPS, STEPS)
def test_undo_restores_what_the_commands_before_left(
    kept: list[tuple[str, int, int]], refused: list[tuple[str, int, int]]
) -> None:
    state = _fresh_state()
    state.begin()
    _perform(state, kept)
    before = _picture(state)
    state.begin()
    _perform(state, refused)
    state.undo()
    assert _picture(state) == before


def test_what_was_not_gathered_is_never_taken_to_be_absent() -> None:
    state = _fresh_state()
    with pytest.raises(NotGathered):
        state.find(THINGS, (99,))
    with pytest.raises(NotGathered):
        state.select(THINGS_OF_OWNER, (7,))


def test_a_row_inserted_and_deleted_in_one_batch_is_not_written() -> None:
    state = _fresh_state()
    state.begin()
    row = state.insert(Thing(5, 1, 1))
    state.begin()
    state.delete(row)
    assert state.inserted[THINGS] == []
    assert not state.deleted
