"""A year of a real shop as events, and the same year moved to end on another day.

The data is derived from Daqing Chen, "Online Retail" (CC BY 4.0); `data/LICENSE.md` says how.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]


def load_year() -> list[Event]:
    """Every event of the year as it was dated, 2010-12-01 to 2011-12-09, in the order to process them.

    Each is `{id, type, created_at, data: {object: {…}}}`, a `payment.completed` or a `refund.completed`, with amounts
    in pence (GBP) and `created_at` in UTC. A refund always comes after its payment. The caller owns what is returned.
    """
    file = resources.files("vinr_engagement.entrypoints.demo").joinpath("data", "online_retail.ndjson.gz")
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]


def move_to(events: Sequence[Event], last_day: date, zone: str = "Europe/London") -> list[Event]:
    """The events, all moved by the same whole number of local days so that the latest falls on `last_day` in `zone`.

    Keeps the order of the list and each event's local time of day. A local time that the new day skips moves forward by
    as much as the clocks do; one that it repeats is the first of the two. So events change places in time only in the
    hours around a change of the clocks, on the old day or the new one: process them in the order of the list.

    `created_at` must carry an offset and comes back in UTC. The events given stay as they are and share their `data`.
    Raises ValueError for a `created_at` without an offset, zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    clock = ZoneInfo(zone)
    moments = [_moment(event) for event in events]
    if not moments:
        return []
    days = last_day - max(moments).astimezone(clock).date()
    return [
        {**event, "created_at": _utc_text(_moved(moment, days, clock))}
        for event, moment in zip(events, moments, strict=True)
    ]


def guest_payments(events: Iterable[Event]) -> list[Event]:
    """The completed payments that name no customer, in their order."""
    return [
        event for event in events if event["type"] == "payment.completed" and "customer" not in event["data"]["object"]
    ]


def busiest_days(events: Iterable[Event], days: int, zone: str = "Europe/London") -> tuple[date, date]:
    """The first and the last of so many local days in a row in which customers who are known made the most payments.

    Of several such spans the first. Raises ValueError where nobody known paid.
    """
    clock = ZoneInfo(zone)
    paid = Counter(
        _moment(event).astimezone(clock).date().toordinal()
        for event in events
        if event["type"] == "payment.completed" and "customer" in event["data"]["object"]
    )
    if not paid:
        raise ValueError("no payment of a known customer")
    starts = range(min(paid), max(min(paid), max(paid) - days + 1) + 1)
    first = max(starts, key=lambda start: sum(paid[day] for day in range(start, start + days)))
    return date.fromordinal(first), date.fromordinal(first + days - 1)


def _moment(event: Event) -> datetime:
    moment = datetime.fromisoformat(event["created_at"])
    if moment.tzinfo is None:
        raise ValueError(f"created_at of {event['id']} has no offset: {event['created_at']}")
    return moment


def _moved(moment: datetime, days: timedelta, clock: ZoneInfo) -> datetime:
    """The same time on the wall, so many local days later.

    With `fold=0` a skipped time takes the offset before the change, which moves it forward, and a repeated one is the
    first (PEP 495).
    """
    return (moment.astimezone(clock) + days).replace(fold=0).astimezone(UTC)


def _utc_text(moment: datetime) -> str:
    return moment.isoformat().removesuffix("+00:00") + "Z"
