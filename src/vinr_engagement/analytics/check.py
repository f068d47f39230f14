"""Whether the totals, with what was not added to them yet, are those of the rows."""

from collections import defaultdict
from typing import Final

from vinr_engagement.analytics.activity import Cohorts, unpacked
from vinr_engagement.analytics.rebuild import Recount, recount
from vinr_engagement.analytics.rollup import Addition, is_current, programs_of, state_of
from vinr_engagement.analytics.tables import ACTIVITY, COHORT_TOTALS, MOVEMENTS, QUARTER, TOTALS
from vinr_engagement.analytics.tally import Tally
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.database import Session
from vinr_engagement.programs import Program

_SPANS: Final = {0: "in all", 1: "in the quarter of an hour from {}", 96: "on the day from {}"}


async def differences(session: Session) -> list[str]:
    """What is wrong with the totals, nothing where they were not counted yet."""
    known = await programs_of(session)
    if not is_current(await state_of(session), known):
        return []
    held, days = await _held(session, known)
    counted = await recount(session, known)
    return [*_of_totals(held, counted), *_of_cohorts(held, counted), *_of_days(days, counted)]


async def _held(session: Session, known: dict[str, Program]) -> tuple[Addition, dict[tuple[str, int], Cohorts]]:
    tail, held = Tally(), Addition()
    for movement in await session.rows(MOVEMENTS, "true"):
        tail.read(movement.body)
    held.totals = {TOTALS.key_of(row): row for row in await session.rows(TOTALS, "true")}
    held.cohorts = {COHORT_TOTALS.key_of(row): row for row in await session.rows(COHORT_TOTALS, "true")}
    held.add(tail, known)
    days: dict[tuple[str, int], Cohorts] = defaultdict(dict, held.days)
    for part in await session.rows(ACTIVITY, "true"):
        days[part.program, part.day].update(unpacked(part))
    return held, days


def _of_totals(held: Addition, counted: Recount) -> list[str]:
    found = []
    for key in sorted({*held.totals, *counted.addition.totals}):
        has, should = held.totals.get(key), counted.addition.totals.get(key)
        amount = (has.amount if has else 0) - (should.amount if should else 0)
        number = (has.number if has else 0) - (should.number if should else 0)
        if amount or number:
            program, span, unit, kind, quarter = key
            when = _SPANS[span].format(format_instant(quarter * QUARTER))
            found.append(f"{program} counts {amount:+} {unit} in {number:+} {kind} {when} beyond what its rows say")
    return found


def _of_cohorts(held: Addition, counted: Recount) -> list[str]:
    found = []
    for key in sorted({*held.cohorts, *counted.addition.cohorts}):
        has, should = held.cohorts.get(key), counted.addition.cohorts.get(key)
        earned = (has.earned if has else 0) - (should.earned if should else 0)
        redeemed = (has.redeemed if has else 0) - (should.redeemed if should else 0)
        if earned or redeemed:
            program, cohort, month = key
            place = f"the cohort {cohort} of {program} in the month {month}"
            found.append(f"{place} counts {earned:+} earned and {redeemed:+} redeemed beyond what its rows say")
    return found


def _of_days(held: dict[tuple[str, int], Cohorts], counted: Recount) -> list[str]:
    found = []
    for key in sorted({*held, *counted.days}):
        members, cohorts = counted.days.get(key, ((), ()))
        if held.get(key, {}) != dict(zip(members, cohorts, strict=True)):
            program, day = key
            found.append(f"those who did something in {program} on the day {day} are not those of its rows")
    return found
