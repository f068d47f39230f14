"""What answers become: typed, unchangeable, and nothing of them is lost."""

import copy
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import vinr
from vinr import types
from vinr._core import decode
from vinr.model import Headers, Response

ACCOUNT: dict[str, Any] = {
    "id": "loy_1",
    "object": "loyalty_account",
    "program": {"id": "prog_default", "object": "program", "name": "Rewards", "created_at": "2026-04-01T12:00:00Z"},
    "customer": "cust_1",
    "status": "active",
    "balance": 5,
    "merged_into": None,
    "metadata": {"created_at": "2026-04-01T12:00:00Z"},
    "created_at": "2026-04-01T12:00:00.000005Z",
    "last_activity_at": None,
    "something_new": {"a": [1]},
}


@pytest.fixture
def account() -> types.LoyaltyAccount:
    return types.LoyaltyAccount.from_dict(ACCOUNT)


def test_fields_are_attributes_of_their_types(account: types.LoyaltyAccount) -> None:
    assert (account.id, account.balance, account.customer, account.merged_into) == ("loy_1", 5, "cust_1", None)
    assert account.created_at == datetime(2026, 4, 1, 12, 0, 0, 5, tzinfo=UTC)
    assert account.last_activity_at is None
    assert isinstance(account.program, types.Program)
    assert account.program.name == "Rewards"
    assert account.metadata == {"created_at": "2026-04-01T12:00:00Z"}


def test_nothing_is_lost(account: types.LoyaltyAccount) -> None:
    assert account.to_dict() == ACCOUNT
    assert account.something_new == {"a": [1]}  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        account.never_heard_of  # type: ignore[attr-defined] # noqa: B018


def test_a_copy_is_the_callers_to_change(account: types.LoyaltyAccount) -> None:
    account.to_dict()["metadata"]["a"] = "b"
    assert account.to_dict() == ACCOUNT


def test_an_object_cannot_be_changed(account: types.LoyaltyAccount) -> None:
    with pytest.raises(AttributeError, match="balance is as the server has it"):
        account.balance = 6
    with pytest.raises(AttributeError, match="LoyaltyAccount cannot be changed"):
        del account.balance
    assert account.balance == 5


def test_objects_are_equal_where_they_say_the_same(account: types.LoyaltyAccount) -> None:
    assert account == types.LoyaltyAccount.from_dict(copy.deepcopy(ACCOUNT))
    assert account != types.LoyaltyAccount.from_dict({**ACCOUNT, "balance": 6})
    assert account != types.AccountAsOf.from_dict(ACCOUNT)
    assert account != ACCOUNT
    with pytest.raises(TypeError):
        hash(account)


def test_objects_are_copied_and_stored(account: types.LoyaltyAccount) -> None:
    for made in (copy.copy(account), copy.deepcopy(account), pickle.loads(pickle.dumps(account))):
        assert made == account
        assert made.created_at == account.created_at


def test_an_account_of_a_moment_is_an_account() -> None:
    shown = types.AccountAsOf.from_dict({**ACCOUNT, "as_of": "2026-04-01T12:00:00Z"})
    assert isinstance(shown, types.LoyaltyAccount)
    assert shown.as_of == datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert types.AccountAsOf.from_dict(ACCOUNT).as_of is None


def test_a_name_that_python_keeps_for_itself_has_an_underscore() -> None:
    changed = types.AccountThen.from_dict({**ACCOUNT, "from": "silver", "to": "gold"})
    assert (changed.from_, changed.to) == ("silver", "gold")
    assert changed.to_dict()["from"] == "silver"


def test_objects_that_differ_in_kind_become_their_own_classes() -> None:
    event = types.Event.from_dict({"data": {"object": {"object": "redemption", "id": "rdm_1"}}})
    assert isinstance(event.data.object, types.RedemptionThen)
    rule = types.EarningRule.from_dict({"award": {"type": "fixed", "points": 5}})
    assert isinstance(rule.award, types.FixedAward)
    money = types.Reward.from_dict({"value": {"amount": 5, "currency": "EUR"}})
    assert isinstance(money.value, types.MoneyValue)
    batch = types.EventBatch.from_dict(
        {"data": [{"status": 200, "result": {}}, {"status": 400, "error": {"code": "x"}}]}
    )
    assert [type(entry) for entry in batch.data] == [types.EventBatchDone, types.EventBatchRefused]


@pytest.mark.parametrize("value", [{"object": "spaceship", "id": "s_1"}, {}, "loy_1", 5])
def test_what_a_newer_server_sends_does_not_break_this(value: Any) -> None:
    event = types.Event.from_dict({"type": "spaceship.landed", "data": {"object": value}})
    assert event.type == "spaceship.landed"
    assert event.data.to_dict() == {"object": value}
    found = event.data.object
    assert type(found) is vinr.Model if isinstance(value, dict) else found == value


@pytest.mark.parametrize("value", ["tomorrow", 5, {"a": 1}])
def test_a_time_that_is_none_stays_as_it_is(value: Any) -> None:
    assert types.LoyaltyAccount.from_dict({"created_at": value}).created_at == value


def test_objects_by_their_keys_are_read_as_well() -> None:
    read = decode.each(decode.one("Cap"))
    assert read({"day": {"points": 5}, "week": None}) == {"day": types.Cap.from_dict({"points": 5}), "week": None}
    assert read("none") == "none"
    assert decode.having(("Cap", ("points",)))("none") == "none"


def test_a_repr_tells_what_is_in_it() -> None:
    assert repr(Response(200, {"x-request-id": "req_1"}, 2)) == "Response(status=200, request_id='req_1', attempts=2)"
    assert (repr(vinr.OMIT), bool(vinr.OMIT)) == ("OMIT", False)
    shown = repr(types.Cap.from_dict({"points": 5, "times": None}))
    assert shown == "Cap(points=5, times=None)"


def test_headers_do_not_care_for_case() -> None:
    headers = Headers({"X-Request-Id": "req_1"})
    assert headers["x-request-ID"] == "req_1"
    assert dict(headers) == {"x-request-id": "req_1"}
    assert len(headers) == 1
    assert "req_1" in repr(headers)


def test_importing_it_loads_little() -> None:
    told = (
        "import sys, vinr; vinr.Vinr('sk_test_1').loyalty; print(*{'httpx2', 'vinr.types', 'ssl'} & set(sys.modules))"
    )
    source = str(Path(vinr.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", told], env={"PYTHONPATH": source}, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""


def test_what_the_package_names_is_there() -> None:
    for name in vinr.__all__:
        assert getattr(vinr, name) is not None
    assert set(dir(vinr)) == set(vinr.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        vinr.nothing  # type: ignore[attr-defined] # noqa: B018
    for name in types.__all__:
        assert getattr(types, name) is not None
