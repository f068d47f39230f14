"""The generator of the TypeScript SDK, on small descriptions: names, comments, types, and whose keys are whose."""

import pytest

from scripts.sdk.description import (
    ANYTHING,
    NULL,
    AnyOf,
    Description,
    Field,
    ListOf,
    MapOf,
    Primitive,
    Reference,
    Resource,
    Schema,
    Type,
    Values,
)
from scripts.sdk.schemas import Unreadable
from scripts.sdk.typescript.types import LONGEST_LINE, Side, camel, comment, has_two_spellings, pascal, verbatim

TEXT, DECIMAL, TIME = Primitive("string"), Primitive("decimal"), Primitive("time")


def field(name: str, found: Type, *, required: bool = True) -> Field:
    return Field(name, found, required, "")


def described(**schemas: tuple[Field, ...]) -> Description:
    """An API with these schemas and no methods."""
    root = Resource("", "", "", (), ())
    known = {name: Schema(name, "", fields) for name, fields in schemas.items()}
    return Description("1", "2026-04-01", root, known, (), (), ())


def test_names() -> None:
    assert [camel(name) for name in ("id", "lifetime_points", "first_payment_minimum")] == [
        *("id", "lifetimePoints", "firstPaymentMinimum")
    ]
    assert pascal("credit.transactions", "list", "params") == "CreditTransactionsListParams"


def test_a_comment_fits_its_line_and_never_ends_early() -> None:
    assert comment("") == []
    assert comment("Short.", "  ") == ["  /** Short. */"]
    long = comment("word " * 60 + "*/ end", "  ")
    assert long[0] == "  /**"
    assert long[-1] == "   */"
    assert all(len(line) <= LONGEST_LINE for line in long)
    assert sum(line.count("*/") for line in long) == 1


@pytest.mark.parametrize(
    ("found", "goes_in", "comes_out"),
    [
        (TIME, "string | Date", "string"),
        (DECIMAL, "number | string", "number | string"),
        (ListOf(DECIMAL), "readonly (number | string)[]", "(number | string)[]"),
        (MapOf(AnyOf((TEXT, NULL))), "Record<string, string | null>", "Record<string, string | null>"),
        (Values(("a", 'b"')), '"a" | "b\\""', '"a" | "b\\""'),
        (ANYTHING, "unknown", "unknown"),
        (AnyOf((TIME, TEXT, NULL)), "string | Date | string | null", "string | null"),
    ],
)
def test_types(found: Type, goes_in: str, comes_out: str) -> None:
    api = described()
    assert Side(api, goes_in=True).type(found) == goes_in
    assert Side(api, goes_in=False).type(found) == comes_out


def test_what_may_be_left_out_may_be_undefined_on_its_way_in() -> None:
    api = described()
    assert Side(api, goes_in=True).field("as_of", TIME, required=False) == "  asOf?: string | Date | undefined;"
    assert Side(api, goes_in=False).field("as_of", TIME, required=False) == "  as_of?: string;"
    assert Side(api, goes_in=False).field("a-b", TEXT, required=True) == '  "a-b": string;'


def test_keys_of_maps_belong_to_the_caller_wherever_they_are() -> None:
    api = described(
        Body=(
            field("plain", TEXT),
            field("metadata", AnyOf((MapOf(TEXT), NULL))),
            field("award", AnyOf((Reference("Rates"), Reference("Fixed"), NULL))),
            field("events", ListOf(Reference("Event"))),
        ),
        Rates=(field("type", TEXT), field("rates", MapOf(DECIMAL))),
        Fixed=(field("points", Primitive("integer")),),
        Event=(field("id", TEXT), field("data", Reference("Data"))),
        Data=(field("object", MapOf(ANYTHING)),),
    )
    assert verbatim(api, "Body") == ["award.rates", "events.data", "metadata"]


def test_a_schema_that_holds_itself_is_refused() -> None:
    api = described(Group=(field("inner", AnyOf((Reference("Group"), NULL))), field("notes", MapOf(TEXT))))
    with pytest.raises(Unreadable, match="Group holds itself in inner"):
        verbatim(api, "Group")


def test_two_spellings_are_looked_for_all_the_way_down() -> None:
    api = described(Outer=(field("inner", ListOf(Reference("Inner"))),), Inner=(field("min_spend", TEXT),))
    assert has_two_spellings(api, [("outer", Reference("Outer"))])
    assert not has_two_spellings(api, [("outer", TEXT)])
