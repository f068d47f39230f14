"""Ids: sortable, unique, valid version 7 UUIDs, and carrying their bucket."""

import threading
import uuid

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


def test_buckets_are_frozen_for_ever() -> None:
    """Rows of existing databases are placed by these."""
    assert [ids.bucket_of(text) for text in ("", "loy_a", "cust_17850", "zażółć")] == BUCKETS_FOREVER


BUCKETS_FOREVER = [0, 2446, 3818, 3978]
