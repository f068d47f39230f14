"""What a password may be: long, and not one that everybody tries. No rules of composition (NIST SP 800-63B, section 3.1.1.2)."""

import unicodedata
from typing import Final

from vinr_engagement.foundation.errors import Unprocessable

SHORTEST: Final = 12
LONGEST: Final = 256
FEWEST_LETTERS: Final = 4
"""Different ones: ``abababababab`` is long, and among the first to be tried."""

_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "01234567890123456789",
)
_TRIED_FIRST: Final = frozenset(
    "123456789012 1234567890123 1q2w3e4r5t6y 1qaz2wsx3edc 1qaz2wsx3edc4rfv qwerty123456 qwerty1234567 qwerty12345678"
    " qwertyqwerty qwerty123qwerty qwertyuiop123 asdfasdfasdf asdfghjkl123 zaq12wsxcde3 password1234 password12345"
    " password123456 password1234567 password123! password1234! password2024 password2025 password2026 passwordpassword"
    " p@ssw0rd1234 p@ssword1234 passw0rd1234 mypassword123 changeme1234 changemenow1 changeme123456 letmein12345"
    " letmeinletmein welcome12345 welcome123456 welcome2025! welcome2026! administrator administrator1 admin1234567"
    " admin12345678 admin123456789 adminadminadmin iloveyou1234 iloveyouforever iloveyousomuch ilovemyfamily"
    " trustno1trustno1 monkeymonkey dragondragon sunshine1234 football1234 baseball1234 princess1234 superman1234"
    " liverpoolfc1 manchesterunited chelseafc1234 michaeljordan charlie12345 computer1234 internet1234 starwars1234"
    " pokemon12345 minecraft123 whatever1234 secretsecret topsecret123 correcthorse correcthorsebatterystaple"
    " loremipsumdolor thisismypassword thisisapassword mypasswordismypassword abcd12345678 abcdefg12345 abc123abc123"
    " abc123456789 a1b2c3d4e5f6 a123456789012 aa1234567890 1234qwerasdf 1234567890qwerty 123456qwerty 123qweasdzxc"
    " 123321123321 123123123123 987654321987 0987654321098 google123456 facebook1234 linkedin1234 samsung12345"
    " loyaltypoints loyaltyprogram engagement123 vinrengagement".split()
)  # fmt: skip


def normalise(password: str) -> str:
    """One form for what is typed alike: keyboards put letters together in different ways."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, email: str) -> str:
    """The normalised password. Raises ``Unprocessable`` (``password_refused``), saying what would be right."""
    found = normalise(password)
    if not SHORTEST <= len(found) <= LONGEST:
        raise _refused(
            f"must have {SHORTEST} to {LONGEST} characters; four words that do not belong together are good."
        )
    plain = found.casefold()
    if plain in (normalise(email).casefold(), normalise(email).casefold().partition("@")[0]):
        raise _refused("must not be the email.")
    if plain in _TRIED_FIRST or len(set(plain)) < FEWEST_LETTERS or _is_a_row(plain):
        raise _refused("is among the first that are tried; choose one that nobody else has.")
    return found


def _is_a_row(plain: str) -> bool:
    """Whether it is keys in their order, forwards or backwards."""
    return any(plain in row or plain[::-1] in row for row in _ROWS)


def _refused(what: str) -> Unprocessable:
    return Unprocessable("password_refused", f"password {what}", param="password")
