"""Exact decimals: what is read, what is refused, and the one rounding."""

from decimal import Decimal
from fractions import Fraction

import pytest
from _pytest.mark.structures import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.foundation.decimals import MAX_MAGNITUDE, Rounding, parse, round_fraction, text

SCALE = 10_000
four_place_fractions = st.integers(-MAX_MAGNITUDE * SCALE, MAX_MAGNITUDE * SCALE).map(lambda n: Fraction(n, SCALE))
numerators = st.integers(0, 10**30)
denominators = st.integers(1, 10**15)


def named(*cases: tuple[object, ...]) -> list[ParameterSet]:
    """Table cases whose last column, the reason for the case, becomes its name."""
    return [pytest.param(*case[:-1], id=str(case[-1])) for case in cases]


class TestParse:
    @pytest.mark.parametrize(
        ("value", "exact"),
        named(
            (3, Fraction(3), "whole"),
            (0.1, Fraction(1, 10), "a float is what it prints as, not its binary value"),
            (1.2345, Fraction(12_345, SCALE), "four places"),
            (-0.0, Fraction(0), "no negative zero"),
            (1e9, Fraction(10**9), "the limit itself"),
            (-(10**9), Fraction(-(10**9)), "the limit itself"),
            ("1.25", Fraction(5, 4), "text"),
            ("-12", Fraction(-12), "negative"),
            ("007.50", Fraction(15, 2), "zeros in front"),
            ("0" * 60 + "1.25", Fraction(5, 4), "as long as it may be"),
            ("1.20000", Fraction(6, 5), "zeros at the end are no places"),
            (Decimal("1E+3"), Fraction(1000), "an exponent is fine where the type has one"),
            (Decimal("0E-999999"), Fraction(0), "zero with any exponent"),
            (Decimal("0.00010000"), Fraction(1, SCALE), "zeros at the end are no places"),
        ),
    )
    def test_reads(self, value: int | str | float | Decimal, exact: Fraction) -> None:
        assert parse(value) == exact

    @pytest.mark.parametrize(
        ("value", "message"),
        named(
            (True, "true or false", "a bool is an int to Python"),
            (float("nan"), "not a number", "no value"),
            (float("-inf"), "infinite", "no value"),
            (Decimal("sNaN"), "not a number", "signalling"),
            ("1.23456", "at most 4 places", "five places"),
            (0.00001, "at most 4 places", "prints as 1e-05"),
            (0.1 + 0.2, "at most 4 places", "float arithmetic shows"),
            (Decimal("1E-999999"), "at most 4 places", "without building the power"),
            (10**9 + 1, "at most 1000000000", "beyond the limit"),
            (10**10_000, "at most 1000000000", "too long to print"),
            (-1e300, "at most 1000000000", "beyond the limit"),
            ("1000000000.0001", "at most 1000000000", "just beyond"),
            (Decimal("1E+999999"), "at most 1000000000", "without building the power"),
            (Decimal("1000000000." + "0" * 40 + "1"), "at most", "finer than the decimal context"),
            ("", "not a decimal", "nothing"),
            ("1e3", "not a decimal", "exponent"),
            ("+1", "not a decimal", "plus sign"),
            (" 1", "not a decimal", "space"),
            ("1\n", "not a decimal", "line end"),
            ("1_000", "not a decimal", "separator"),
            ("1,5", "not a decimal", "comma"),
            (".5", "not a decimal", "no digit before the point"),
            ("5.", "not a decimal", "no digit after the point"),
            ("٣", "not a decimal", "a digit, but not ASCII"),
            ("NaN", "not a decimal", "no value"),
            ("0" * 61 + "1.25", "not a decimal", "longer than it may be"),
            ("0" * 100_000, "not a decimal", "too long to read"),
            (None, "not a decimal", "wrong type"),
        ),
    )
    def test_refuses(self, value: int | str | float | Decimal, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            parse(value)

    @given(st.floats())
    def test_a_float_reads_as_its_decimal_text_or_not_at_all(self, value: float) -> None:
        try:
            exact = parse(value)
        except ValueError:
            return
        assert exact == Fraction(repr(value))
        assert float(exact) == value

    @given(four_place_fractions)
    def test_every_kind_of_number_reads_alike(self, exact: Fraction) -> None:
        as_decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
        assert parse(as_decimal) == parse(text(exact)) == exact
        assert parse(float(exact)) == exact  # 13 digits: a float holds 15.

    @given(st.text(max_size=20) | st.decimals() | st.integers())
    def test_whatever_is_read_is_within_bounds(self, value: str | Decimal | int) -> None:
        try:
            exact = parse(value)
        except ValueError:
            return
        assert abs(exact) <= MAX_MAGNITUDE
        assert SCALE % exact.denominator == 0


class TestText:
    @pytest.mark.parametrize(
        ("exact", "shortest"),
        [
            (Fraction(6, 5), "1.2"),
            (Fraction(3), "3"),
            (Fraction(100), "100"),
            (Fraction(0), "0"),
            (Fraction(-1, 20), "-0.05"),
            (Fraction(-5, 2), "-2.5"),
            (Fraction(1, SCALE), "0.0001"),
            (Fraction(-1, SCALE), "-0.0001"),
        ],
    )
    def test_table(self, exact: Fraction, shortest: str) -> None:
        assert text(exact) == shortest

    @pytest.mark.parametrize("exact", [Fraction(1, 3), Fraction(1, 100_000)])
    def test_refuses_what_four_places_cannot_say(self, exact: Fraction) -> None:
        with pytest.raises(ValueError, match="more than 4 decimal places"):
            text(exact)

    @given(four_place_fractions)
    def test_is_read_back_and_has_nothing_to_drop(self, exact: Fraction) -> None:
        written = text(exact)
        assert parse(written) == exact
        assert "." not in written or written[-1] not in "0."


class TestRoundFraction:
    @pytest.mark.parametrize(
        ("numerator", "denominator", "down", "nearest", "up"),
        [
            (0, 7, 0, 0, 0),
            (14, 7, 2, 2, 2),
            (1, 3, 0, 0, 1),
            (2, 3, 0, 1, 1),
            (1, 2, 0, 1, 1),
            (5, 2, 2, 3, 3),  # a banker would say 2
            (7, 2, 3, 4, 4),
            (49_999, 100_000, 0, 0, 1),
            (10**40 + 1, 2, 5 * 10**39, 5 * 10**39 + 1, 5 * 10**39 + 1),  # a float would lose the half
        ],
    )
    def test_table(self, numerator: int, denominator: int, down: int, nearest: int, up: int) -> None:
        assert round_fraction(numerator, denominator, "down") == down
        assert round_fraction(numerator, denominator, "nearest") == nearest
        assert round_fraction(numerator, denominator, "up") == up

    @pytest.mark.parametrize(("numerator", "denominator"), [(-1, 2), (1, 0), (1, -2)])
    def test_refuses_fractions_below_zero(self, numerator: int, denominator: int) -> None:
        with pytest.raises(ValueError, match="from zero up"):
            round_fraction(numerator, denominator, "down")

    def test_refuses_another_mode(self) -> None:
        mode: Rounding = "half_even"  # type: ignore[assignment]
        with pytest.raises(ValueError, match="unknown rounding 'half_even'"):
            round_fraction(1, 2, mode)

    @given(numerators, denominators)
    def test_bounds(self, numerator: int, denominator: int) -> None:
        exact = Fraction(numerator, denominator)
        down, nearest, up = (_rounded(numerator, denominator, mode) for mode in ("down", "nearest", "up"))
        assert exact - 1 < down <= exact <= up < exact + 1
        assert -Fraction(1, 2) < nearest - exact <= Fraction(1, 2)

    @given(numerators, denominators, st.integers(1, 1000), st.sampled_from(["down", "nearest", "up"]))
    def test_depends_on_the_value_alone(self, numerator: int, denominator: int, factor: int, mode: Rounding) -> None:
        reduced = round_fraction(numerator, denominator, mode)
        assert round_fraction(numerator * factor, denominator * factor, mode) == reduced

    @given(numerators, st.integers(0, 10**30), denominators, st.sampled_from(["down", "nearest", "up"]))
    def test_keeps_order(self, numerator: int, more: int, denominator: int, mode: Rounding) -> None:
        smaller = round_fraction(numerator, denominator, mode)
        assert smaller <= round_fraction(numerator + more, denominator, mode)


def _rounded(numerator: int, denominator: int, mode: Rounding) -> int:
    return round_fraction(numerator, denominator, mode)
