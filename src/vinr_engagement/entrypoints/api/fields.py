"""Kinds of fields that the wire schemas share: strict, capped, and described once."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.suggest import kind_of, quote
from vinr_engagement.foundation import money
from vinr_engagement.foundation.clock import parse_instant


class Wire(BaseModel):
    """What comes in: strict types, and no field that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid")


def example(**body: Any) -> ConfigDict:
    """The settings of a model that shows this body, for the API's reference: one that is taken as it is."""
    return ConfigDict(json_schema_extra={"examples": [body]})


class Shape(BaseModel):
    """What goes out: a description only, since answers are written by msgspec."""


def _read_instant(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f"must be a time such as 2026-04-01T12:00:00Z, as text, not {kind_of(value)}")
    try:
        return parse_instant(value)
    except ValueError as error:
        raise ValueError(f"is not right: {error}") from None


def _read_whole_number(value: Any) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or len(value) > 9:
        raise ValueError(f"must be a whole number, not {quote(value)}")
    return int(value)


def _read_flag(value: Any) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"must be true or false, not {quote(value)}")
    return value == "true"


_TIME = {"type": "string", "format": "date-time", "examples": ["2026-04-01T12:00:00Z"]}

Instant = Annotated[int, BeforeValidator(_read_instant), WithJsonSchema(_TIME)]
"""An RFC 3339 time, read into microseconds."""
Time = Annotated[str, WithJsonSchema(_TIME)]
"""An RFC 3339 time that goes out."""
Limit = Annotated[
    int,
    BeforeValidator(_read_whole_number),
    Field(
        ge=1,
        le=limits.PAGE_LARGEST,
        description="How many objects a page has.",
        examples=[10],
        json_schema_extra={"minimum": 1, "maximum": limits.PAGE_LARGEST},  # lost behind a validator otherwise
    ),
]
FlagText = Annotated[bool, BeforeValidator(_read_flag), WithJsonSchema({"type": "boolean"})]
Id = Annotated[str, StringConstraints(min_length=1, max_length=limits.ID_CHARACTERS)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=limits.NAME_CHARACTERS)]
Search = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.SEARCH_CHARACTERS)]
"""What people type to find something."""
Reason = Annotated[str, StringConstraints(min_length=1, max_length=limits.REASON_CHARACTERS)]
ShareUrl = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.SHARE_URL_CHARACTERS),
    Field(examples=["https://shop.example/join?by={code}"]),
]
Points = Annotated[int, Field(ge=-limits.LARGEST_INTEGER, le=limits.LARGEST_INTEGER)]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=limits.METADATA_KEY_CHARACTERS)]
MetadataValue = Annotated[str, StringConstraints(max_length=limits.METADATA_VALUE_CHARACTERS)]
Minor = Annotated[int, Field(ge=1, le=limits.LARGEST_INTEGER)]
"""Money in minor units."""


def _known_currency(code: str) -> str:
    try:
        money.exponent(code)
    except ValueError as error:
        raise ValueError(f"is not right: {error}") from None
    return code


CurrencyCode = Annotated[
    str, AfterValidator(_known_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]
"""An ISO 4217 code in capitals."""
Metadata = Annotated[
    dict[MetadataKey, MetadataValue],
    Field(
        max_length=limits.METADATA_KEYS,
        description="Your own notes, text to text.",
        examples=[{"signup_channel": "web"}],
    ),
]
MetadataChanges = Annotated[
    dict[MetadataKey, MetadataValue | None],
    Field(
        max_length=limits.METADATA_KEYS,
        description="Merged key by key into what is there; null removes a key.",
        examples=[{"signup_channel": "app", "old_note": None}],
    ),
]
