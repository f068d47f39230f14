"""Who did something on a day: digests of account ids, packed, so that many days of many members are counted quickly."""

from array import array
from base64 import b64decode, b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final
from zoneinfo import ZoneInfo

from vinr_engagement.analytics.tables import QUARTER, Activity
from vinr_engagement.analytics.tally import Act
from vinr_engagement.foundation import calendar

PART_MEMBERS: Final = 1_024
"""A day has parts of so many members: adding one rewrites no more than a part."""
_EPOCH_MONTH: Final = 1970 * 12

Cohorts = dict[int, int]
"""Members by digest, each with the month of its enrolment (``year * 12 + month - 1``)."""


def digest(account: str) -> int:
    """64 bits that stand for an account: among ten million, the chance that two have the same is one in 370,000."""
    return int.from_bytes(blake2b(account.encode(), digest_size=8).digest(), "little")


def by_day(acts: Iterable[Act], zone: ZoneInfo) -> dict[int, Cohorts]:
    """Who did something on each local day."""
    days: dict[int, Cohorts] = defaultdict(dict)
    for act in acts:
        days[day_of(act.quarter, zone)][digest(act.account)] = month_of(act.enrolled, zone)
    return days


@lru_cache(maxsize=65_536)  # Every act of a quarter of an hour asks for the same.
def day_of(quarter: int, zone: ZoneInfo) -> int:
    """The local day that a quarter of an hour lies in."""
    return calendar.day_number(quarter * QUARTER, zone)


@lru_cache(maxsize=65_536)
def month_of(quarter: int, zone: ZoneInfo) -> int:
    """The local month that a quarter of an hour lies in."""
    return calendar.month_of_day(day_of(quarter, zone))


def packed(program: str, day: int, part: int, found: Cohorts) -> Activity:
    """A part with these members."""
    cohorts = array("H", [max(0, cohort - _EPOCH_MONTH) for cohort in found.values()])
    return Activity(program, day, part, len(found), _text(array("Q", found)), _text(cohorts))


def unpacked(row: Activity) -> Cohorts:
    """The members of a part."""
    return dict(cohorts_of(row.members, row.cohorts))


def cohorts_of(members: str, cohorts: str) -> Iterator[tuple[int, int]]:
    """The members in a part, each with the month of its enrolment."""
    months = array("H")
    months.frombytes(b64decode(cohorts))
    return zip(members_of(members), [month + _EPOCH_MONTH for month in months], strict=True)


def members_of(text: str) -> "array[int]":
    """The digests in a part."""
    found = array("Q")
    found.frombytes(b64decode(text))
    return found


def _text(numbers: "array[int]") -> str:
    return b64encode(numbers.tobytes()).decode()


def count_members(parts: Iterable[str], more: Iterable[int]) -> int:
    """How many different members there are in the parts, and among some more."""
    import pyarrow  # noqa: PLC0415 (takes a tenth of a second and 40 MB, which only reports need)
    import pyarrow.compute  # noqa: PLC0415

    packed_members = b"".join([b64decode(part) for part in parts]) + array("Q", more).tobytes()
    distinct = pyarrow.compute.call_function("count_distinct", [_column(pyarrow.uint64(), 8, packed_members)])
    return int(distinct.as_py())


def count_by_cohort(parts: Sequence[tuple[str, str]], more: Cohorts) -> Counter[int]:
    """How many different members there are of each cohort in the parts, and among some more."""
    import pyarrow  # noqa: PLC0415

    last = packed("", 0, 0, more)
    members = b"".join([b64decode(part) for part, _ in parts]) + b64decode(last.members)
    cohorts = b"".join([b64decode(part) for _, part in parts]) + b64decode(last.cohorts)
    columns = {"member": _column(pyarrow.uint64(), 8, members), "cohort": _column(pyarrow.uint16(), 2, cohorts)}
    once = pyarrow.table(columns).group_by("member").aggregate([("cohort", "min")])
    counts = once.group_by("cohort_min").aggregate([([], "count_all")]).to_pydict()
    return Counter(
        {month + _EPOCH_MONTH: number for month, number in zip(counts["cohort_min"], counts["count_all"], strict=True)}
    )


def _column(kind: Any, width: int, numbers: bytes) -> Any:
    """Packed numbers as a column, without copying them."""
    import pyarrow  # noqa: PLC0415

    return pyarrow.Array.from_buffers(kind, len(numbers) // width, [None, pyarrow.py_buffer(numbers)])
