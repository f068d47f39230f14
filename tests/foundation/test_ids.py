"""Ids: sortable, unique, valid version 7 UUIDs, and carrying their bucket."""

import subprocess
import sys
import threading
import time
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinr_engagement.foundation import ids

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _uuid_of(identifier: str) -> uuid.UUID:
    number = 0
    for letter in identifier.rpartition("_")[2]:
        number = number << 5 | _ALPHABET.index(letter)
    return uuid.UUID(int=number)


def test_an_id_is_a_prefix_and_a_uuid_of_version_7_in_base32() -> None:
    made = ids.new_id("loy")
    assert made.startswith("loy_")
    assert len(made) == len("loy_") + 26
    assert (_uuid_of(made).version, _uuid_of(made).variant) == (7, uuid.RFC_4122)


def test_later_ids_sort_after_earlier_ones_and_none_comes_twice() -> None:
    made = [ids.new_id("evt") for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids start anew, whatever other tests did to the clock before."""
    monkeypatch.setattr(ids, "_sequence", ids._Sequence())


def _millisecond_of(identifier: str) -> int:
    return _uuid_of(identifier).int >> 80


@pytest.mark.usefixtures("fresh_process")
def test_an_id_tells_the_millisecond_in_which_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = [ids.new_id("evt") for _ in range(100)]
    after = time.time_ns() // 1_000_000
    assert all(before <= _millisecond_of(identifier) <= after for identifier in made)


def _count_in(identifier: str) -> int:
    """The 46 bits that count up within a millisecond."""
    number = _uuid_of(identifier).int
    return (number >> 64 & 0xFFF) << 34 | number >> 28 & (1 << 34) - 1


@pytest.mark.usefixtures("fresh_process")
def test_ids_of_one_millisecond_count_up_in_small_steps() -> None:
    """Small, so that a millisecond never runs out of them."""
    made = [ids.new_id("evt") for _ in range(20_000)]
    steps = [
        _count_in(following) - _count_in(one)
        for one, following in pairwise(made)
        if _millisecond_of(one) == _millisecond_of(following)
    ]
    assert len(steps) > 1_000
    assert min(steps) >= 1
    assert max(steps) <= 1 << 16
    assert max(steps) > 1 << 15


@pytest.mark.usefixtures("fresh_process")
def test_every_bit_of_a_count_is_drawn_but_the_highest_which_leaves_room_to_count() -> None:
    counts = []
    for _ in range(60):
        counts.append(_count_in(ids.new_id("evt")))
        time.sleep(0.0012)
    assert all(0 < sum(count >> bit & 1 for count in counts) < len(counts) for bit in range(45))
    assert max(counts) < 1 << 45


def test_a_secret_is_random_in_every_letter() -> None:
    made = [ids.new_secret("sk_test_") for _ in range(400)]
    bodies = [secret.removeprefix("sk_test_") for secret in made]
    assert {len(body) for body in bodies} == {26}
    assert all(len({body[place] for body in bodies}) > 16 for place in range(26))
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("place", [0, 12, 25])
def test_one_wrong_letter_makes_an_id_none(place: int) -> None:
    body = ids.new_id("ptx", 7).removeprefix("ptx_")
    assert ids.carried_bucket(f"ptx_{body[:place]}u{body[place + 1 :]}") is None


def test_what_is_neither_time_nor_count_is_random() -> None:
    numbers = [_uuid_of(ids.new_id("evt")).int for _ in range(200)]
    assert all(0 < sum(number >> bit & 1 for number in numbers) < len(numbers) for bit in range(28))


FORKED = """
import os, time
from vinr_engagement.foundation import ids
time.time_ns = lambda: 10**18
child = os.fork()
os.write(1, ids.new_id("evt").encode() + b" ")
if child:
    os.waitpid(child, 0)
"""


def test_a_forked_process_never_makes_the_ids_of_its_parent() -> None:
    """Even in the same millisecond: it draws anew."""
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60, check=True)
    one, other = done.stdout.split()
    assert _count_in(one) != _count_in(other)


def test_an_id_of_no_account_has_random_bits_for_a_bucket() -> None:
    assert len({ids.carried_bucket(ids.new_id("evt")) for _ in range(200)}) > 100


def test_threads_never_make_the_same_id() -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend([ids.new_id("x") for _ in range(2_000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


@given(st.integers(0, ids.BUCKETS - 1))
def test_an_id_carries_its_bucket(bucket: int) -> None:
    assert ids.carried_bucket(ids.new_id("ptx", bucket)) == bucket


@given(st.text(max_size=40))
def test_no_text_makes_the_bucket_of_an_id_fail(text: str) -> None:
    bucket = ids.carried_bucket(text)
    assert bucket is None or 0 <= bucket < ids.BUCKETS


def test_codes_are_known_from_other_texts() -> None:
    codes = {ids.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(ids.is_code(code) for code in codes)
    code = codes.pop()
    for other in (code[:-1], code + "A", code[:-1] + "0", code.lower(), code[:-1] + "\0", ""):
        assert not ids.is_code(other)


def test_buckets_are_frozen_for_ever() -> None:
    """Rows of existing databases are placed by these."""
    assert [ids.bucket_of(text) for text in ("", "loy_a", "cust_17850", "zażółć")] == BUCKETS_FOREVER


BUCKETS_FOREVER = [0, 2446, 3818, 3978]


def test_codes_are_short_and_have_no_letter_that_looks_like_another() -> None:
    made = {ids.new_readable_code() for _ in range(2_000)}
    letters = set("".join(made))
    assert {len(code) for code in made} == {8}
    assert len(made) > 1_990
    assert len(letters) == 22
    for alike in ("0OQD", "1IL", "2Z", "5S", "6G", "8B"):
        assert len(letters & set(alike)) <= 1, alike


def test_ids_made_at_a_time_sort_between_the_first_ones_of_it_and_of_the_next() -> None:
    before = time.time_ns() // 1_000
    made = ids.new_id("evt")
    after = time.time_ns() // 1_000 + 1_000
    assert ids.first_id("evt", before) <= made < ids.first_id("evt", after)
    assert ids.first_id("evt", before - 3_600_000_000) < ids.first_id("evt", before)
    assert ids.first_id("evt", -5) == ids.first_id("evt", 0)
