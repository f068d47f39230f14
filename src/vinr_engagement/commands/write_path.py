"""The one write path: gather → decide → save → commit → answer.

A batch is whatever arrived while the previous one was committing; a lone request is a batch of one. Those who were answered
together mostly ask again together: while they do, the next batch waits for them, a few milliseconds at most. A refused command
undoes only its own changes. If the database refuses the batch, its groups run again one by one.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from vinr_engagement.audit import Origin
from vinr_engagement.commands import cascade, deeds, gathering, passage
from vinr_engagement.commands import configuration as configurations
from vinr_engagement.commands.claims import IDEMPOTENCY_KEYS, Claim, IdempotencyKey, key_reused
from vinr_engagement.commands.configuration import STORE_STATE, STORE_STATE_KEY, Configuration
from vinr_engagement.commands.context import Command, Context
from vinr_engagement.foundation.bell import Bell
from vinr_engagement.foundation.clock import Instant, real_now
from vinr_engagement.foundation.database import (
    Database,
    Need,
    NotGathered,
    Session,
    State,
)
from vinr_engagement.foundation.errors import Contention, Refusal, Unavailable

SQLITE_BATCH = 1_000
"""A batch takes no further group once it has this many commands: a commit is what costs on SQLite."""
POSTGRESQL_BATCH = 100
"""On PostgreSQL processes work side by side: the fewer members a batch holds, the less they wait for each other."""
COMPANY = 4
"""Where a batch had so many groups, the next one waits for as many."""
QUIET_SECONDS = 0.001
"""Nobody else is waited for once nobody came for so long, ..."""
PATIENCE_SECONDS = 0.01
"""... or after so long in all."""
QUEUE_COMMANDS = 50_000
"""Commands waiting beyond this many are refused as unavailable."""
ATTEMPTS = 8
_HOLD_STATE = "select 1 from store_state where id = 1 for update"
_ROUNDS = 10_000
"""A command that asks more often than this for what it lacks is at fault: one that goes through every program and every rule of a
store asks often.
"""

Outcome = Any | Refusal


@dataclass(slots=True, frozen=True)
class Reply:
    """An answer as it goes out: an HTTP status and a JSON body; ``replayed`` where it is a first answer again."""

    status: int
    body: bytes
    replayed: bool = False


OnBatch = Callable[[int, float], None]
"""Told of each batch that was committed: how many commands, and the seconds from its begin to its commit."""

Render = Callable[[list[Outcome]], tuple[Reply, bool]]
"""Makes the answer of a group, and says whether it is kept for repeats."""


@dataclass(slots=True, eq=False)
class Group:
    """Commands of one request, decided in order in one transaction."""

    commands: Sequence[Command]
    origin: Origin
    render: Render | None
    claim: Claim | None
    future: "asyncio.Future[Any]"
    alone: bool = field(init=False)

    def __post_init__(self) -> None:
        self.alone = any(command.alone or command.reconfigures for command in self.commands)


class _Turn:
    """Lanes take batches, and their locks, in the order of the queue; then one decides while another waits for the database."""

    def __init__(self, turns: asyncio.Lock) -> None:
        self._turns: asyncio.Lock | None = turns

    def pass_on(self) -> None:
        """Lets the next lane take its batch; once is enough."""
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.release()


class WritePath:
    """Runs commands against one store.

    ``waiting_commands`` counts those that wait for their batch; ``committed`` rings after each batch.
    """

    def __init__(
        self, database: Database, *, real_time_only: bool, lanes: int = 1, on_batch: OnBatch | None = None
    ) -> None:
        self.on_batch = on_batch
        self.waiting_commands = 0
        self.committed = Bell()
        self._database = database
        self._real_time_only = real_time_only
        self._lanes, self._most = (1, SQLITE_BATCH) if database.engine == "sqlite" else (lanes, POSTGRESQL_BATCH)
        self._configuration = configurations.EMPTY
        self._clock_now: Instant | None = None
        self._waiting: deque[Group] = deque()
        self._draining = 0
        self._turns = asyncio.Lock()
        self._company = self._everyone = 0
        self._complete: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def configuration(self) -> Configuration:
        """The configuration that the last batch ran with."""
        return self._configuration

    async def run(self, command: Command, origin: Origin) -> Any:
        """Runs one command; answers what it decided, or raises its ``Refusal``."""
        (outcome,) = await self._submit([command], origin, None, None)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def view(self, origin: Origin) -> Context:
        """The store as a decision would see it now, with nothing gathered."""
        return await self._database.read(lambda session: self._context(session, origin, lock=False))

    async def try_out(self, command: Command, origin: Origin) -> Any:
        """What a command would answer, decided on a snapshot of the store without effect. Raises its ``Refusal``."""

        async def decide(session: Session) -> Outcome:
            context = await self._context(session, origin, lock=False)
            await gathering.gather_needs(session, context, [command], lock=False)
            return await _decide(session, context, command, lock=False)

        outcome = await self._database.read(decide)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def try_out_all(self, commands: Sequence[Command], origin: Origin) -> list[Outcome]:
        """What these would answer one after the other, decided on one snapshot without effect."""

        async def decide(session: Session) -> list[Outcome]:
            context = await self._context(session, origin, lock=False)
            await gathering.gather_needs(session, context, commands, lock=False)
            return [await _decide(session, context, command, lock=False, save=False) for command in commands]

        return await self._database.read(decide)

    async def foresee(self, session: Session, command: Command, origin: Origin, now: Instant | None = None) -> State:
        """The rows as a command would leave them by ``now``, decided on a snapshot that the caller has open.

        Raises its ``Refusal``.
        """
        context = await self._context(session, origin, lock=False)
        if now is not None:
            context.now = now
        await gathering.gather_needs(session, context, [command], lock=False)
        outcome = await _decide(session, context, command, lock=False, save=False)
        if isinstance(outcome, Refusal):
            raise outcome
        return context.state

    async def answer(
        self, commands: Sequence[Command], origin: Origin, render: Render, claim: Claim | None = None
    ) -> Reply:
        """Runs the commands of a request in one transaction and answers as ``render`` says; at most once for a claim."""
        return await self._submit(commands, origin, render, claim)

    async def run_each(self, commands: Sequence[Command], origin: Origin) -> list[Outcome]:
        """What came of each command, decided in their order, in one transaction or several.

        Where the database takes no more, some may have taken effect: ask again for all, with the same ids.
        """
        parts = [
            self._submit(commands[at : at + self._most], origin, None, None)
            for at in range(0, len(commands), self._most)
        ]
        return [outcome for outcomes in await asyncio.gather(*parts) for outcome in outcomes]

    def _submit(
        self, commands: Sequence[Command], origin: Origin, render: Render | None, claim: Claim | None
    ) -> "asyncio.Future[Any]":
        if self._closed or self.waiting_commands > QUEUE_COMMANDS:
            raise Unavailable("the server is shutting down" if self._closed else "too many requests are waiting")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Group(commands, origin, render, claim, future))
        self.waiting_commands += len(commands)
        if self._complete is not None and len(self._waiting) >= self._everyone:
            _end(self._complete)
        if self._draining < self._lanes:
            self._draining += 1
            task = asyncio.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return future

    async def close(self) -> None:
        """Takes no more, finishes what was accepted."""
        self._closed = True
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drain(self) -> None:
        while turn := await self._next_turn():
            batch = self._next_batch()
            try:
                await self._run_batch(batch, turn)
            except Exception as error:  # noqa: BLE001 (whatever it is, the callers are told)
                for group in batch:
                    _fail(group, error)
            finally:
                turn.pass_on()
            self._company = len(batch) if len(batch) >= COMPANY else 0
            self._everyone = len(batch) + len(self._waiting)
        self._draining -= 1

    async def _next_turn(self) -> "_Turn | None":
        """The right to take a batch and its locks; ``None`` where nothing waits."""
        await self._turns.acquire()
        await self._wait_for_company()
        if self._waiting:
            return _Turn(self._turns)
        self._turns.release()
        return None

    async def _wait_for_company(self) -> None:
        """Lets those who were answered together ask again: a batch of one before them would cost as much as theirs."""
        came, patience = 0, PATIENCE_SECONDS
        while came < len(self._waiting) < self._company and patience > 0:
            came, patience = len(self._waiting), patience - QUIET_SECONDS
            await self._wait_until_complete(QUIET_SECONDS)

    async def _wait_until_complete(self, seconds: float) -> None:
        """Until all are there who were answered together, or waited already when they were; for so long at most."""
        loop = asyncio.get_running_loop()
        self._complete = loop.create_future()
        patience = loop.call_later(seconds, _end, self._complete)
        try:
            await self._complete
        finally:
            patience.cancel()
            self._complete = None

    def _next_batch(self) -> list[Group]:
        batch = [self._waiting.popleft()]
        size = len(batch[0].commands)
        while self._waiting and not batch[0].alone and not self._waiting[0].alone:
            size += len(self._waiting[0].commands)
            if size > self._most:
                break
            batch.append(self._waiting.popleft())
        self.waiting_commands -= sum([len(group.commands) for group in batch])
        return batch

    async def _run_batch(self, batch: list[Group], turn: "_Turn") -> None:
        if len(batch) == 1:
            await self._run_alone(batch[0], turn)
            return
        try:
            answers = await self._transact(batch, turn)
        except Unavailable:  # perhaps committed unheard: whoever asked may ask again, with the same key
            raise
        except Exception:  # noqa: BLE001 (one group may spoil the batch: each is tried by itself)
            for group in batch:
                await self._run_alone(group, turn)
            return
        for group, answer in zip(batch, answers, strict=True):
            _succeed(group, answer)

    async def _run_alone(self, group: Group, turn: "_Turn") -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                (answer,) = await self._transact([group], turn)
            except Contention as error:
                if attempt == ATTEMPTS:
                    _fail(group, Unavailable(f"too much contention: {error}"))
                    return
                await asyncio.sleep(0.002 * attempt)
            except Exception as error:  # noqa: BLE001 (whatever it is, the callers are told)
                _fail(group, error)
                return
            else:
                _succeed(group, answer)
                return

    async def _transact(self, batch: list[Group], turn: "_Turn") -> list[Any]:
        started = time.perf_counter()
        answers = await self._database.write(lambda session: self._decide_all(session, batch, turn))
        self.committed.ring()
        if self.on_batch is None:
            return answers
        commands = len(batch[0].commands) if len(batch) == 1 else sum([len(group.commands) for group in batch])
        self.on_batch(commands, time.perf_counter() - started)
        return answers

    async def _decide_all(self, session: Session, batch: list[Group], turn: "_Turn") -> list[Any]:
        first = [(IDEMPOTENCY_KEYS, group.claim.row_key) for group in batch if group.claim]
        commands = [each for group in batch for each in group.commands]
        if batch[0].alone:
            context = await self._context(session, batch[0].origin, lock=True)
            await gathering.gather_needs(session, context, commands, first)
        else:
            context = await self._gathered(session, batch[0].origin, commands, first)
        turn.pass_on()
        answers = [await _decide_group(session, context, group) for group in batch]
        await gathering.save(session, context)
        return answers

    async def _gathered(
        self, session: Session, origin: Origin, commands: Sequence[Command], first: Iterable[Need]
    ) -> Context:
        """The store with what commands need. By which configuration and clock comes with the first wave: mostly by those of the
        last batch, else what is needed is gathered by the new ones.
        """
        known = (self._configuration.version, self._clock_now)
        context = self._context_by(self._configuration, self._clock_now, origin)
        wanted = [(STORE_STATE, STORE_STATE_KEY), *first]
        await gathering.gather_needs(session, context, commands, wanted, enough=lambda state: _known_of(state) != known)
        version, clock_now = _known_of(context.state)
        if (version, clock_now) != known:
            state, self._clock_now = context.state, clock_now
            context = self._context_by(await self._configured(session, version), clock_now, origin)
            context.state = state
            await gathering.gather_needs(session, context, commands)
        return context

    async def _context(self, session: Session, origin: Origin, *, lock: bool) -> Context:
        """The store's configuration and clock; a command that changes them holds them until it commits."""
        if lock and session.engine == "postgresql":
            await session.fetch(_HOLD_STATE)
        (found,) = await session.find(STORE_STATE, [STORE_STATE_KEY])
        configuration = await self._configured(session, found.configuration_version)
        context = self._context_by(configuration, found.clock_now, origin)
        context.latest_at = await _latest_at(session) if lock else None
        return context

    async def _configured(self, session: Session, version: int) -> Configuration:
        configuration = self._configuration  # taken once: a lane or a preview beside this one may replace it
        if version != configuration.version:
            configuration = self._configuration = await configurations.load(session, version)
        return configuration

    def _context_by(self, configuration: Configuration, clock_now: Instant | None, origin: Origin) -> Context:
        set_clock = None if self._real_time_only else clock_now
        now = real_now() if set_clock is None else set_clock
        return Context(State(), configuration, now, origin, [], passage.catch_up, set_clock is not None)


def _known_of(state: State) -> tuple[int, Instant | None]:
    """The version of the configuration, and the clock, that were gathered."""
    found = state.find(STORE_STATE, STORE_STATE_KEY)
    assert found is not None, "migrations make it"
    return found.configuration_version, found.clock_now


async def _latest_at(session: Session) -> Instant | None:
    """When the store last recorded something."""
    received = await session.fetch("select received_at from received_events order by received_id desc limit 1")
    told = await session.fetch("select created_at from outgoing_events order by id desc limit 1")
    return max((moment for (moment,) in received + told), default=None)


def _end(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


def _succeed(group: Group, answer: Any) -> None:
    if not group.future.done():
        group.future.set_result(answer)


def _fail(group: Group, error: BaseException) -> None:
    if not group.future.done():
        group.future.set_exception(error)


async def _decide_group(session: Session, context: Context, group: Group) -> Any:
    context.origin = group.origin
    if group.claim is not None and group.render is not None:
        return await _decide_once(session, context, group, group.claim, group.render)
    outcomes = [await _decide(session, context, command) for command in group.commands]
    return outcomes if group.render is None else group.render(outcomes)[0]


async def _decide_once(session: Session, context: Context, group: Group, claim: Claim, render: Render) -> Reply:
    """Decides unless the claim's key was used before; its answer is kept with the effect."""
    await gathering.gather(session, context.state, [(IDEMPOTENCY_KEYS, claim.row_key)])
    first = context.state.find(IDEMPOTENCY_KEYS, claim.row_key)
    if first is not None and first.fingerprint == claim.fingerprint:
        return Reply(first.status, first.body.encode(), replayed=True)
    if first is not None:
        return render([key_reused(claim)])[0]
    outcomes = [await _decide(session, context, command) for command in group.commands]
    reply, kept = render(outcomes)
    if kept:
        bucket, scope, key = claim.row_key
        row = IdempotencyKey(bucket, scope, key, claim.fingerprint, reply.status, reply.body.decode(), real_now())
        context.state.begin()
        context.state.insert(row)
    return reply


async def _decide(
    session: Session, context: Context, command: Command, *, lock: bool = True, save: bool = True
) -> Outcome:
    for _ in range(_ROUNDS):
        context.state.begin()
        cascade.begin(context)
        first = context.reacted
        try:
            answer = command.decide(context)
            cascade.react(context, context.now)
            if context.origin.personal:
                deeds.note(context, first)
        except NotGathered as missing:
            context.state.undo()
            context.statements.clear()
            await gathering.gather(session, context.state, missing.needs, lock=lock)
        except Refusal as refusal:
            context.state.undo()
            context.statements.clear()
            return refusal
        else:
            if context.statements and save:
                await gathering.save(session, context)
            context.statements.clear()
            return answer
    raise RuntimeError(f"{type(command).__name__} keeps asking for state that cannot be gathered")
