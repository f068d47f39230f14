"""Currencies of ISO 4217 and how many decimals their amounts have.

Money is an ``int`` in minor units with a currency code; the exponent says how many minor digits make a major
unit. The table holds every active code of ISO 4217 list one (published 2026-01-01) that has a minor unit:
also the funds codes that have one (``CHE``, ``CLF``, ``UYW``…). Left out are those without, as no amount of
them can be written in minor units: precious metals (``XAU``, ``XAG``, ``XPT``, ``XPD``), bond market units
(``XBA`` to ``XBD``), ``XDR``, ``XSU``, ``XUA``, and ``XTS`` and ``XXX``, which are no currencies.
"""

from difflib import SequenceMatcher
from typing import Final

_CODES_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
        CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
        HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
        MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
        RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
        USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS: Final = {code: exponent for exponent, codes in _CODES_BY_EXPONENT.items() for code in codes.split()}
CURRENCIES: Final = frozenset(_EXPONENTS)
"""Every currency code that an amount may carry."""

WITHOUT_MINOR_UNIT: Final = frozenset("XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split())
"""Active codes of the standard that no amount may carry."""

# Decides between codes equally near to a typo.
_MOST_USED: Final = frozenset("AUD BRL CAD CHF CNY CZK DKK EUR GBP HUF INR JPY MXN NOK NZD PLN SEK SGD USD ZAR".split())
_LONGEST_TYPO: Final = 8
_LEAST_LIKENESS: Final = 0.6  # Two letters of three.


def exponent(currency: str) -> int:
    """Return how many decimals amounts of the currency have: 2 for ``EUR``, 0 for ``JPY``, 3 for ``KWD``.

    Raises ``ValueError`` for anything but an upper-case code of the table, naming the nearest if there is
    one.
    """
    found = _EXPONENTS.get(currency)
    if found is None:
        raise ValueError(f"unknown currency {currency[:_LONGEST_TYPO]!r}{_suggestion(currency)}")
    return found


def is_currency(currency: str) -> bool:
    """Tell whether the text is exactly a code of the table; lower case is not."""
    return currency in CURRENCIES


def format_amount(minor: int, currency: str) -> str:
    """Return the amount, given in minor units, for people to read: ``1,234.50 GBP``, ``-1,235 JPY``.

    Raises ``ValueError`` for an unknown currency.
    """
    decimals = exponent(currency)
    sign = "-" if minor < 0 else ""
    major, rest = divmod(abs(minor), 10**decimals)
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    return f"{sign}{major:,}{fraction} {currency}"


def _suggestion(text: str) -> str:
    if text in WITHOUT_MINOR_UNIT:
        return "; ISO 4217 gives it no minor unit"
    nearest = _nearest_code(text)
    return f"; did you mean {nearest!r}?" if nearest else "; use an ISO 4217 code such as 'EUR'"


def _nearest_code(text: str) -> str | None:
    if len(text) > _LONGEST_TYPO:
        return None
    typed = text.strip().upper()
    nearest = max(sorted(CURRENCIES), key=lambda code: _likeness(typed, code))
    return nearest if _likeness(typed, nearest)[1] >= _LEAST_LIKENESS else None


def _likeness(typed: str, code: str) -> tuple[bool, float, int, bool]:
    """Rank a code: two letters swapped; letters in common; letters in place; how much it is used."""
    in_place = sum(letter == other for letter, other in zip(typed, code, strict=False))
    swapped = in_place == 1 and sorted(typed) == sorted(code)
    return swapped, SequenceMatcher(None, typed, code).ratio(), in_place, code in _MOST_USED
