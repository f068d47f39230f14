"""Playing the year: the test clock goes along, time changes what it changes, and members redeem rewards on the way."""

from collections.abc import Callable, Sequence
from typing import Final

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.demo.door import Door, Refused
from vinr_engagement.entrypoints.demo.offer import furnish
from vinr_engagement.entrypoints.demo.shoppers import Shoppers
from vinr_engagement.entrypoints.demo.year import Event
from vinr_engagement.programs import DEFAULT_PROGRAM

EVENTS_A_REQUEST: Final = 500


async def play(store: Store, door: Door, events: Sequence[Event], advance: Callable[[int], None]) -> None:
    """Posts the events in their order, a batch after the other; ``advance`` is told how many each one had.

    The clock of the test store stands at the end of each batch, and stays at the end of the last. Raises ``Refused`` at the
    first event that is not taken.
    """
    now = await _set_clock(door, events[0]["created_at"])
    shoppers = Shoppers(
        store, door, await furnish(door, events, store.write_path.configuration.program(DEFAULT_PROGRAM).zone)
    )
    for start in range(0, len(events), EVENTS_A_REQUEST):
        batch = [shoppers.at_checkout(event) for event in events[start : start + EVENTS_A_REQUEST]]
        now = await _set_clock(door, max(now, *(event["created_at"] for event in batch)))
        await store.sweep()
        await _send(door, batch)
        await shoppers.redeem()
        advance(len(batch))


async def _set_clock(door: Door, now: str) -> str:
    await door.send("POST", "/v1/test-helpers/clock", {"now": now})
    return now


async def _send(door: Door, batch: list[Event]) -> None:
    body = await door.send("POST", "/v1/events/batch", {"events": batch})
    for event, answer in zip(batch, body["data"], strict=True):
        if answer["status"] != 200:
            raise Refused(f"event {event['id']} was refused: {answer['error']['message']}")
