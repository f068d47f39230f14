"""Reading the fields of a definition: each function returns the value asked for, or says what would be right.

Every fault is raised as :class:`Invalid` with code ``parameter_invalid`` and the field's path as ``param``.
"""

import json
from collections.abc import Collection
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from vinr_engagement.foundation import decimals
from vinr_engagement.foundation.errors import Invalid

LARGEST = 2**53 - 1
"""The largest integer that every JSON reader understands."""

_SCALE = 10**decimals.MAX_PLACES
_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    str: "a text",
    dict: "an object",
}


def refuse(param: str, message: str) -> Invalid:
    """The refusal of one field, to be raised; an empty ``param`` is the definition as a whole."""
    return Invalid("parameter_invalid", message, param=param or None)


def kind_of(value: object) -> str:
    """What a JSON value is, in words for a message."""
    if value is None:
        return "null"
    return _KINDS.get(type(value), "a list")


def quote(value: object) -> str:
    """A value as JSON for a message, cut at 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"


def nearest(word: object, known: Collection[str]) -> str:
    """`` Did you mean "tier"?``, or every known name when nothing is near and they are few, or nothing."""
    close = get_close_matches(str(word)[:200], known, n=1, cutoff=0.6)
    if close:
        return f' Did you mean "{close[0]}"?'
    return f" Known are {', '.join(known)}." if len(known) <= 24 else ""


def mapping(value: object, param: str, known: Collection[str], what: str) -> dict[str, Any]:
    """An object that has none but the known fields."""
    if not isinstance(value, dict):
        raise refuse(param, f"{what} must be an object, not {kind_of(value)}.")
    for name in value:
        if name not in known:
            path = f"{param}.{name}" if param else str(name)
            raise refuse(path, f"{what} has no field {quote(name)}.{nearest(name, known)}")
    return value


def listing(value: object, param: str, most: int, what: str) -> list[Any]:
    """A list of at most ``most`` entries."""
    if not isinstance(value, list | tuple):
        raise refuse(param, f"{what} must be a list, not {kind_of(value)}.")
    if len(value) > most:
        raise refuse(param, f"{what} may have at most {most} entries, not {len(value)}.")
    return list(value)


def text(value: object, param: str, longest: int, what: str) -> str:
    """A text of 1 to ``longest`` characters."""
    if not isinstance(value, str):
        raise refuse(param, f"{what} must be a text, not {kind_of(value)}.")
    if not 1 <= len(value) <= longest:
        raise refuse(param, f"{what} must have 1 to {longest} characters, not {len(value)}.")
    return value


def choice(value: object, param: str, known: Collection[str], what: str) -> str:
    """One of the known words."""
    if not isinstance(value, str) or value not in known:
        raise refuse(
            param, f"{what} must be one of {', '.join(known)}, not {quote(value)}.{_near_choice(value, known)}"
        )
    return value


def _near_choice(value: object, known: Collection[str]) -> str:
    close = get_close_matches(str(value)[:200], known, n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""


def flag(value: object, param: str, what: str) -> bool:
    """True or false, and nothing that merely counts as it."""
    if not isinstance(value, bool):
        raise refuse(param, f"{what} must be true or false, not {quote(value)}.")
    return value


def whole(value: object, param: str, least: int, most: int, what: str) -> int:
    """An integer from ``least`` to ``most``. 5.0 is one, true and "5" are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(param, f"{what} must be a whole number, not {quote(value)}.")
    if not least <= value <= most:
        raise refuse(param, f"{what} must lie between {least} and {most}, not {value}.")
    return value


def exact(value: object, param: str, least: Fraction, most: int, what: str) -> Fraction:
    """A decimal from ``least`` to ``most`` with at most four places, given as a number or as a text like ``"1.25"``."""
    number = _fraction(value, param, what)
    if not least <= number <= most:
        raise refuse(param, f"{what} must lie between {decimals.text(least)} and {most}, not {quote(value)}.")
    return number


def _fraction(value: object, param: str, what: str) -> Fraction:
    if not isinstance(value, int | float | Decimal | str) or isinstance(value, bool):
        raise refuse(param, f"{what} must be a decimal number like 1.25, not {kind_of(value)}.")
    try:
        return decimals.parse(value)
    except ValueError as fault:
        raise refuse(param, f"{what} must be a decimal number like 1.25, not {quote(value)}: {fault}.") from None


def comparable(value: object, param: str) -> int | Decimal:
    """A JSON number to compare facts with: whole and within ±2^53, or a decimal of at most four places within ±1e9."""
    if type(value) is int:
        return whole(value, param, -LARGEST, LARGEST, "A number to compare with")
    number = _fraction(value, param, "A number to compare with")
    if number.denominator == 1:
        return number.numerator
    return Decimal(number.numerator * (_SCALE // number.denominator)).scaleb(-decimals.MAX_PLACES)
