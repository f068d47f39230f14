"""What a shop sends: payments of random members, with ids in no order, as a payment provider makes them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from benchmarks import load

BATCH = 500
PAID_AT = (datetime.now(tz=UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
"""Yesterday: nothing that is earned expires while it is measured."""
_WORD = (1 << 64) - 1
_SPREAD = 0x9E3779B97F4A7C15
"""Odd, so that no two numbers share an id."""


def spread(number: int) -> str:
    """A number as 16 hexadecimal digits in no order; no two numbers have the same."""
    mixed = number * _SPREAD & _WORD
    mixed ^= mixed >> 32
    return f"{mixed * _SPREAD & _WORD:016x}"


def customer(member: int) -> str:
    """The customer id of a member."""
    return f"cust_{spread(member)}"


def member_of(number: int, members: int) -> int:
    """Whose the event of this number is: any member, each about as often."""
    return int(spread(number + (1 << 40)), 16) % members


def event(number: int, buyer: str) -> dict[str, object]:
    """A payment of 10 to 110 GBP, one in ten in the app."""
    word, channel = spread(number), "web" if number % 10 else "app"
    return payment(f"evt_{word}", f"pay_{word}", 1000 + number * 7919 % 10_000, buyer, channel)


def payment(event_id: str, payment_id: str, amount: int, buyer: str, channel: str) -> dict[str, object]:
    """An event as a shop sends it."""
    bought: dict[str, object] = {
        "id": payment_id,
        "amount": amount,
        "currency": "GBP",
        "customer": buyer,
        "metadata": {"channel": channel},
    }
    return _event(event_id, "payment.completed", bought)


def joining(event_id: str, buyer: str, country: str) -> dict[str, object]:
    """The event by which a shop makes a customer known."""
    known: dict[str, object] = {
        "id": buyer,
        "email": f"{buyer}@shop.example",
        "country": country,
        "email_subscribed": True,
    }
    return _event(event_id, "customer.created", known)


def _event(event_id: str, kind: str, subject: dict[str, object]) -> dict[str, object]:
    return {"id": event_id, "type": kind, "created_at": PAID_AT, "data": {"object": subject}}


def events(first: int, count: int, members: int) -> list[dict[str, object]]:
    """Payments of any members."""
    return [event(number, customer(member_of(number, members))) for number in range(first, first + count)]


def singles(key: str, sent: list[dict[str, object]]) -> list[bytes]:
    """One event a request."""
    return [load.request("POST", "/v1/events", key, msgspec.json.encode(each)) for each in sent]


def redemptions(key: str, accounts: list[str], reward: str) -> list[bytes]:
    """A redemption a request, by each of these accounts."""
    return [
        load.request(
            "POST", "/v1/loyalty/redemptions", key, msgspec.json.encode({"account": account, "reward": reward})
        )
        for account in accounts
    ]


def batches(key: str, sent: list[dict[str, object]]) -> list[bytes]:
    """``BATCH`` events a request."""
    return [
        load.request("POST", "/v1/events/batch", key, msgspec.json.encode({"events": sent[at : at + BATCH]}))
        for at in range(0, len(sent), BATCH)
    ]


def endless(key: str, first: int, buyers: list[str]) -> Iterator[bytes]:
    """One event a request, for as long as they are asked for."""
    number = first
    while True:
        body = msgspec.json.encode(event(number, buyers[number % len(buyers)]))
        yield load.request("POST", "/v1/events", key, body)
        number += 1
