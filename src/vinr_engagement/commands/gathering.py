"""Between the database and a batch's state: what commands need is read in as few statements as its locks allow, what
changed is written back in one.
"""

from collections.abc import Callable, Iterable
from typing import Any

from vinr_engagement import analytics, outbox
from vinr_engagement.commands.context import Command, Context
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.foundation.database import Changes, Need, Query, Session, State, Table, Wanted, table_of


async def gather_needs(
    session: Session,
    context: Context,
    commands: Iterable[Command],
    first: Iterable[Need] = (),
    *,
    lock: bool = True,
    enough: Callable[[State], bool] = lambda _: False,
) -> None:
    """Fetches what commands know that they need, wave by wave; ``first`` comes with the first wave.

    After each it is asked whether that is ``enough``.
    """
    waves, also = [command.needs(context) for command in commands], list(first)
    while waves or also:
        needs, going = also, []
        for wave in waves:
            wanted = next(wave, None)
            if wanted is not None:
                needs.extend(wanted)
                going.append(wave)
        await gather(session, context.state, needs, lock=lock)
        waves, also = [] if enough(context.state) else going, []


async def gather(session: Session, state: State, needs: Iterable[Need], *, lock: bool = True) -> None:
    """Fetches what the state does not have yet."""
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


_ORDER = ("store_state", "idempotency_keys", "received_events", "customer_links", "customers", "payments", "accounts")
_LAST = ("referral_conversions", "rule_budgets", "reward_stock")


def _gathering_order(source: Table[Any] | Query[Any]) -> tuple[int, str]:
    """Locked tables always in the same order: payments, accounts, what limits count last."""
    name = source.name if isinstance(source, Table) else source.table.name
    if name in _LAST:
        return (len(_ORDER) + 1 + _LAST.index(name), name)
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


async def save(session: Session, context: Context) -> None:
    """What changed in the gathered rows, then the statements that go beyond them.

    What comes after reads the store anew.
    """
    state, context.state = context.state, State()
    changes = changes_of(state)
    await session.save(changes)
    for statement in context.statements:
        await session.execute(statement.sql, *statement.arguments)
    context.statements.clear()


def changes_of(state: State) -> Changes:
    """What is to be written: what commands changed, with its place in the log of events and what it adds to the totals."""
    changes = rows_of(state)
    inserted: dict[Table[Any], Any] = {**changes.inserted}
    if announced := inserted.get(outbox.OUTGOING_EVENTS):
        inserted[outbox.EVENT_BATCHES] = [outbox.log.batch_of(announced, real_now())]
    if moved := analytics.movement_of(state, changes, real_now()):
        inserted[analytics.MOVEMENTS] = [moved]
    return Changes(changes.deleted, changes.updated, inserted)


def rows_of(state: State) -> Changes:
    """The rows that commands changed."""
    deleted: dict[Table[Any], list[Any]] = {}
    for row in state.deleted.values():
        deleted.setdefault(table_of(row), []).append(row)
    updated: dict[Table[Any], list[tuple[Any, Any]]] = {}
    for identity, (before, row) in state.changed.items():
        if identity not in state.deleted and row != before:
            updated.setdefault(table_of(row), []).append((before, row))
    return Changes(deleted, updated, {table: rows for table, rows in state.inserted.items() if rows})
