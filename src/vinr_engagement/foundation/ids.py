"""Identifiers: a prefix and a UUIDv7 in base32, sortable by time of creation, made without a sequence.

The lowest twelve bits of an id carry the *bucket* of the account that it belongs to, so that a row can be found by its id
alone in a database that is distributed by bucket. The only module that draws random numbers.
"""

import itertools
import os
import random
import secrets
import threading
import time
from functools import lru_cache
from zlib import crc32

BUCKETS = 4096
"""Frozen for ever: rows are placed by it."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [a + b for a, b in itertools.product(_ALPHABET, repeat=2)]
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_BODY_LENGTH = 26
_COUNTER = (1 << 46) - 1
_COUNTER_LOW = (1 << 34) - 1


def bucket_of(identifier: str) -> int:
    """The bucket of an id that somebody chose: an account's, a customer's, an event's."""
    return crc32(identifier.encode()) % BUCKETS


class _Sequence:
    """Milliseconds and a counter, never going backwards within a process.

    Ids are no secrets: an ordinary generator with a seed from the system serves, and costs a tenth.
    """

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self.random_bits = random.Random(os.urandom(32)).getrandbits  # noqa: S311

    def next(self) -> int:
        """A number whose high 48 bits are milliseconds and whose low 46 bits start random and count up."""
        milliseconds = time.time_ns() // 1_000_000
        with self._lock:
            if milliseconds > self._last >> 46:
                self._last = milliseconds << 46 | self.random_bits(45)
            else:
                self._last += 1 + self.random_bits(16)
            return self._last


_sequence = _Sequence()


def new_id(prefix: str, bucket: int | None = None) -> str:
    """A new id such as ``loy_06ev…``: later ids of one process sort after earlier ones.

    ``bucket`` (0 to 4095) is carried in the id where the row belongs to an account; otherwise those bits are random.
    """
    sequence = _sequence.next()
    noise = _sequence.random_bits(28)
    counter = sequence & _COUNTER
    low = (
        0x7 << 76
        | (counter >> 34) << 64
        | 0b10 << 62
        | (counter & _COUNTER_LOW) << 28
        | (noise if bucket is None else noise & ~(BUCKETS - 1) | bucket)
    )
    pairs = _PAIRS
    return (
        f"{prefix}_{_milliseconds_text(sequence >> 46)}{pairs[low >> 70]}{pairs[low >> 60 & 1023]}"
        f"{pairs[low >> 50 & 1023]}{pairs[low >> 40 & 1023]}{pairs[low >> 30 & 1023]}{pairs[low >> 20 & 1023]}"
        f"{pairs[low >> 10 & 1023]}{pairs[low & 1023]}"
    )


@lru_cache(maxsize=64)
def _milliseconds_text(milliseconds: int) -> str:
    """The first ten letters: the time, the same for all ids of a millisecond."""
    return _base32(milliseconds, 50)


def _base32(number: int, bits: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(bits - 10, -1, -10)])


def carried_bucket(identifier: str) -> int | None:
    """The bucket in an id made by :func:`new_id` for an account's row; ``None`` where the text is no such id."""
    body = identifier.rpartition("_")[2]
    if len(body) != _BODY_LENGTH or any(letter not in _VALUES for letter in body):
        return None
    low = _VALUES[body[-1]] | _VALUES[body[-2]] << 5 | _VALUES[body[-3]] << 10
    return low & (BUCKETS - 1)


_READABLE = "2345679CDFHJKMNPRTVWXY"
"""What a person can read aloud and type: none that looks like another (0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B), and no vowels."""
_READABLE_LENGTH = 8


def new_readable_code() -> str:
    """A random code of 8 letters and digits for people to pass on, such as ``7KPM2WTX``. Another may be the same."""
    return "".join(secrets.choice(_READABLE) for _ in range(_READABLE_LENGTH))


def new_secret(prefix: str) -> str:
    """A purely random secret of 130 bits, such as an API key."""
    return prefix + _base32(secrets.randbits(130), 130)


def random_bytes(count: int) -> bytes:
    """Bytes that nobody can guess, such as the key that webhooks are signed with."""
    return secrets.token_bytes(count)


def chance() -> float:
    """A random number from 0 up to 1, for what needs to differ and no more: the jitter of a retry."""
    return _sequence.random_bits(53) / (1 << 53)


_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LETTERS = 16
"""Of a code that people may have to type: 79 bits, without the letters and digits that look alike (I L O 0 1)."""


def new_code() -> str:
    """A purely random code of :data:`CODE_LETTERS` letters and digits that nobody can guess."""
    return "".join([secrets.choice(_CODE_ALPHABET) for _ in range(CODE_LETTERS)])


def is_code(text: str) -> bool:
    """Whether the text could be one that :func:`new_code` made."""
    return len(text) == CODE_LETTERS and all(letter in _CODE_ALPHABET for letter in text)
