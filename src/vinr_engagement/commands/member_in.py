"""A member as another system hands it over, checked by hand field by field."""

import difflib
from typing import Any

import msgspec

from vinr_engagement.foundation import json, money
from vinr_engagement.foundation.clock import Instant, format_instant, parse_instant
from vinr_engagement.foundation.errors import Invalid, Unprocessable
from vinr_engagement.programs import DEFAULT_PROGRAM

MAX_LOTS = 10_000
_LARGEST = (1 << 53) - 1
_MEMBER = ("id", "program", "customer", "metadata", "enrolled_at", "lifetime_points", "lots", "balance", "wallets")
_CREDIT = ("currency", "amount", "expires_at")
_LOT = ("points", "expires_at", "available_at", "earned_at")
_LONGEST_ID = 255
_METADATA_KEYS, _METADATA_KEY, _METADATA_VALUE = 50, 40, 500


class LotIn(msgspec.Struct, frozen=True):
    """Points that the member holds, with their own dates.

    Without ``expires_at`` they expire by the program's policy from ``earned_at``, unless they never do.
    """

    points: int
    earned_at: Instant | None = None
    available_at: Instant | None = None
    expires_at: Instant | None = None
    never_expires: bool = False


class CreditIn(msgspec.Struct, frozen=True):
    """Store credit that the member holds, in minor units; it never expires unless ``expires_at`` says when."""

    currency: str
    amount: int
    expires_at: Instant | None = None


class MemberIn(msgspec.Struct, frozen=True):
    """One line. ``debt`` is the size of a negative balance, which has no lots."""

    id: str
    program: str
    customer: str | None
    metadata: dict[str, str]
    enrolled_at: Instant | None
    lifetime_points: int | None
    lots: tuple[LotIn, ...]
    debt: int = 0
    wallets: tuple[CreditIn, ...] = ()

    def points(self) -> int:
        """What the account holds, pending points included; negative for a debt."""
        return sum(lot.points for lot in self.lots) - self.debt

    def credit(self) -> dict[str, int]:
        """Store credit by currency, in minor units."""
        held: dict[str, int] = {}
        for given in self.wallets:
            held[given.currency] = held.get(given.currency, 0) + given.amount
        return held

    def lifetime(self) -> int:
        """Lifetime points as given, or else those that the lots hold."""
        return max(0, self.points()) if self.lifetime_points is None else self.lifetime_points


def canonical_of(member: MemberIn) -> bytes:
    """What a line says, the same for NDJSON and CSV: equal for lines that mean the same."""
    lots = [
        {
            "points": lot.points,
            "earned_at": _text_of(lot.earned_at),
            "available_at": _text_of(lot.available_at),
            "expires_at": "never" if lot.never_expires else _text_of(lot.expires_at),
        }
        for lot in member.lots
    ]
    said = {name: getattr(member, name) for name in ("id", "program", "customer", "metadata", "lifetime_points")}
    if member.wallets:  # a line without any says what it said before there were wallets
        said["wallets"] = [[each.currency, each.amount, _text_of(each.expires_at)] for each in member.wallets]
    return json.canonical(
        said | {"enrolled_at": _text_of(member.enrolled_at), "lots": lots, "balance": member.points()}
    )


def _text_of(moment: Instant | None) -> str | None:
    return None if moment is None else format_instant(moment)


def parse_member(raw: Any) -> MemberIn:
    """The line, checked. Raises ``Invalid`` naming the field, ``Unprocessable`` where ``balance`` and ``lots`` disagree."""
    if not isinstance(raw, dict):
        raise Invalid("parameter_invalid", "A member must be a JSON object with id and program.")
    _refuse_unknown(raw, _MEMBER, "a member", "")
    identifier = _text(raw, "id")
    if identifier is None:
        raise Invalid("parameter_missing", "id is missing: the line's own, unique for ever.", param="id")
    lots = _lots(raw.get("lots"))
    balance = _whole(raw, "balance", -_LARGEST)
    lots, debt = _agreed(lots, balance)
    return MemberIn(
        identifier,
        _text(raw, "program") or DEFAULT_PROGRAM,
        _text(raw, "customer"),
        _metadata(raw.get("metadata")),
        _time(raw, "enrolled_at", ""),
        _whole(raw, "lifetime_points", 0),
        lots,
        debt,
        _wallets(raw.get("wallets")),
    )


def _agreed(lots: tuple[LotIn, ...] | None, balance: int | None) -> tuple[tuple[LotIn, ...], int]:
    """The lots, or one of the plain balance; and the debt that a negative balance is."""
    if not lots:
        if lots is None and balance is not None and balance < 0:
            return (), -balance
        if lots is None:
            return ((LotIn(balance),) if balance else ()), 0
    total = sum(lot.points for lot in lots)
    if total > _LARGEST:
        raise _invalid("lots", f"hold {total} points together; {_LARGEST} is the most")
    if balance is not None and balance != total:
        raise Unprocessable(
            "balance_mismatch",
            f"balance is {balance}, but the lots hold {total}: they must agree, pending points included.",
            param="balance",
            details={"balance": balance, "lots": total},
        )
    return lots, 0


def _lots(listed: Any) -> tuple[LotIn, ...] | None:
    if listed is None:
        return None
    if not isinstance(listed, list) or len(listed) > MAX_LOTS:
        raise _invalid("lots", f"must be a list of at most {MAX_LOTS:,} lots, each like " + '{"points": 100}')
    return tuple(_lot(raw, f"lots[{place}]") for place, raw in enumerate(listed))


def _lot(raw: Any, place: str) -> LotIn:
    if not isinstance(raw, dict):
        raise _invalid(place, 'must be an object such as {"points": 100}')
    _refuse_unknown(raw, _LOT, "a lot", place + ".")
    points = _whole(raw, "points", 1, place + ".")
    if points is None:
        raise Invalid("parameter_missing", f"{place}.points is missing.", param=f"{place}.points")
    never = "expires_at" in raw and raw["expires_at"] in (None, "never")
    return LotIn(
        points,
        _time(raw, "earned_at", place + "."),
        _time(raw, "available_at", place + "."),
        None if never else _time(raw, "expires_at", place + "."),
        never,
    )


def _wallets(listed: Any) -> tuple[CreditIn, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list) or len(listed) > MAX_LOTS:
        example = '{"currency": "EUR", "amount": 100}'
        raise _invalid("wallets", f"must be a list of at most {MAX_LOTS:,} amounts, each like {example}")
    return tuple(_credit(raw, f"wallets[{place}]") for place, raw in enumerate(listed))


def _credit(raw: Any, place: str) -> CreditIn:
    if not isinstance(raw, dict):
        raise _invalid(place, 'must be an object such as {"currency": "EUR", "amount": 100}')
    _refuse_unknown(raw, _CREDIT, "a wallet", place + ".")
    amount = _whole(raw, "amount", 1, place + ".")
    if amount is None:
        raise Invalid("parameter_missing", f"{place}.amount is missing.", param=f"{place}.amount")
    never = raw.get("expires_at") == "never"
    return CreditIn(_currency(raw, place), amount, None if never else _time(raw, "expires_at", place + "."))


def _currency(raw: dict[str, Any], place: str) -> str:
    currency = raw.get("currency")
    if currency is None:
        raise Invalid("parameter_missing", f"{place}.currency is missing.", param=f"{place}.currency")
    if not isinstance(currency, str):
        raise _invalid(f"{place}.currency", "must be text")
    try:
        money.exponent(currency)
    except ValueError as error:
        raise _invalid(f"{place}.currency", f"is not right: {error}") from None
    return currency


def _metadata(raw: Any) -> dict[str, str]:
    if raw is None:
        return {}
    fits = isinstance(raw, dict) and len(raw) <= _METADATA_KEYS
    if not fits or not all(
        0 < len(key) <= _METADATA_KEY and isinstance(value, str) and len(value) <= _METADATA_VALUE
        for key, value in raw.items()
    ):
        raise _invalid(
            "metadata",
            f"must map at most {_METADATA_KEYS} keys of 1 to {_METADATA_KEY} characters to texts of at most {_METADATA_VALUE}",
        )
    return raw


def _text(raw: dict[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is None or (type(value) is str and 0 < len(value) <= _LONGEST_ID):
        return value
    raise _invalid(name, f"must be text of 1 to {_LONGEST_ID} characters")


def _whole(raw: dict[str, Any], name: str, least: int, place: str = "") -> int | None:
    value = raw.get(name)
    if value is None or (type(value) is int and least <= value <= _LARGEST):
        return value
    raise _invalid(f"{place}{name}", f"must be a whole number from {least} to {_LARGEST}, not {json.text(value)[:40]}")


def _time(raw: dict[str, Any], name: str, place: str) -> Instant | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _invalid(place + name, "must be a time such as 2026-04-01T12:00:00Z, as text")
    try:
        return parse_instant(value)
    except ValueError as error:
        raise _invalid(place + name, f"is not right: {error}") from None


def _refuse_unknown(raw: dict[str, Any], known: tuple[str, ...], where: str, place: str) -> None:
    for name in raw:
        if name not in known:
            close = difflib.get_close_matches(name[:80].lower(), known, n=1, cutoff=0.5)
            hint = f"Did you mean {close[0]}?" if close else f"It has {', '.join(known)}."
            param = (place + name)[:80]
            raise Invalid("parameter_unknown", f"There is no field {name[:80]!r} in {where}. {hint}", param=param)


def _invalid(param: str, message: str) -> Invalid:
    return Invalid("parameter_invalid", f"{param} {message}.", param=param)
