"""Reading the objects of providers: nothing in them is taken for granted, and amounts stay exact."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from vinr_engagement.foundation import money
from vinr_engagement.foundation.clock import parse_instant
from vinr_engagement.foundation.errors import Invalid

Json = dict[str, Any]

_LARGEST: Final = (1 << 53) - 1
_DEEPEST: Final = 24
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)


def object_of(value: Any) -> Json:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[Json]:
    """The objects of a list; whatever else is in it is left out."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str | None:
    """A text that says something, U+0000 in it replaced."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and value else None


def id_of(value: Any) -> str | None:
    """An id as text: of a text, a number, or an object that has one."""
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value)


def needed(value: str | None, param: str) -> str:
    """What has to be there. Raises ``Invalid``."""
    if value is None:
        raise Invalid("parameter_missing", f"{param} is missing.", param=param)
    return value


def currency_of(value: Any, param: str) -> str:
    """An ISO 4217 code in capitals. Raises ``Invalid`` for any other."""
    code = needed(text_of(value), param).upper()
    try:
        money.exponent(code)
    except ValueError as error:
        raise Invalid("parameter_invalid", f"{param}: {error}.", param=param) from None
    return code


def in_minor_units(amount: Fraction, currency: str, param: str) -> int:
    """An amount of major units in minor ones, exactly. Raises ``Invalid`` where there is a rest, or it is out of range."""
    minor = amount * 10 ** money.exponent(currency)
    if minor.denominator != 1 or not 0 <= minor.numerator <= _LARGEST:
        message = f"{param}: {amount} {currency} is no whole number of minor units from 0 to {_LARGEST}."
        raise Invalid("parameter_invalid", message, param=param)
    return minor.numerator


def decimal_of(value: Any, param: str) -> Fraction:
    """A decimal, given as text or as a number, exactly. Raises ``Invalid`` for anything else."""
    text = str(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise Invalid("parameter_invalid", f"{param} must be a decimal amount such as 19.99.", param=param)
    return Fraction(text)


def moment_of(*candidates: Any) -> str | None:
    """The first that is a time, as it was written."""
    for text in candidates:
        try:
            parse_instant(text if isinstance(text, str) else "")
        except ValueError:
            continue
        return str(text)
    return None


def metadata_of(value: Any) -> Json:
    """Metadata without what no metadata of ours may contain."""
    found: Json = plain(object_of(value))
    return found


def plain(value: Any, deepest: int = _DEEPEST) -> Any:
    """A value as any JSON reader takes it, and as it may be kept.

    Larger integers than 2^53 become texts, exact decimals the nearest numbers, U+0000 becomes U+FFFD; what lies too deep is
    left out.
    """
    if isinstance(value, dict):
        return {} if deepest == 0 else {plain(name): plain(entry, deepest - 1) for name, entry in value.items()}
    if isinstance(value, list):
        return [] if deepest == 0 else [plain(entry, deepest - 1) for entry in value]
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, Decimal):
        return float(value) if abs(value) <= _LARGEST else str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        return str(value)
    return value


def told(**fields: Any) -> Json:
    """An object of these fields, those left out of which nothing is known."""
    return {name: plain(value) for name, value in fields.items() if value is not None}
