"""The currency table against the published standard, and amounts for people to read."""

import iso4217
import pytest
from _pytest.mark.structures import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.foundation.money import (
    CURRENCIES,
    WITHOUT_MINOR_UNIT,
    exponent,
    format_amount,
    is_currency,
)

PUBLISHED = {currency.code: currency.exponent for currency in iso4217.Currency}


def named(*cases: tuple[object, ...]) -> list[ParameterSet]:
    """Table cases whose last column, the reason for the case, becomes its name."""
    return [pytest.param(*case[:-1], id=str(case[-1])) for case in cases]


class TestTable:
    def test_is_the_published_one(self) -> None:
        published = {code: places for code, places in PUBLISHED.items() if places is not None}
        assert {code: exponent(code) for code in CURRENCIES} == published

    def test_leaves_out_exactly_the_codes_without_a_minor_unit(self) -> None:
        assert {code for code, places in PUBLISHED.items() if places is None} == WITHOUT_MINOR_UNIT

    @pytest.mark.parametrize(
        ("currency", "places"),
        named(
            ("EUR", 2, "cents"),
            ("JPY", 0, "no minor unit in use"),
            ("ISK", 0, "none since 2007"),
            ("KWD", 3, "fils"),
            ("CLF", 4, "unit of account with four"),
            ("MGA", 2, "a fifth, written with two"),
        ),
    )
    def test_exponent(self, currency: str, places: int) -> None:
        assert exponent(currency) == places
        assert is_currency(currency)


class TestRefusals:
    @pytest.mark.parametrize(
        ("typed", "hint"),
        named(
            ("eur", "did you mean 'EUR'", "lower case"),
            ("Eur", "did you mean 'EUR'", "mixed case"),
            (" EUR", "did you mean 'EUR'", "a space"),
            ("EURO", "did you mean 'EUR'", "the name"),
            ("US", "did you mean 'USD'", "a country"),
            ("GPB", "did you mean 'GBP'", "two letters swapped"),
            ("USF", "did you mean 'USD'", "the key beside"),
            ("XAU", "no minor unit", "gold"),
            ("€", "such as 'EUR'", "nothing near"),
            ("", "such as 'EUR'", "nothing"),
            ("E" * 100_000, "such as 'EUR'", "too long to search for"),
        ),
    )
    def test_says_what_would_be_right(self, typed: str, hint: str) -> None:
        assert not is_currency(typed)
        with pytest.raises(ValueError, match=hint):
            exponent(typed)

    @given(st.text(max_size=12))
    def test_only_exact_codes_pass(self, typed: str) -> None:
        assert is_currency(typed) == (typed in CURRENCIES)
        if not is_currency(typed):
            with pytest.raises(ValueError, match="unknown currency"):
                format_amount(1, typed)


class TestFormatAmount:
    @pytest.mark.parametrize(
        ("minor", "currency", "text"),
        [
            (123_450, "GBP", "1,234.50 GBP"),
            (-123_450, "GBP", "-1,234.50 GBP"),
            (5, "EUR", "0.05 EUR"),
            (-5, "EUR", "-0.05 EUR"),
            (-1, "EUR", "-0.01 EUR"),
            (0, "EUR", "0.00 EUR"),
            (0, "JPY", "0 JPY"),
            (-1_235, "JPY", "-1,235 JPY"),
            (1_234_567, "KWD", "1,234.567 KWD"),
            (12_345, "CLF", "1.2345 CLF"),
            (10**20, "USD", "1,000,000,000,000,000,000.00 USD"),
        ],
    )
    def test_table(self, minor: int, currency: str, text: str) -> None:
        assert format_amount(minor, currency) == text

    @given(st.integers(), st.sampled_from(sorted(CURRENCIES)))
    def test_keeps_every_digit(self, minor: int, currency: str) -> None:
        number, _, code = format_amount(minor, currency).partition(" ")
        assert (int(number.replace(",", "").replace(".", "")), code) == (minor, currency)
        assert len(number.partition(".")[2]) == exponent(currency)
