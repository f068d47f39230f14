"""Every method of both clients, against a running server: it sends what the API takes, and what comes back has its types."""

import inspect
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

import vinr
from scripts.sdk.description import (
    AnyOf,
    Description,
    ListOf,
    MapOf,
    Method,
    Primitive,
    Reference,
    Resource,
    Type,
    Values,
)
from scripts.sdk.python.text import argument_name, class_name, python_name
from scripts.sdk.reading import read
from tests.contract.world import World, world
from tests.sdk.samples import Json, Sample, samples
from tests.stores import sqlite_url
from vinr import AsyncVinr, Vinr

pytestmark = pytest.mark.anyio

NEVER_TOGETHER = {"starting_after", "ending_before"}
"""Tried by the test of pages."""
PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "time": datetime,
    "decimal": (int, float, str),
    "anything": object,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running server."""
    with world(sqlite_url(tmp_path_factory.mktemp("methods"))) as running:
        yield running


@pytest.fixture(scope="module")
def description(place: World) -> Description:
    """What that server says of itself."""
    return read(place.document)


@pytest.fixture(scope="module")
def client(place: World) -> Iterator[Vinr]:
    """A client of it."""
    with Vinr(place.keys["test"], base_url=place.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def live(place: World) -> Iterator[Vinr]:
    """A client of its live store."""
    with Vinr(place.keys["live"], base_url=place.url) as opened:
        yield opened


def by_operation(description: Description) -> dict[str, tuple[Resource, Method]]:
    return {method.operation: (resource, method) for resource, method in description.methods}


def test_every_method_sends_what_the_api_takes(
    client: Vinr, live: Vinr, place: World, description: Description
) -> None:
    known = by_operation(description)
    given: dict[str, set[str]] = defaultdict(set)
    clients = {place.keys["test"]: client, place.keys["live"]: live}
    for each in samples(client, "blocking", live):
        resource, method = known[each.operation]
        asked = clients[place.key_for(each.operation)]
        answer = attrgetter(f"{resource.path}.{method.name}")(asked)(*each.ids, **arguments(each))
        hold_answer(answer, method, description, each)
        given[each.operation] |= set(each.named)
    missing = {name: parameters_of(method, description) - given[name] for name, (_, method) in known.items()}
    assert {name: left for name, left in missing.items() if left or name not in given} == {}


async def test_every_awaited_method_does_the_same(
    client: Vinr, live: Vinr, place: World, description: Description
) -> None:
    known = by_operation(description)
    reached = set()
    async with AsyncExitStack() as stack:
        opened = [AsyncVinr(key, base_url=place.url) for key in place.keys.values()]
        clients = dict(
            zip(place.keys.values(), [await stack.enter_async_context(each) for each in opened], strict=True)
        )
        for each in samples(client, "awaited", live):
            resource, method = known[each.operation]
            asked = clients[place.key_for(each.operation)]
            answer = await attrgetter(f"{resource.path}.{method.name}")(asked)(*each.ids, **arguments(each))
            hold_answer(answer, method, description, each)
            reached.add(each.operation)
    assert reached == set(known)


def arguments(given: Sample) -> Json:
    """The named arguments as Python has them."""
    return {argument_name(name): value for name, value in given.named.items()}


def parameters_of(method: Method, description: Description) -> set[str]:
    """The named parameters of a method, as the API has them."""
    body = () if method.body is None else description.schemas[method.body].fields
    return {each.name for each in (*body, *method.at("query"))} - NEVER_TOGETHER


def hold_answer(answer: Any, method: Method, description: Description, given: Sample) -> None:
    """Holds that an answer is of the promised types, down to its last field."""
    assert answer.last_response.status == 200
    assert answer.last_response.request_id
    if method.item is None:
        assert type(answer) is getattr(vinr.types, method.answer)
        hold(answer, Reference(method.answer), description, given.operation)
        return
    assert isinstance(answer, vinr.Page | vinr.AsyncPage)
    assert answer.has_more is answer.page.has_more
    assert len(answer.data) <= given.named.get("limit", 100)
    for item in answer.data:
        hold(item, method.item, description, given.operation)


def hold(value: Any, promised: Type, description: Description, place: str) -> None:
    """Holds that a value is of a type, with all that is in it."""
    match promised:
        case AnyOf(members):
            assert any(fits(value, member) for member in members), f"{place}: {value!r} is none of {members}"
            chosen = next(member for member in members if fits(value, member))
            hold(value, chosen, description, place)
        case ListOf(inner):
            assert type(value) is list, place
            for entry in value:
                hold(entry, inner, description, f"{place}[]")
        case MapOf(inner):
            assert type(value) is dict, place
            for entry in value.values():
                hold(entry, inner, description, f"{place}{{}}")
        case Reference(name):
            assert fits(value, promised), f"{place}: {value!r} is no {name}"
            for field in description.schemas[name].fields:
                found = getattr(value, python_name(field.name))
                if field.required or field.name in value.to_dict():
                    hold(found, field.type, description, f"{place}.{field.name}")
                else:
                    assert found is None, f"{place}.{field.name}"
        case _:
            assert fits(value, promised), f"{place}: {value!r} is no {promised}"


def fits(value: Any, promised: Type) -> bool:
    """Whether a value is of a type, as far as its outside tells."""
    match promised:
        case Primitive("integer" | "number" | "decimal") if isinstance(value, bool):
            return False
        case Primitive(kind):
            return isinstance(value, PLAIN[kind])
        case Values(values):
            return value in values
        case Reference(name):
            return isinstance(value, getattr(vinr.types, name))
        case ListOf():
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def test_both_clients_have_the_same_methods_and_no_others(client: Vinr, description: Description) -> None:
    awaited = AsyncVinr("sk_test_1")
    for resource in description.root.everything():
        if not resource.path:
            continue
        blocking, awaiting = [attrgetter(resource.path)(each) for each in (client, awaited)]
        assert type(blocking).__name__ == class_name(resource.path)
        methods = resource.every
        names = {method.name for method in methods}
        for each in (blocking, awaiting):
            assert {name for name, _ in inspect.getmembers(type(each), inspect.isfunction) if name[0] != "_"} == names
            assert type(each).__doc__
        for method in methods:
            told = [inspect.signature(getattr(each, method.name)).parameters for each in (blocking, awaiting)]
            assert told[0] == told[1]
            assert getattr(blocking, method.name).__doc__ == getattr(awaiting, method.name).__doc__


def test_the_seeds_samples(client: Vinr) -> None:
    member = client.loyalty.accounts.create(
        program="prog_default", customer="cust_abc123", metadata={"signup_channel": "web"}
    )
    assert (member.id[:4], member.balance) == ("loy_", 0)
    found = client.loyalty.accounts.list(program="prog_default", customer="cust_abc123", limit=1).data
    assert found == [member]
    with pytest.raises(vinr.ConflictError) as refused:
        client.loyalty.accounts.create(program="prog_default", customer="cust_abc123")
    assert (refused.value.code, refused.value.resource) == ("account_already_exists", member.id)
    client.loyalty.transactions.create(account=member.id, amount=500, reason="goodwill_credit")
    account = client.loyalty.accounts.retrieve(member.id)
    assert (account.balance, account.lifetime_points) == (500, 500)
    ledger = client.loyalty.transactions.list(account=member.id, limit=20)
    assert [(ptx.type, ptx.amount, ptx.reason) for ptx in ledger.data] == [("adjust", 500, "goodwill_credit")]
    assert client.loyalty.accounts.close(member.id).status == "closed"
    other = client.loyalty.accounts.create(program="prog_default")
    survivor = client.loyalty.accounts.merge(source=member.id, target=other.id)
    assert (survivor.id, survivor.balance) == (other.id, 500)


def test_what_has_no_method_can_be_asked_for(client: Vinr) -> None:
    made = client.request("post", "/v1/loyalty/accounts", body={"program": "prog_default"})
    again = client.request("GET", "/v1/loyalty/accounts", query={"program": "prog_default", "limit": 1})
    assert again["data"] == [made]


async def test_what_has_no_method_can_be_awaited(place: World) -> None:
    async with AsyncVinr(place.keys["test"], base_url=place.url) as awaited:
        assert (await awaited.request("GET", "/healthz"))["status"] == "ok"


def test_no_file_is_there_that_the_api_does_not_call_for(description: Description) -> None:
    folder = Path(str(vinr.__file__)).parent / "resources"
    found = {
        path.relative_to(folder).with_suffix("").as_posix().removesuffix("/__init__") for path in folder.rglob("*.py")
    }
    expected = {resource.path.replace(".", "/") or "__init__" for resource in description.root.everything()}
    assert found == expected
