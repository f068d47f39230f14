"""``/v1/events/stream``: what the world is told, as it happens."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Annotated, Any, Final

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Receive, Scope, Send

from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import Caller
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.events import check_subject
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.fields import Id
from vinr_engagement.entrypoints.api.gate import Gate
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.streams import EVENTS_AT_ONCE, POLL_SECONDS, Streams, Tail, Told, told
from vinr_engagement.entrypoints.api.suggest import quote
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import Contention, Unavailable
from vinr_engagement.outbox import EVENT_TYPES, places
from vinr_engagement.outbox.log import Entry
from vinr_engagement.outbox.places import Place, PlaceGone
from vinr_engagement.webhooks import matching

event_stream = Resource("events", "/v1/events/stream", "events")

_RETRY_MILLISECONDS: Final = 1_000
_LAST_EVENT_ID: Final = "Last-Event-ID"
_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


class StreamEvents(BaseModel):
    """Which events to tell, and from where on."""

    model_config = ConfigDict(extra="forbid")

    types: Annotated[str, Field(min_length=1, max_length=limits.STREAM_TYPES_CHARACTERS)] | None = Field(
        None,
        description="Only these types, separated by commas; `loyalty.points.*` for a family.",
        examples=["loyalty.points.*,loyalty.tier.changed"],
        json_schema_extra={"x-separator": ","},
    )
    account: Id | None = Field(None, description="Only those about this member, or this campaign.")
    last_event_id: Id | None = Field(
        None, description="As the header `Last-Event-ID`, which goes before it: the `id` behind which to go on."
    )


class Wanted:
    """Which events a stream tells."""

    def __init__(self, types: frozenset[str], account: str | None) -> None:
        self._types = types
        self._account = account

    def __call__(self, event: Entry | Told) -> bool:
        return event.type in self._types and self._account in (None, event.account)


class EventStream(StreamingResponse):
    """An answer that goes on until the client, the key or the server is gone."""

    media_type = "text/event-stream"

    def __init__(self, exchange: Exchange, streams: Streams, gate: Gate, place: Place, wanted: Wanted) -> None:
        super().__init__((), headers=_HEADERS)
        self._exchange = exchange
        self._streams = streams
        self._gate = gate
        self._place = place
        self._wanted = wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tells events as the client takes them. Raises ``Fault`` where too many streams are open already."""
        with self._streams.one(self._exchange.caller.environment) as tail:
            self._exchange.lasting = True
            async with aclosing(self._tell(tail)) as self.body_iterator:
                await super().__call__(scope, receive, send)

    async def _tell(self, tail: Tail) -> AsyncGenerator[bytes, None]:
        try:
            async with aclosing(self._blocks(tail)) as blocks:
                async for block in blocks:
                    yield block
        except (Unavailable, Contention):
            self._exchange.outcome = "service_unavailable"  # The client comes again, from where it is.
        except PlaceGone:
            self._exchange.outcome = "stream_place_gone"

    async def _blocks(self, tail: Tail) -> AsyncGenerator[bytes, None]:
        yield format_sse_event(id=str(self._place), retry=_RETRY_MILLISECONDS)
        sent_at = checked_at = time.monotonic()
        while not self._streams.ended:
            ring, before = tail.grown.next_ring(), self._place
            if block := await self._next(tail):
                yield block
                sent_at = time.monotonic()
            elif self._place == before:
                await _first_of(ring, _patience(sent_at, tail))
            now = time.monotonic()
            if now - checked_at >= limits.KEY_CACHE_SECONDS:
                if not await self._gate.still_knows(self._exchange):
                    self._exchange.outcome = "session_expired" if self._exchange.signed_in else "api_key_invalid"
                    return
                checked_at = now
            if now - sent_at >= limits.STREAM_HEARTBEAT_SECONDS:
                yield format_sse_event(comment="still here", id=str(self._place))
                sent_at = now

    async def _next(self, tail: Tail) -> bytes:
        """The next wanted events, a part of them perhaps; empty for none, and where none of those looked at is wanted."""
        found, self._place = tail.after(self._place) or await self._read_log()
        return b"".join([each.block for each in found if self._wanted(each)])

    async def _read_log(self) -> tuple[list[Told], Place]:
        async def read(session: Session) -> places.Reading:
            return await places.read_on(session, self._place, EVENTS_AT_ONCE, self._wanted)

        reading = await self._exchange.read(read)
        return [told(place, event) for place, event in reading.events], reading.end


def _patience(sent_at: float, tail: Tail) -> float:
    """For how long to wait for something new."""
    to_heartbeat = max(0.0, sent_at + limits.STREAM_HEARTBEAT_SECONDS - time.monotonic())
    return min(to_heartbeat, limits.KEY_CACHE_SECONDS if tail.knows else POLL_SECONDS)


async def _first_of(ring: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ring.wait()


@event_stream.get(
    "",
    "stream",
    EventStream,
    errors=("parameter_invalid", "resource_missing", "stream_place_gone", "stream_limit_reached"),
)
async def stream_events(
    request: Request,
    caller: Caller,
    query: Annotated[StreamEvents, Query()],
    last_event_id: Annotated[
        str | None,
        Header(alias=_LAST_EVENT_ID, description="The `id` behind which to go on, as `EventSource` sends it."),
    ] = None,
) -> Response:
    """Stream events

    Server-sent events, each as it happens: `event` is its type, `data` the event as `GET /v1/events/{event}` shows it, `id` the
    place behind it. Without `Last-Event-ID` from now on. A block that has an `id` and no `data` only says how far the stream is.
    """
    state: Any = request.app.state
    wanted = Wanted(_types_in(query.types), query.account)
    if query.account is not None:
        await check_subject(caller, query.account)
    place = await _begin(caller, last_event_id, query.last_event_id)
    return EventStream(caller, state.streams, state.gate, place, wanted)


def _types_in(listed: str | None) -> frozenset[str]:
    """The types that a list of them names. Raises ``Invalid`` for one that names none."""
    if listed is None:
        return EVENT_TYPES
    return matching.types_of(matching.check([each.strip() for each in listed.split(",")], "types"))


async def _begin(caller: Exchange, header: str | None, query: str | None) -> Place:
    """Where the stream begins. Raises ``Fault`` for what is no place, and for one that is gone."""
    param, given = (_LAST_EVENT_ID, header) if header else ("last_event_id", query)
    if given is None:
        return await caller.read(places.end)
    try:
        return await caller.read(lambda session: places.find(session, given))
    except ValueError:
        message = f"{param} must be the id of an event of this stream, not {quote(given)}."
        raise Fault("parameter_invalid", message, param=param) from None
    except PlaceGone:
        message = "What came after this place is no longer kept, or the place is not of this store."
        raise Fault("stream_place_gone", message, param=param) from None
