"""Exact decimals with at most 4 places, for rates and factors, and the one rounding at the end.

Rates are read into ``Fraction``, multiplied exactly, and rounded once. No float takes part
in any sum: a float is only ever read as the decimal text that it prints as.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

Rounding = Literal["down", "nearest", "up"]

MAX_PLACES: Final = 4
MAX_MAGNITUDE: Final = 1_000_000_000
"""Largest absolute value that ``parse`` takes, inclusive."""

_SCALE: Final = 10**MAX_PLACES
_PLAIN_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LONGEST_TEXT: Final = 64


def parse(value: int | str | float | Decimal) -> Fraction:
    """Return the exact value of a decimal with at most 4 places and a magnitude of at most 1e9.

    Text is plain ASCII digits (``-12``, ``1.25``), without exponent, plus sign, spaces or separators. A float
    is the shortest decimal that stands for it: ``0.1`` is one tenth. Zeros at the end do not count as places.
    Raises ``ValueError`` for all else: booleans, NaN, infinities, too many places, too large, not a number.
    """
    if isinstance(value, bool):
        raise ValueError("a decimal cannot be true or false")
    if isinstance(value, int):
        return _fraction_of_int(value)
    return _fraction_of_decimal(_decimal_of(value))


def _decimal_of(value: str | float | Decimal) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not _PLAIN_DECIMAL.fullmatch(value):
        raise ValueError("not a decimal number; write it like 12 or 1.25")
    return Decimal(value)


def _fraction_of_int(value: int) -> Fraction:
    if abs(value) > MAX_MAGNITUDE:
        raise _too_large()
    return Fraction(value)


def _fraction_of_decimal(value: Decimal) -> Fraction:
    """Check size and places before building integers, so that ``1E+999999`` costs nothing."""
    if not value.is_finite():
        raise ValueError("a decimal cannot be infinite or not a number")
    if value.is_zero():
        return Fraction(0)
    if value.copy_abs() > MAX_MAGNITUDE:  # abs() would round.
        raise _too_large()
    if _places(value) > MAX_PLACES:
        raise ValueError(f"a decimal has at most {MAX_PLACES} places")
    return Fraction(value)


def _places(value: Decimal) -> int:
    """Return how many decimal places a finite number other than zero needs; zeros at the end do not count."""
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # Text only for NaN and infinities.
    zeros_at_end = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -exponent - zeros_at_end)


def _too_large() -> ValueError:
    return ValueError(f"a decimal is at most {MAX_MAGNITUDE} in magnitude")


def text(value: Fraction) -> str:
    """Return the shortest decimal text of a fraction: ``1.2``, ``-0.05``, ``3``.

    ``parse`` gives the fraction back. Raises ``ValueError`` when the fraction needs more than 4 places.
    """
    scaled = value * _SCALE
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than {MAX_PLACES} decimal places")
    sign = "-" if scaled < 0 else ""
    whole, rest = divmod(abs(scaled.numerator), _SCALE)
    places = f"{rest:0{MAX_PLACES}d}".rstrip("0")
    return f"{sign}{whole}.{places}" if places else f"{sign}{whole}"


def round_fraction(numerator: int, denominator: int, mode: Rounding) -> int:
    """Return ``numerator / denominator`` rounded to a whole number, in integer arithmetic.

    ``down`` drops the rest, ``up`` completes it, ``nearest`` takes the closer, and of two equally close the
    larger (half away from zero). Raises ``ValueError`` for a negative numerator, a denominator below 1, or
    another mode.
    """
    if numerator < 0 or denominator < 1:
        raise ValueError("only fractions from zero up, with a positive denominator, are rounded")
    if mode == "down":
        return numerator // denominator
    if mode == "nearest":
        return (2 * numerator + denominator) // (2 * denominator)
    if mode == "up":
        return -(-numerator // denominator)
    raise ValueError(f"unknown rounding {mode!r}; use down, nearest or up")
