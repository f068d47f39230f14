"""The place of an endpoint in the log: nothing is left out, and nothing that was sent is sent again."""

from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import SECOND
from vinr_engagement.outbox import EventBatch
from vinr_engagement.webhooks.window import Place, after, open_window

WANTED = frozenset({"a", "b"})


def batches_of(log: list[list[str]]) -> list[EventBatch]:
    """Batches of events of these types, at positions from 1."""
    return [
        EventBatch(
            f"evb_{position}",
            position,
            json.text([[1, "loy_1", f"evt_{position}_{index}", name] for index, name in enumerate(types)]),
            0,
        )
        for position, types in enumerate(log, start=1)
    ]


def wanted_in(log: list[list[str]]) -> list[str]:
    return [
        f"evt_{position}_{index}"
        for position, types in enumerate(log, start=1)
        for index, name in enumerate(types)
        if name in WANTED
    ]


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "other"]), min_size=1, max_size=6), max_size=8),
    st.integers(1, 7),
    st.integers(1, 4),
    st.data(),
)
def test_each_wanted_event_is_sent_once_whatever_is_done_of_each_window(
    log: list[list[str]], limit: int, read: int, data: st.DataObject
) -> None:
    batches, place, sent = batches_of(log), Place(0, 0), list[str]()
    while place.position < len(batches):
        following = [batch for batch in batches if (batch.position or 0) > place.position][:read]
        window = open_window(place, following, WANTED, limit)
        fresh = [each.entry.id for each in window.chosen if each.entry.id not in place.ahead]
        assert len(fresh) <= limit
        done = data.draw(st.sets(st.sampled_from(fresh), min_size=1)) if fresh else set[str]()
        sent += [name for name in fresh if name in done]
        before, place = place, after(place, window, done)
        assert (place.position, place.within) >= (before.position, before.within)
        assert len(place.ahead) <= len(sent)
    assert sorted(sent) == sorted(wanted_in(log))
    assert place.ahead == frozenset()


def test_what_is_sent_ahead_is_remembered_until_the_place_is_behind_it() -> None:
    batches = batches_of([["a", "b", "a"], ["a"]])
    window = open_window(Place(0, 0), batches, WANTED, 3)
    assert [each.entry.id for each in window.chosen] == ["evt_1_0", "evt_1_1", "evt_1_2"]
    ahead = after(Place(0, 0), window, {"evt_1_0", "evt_1_2"})
    assert ahead == Place(0, 1, frozenset({"evt_1_2"}))
    rest = open_window(ahead, batches, WANTED, 1)
    assert after(ahead, rest, {"evt_1_1"}) == Place(1, 0)


def test_what_waited_for_its_place_when_the_endpoint_began_is_passed_over() -> None:
    batches = batches_of([["a"], ["b"], ["a"]])
    for batch, created_at in zip(batches, (4, 9, 10), strict=True):
        batch.created_at = created_at * SECOND
    window = open_window(Place(0, 0), batches, WANTED, 5, begins_at=10 * SECOND)
    assert [each.entry.id for each in window.chosen] == ["evt_2_0", "evt_3_0"], "but for the last second"
    assert after(Place(0, 0), window, {"evt_2_0", "evt_3_0"}) == Place(3, 0)


def test_a_window_ends_within_a_batch() -> None:
    batches = batches_of([["other", "a", "a", "a"]])
    window = open_window(Place(0, 0), batches, WANTED, 2)
    assert after(Place(0, 0), window, {"evt_1_1", "evt_1_2"}) == Place(0, 3)
