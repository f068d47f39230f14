"""The parts of an earning rule on the wire. The rules room judges what comes in; here it is described, once for both ways."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from vinr_engagement.entrypoints.api.fields import Shape
from vinr_engagement.rules.definition import MOST_FACTOR, MOST_POINTS
from vinr_engagement.rules.operators import OPERATORS

TRIGGER: Final = r"^[a-z0-9_]+(\.[a-z0-9_]+)+$"
CURRENCY: Final = {"type": "string", "pattern": "^[A-Z]{3}$", "description": "An ISO 4217 code.", "examples": ["EUR"]}
_DECIMAL = {"type": ["number", "string"], "description": "An exact decimal of at most four places."}

Decimal = Annotated[Any, WithJsonSchema(_DECIMAL)]
"""A number, or a text like ``"1.25"``; it goes out as it came in."""
Factor = Annotated[
    Any,
    WithJsonSchema({"type": ["number", "string", "null"], "maximum": MOST_FACTOR, "description": "1 unless given."}),
]
Currencies = Annotated[list[Annotated[str, WithJsonSchema(CURRENCY)]], Field(min_length=1, max_length=200)] | None
Operator = Literal[*OPERATORS]  # type: ignore[valid-type]


class PerAmountAward(Shape):
    """`points` for every `per` minor units, in proportion."""

    type: Literal["per_amount"]
    per: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    points: Decimal
    currencies: Currencies = Field(None, description="The program's own unless given.")


class FixedAward(Shape):
    """`points` for each event."""

    type: Literal["fixed"]
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]


class PerCurrencyAward(Shape):
    """Points per major unit: by `rates`, or else `points` for each of `currencies`."""

    type: Literal["per_currency"]
    rates: Annotated[dict[str, Decimal], Field(min_length=1, max_length=200)] | None = Field(
        None, description="By ISO 4217 code.", examples=[{"EUR": 1, "GBP": 1.2}]
    )
    points: Annotated[Any, WithJsonSchema({**_DECIMAL, "type": ["number", "string", "null"]})] = None
    currencies: Currencies = None


class Condition(Shape):
    """One comparison; every operator but `exists` needs a `value`."""

    fact: str = Field(max_length=200, examples=["event.amount"])
    op: Operator  # type: ignore[valid-type]
    value: Annotated[
        Any,
        WithJsonSchema(
            {
                "type": ["string", "number", "boolean", "array", "null"],
                "items": {"type": ["string", "number", "boolean"]},
            }
        ),
    ] = None


class Conditions(Shape):
    """What must hold: all of it, or any."""

    match: Literal["all", "any"]
    conditions: Annotated[list[Condition], Field(max_length=50)]


class Multiplier(Shape):
    """A factor that counts when its conditions hold."""

    when: Conditions
    factor: Decimal


class Cap(Shape):
    """The most that a member gets in a `window`: points, awards, or both."""

    points: Annotated[int, Field(ge=1)] | None = None
    times: Annotated[int, Field(ge=1)] | None = None


class Budget(Shape):
    """The most that the rule gives."""

    points: Annotated[int, Field(ge=1)]


Award = Annotated[PerAmountAward | FixedAward | PerCurrencyAward, Field(discriminator="type")]


def one_of(*shapes: type[BaseModel], null: bool = False, **more: Any) -> dict[str, Any]:
    """Any of these shapes, which answers have as well, so that they are among the document's schemas."""
    listed: list[dict[str, Any]] = [{"$ref": f"#/components/schemas/{shape.__name__}"} for shape in shapes]
    if len(listed) == 1 and not null:
        return {**listed[0], **more}
    return {"anyOf": [*listed, *([{"type": "null"}] if null else [])], **more}


def reference(name: str) -> dict[str, Any]:
    """The schema of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _closed(title: str, description: str, required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "title": title,
        "type": "object",
        "description": description,
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


_LIST = {"type": "array", "maxItems": 50, "items": one_of(Condition), "description": "All of these must hold."}
_GROUP = _closed(
    "ConditionGroup",
    "Conditions of which all must hold, or any.",
    ["conditions"],
    match={"enum": ["all", "any"], "type": "string", "default": "all", "description": "`all` unless given."},
    conditions={"type": "array", "maxItems": 50, "items": one_of(Condition)},
)
_OF_TIER = _closed(
    "TierMatch", "Members in a tier.", ["tier"], tier={"type": "string", "description": "The key of the tier."}
)
_OF_SEGMENT = _closed(
    "SegmentMatch", "Members in a segment.", ["segment"], segment={"type": "string", "description": "Its id."}
)
_WHEN = [*(reference(name) for name in ("ConditionGroup", "TierMatch", "SegmentMatch")), _LIST]
_NEW_MULTIPLIER = _closed(
    "NewMultiplier",
    "A factor that counts when its conditions hold.",
    ["when", "factor"],
    when={"anyOf": _WHEN, "description": "A tier, a segment, or conditions."},
    factor=_DECIMAL,
)
_EARN = _closed(
    "EarnRate",
    "Another spelling of an award: points per major unit of money.",
    ["points_per_currency_unit"],
    points_per_currency_unit={
        "anyOf": [_DECIMAL, {"type": "object", "minProperties": 1, "additionalProperties": _DECIMAL}],
        "description": "For every currency, or by ISO 4217 code.",
    },
)
NAMED: Final = {shape["title"]: shape for shape in (_GROUP, _OF_TIER, _OF_SEGMENT, _NEW_MULTIPLIER, _EARN)}
"""Schemas of the document that no model stands for."""
_CONDITIONS = {"match": "all", "conditions": [{"fact": "event.amount", "op": "gte", "value": 1000}]}

AwardIn = Annotated[
    Any,
    WithJsonSchema(
        one_of(PerAmountAward, FixedAward, PerCurrencyAward, examples=[{"type": "per_amount", "per": 100, "points": 1}])
    ),
]
EarnIn = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [reference("EarnRate"), {"type": "null"}],
            "description": "Another spelling of `award`.",
        }
    ),
]
ConditionsIn = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [reference("ConditionGroup"), _LIST, {"type": "null"}],
            "description": "What must hold of the event and its member; always, unless given.",
            "examples": [_CONDITIONS],
        }
    ),
]
MemberConditionsIn = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": ["array", "null"],
            "maxItems": 50,
            "description": "What must hold of a member; facts of events and other segments are refused.",
            "items": one_of(Condition),
            "examples": [[{"fact": "spend_90d", "op": "gte", "value": 50000}]],
        }
    ),
]
MultipliersIn = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": ["array", "null"],
            "maxItems": 20,
            "description": "The first entry that matches counts.",
            "items": reference("NewMultiplier"),
            "examples": [[{"when": {"tier": "gold"}, "factor": 2}]],
        }
    ),
]
CapIn = Annotated[Any, WithJsonSchema(one_of(Cap, null=True))]
BudgetIn = Annotated[Any, WithJsonSchema(one_of(Budget, null=True))]
