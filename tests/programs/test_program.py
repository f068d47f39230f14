"""A program is checked when it is written, and reads back as it was written."""

from typing import Any

import pytest

from vinr_engagement import programs
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.programs import Currency, Expiry, Program, Tier, TierConfig, TierPeriod

BLUE, GOLD = Tier("blue", "Blue", 0, 0), Tier("gold", "Gold", 1, 500)


def program_of(**fields: Any) -> Program:
    return Program("prog_1", "One", **fields)


def expiring(type_of: Any, **fields: Any) -> Program:
    return program_of(currency=Currency(expiry=Expiry(type_of, **fields)))


def tiered(*tiers: Tier, **period: Any) -> Program:
    return program_of(tier_config=TierConfig(tiers=list(tiers), period=TierPeriod(**period)))


GOOD = {
    "the least there is": program_of(),
    "rolling": expiring("rolling", months=18),
    "inactivity": expiring("inactivity", months=12),
    "fixed": expiring("fixed", month=12, day=31),
    "fixed, with a least time": expiring("fixed", month=4, day=30, min_months=6),
    "the day that only leap years have": expiring("fixed", month=2, day=29),
    "tiers in any order": tiered(GOLD, BLUE),
    "tiers by the year": tiered(BLUE, type="calendar", months=12, starts_month=4),
    "tiers by the last months": tiered(BLUE, type="rolling", months=12),
}
DAYS_IN_MONTH = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1))
GOOD |= {f"the last day of month {n}": expiring("fixed", month=n, day=days) for n, days in DAYS_IN_MONTH.items()}

BAD = {
    "no such place": (program_of(timezone="Europe/Londinium"), "timezone"),
    "no such money": (program_of(default_currency="XXX"), "default_currency"),
    "parts of points": (program_of(currency=Currency(decimals=2)), "currency.decimals"),
    "rolling without months": (expiring("rolling"), "currency.expiry"),
    "rolling with a month": (expiring("rolling", months=3, month=4), "currency.expiry"),
    "inactivity with a day": (expiring("inactivity", months=3, day=4), "currency.expiry"),
    "fixed without a month": (expiring("fixed", day=31), "currency.expiry"),
    "fixed without a day": (expiring("fixed", month=12), "currency.expiry"),
    "fixed with months": (expiring("fixed", month=12, day=31, months=3), "currency.expiry"),
    "a lifetime of months": (tiered(BLUE, months=12), "tier_config.period"),
    "a lifetime that starts in April": (tiered(BLUE, starts_month=4), "tier_config.period"),
    "a year of no months": (tiered(BLUE, type="calendar"), "tier_config.period.months"),
    "two tiers of one rank": (tiered(BLUE, Tier("gold", "Gold", 0, 500)), "tier_config.tiers"),
    "two tiers of one key": (tiered(BLUE, Tier("blue", "Gold", 1, 500)), "tier_config.tiers"),
    "a higher tier for less": (tiered(BLUE, GOLD, Tier("top", "Top", 2, 400)), "tier_config.tiers"),
    "a higher tier for the same": (tiered(BLUE, GOLD, Tier("top", "Top", 2, 500)), "tier_config.tiers"),
    "a lowest tier that not everybody reaches": (tiered(GOLD), "tier_config.tiers"),
} | {
    f"a day more than month {n} has": (expiring("fixed", month=n, day=days + 1), "currency.expiry.day")
    for n, days in DAYS_IN_MONTH.items()
}


@pytest.mark.parametrize("name", GOOD)
def test_is_accepted_and_reads_back(name: str) -> None:
    program = GOOD[name]
    assert programs.validate(program) is program
    row = programs.row_of(program)
    assert programs.row_of(programs.program_of(row)) == row


@pytest.mark.parametrize("name", BAD)
def test_is_refused_with_the_field_that_is_at_fault(name: str) -> None:
    program, param = BAD[name]
    with pytest.raises(Invalid) as refused:
        programs.validate(program)
    assert (refused.value.code, refused.value.param) == ("parameter_invalid", param)


def test_what_is_not_said_is_the_plainest() -> None:
    program = program_of()
    policies = (program.hold_days, program.clawback, program.return_grace_days, program.redemption_ttl_hours)
    assert policies == (0, "negative", 0, 24)
    assert (program.status, program.auto_enroll) == ("active", False)
    assert (program.timezone, program.default_currency) == ("UTC", "EUR")
    assert program.expiring_notice_days == 14
    assert program.currency == Currency("points", 1, "down", 0, None)
    assert (program.tier_config.qualify_on, program.tier_config.period.type) == ("points", "lifetime")
    downgrade = program.tier_config.downgrade
    assert (downgrade.mode, downgrade.grace_days, Tier("blue", "Blue", 0, 0).multiplier) == ("immediate", 0, "1")
    assert Expiry("fixed", month=1, day=1).min_months == 0
    assert (program.created_at, program.updated_at) == (0, 0)


def test_a_fresh_install_gives_whoever_pays_points_for_18_months() -> None:
    program = programs.validate(programs.default_program(7))
    assert (program.id, program.name, program.auto_enroll) == ("prog_default", "Rewards", True)
    assert (program.timezone, program.default_currency) == ("Europe/London", "GBP")
    assert program.currency.expiry == Expiry("rolling", months=18)
    row = programs.row_of(program)
    assert (row.id, row.status, row.created_at, row.updated_at) == (program.id, "active", 7, 7)


def test_a_definition_is_all_but_the_id_and_the_stamps() -> None:
    plain = programs.definition_of(programs.default_program(7))
    assert plain["currency"]["expiry"] == {"type": "rolling", "months": 18}
    assert not plain.keys() & {"id", "created_at", "updated_at"}
    assert plain.keys() | {"id", "created_at", "updated_at"} == set(Program.__struct_fields__)
