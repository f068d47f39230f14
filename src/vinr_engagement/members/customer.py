"""The customers mirror."""

from typing import Any

from vinr_engagement.foundation import ids, json, wording
from vinr_engagement.foundation.clock import Instant, format_instant
from vinr_engagement.members.tables import Customer, CustomerTerm

_SEARCHABLE = ("email", "name", "country", "birthday")


def mirror(identifier: str, known: Customer | None, event_object: dict[str, Any], occurred_at: Instant) -> Customer:
    """The customer after an event: fields that the event has replace those known, the others stay."""
    body: dict[str, Any] = {} if known is None else json.decode(known.body)
    body.update(event_object)
    body["id"] = identifier
    metadata = body.get("metadata")
    found = {name: value if isinstance(value := body.get(name), str) else None for name in _SEARCHABLE}
    return Customer(
        bucket=ids.bucket_of(identifier),
        id=identifier,
        listed_id=ids.new_id("cus") if known is None else known.listed_id,
        email=found["email"],
        name=found["name"],
        country=found["country"],
        birthday=found["birthday"],
        metadata=json.text(metadata if isinstance(metadata, dict) else {}),
        body=json.text(body),
        created_at=occurred_at if known is None else known.created_at,
        updated_at=occurred_at if known is None else max(known.updated_at, occurred_at),
        deleted_at=None,
    )


def terms_of(customer: Customer) -> list[CustomerTerm]:
    """What the customer is found by; nothing for one who was forgotten."""
    return [
        CustomerTerm(customer.bucket, customer.id, term)
        for term in sorted(wording.terms(customer.email, customer.name))
    ]


def customer_snapshot(customer: Customer) -> dict[str, Any]:
    """The customer as the API shows it."""
    return {
        "id": customer.id,
        "object": "customer",
        "email": customer.email,
        "name": customer.name,
        "country": customer.country,
        "birthday": customer.birthday,
        "metadata": json.decode(customer.metadata),
        "created_at": format_instant(customer.created_at),
        "updated_at": format_instant(customer.updated_at),
        "deleted_at": None if customer.deleted_at is None else format_instant(customer.deleted_at),
    }
