"""Adding movements to the totals: each is added and forgotten in one transaction, so exactly once, in whatever order.

Sums do not depend on the order in which commits became visible, so nothing has to be placed, and nothing is missed where a
worker was stopped: what was not added yet is there, and readers add it for themselves.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vinr_engagement import programs
from vinr_engagement.analytics import activity
from vinr_engagement.analytics.activity import PART_MEMBERS, Cohorts
from vinr_engagement.analytics.tables import (
    ACTIVITY,
    ALL_TIME,
    COHORT_TOTALS,
    MOVEMENTS,
    QUARTERS_A_DAY,
    STATE,
    TIMELESS,
    TOTALS,
    Activity,
    CohortTotal,
    Movement,
    RollUpState,
    Total,
)
from vinr_engagement.analytics.tally import Act, Tally
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Changes, Database, Session, Table
from vinr_engagement.foundation.errors import Contention
from vinr_engagement.programs import Program


@dataclass(slots=True)
class Addition:
    """What movements come to, as rows to add to those that are there."""

    totals: dict[tuple[Any, ...], Total] = field(default_factory=dict)
    cohorts: dict[tuple[Any, ...], CohortTotal] = field(default_factory=dict)
    days: dict[tuple[str, int], Cohorts] = field(default_factory=lambda: defaultdict(dict))

    def add(self, tally: Tally, known: dict[str, Program]) -> None:
        """Adds a tally."""
        for (program, unit, kind, quarter), (amount, number) in tally.totals.items():
            if amount or number:
                self._total((program, ALL_TIME, unit, kind, 0), amount, number)
                if quarter != TIMELESS:
                    self._total((program, 1, unit, kind, quarter), amount, number)
                    self._total((program, QUARTERS_A_DAY, unit, kind, whole_day(quarter)), amount, number)
        for act in tally.acts:
            self._act(act, known[act.program])

    def _total(self, key: tuple[str, int, str, str, int], amount: int, number: int) -> None:
        held = self.totals.get(key)
        if held is None:
            self.totals[key] = Total(*key, amount, number)
        else:
            held.amount += amount
            held.number += number

    def _act(self, act: Act, program: Program) -> None:
        cohort = activity.month_of(act.enrolled, program.zone)
        day = activity.day_of(act.quarter, program.zone)
        month = activity.month_of(act.quarter, program.zone)
        self.days[act.program, day][activity.digest(act.account)] = cohort
        held = self.cohorts.setdefault((act.program, cohort, month), CohortTotal(act.program, cohort, month, 0, 0))
        if act.amount > 0:
            held.earned += act.amount
        else:
            held.redeemed -= act.amount


def whole_day(quarter: int) -> int:
    """The quarter that the day of a quarter begins with, in UTC."""
    return quarter - quarter % QUARTERS_A_DAY


async def programs_of(session: Session) -> dict[str, Program]:
    """All programs, by id."""
    return {row.id: programs.program_of(row) for row in await session.rows(programs.PROGRAMS, "true")}


async def state_of(session: Session) -> RollUpState:
    """How far the totals are."""
    (state,) = await session.rows(STATE, "id = 1")
    return state


def is_current(state: RollUpState, known: dict[str, Program]) -> bool:
    """Whether the totals were counted, and their days are those of the programs' timezones."""
    zones: dict[str, str] = json.decode(state.zones)
    same = all(known[name].timezone == zone for name, zone in zones.items() if name in known)
    return state.built_at is not None and same


async def is_ready(database: Database) -> bool:
    """Whether the totals can be added to, and read: else they have to be counted anew."""

    async def read(session: Session) -> bool:
        return is_current(await state_of(session), await programs_of(session))

    return await database.read(read)


async def roll_up(database: Database, limit: int) -> int:
    """Adds up to ``limit`` movements to the totals; answers how many. Raises ``Contention`` beside another that does."""
    waiting = await database.ask("select 1 from movements limit 1")
    if not waiting:
        return 0
    state, moved, changes = await database.read(lambda session: _planned(session, limit))

    async def write(session: Session) -> None:
        await take_turn(session, state)
        await session.save(changes)

    await database.write(write)
    return moved


async def take_turn(session: Session, state: RollUpState) -> None:
    """Makes sure that nobody changed the totals since ``state`` was read. Raises ``Contention``."""
    done = await session.execute("update analytics_state set turn = turn + 1 where id = 1 and turn = $1", state.turn)
    if done != 1:
        raise Contention("the totals of analytics were changed meanwhile")


async def _planned(session: Session, limit: int) -> tuple[RollUpState, int, Changes]:
    state, known = await state_of(session), await programs_of(session)
    movements: list[Movement] = await session.rows(MOVEMENTS, "true order by id limit $1", limit)
    addition = Addition()
    tally = Tally()
    for movement in movements:
        tally.read(movement.body)
    addition.add(tally, known)
    updated: dict[Table[Any], list[tuple[Any, Any]]] = {}
    inserted: dict[Table[Any], list[Any]] = {}
    await _plan_sums(session, TOTALS, addition.totals, ("amount", "number"), updated, inserted)
    await _plan_sums(session, COHORT_TOTALS, addition.cohorts, ("earned", "redeemed"), updated, inserted)
    for (program, day), found in addition.days.items():
        await _plan_day(session, program, day, found, updated, inserted)
    _plan_zones(state, known, {name for name, _ in addition.days}, updated)
    return state, len(movements), Changes({MOVEMENTS: movements}, updated, inserted)


async def _plan_sums(
    session: Session,
    table: Table[Any],
    added: dict[tuple[Any, ...], Any],
    columns: tuple[str, str],
    updated: dict[Table[Any], list[tuple[Any, Any]]],
    inserted: dict[Table[Any], list[Any]],
) -> None:
    held = {table.key_of(row): row for row in await session.find(table, list(added))} if added else {}
    for key, row in added.items():
        before = held.get(key)
        if not any(getattr(row, column) for column in columns) and (before is not None or not names_a_kind(row)):
            continue
        if before is None:
            inserted.setdefault(table, []).append(row)
            continue
        for column in columns:
            setattr(row, column, getattr(row, column) + getattr(before, column))
        updated.setdefault(table, []).append((before, row))


def names_a_kind(row: Total | CohortTotal) -> bool:
    """Whether readers learn from this row which kinds a program has: it is kept where it comes to nothing, too."""
    return isinstance(row, Total) and row.span == ALL_TIME


async def _plan_day(
    session: Session,
    program: str,
    day: int,
    found: Cohorts,
    updated: dict[Table[Any], list[tuple[Any, Any]]],
    inserted: dict[Table[Any], list[Any]],
) -> None:
    """Fills the day's last part, then begins further ones."""
    last = await session.rows(ACTIVITY, "program = $1 and day = $2 order by part desc limit 1", program, day)
    part = last[0].part if last else 0
    held = activity.unpacked(last[0]) if last else {}
    fresh = {member: cohort for member, cohort in found.items() if member not in held}
    for row in parts_of(program, day, part, held, fresh):
        if last and row.part == part:
            updated.setdefault(ACTIVITY, []).append((last[0], row))
        else:
            inserted.setdefault(ACTIVITY, []).append(row)


def parts_of(program: str, day: int, part: int, held: Cohorts, fresh: Cohorts) -> Iterable[Activity]:
    """The parts that have members to come, beginning with one that has some already."""
    waiting = list(fresh.items())
    while waiting:
        room = max(0, PART_MEMBERS - len(held))
        if room:
            yield activity.packed(program, day, part, {**held, **dict(waiting[:room])})
            waiting = waiting[room:]
        held, part = {}, part + 1


def _plan_zones(
    state: RollUpState, known: dict[str, Program], named: set[str], updated: dict[Table[Any], list[tuple[Any, Any]]]
) -> None:
    """Notes by which timezone the days of a program were counted, when the first are."""
    zones: dict[str, str] = json.decode(state.zones)
    fresh = {name: known[name].timezone for name in named if name not in zones}
    if fresh:
        after = RollUpState(state.id, state.turn + 1, state.built_at, json.text({**zones, **fresh}))
        updated[STATE] = [(state, after)]
