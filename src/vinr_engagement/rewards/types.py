"""What each type of reward is: one entry here says how its ``value`` is checked and what a member gets for the points."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from vinr_engagement.foundation import decimals, money
from vinr_engagement.rules import fields

MOST_AMOUNT = 1_000_000_000_000
"""Of a discount or of store credit, in minor units, for one piece."""
MOST_PIECES = 1_000
"""Pieces of a product for one redemption of quantity 1."""
LONGEST_NAME = 200

Value = dict[str, Any]


class Artifact(msgspec.Struct):
    """What a member gets: a discount for a payment, an item to hand over, or store credit."""

    discount: dict[str, Any] | None = None
    item: dict[str, Any] | None = None
    credit: dict[str, Any] | None = None


class RewardType(NamedTuple):
    """One type.

    ``check`` answers the value as it is kept, or raises ``Invalid``; ``artifact`` is what ``quantity`` of it are. ``coded``
    ones have a code, ``timed`` ones are released once the program's ``redemption_ttl_hours`` have passed, ``at_once`` ones
    are applied when they are redeemed and need no payment. ``most`` bounds the quantity beyond the general limit.
    """

    check: Callable[[Value], Value]
    artifact: Callable[[Value, int], Artifact]
    coded: bool = False
    timed: bool = False
    at_once: bool = False
    most: int | None = None


def _amount(value: Value) -> Value:
    fields.mapping(value, "value", ("amount", "currency"), "value")
    currency = fields.text(value.get("currency"), "value.currency", 3, "currency")
    try:
        money.exponent(currency)
    except ValueError as error:
        raise fields.refuse("value.currency", f"currency: {error}.") from None
    amount = fields.whole(value.get("amount"), "value.amount", 1, MOST_AMOUNT, "amount")
    return {"amount": amount, "currency": currency}


def _percent(value: Value) -> Value:
    fields.mapping(value, "value", ("percent",), "value")
    percent = fields.exact(value.get("percent"), "value.percent", Fraction(1, 10_000), 100, "percent")
    return {"percent": percent.numerator if percent.denominator == 1 else decimals.text(percent)}


def _product(value: Value) -> Value:
    fields.mapping(value, "value", ("product", "quantity"), "value")
    return {
        "product": fields.text(value.get("product"), "value.product", LONGEST_NAME, "product"),
        "quantity": fields.whole(value.get("quantity", 1), "value.quantity", 1, MOST_PIECES, "quantity"),
    }


def _partner(value: Value) -> Value:
    fields.mapping(value, "value", ("partner", "sku"), "value")
    return {name: fields.text(value.get(name), f"value.{name}", LONGEST_NAME, name) for name in ("partner", "sku")}


def _money_off(value: Value, quantity: int) -> Artifact:
    return Artifact(discount={"type": "amount", "amount": value["amount"] * quantity, "currency": value["currency"]})


def _percent_off(value: Value, _: int) -> Artifact:
    return Artifact(discount={"type": "percent", "percent": value["percent"]})


def _credit(value: Value, quantity: int) -> Artifact:
    return Artifact(credit={"amount": value["amount"] * quantity, "currency": value["currency"]})


def _pieces(value: Value, quantity: int) -> Artifact:
    return Artifact(item={"type": "product", "product": value["product"], "quantity": value["quantity"] * quantity})


def _voucher(value: Value, quantity: int) -> Artifact:
    return Artifact(item={"type": "partner", **value, "quantity": quantity})


TYPES: dict[str, RewardType] = {
    "discount_amount": RewardType(_amount, _money_off, coded=True, timed=True),
    "discount_percent": RewardType(_percent, _percent_off, coded=True, timed=True, most=1),
    "store_credit": RewardType(_amount, _credit, at_once=True),
    "free_product": RewardType(_product, _pieces),
    "partner": RewardType(_partner, _voucher),
}
"""Every type of reward, by name; the first is the default."""
