"""A courier brings events to one webhook endpoint, as long as it holds the endpoint's lease.

First attempts go through the log from where the endpoint stands; further ones go beside them, so that neither waits for the
other. What was sent is saved by steps of a few seconds: whoever is killed has the last of them sent again by another.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from structlog.typing import FilteringBoundLogger

from vinr_engagement import webhooks
from vinr_engagement.audit import Origin
from vinr_engagement.commands import DisableEndpoint, Store, leases
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import SECOND, Instant, real_now
from vinr_engagement.foundation.database import Session
from vinr_engagement.outbox import OutgoingEvent, log
from vinr_engagement.outbox import queries as outbox_queries
from vinr_engagement.webhooks import DeliveryRow, EndpointRow, Health, Outcome, progress
from vinr_engagement.webhooks import queries as webhook_queries
from vinr_engagement.webhooks.progress import Change, Outlook, Replaced
from vinr_engagement.webhooks.sending import ATTEMPT_SECONDS, CONNECTIONS, Sender
from vinr_engagement.webhooks.window import Place, Window, after, open_window, place_of

EVENTS_A_STEP: Final = 100
"""What is in memory of an endpoint's backlog, however long that is."""
BATCHES_READ: Final = 50
STEP_SECONDS: Final = 10.0
"""After so long a step begins no further attempt, and saves."""
SAVING_SECONDS: Final = 5.0
NEEDED_SECONDS: Final = STEP_SECONDS + ATTEMPT_SECONDS + SAVING_SECONDS
"""Of its lease a courier has so much left when it begins a step: nobody else makes the same attempts meanwhile."""
STANDBY_SECONDS: Final = 5.0
"""How often a lease is asked for that another worker holds."""
REPLACED_REST_SECONDS: Final = 0.25
FAULT_REST_SECONDS: Final = 5.0
MOVES_SAVED_SECONDS: Final = 1.0
"""How late it is saved that events were passed over which nobody wants: each time costs the database a commit."""

_ENGINE: Final = Origin("engine")


@dataclass(frozen=True, slots=True)
class Post:
    """What the couriers of a store share. ``now`` is real time, ``chance`` draws from 0 to 1, ``wake`` is set after a step."""

    store: Store
    log: FilteringBoundLogger
    holder: str
    now: Callable[[], Instant]
    chance: Callable[[], float]
    stopping: asyncio.Event
    wake: asyncio.Event


class Courier:
    """Of one endpoint. Tell it what waits by :meth:`notice`; in the end, :meth:`stop` it."""

    def __init__(self, post: Post, endpoint: str) -> None:
        self._post = post
        self._endpoint = endpoint
        self._lease = f"webhooks:{endpoint}"
        self._held_until = 0.0
        self._taking = asyncio.Lock()
        self._place: Place | None = None
        self._begins_at: Instant = 0
        self._health = Health()
        self._moves_saved_at = 0.0
        self._rests_until = 0.0
        self._sender: Sender | None = None
        self._retired: list[Sender] = []
        self._steps: dict[str, asyncio.Task[None]] = {}

    def notice(self, outlook: Outlook) -> None:
        """Begins what there is to do, beside what is under way."""
        if self._place is not None and not self._steps and outlook.holder != self._post.holder:
            self._place = None  # Somebody else was here, or the endpoint was changed: look at it anew.
        if self._post.stopping.is_set() or time.monotonic() < self._rests_until:
            return
        now = self._post.now()
        due = outlook.due_at is not None and outlook.due_at <= now
        if self._place is not None and self._health.is_gentle:
            if not self._steps and not self._health.rests(now):
                self._begin_one(due=due, waiting=self._has_waiting(outlook))
            return
        if due:
            self._begin("again", self._bring_again)
        if self._has_waiting(outlook):
            self._begin("first", self._bring_first)

    def _begin_one(self, *, due: bool, waiting: bool) -> None:
        """What failed before goes first: what was never tried is kept for better days."""
        if due:
            self._begin("again", self._bring_again)
        elif waiting:
            self._begin("first", self._bring_first)

    def _has_waiting(self, outlook: Outlook) -> bool:
        if self._place is None:
            return outlook.head > outlook.position
        unsaved = self._place.position > outlook.position
        overdue = time.monotonic() - self._moves_saved_at >= MOVES_SAVED_SECONDS
        return outlook.head > self._place.position or (unsaved and overdue)

    async def stop(self) -> None:
        """Finishes the attempts that are under way, saves what came of them, and gives the endpoint up."""
        await asyncio.gather(*self._steps.values())
        if time.monotonic() < self._held_until:
            with suppress(Exception):  # It ends by itself.
                await leases.release(self._post.store.database, self._lease, self._post.holder)
        for sender in (self._sender, *self._retired):
            if sender is not None:
                await sender.aclose()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._steps

    # steps

    def _begin(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        if name not in self._steps:
            self._steps[name] = asyncio.create_task(self._do(name, step))

    async def _do(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        try:
            if await self._hold():
                await step()
        except Replaced:
            self._place = None
            self._rest(REPLACED_REST_SECONDS)
        except Exception as error:
            self._place = None
            self._rest(FAULT_REST_SECONDS)
            self._post.store.jobs_failed[JOB] += 1
            facts = {"store": self._post.store.environment, "job": JOB, "endpoint": self._endpoint}
            self._post.log.error("job_failed", exc_info=error, **facts)
        finally:
            del self._steps[name]
            self._post.wake.set()

    def _rest(self, seconds: float) -> None:
        self._rests_until = time.monotonic() + seconds

    async def _hold(self) -> bool:
        """Whether the endpoint is ours for a whole step. Who has just got hold of it begins where it was saved."""
        async with self._taking:
            left = self._held_until - time.monotonic()
            if left < NEEDED_SECONDS and not await self._renew(lapsed=left <= 0):
                return False
            if self._place is None:
                row = await progress.take(self._post.store.database, self._endpoint, self._post.holder)
                if row is None:
                    return False
                self._place, self._health, self._begins_at = place_of(row), Health.of(row), row.begins_at
            return True

    async def _renew(self, *, lapsed: bool) -> bool:
        asked = time.monotonic()
        if not await leases.hold(self._post.store.database, self._lease, self._post.holder, real_now()):
            self._place = None
            self._held_until = 0.0
            self._rest(STANDBY_SECONDS)
            return False
        if lapsed:
            self._place = None
        self._held_until = asked + leases.LEASE / SECOND
        return True

    async def _bring_first(self) -> None:
        """Makes first attempts of what comes next in the log, and moves on behind them."""
        place, health = self._place, self._health
        if place is None or self._must_wait("again"):
            return
        endpoint, window, events = await self._read_first(place, 1 if health.is_gentle else EVENTS_A_STEP)
        if endpoint is None:
            return
        outcomes = await self._send_all(endpoint, [(event.id, event) for event in events])
        gone = {each.entry.id for each in window.chosen} - {event.id for event in events}  # or sent ahead
        rows = [
            webhooks.first_of(self._endpoint, each.entry, outcomes[each.entry.id], self._post.chance())
            for each in window.chosen
            if each.entry.id in outcomes
        ]
        await self._move(after(place, window, outcomes.keys() | gone), rows)
        await self._judge()

    async def _read_first(self, place: Place, limit: int) -> tuple[EndpointRow | None, Window, list[OutgoingEvent]]:
        async def read(session: Session) -> tuple[EndpointRow | None, Window, list[OutgoingEvent]]:
            endpoint = await _enabled(session, self._endpoint)
            if endpoint is None:
                return None, Window([], place), []
            wanted = webhooks.types_of(json.decode(endpoint.body)["enabled_events"])
            following = await log.after(session, place.position, BATCHES_READ)
            window = open_window(place, following, wanted, limit, self._begins_at)
            entries = [each.entry for each in window.chosen if each.entry.id not in place.ahead]
            return endpoint, window, await log.read(session, entries) if entries else []

        return await self._post.store.database.read(read)

    async def _move(self, place: Place, rows: Sequence[DeliveryRow]) -> None:
        """Saves what was done; that nothing was is kept in mind for a moment."""
        if rows or time.monotonic() - self._moves_saved_at >= MOVES_SAVED_SECONDS:
            database = self._post.store.database
            await progress.save_first(database, self._endpoint, self._post.holder, place, self._health, rows)
            self._moves_saved_at = time.monotonic()
        self._place = place

    async def _bring_again(self) -> None:
        """Makes the attempts that are due of deliveries that failed before, or that somebody asked for."""
        if self._place is None or self._must_wait("first"):
            return
        endpoint, rows, events = await self._read_again(1 if self._health.is_gentle else EVENTS_A_STEP)
        if endpoint is None:
            return
        outcomes = await self._send_all(endpoint, [(row.id, events[row.event]) for row in rows if row.event in events])
        changes = {row.id: self._change(row, outcomes[row.id]) for row in rows if row.id in outcomes}
        changes |= {row.id: self._lose for row in rows if row.event not in events}
        if changes:
            database = self._post.store.database
            await progress.save_again(database, self._endpoint, self._post.holder, self._health, changes)
        await self._judge()

    async def _read_again(self, limit: int) -> tuple[EndpointRow | None, list[DeliveryRow], dict[str, OutgoingEvent]]:
        async def read(session: Session) -> tuple[EndpointRow | None, list[DeliveryRow], dict[str, OutgoingEvent]]:
            endpoint = await _enabled(session, self._endpoint)
            if endpoint is None:
                return None, [], {}
            rows = await progress.due(session, self._endpoint, self._post.now(), limit)
            found = await log.read(session, [webhooks.entry_of(row) for row in rows]) if rows else []
            return endpoint, rows, {event.id: event for event in found}

        return await self._post.store.database.read(read)

    def _change(self, row: DeliveryRow, outcome: Outcome) -> Change:
        """What an attempt changes of a delivery as it is then."""
        chance = self._post.chance()

        def change(current: DeliveryRow) -> None:
            if current.asked == row.asked:
                webhooks.record(current, outcome, chance)
            else:
                webhooks.record_beside(current, outcome)

        return change

    def _lose(self, current: DeliveryRow) -> None:
        webhooks.lost(current, self._post.now())

    def _must_wait(self, other: str) -> bool:
        """Gently means one attempt at a time, and none before it is time."""
        return self._health.is_gentle and (other in self._steps or self._health.rests(self._post.now()))

    async def _judge(self) -> None:
        """Disables an endpoint that is gone, or has only failed for days."""
        now = self._post.now()
        reason = self._health.verdict(now)
        if reason is not None:
            await self._post.store.write_path.run(DisableEndpoint(self._endpoint, reason, now), _ENGINE)
            facts = {"store": self._post.store.environment, "endpoint": self._endpoint, "reason": reason}
            self._post.log.warning("webhook_endpoint_disabled", **facts)
            self._place = None

    # attempts

    async def _send_all(self, endpoint: EndpointRow, named: Sequence[tuple[str, OutgoingEvent]]) -> dict[str, Outcome]:
        """What came of the attempts that were made, by name: of one account one after the other, of several side by side."""
        by_account: dict[str, list[tuple[str, OutgoingEvent]]] = defaultdict(list)
        for name, event in named:
            by_account[event.account].append((name, event))
        outcomes: dict[str, Outcome] = {}
        sender, gate = await self._sender_to(endpoint.url), asyncio.Semaphore(CONNECTIONS)
        ends, one_only = time.monotonic() + STEP_SECONDS, self._health.is_gentle

        async def send_in_order(events: list[tuple[str, OutgoingEvent]]) -> None:
            for name, event in events:
                async with gate:
                    if self._ends_early(ends, one_only=one_only):
                        return
                    outcomes[name] = await self._send(sender, endpoint, event)

        await asyncio.gather(*(send_in_order(events) for events in by_account.values()))
        return outcomes

    def _ends_early(self, ends: float, *, one_only: bool) -> bool:
        if self._post.stopping.is_set() or time.monotonic() >= ends or self._health.gone:
            return True
        return self._health.is_gentle and not one_only

    async def _send(self, sender: Sender, endpoint: EndpointRow, event: OutgoingEvent) -> Outcome:
        body, now = json.encode(outbox_queries.event_snapshot(event)), self._post.now()
        headers = webhooks.signing.headers(event.id, body, webhooks.secrets_at(endpoint, now), now)
        outcome = await sender.send(body, headers, now)
        store = self._post.store
        store.jobs_done[JOB] += 1
        store.webhook_attempts["succeeded" if outcome.succeeded else "failed"] += 1
        if outcome.succeeded:
            self._health.succeeded(self._post.now())
        else:
            self._health.failed(self._post.now(), outcome.http_status)
        return outcome

    async def _sender_to(self, url: str) -> Sender:
        """The connections to a URL; those to a former one are closed once nothing else can be using them."""
        if self._sender is None or self._sender.url != url:
            self._retired += [] if self._sender is None else [self._sender]
            self._sender = Sender(url, allow_private=self._post.store.settings.webhook_allow_private)
        while self._retired and len(self._steps) == 1:
            await self._retired.pop().aclose()
        return self._sender


JOB: Final = "deliver_webhooks"
"""What the metrics of background jobs call this."""


async def _enabled(session: Session, identifier: str) -> EndpointRow | None:
    found = await webhook_queries.get_endpoint(session, identifier)
    return found if found is not None and found.status == "enabled" else None
