"""Words as people type them to find something: without regard to case, accents and punctuation."""

import re
import unicodedata

LONGEST_TERM = 100
"""Characters of a term; what is longer is found by these."""
MOST_WORDS = 8
"""Words of a name that it can be found by."""

_APOSTROPHES = re.compile("['\u2019\u02bc`]")
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Text in one spelling: no case, no accents, no spaces around it, nothing that cannot be seen."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in parts if unicodedata.category(letter) not in _UNSEEN)
    return unicodedata.normalize("NFC", kept).casefold().strip()[:LONGEST_TERM].rstrip()


_UNSEEN = frozenset(("Mn", "Cc", "Cf", "Cs", "Co", "Cn"))


def words(text: str) -> str:
    """The words of a text in one spelling, with single spaces between them; an apostrophe parts no word."""
    spaced = " ".join(text.split())
    return " ".join(_WORD.findall(_APOSTROPHES.sub("", plain(spaced))))


def beginnings(name: str) -> set[str]:
    """What a name is found by the beginning of: its words in their order, from each word on, and round to the first."""
    parts = words(name).split()[:MOST_WORDS]
    return {" ".join(parts[at:] + parts[:at]) for at in range(len(parts))}


def terms(email: str | None, name: str | None) -> set[str]:
    """What a person is found by the beginning of."""
    address = plain(email or "")
    return beginnings(name or "") | ({address} if address else set())
