"""The program, as it is stored: one JSON document, checked when it is written."""

from functools import cached_property
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from vinr_engagement.foundation import calendar, json, money
from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.errors import Invalid

DEFAULT_PROGRAM = "prog_default"

Status = Literal["active", "paused", "archived"]
Rounding = Literal["down", "nearest", "up"]
Clawback = Literal["negative", "clamp"]


class Expiry(msgspec.Struct, omit_defaults=True):
    """When points expire: ``rolling`` months, the next ``fixed`` day, or after months of ``inactivity``."""

    type: Literal["rolling", "fixed", "inactivity"]
    months: int | None = None
    month: int | None = None
    day: int | None = None
    min_months: int = 0


class Currency(msgspec.Struct):
    """The loyalty currency. ``point_value`` is what one point redeems for, in minor units of money."""

    name: str = "points"
    point_value: int = 1
    rounding: Rounding = "down"
    decimals: int = 0
    expiry: Expiry | None = None


class TierPeriod(msgspec.Struct, omit_defaults=True):
    """Over which time a tier is qualified for."""

    type: Literal["lifetime", "rolling", "calendar"] = "lifetime"
    months: int | None = None
    starts_month: int | None = None


class TierDowngrade(msgspec.Struct):
    """When a member who no longer qualifies is moved down."""

    mode: Literal["immediate", "period_end", "never"] = "immediate"
    grace_days: int = 0


class Tier(msgspec.Struct):
    """One level. ``multiplier`` is an exact decimal, as text."""

    key: str
    name: str
    rank: int
    threshold: int
    benefits: list[str] = []
    multiplier: str = "1"


class TierConfig(msgspec.Struct, dict=True):
    """The levels of a program and what qualifies for them. Not to be changed: its order is worked out once."""

    qualify_on: Literal["points", "spend"] = "points"
    period: TierPeriod = msgspec.field(default_factory=TierPeriod)
    tiers: list[Tier] = []
    downgrade: TierDowngrade = msgspec.field(default_factory=TierDowngrade)

    @cached_property
    def ladder(self) -> tuple[Tier, ...]:
        """The levels, lowest first."""
        return tuple(sorted(self.tiers, key=lambda tier: tier.rank))

    def named(self, key: str | None) -> Tier | None:
        """The level of a key, if there is one."""
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str | None, Tier]:
        return {tier.key: tier for tier in self.tiers}


class ReferralLimit(msgspec.Struct):
    """How many a referrer may bring within so many days, and how many of them may convert; ``None`` for any number."""

    attributions: int | None = 50
    conversions: int | None = None
    window_days: int = 30


class Program(msgspec.Struct, dict=True):
    """A loyalty program and its policies."""

    id: str
    name: str
    status: Status = "active"
    auto_enroll: bool = False
    timezone: str = "UTC"
    default_currency: str = "EUR"
    currency: Currency = msgspec.field(default_factory=Currency)
    hold_days: int = 0
    clawback: Clawback = "negative"
    return_grace_days: int = 0
    redemption_ttl_hours: int | None = 24
    expiring_notice_days: int = 14
    tier_config: TierConfig = msgspec.field(default_factory=TierConfig)
    referral_limit: ReferralLimit | None = msgspec.field(default_factory=ReferralLimit)
    referral_share_url: str | None = None
    metadata: dict[str, str] = {}
    created_at: int = 0
    updated_at: int = 0

    @cached_property
    def zone(self) -> ZoneInfo:
        """The program's timezone."""
        return calendar.zone(self.timezone)


class ProgramRow(msgspec.Struct):
    """A program in the database."""

    id: str
    status: str
    body: str
    created_at: int
    updated_at: int


_decoder = msgspec.json.Decoder(Program)


def program_of(row: ProgramRow) -> Program:
    """The program that a row holds."""
    return _decoder.decode(row.body)


def row_of(program: Program) -> ProgramRow:
    """The row that holds a program."""
    return ProgramRow(program.id, program.status, json.text(program), program.created_at, program.updated_at)


def definition_of(program: Program) -> dict[str, Any]:
    """The program as plain data, without id and stamps."""
    plain: dict[str, Any] = msgspec.to_builtins(program)
    return {name: value for name, value in plain.items() if name not in ("id", "created_at", "updated_at")}


def default_program(now: Instant) -> Program:
    """What a fresh install has: one point per whole GBP for whoever pays, expiring after 18 months."""
    return Program(
        id=DEFAULT_PROGRAM,
        name="Rewards",
        auto_enroll=True,
        timezone="Europe/London",
        default_currency="GBP",
        currency=Currency(expiry=Expiry(type="rolling", months=18)),
        created_at=now,
        updated_at=now,
    )


def validate(program: Program) -> Program:
    """Checks what a schema cannot: time zone, currency, days that exist, tiers in order. Raises ``Invalid``."""
    _check("timezone", calendar.zone, program.timezone)
    _check("default_currency", money.exponent, program.default_currency)
    if program.currency.decimals != 0:
        raise _invalid("currency.decimals", "must be 0: points with decimals are not offered yet")
    if program.currency.expiry is not None:
        _validate_expiry(program.currency.expiry)
    _validate_tiers(program.tier_config)
    if program.referral_share_url is not None:
        check_share_url(program.referral_share_url, "referral_share_url")
    return program


def check_share_url(template: str, param: str) -> None:
    """A link with ``{code}`` in it. Raises ``Invalid``."""
    if not template.startswith(("https://", "http://")) or "{code}" not in template:
        raise _invalid(param, "must be a link with {code} in it, such as https://shop.example/join?by={code}")


def _validate_expiry(expiry: Expiry) -> None:
    if expiry.type == "fixed":
        if expiry.month is None or expiry.day is None or expiry.months is not None:
            raise _invalid("currency.expiry", 'of type "fixed" needs month and day, and takes min_months')
        if expiry.day > _DAYS_IN_MONTH[expiry.month - 1]:
            raise _invalid("currency.expiry.day", f"month {expiry.month} has no day {expiry.day}")
    elif expiry.months is None or expiry.month is not None or expiry.day is not None:
        raise _invalid("currency.expiry", f'of type "{expiry.type}" needs months, and takes nothing else')


_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _validate_tiers(config: TierConfig) -> None:
    period = config.period
    if period.type == "lifetime" and (period.months is not None or period.starts_month is not None):
        raise _invalid("tier_config.period", 'of type "lifetime" takes no months')
    if period.type != "lifetime" and period.months is None:
        raise _invalid("tier_config.period.months", f'is needed for a period of type "{period.type}"')
    if period.type == "rolling" and period.starts_month is not None:
        raise _invalid("tier_config.period.starts_month", 'goes with a period of type "calendar"')
    ranks = [tier.rank for tier in config.tiers]
    if len(set(ranks)) < len(ranks):
        raise _invalid("tier_config.tiers", "must have a rank each of their own")
    if len({tier.key for tier in config.tiers}) < len(ranks):
        raise _invalid("tier_config.tiers", "must have a key each of their own")
    if any(not tier.key.strip() or not tier.key.isprintable() for tier in config.tiers):
        raise _invalid("tier_config.tiers", "must have keys that can be read")
    ordered = sorted(config.tiers, key=lambda tier: tier.rank)
    if any(lower.threshold >= higher.threshold for lower, higher in pairwise(ordered)):
        raise _invalid("tier_config.tiers", "must have higher thresholds for higher ranks")
    if ordered and ordered[0].threshold != 0:
        raise _invalid("tier_config.tiers", "must have a lowest tier with threshold 0: every member is in one")


def _check(param: str, parse: object, value: str) -> None:
    try:
        parse(value)  # type: ignore[operator]
    except ValueError as error:
        raise Invalid("parameter_invalid", f"{param}: {error}", param=param) from None


def _invalid(param: str, message: str) -> Invalid:
    return Invalid("parameter_invalid", f"{param} {message}.", param=param)
