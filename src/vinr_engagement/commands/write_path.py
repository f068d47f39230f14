"""The one write path: gather → decide → save → commit → answer.

A batch is whatever arrived while the previous one was committing; a lone request is a batch of one. A refused command
undoes only its own changes. If the database refuses the batch, its groups run again one by one.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from vinr_engagement.audit import Origin
from vinr_engagement.commands import cascade
from vinr_engagement.commands import configuration as configurations
from vinr_engagement.commands.claims import IDEMPOTENCY_KEYS, Claim, IdempotencyKey, key_reused
from vinr_engagement.commands.configuration import Configuration
from vinr_engagement.commands.context import Command, Context
from vinr_engagement.foundation.clock import Instant, real_now
from vinr_engagement.foundation.database import (
    Changes,
    Database,
    Need,
    NotGathered,
    Query,
    Session,
    State,
    Table,
    Wanted,
    table_of,
)
from vinr_engagement.foundation.errors import Contention, Refusal, Unavailable

BATCH_COMMANDS = 1_000
"""A batch takes no further group once it has this many commands."""
QUEUE_COMMANDS = 50_000
"""Commands waiting beyond this many are refused as unavailable."""
ATTEMPTS = 8
_STATE = "select configuration_version, clock_now from store_state where id = 1"
_STATE_LOCKED = _STATE + " for update"
_ROUNDS = 64

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


class WritePath:
    """Runs commands against one store. ``waiting_commands`` counts those that wait for their batch."""

    def __init__(
        self, database: Database, *, real_time_only: bool, lanes: int = 1, on_batch: OnBatch | None = None
    ) -> None:
        self.on_batch = on_batch
        self.waiting_commands = 0
        self._database = database
        self._real_time_only = real_time_only
        self._lanes = 1 if database.engine == "sqlite" else lanes
        self._configuration = configurations.EMPTY
        self._waiting: deque[Group] = deque()
        self._draining = 0
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

    async def try_out(self, command: Command, origin: Origin) -> Any:
        """What a command would answer, decided on a snapshot of the store without effect. Raises its ``Refusal``."""

        async def decide(session: Session) -> Outcome:
            context = await self._context(session, origin, lock=False)
            return await _decide(session, context, command, lock=False)

        outcome = await self._database.read(decide)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def try_out_all(self, commands: Sequence[Command], origin: Origin) -> list[Outcome]:
        """What these would answer one after the other, decided on one snapshot without effect."""

        async def decide(session: Session) -> list[Outcome]:
            context = await self._context(session, origin, lock=False)
            await _gather_needs(session, context, commands, lock=False)
            return [await _decide(session, context, command, lock=False, save=False) for command in commands]

        return await self._database.read(decide)

    async def answer(
        self, commands: Sequence[Command], origin: Origin, render: Render, claim: Claim | None = None
    ) -> Reply:
        """Runs the commands of a request in one transaction and answers as ``render`` says; at most once for a claim."""
        return await self._submit(commands, origin, render, claim)

    def _submit(
        self, commands: Sequence[Command], origin: Origin, render: Render | None, claim: Claim | None
    ) -> "asyncio.Future[Any]":
        if self._closed or self.waiting_commands > QUEUE_COMMANDS:
            raise Unavailable("the server is shutting down" if self._closed else "too many requests are waiting")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Group(commands, origin, render, claim, future))
        self.waiting_commands += len(commands)
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
        while self._waiting:
            batch = self._next_batch()
            try:
                await self._run_batch(batch)
            except Exception as error:  # noqa: BLE001 (whatever it is, the callers are told)
                for group in batch:
                    _fail(group, error)
        self._draining -= 1

    def _next_batch(self) -> list[Group]:
        batch = [self._waiting.popleft()]
        size = len(batch[0].commands)
        while self._waiting and not batch[0].alone and not self._waiting[0].alone:
            size += len(self._waiting[0].commands)
            if size > BATCH_COMMANDS:
                break
            batch.append(self._waiting.popleft())
        self.waiting_commands -= sum(len(group.commands) for group in batch)
        return batch

    async def _run_batch(self, batch: list[Group]) -> None:
        if len(batch) == 1:
            await self._run_alone(batch[0])
            return
        try:
            answers = await self._transact(batch)
        except Exception:  # noqa: BLE001 (one group may spoil the batch: each is tried by itself)
            for group in batch:
                await self._run_alone(group)
            return
        for group, answer in zip(batch, answers, strict=True):
            _succeed(group, answer)

    async def _run_alone(self, group: Group) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                (answer,) = await self._transact([group])
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

    async def _transact(self, batch: list[Group]) -> list[Any]:
        if self.on_batch is None:
            return await self._database.write(lambda session: self._decide_all(session, batch))
        started = time.perf_counter()
        answers = await self._database.write(lambda session: self._decide_all(session, batch))
        commands = len(batch[0].commands) if len(batch) == 1 else sum([len(group.commands) for group in batch])
        self.on_batch(commands, time.perf_counter() - started)
        return answers

    async def _decide_all(self, session: Session, batch: list[Group]) -> list[Any]:
        context = await self._context(session, batch[0].origin, lock=batch[0].alone)
        await _gather_waves(session, context, batch)
        answers = [await _decide_group(session, context, group) for group in batch]
        await _save(session, context)
        return answers

    async def _context(self, session: Session, origin: Origin, *, lock: bool) -> Context:
        """The store's configuration and clock; a command that changes them holds them until it commits."""
        read = _STATE_LOCKED if lock and session.engine == "postgresql" else _STATE
        ((version, clock_now),) = await session.fetch(read)
        configuration = self._configuration  # taken once: a lane or a preview beside this one may replace it
        if version != configuration.version:
            configuration = self._configuration = await configurations.load(session, version)
        set_clock: Instant | None = None if self._real_time_only else clock_now
        now = real_now() if set_clock is None else set_clock
        latest_at = await _latest_at(session) if lock else None
        return Context(State(), configuration, now, origin, [], set_clock is not None, latest_at)


async def _latest_at(session: Session) -> Instant | None:
    """When the store last recorded something."""
    received = await session.fetch("select received_at from received_events order by received_id desc limit 1")
    told = await session.fetch("select created_at from outgoing_events order by id desc limit 1")
    return max((moment for (moment,) in received + told), default=None)


def _succeed(group: Group, answer: Any) -> None:
    if not group.future.done():
        group.future.set_result(answer)


def _fail(group: Group, error: BaseException) -> None:
    if not group.future.done():
        group.future.set_exception(error)


async def _gather_waves(session: Session, context: Context, batch: list[Group]) -> None:
    """Fetches what the commands know that they need, one query per table and wave."""
    claims: list[Need] = [(IDEMPOTENCY_KEYS, group.claim.row_key) for group in batch if group.claim]
    await _gather_needs(session, context, [command for group in batch for command in group.commands], claims)


async def _gather_needs(
    session: Session, context: Context, commands: Iterable[Command], first: Iterable[Need] = (), *, lock: bool = True
) -> None:
    waves, also = [command.needs(context) for command in commands], list(first)
    while waves or also:
        needs, going = also, []
        for wave in waves:
            wanted = next(wave, None)
            if wanted is not None:
                needs.extend(wanted)
                going.append(wave)
        await _gather(session, context.state, needs, lock=lock)
        waves, also = going, []


async def _gather(session: Session, state: State, needs: Iterable[Need], *, lock: bool = True) -> None:
    wanted: dict[Table[Any] | Query[Any], dict[Any, None]] = {}
    for source, key in needs:
        if state.missing(source, key):
            wanted.setdefault(source, {})[key] = None
    for step in _steps(wanted, lock=lock):
        for (source, keys, _), rows in zip(step, await session.gather(step), strict=True):
            if isinstance(source, Table):
                state.gathered(source, keys, rows)
            else:
                state.selected(source, keys, rows)


def _steps(wanted: dict[Table[Any] | Query[Any], dict[Any, None]], *, lock: bool) -> list[list[Wanted]]:
    """What to ask for together. Locks come last in a step: what depends on them is read once they are held."""
    steps: list[list[Wanted]] = []
    for source in sorted(wanted, key=_gathering_order):
        locking = lock and source.locked
        if not steps or (steps[-1][-1].lock and not locking):
            steps.append([])
        steps[-1].append(Wanted(source, list(wanted[source]), locking))
    return steps


_ORDER = ("idempotency_keys", "received_events", "customer_links", "payments", "accounts")


def _gathering_order(source: Table[Any] | Query[Any]) -> tuple[int, str]:
    """Locked tables always in the same order: payments, accounts, budgets last."""
    name = source.name if isinstance(source, Table) else source.table.name
    if name == "rule_budgets":
        return (len(_ORDER) + 1, name)
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


async def _decide_group(session: Session, context: Context, group: Group) -> Any:
    context.origin = group.origin
    if group.claim is not None and group.render is not None:
        return await _decide_once(session, context, group, group.claim, group.render)
    outcomes = [await _decide(session, context, command) for command in group.commands]
    return outcomes if group.render is None else group.render(outcomes)[0]


async def _decide_once(session: Session, context: Context, group: Group, claim: Claim, render: Render) -> Reply:
    """Decides unless the claim's key was used before; its answer is kept with the effect."""
    await _gather(session, context.state, [(IDEMPOTENCY_KEYS, claim.row_key)])
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
        try:
            answer = command.decide(context)
            cascade.react(context, context.now)
        except NotGathered as missing:
            context.state.undo()
            context.statements.clear()
            await _gather(session, context.state, missing.needs, lock=lock)
        except Refusal as refusal:
            context.state.undo()
            context.statements.clear()
            return refusal
        else:
            if context.statements and save:
                await _save(session, context)
            context.statements.clear()
            return answer
    raise RuntimeError(f"{type(command).__name__} keeps asking for state that cannot be gathered")


async def _save(session: Session, context: Context) -> None:
    """What changed in the gathered rows, then the statements that go beyond them.

    What comes after reads the store anew.
    """
    state, context.state = context.state, State()
    deleted: dict[Table[Any], list[Any]] = {}
    for row in state.deleted.values():
        deleted.setdefault(table_of(row), []).append(row)
    updated: dict[Table[Any], list[tuple[Any, Any]]] = {}
    for identity, (before, row) in state.changed.items():
        if identity not in state.deleted and row != before:
            updated.setdefault(table_of(row), []).append((before, row))
    inserted = {table: rows for table, rows in state.inserted.items() if rows}
    await session.save(Changes(deleted, updated, inserted))
    for statement in context.statements:
        await session.execute(statement.sql, *statement.arguments)
    context.statements.clear()
