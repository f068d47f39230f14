"""The core decides without a network: what is sent, when it is sent again, what an answer becomes."""

import json
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

import vinr
from vinr._core.decode import one
from vinr._core.exchange import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Answer,
    Call,
    Endpoint,
    Failure,
    Outcome,
    Send,
    Wait,
    exchange,
    request_of,
)
from vinr._core.options import OMIT, RequestOptions, Settings, settings_from
from vinr._core.wire import body_of, path_of, query_of

SETTINGS = Settings("sk_test_1", "https://api.test", 30.0, 2, {})
READ: Endpoint[Any] = Endpoint("GET", "/v1/loyalty/accounts/{account}", one("LoyaltyAccount"))
WRITE: Endpoint[Any] = Endpoint("POST", "/v1/loyalty/accounts", one("LoyaltyAccount"))
GOOD = Answer(200, {"x-request-id": "req_1"}, b'{"id":"loy_1","object":"loyalty_account"}')


def refusal(status: int, code: str = "internal_error", headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
    error = {"type": "api_error", "code": code, "message": "No.", "param": None, "request_id": "req_1", **more}
    return Answer(status, headers or {}, json.dumps({"error": error}).encode())


def play(call: Call[Any], *outcomes: Outcome, chance: float = 0.0) -> tuple[Any, list[Send | Wait]]:
    """What a call comes to, when its requests are answered like this, and every step that it took."""
    waiting = list(outcomes)
    steps = exchange(SETTINGS, "2026-04-01", call, lambda: chance)
    taken: list[Send | Wait] = [next(steps)]
    while True:
        try:
            taken.append(steps.send(None if isinstance(taken[-1], Wait) else waiting.pop(0)))
        except StopIteration as end:
            assert not waiting
            return end.value, taken


def test_a_request_has_the_key_the_version_and_json() -> None:
    call = Call(WRITE, body={"program": "prog_default", "customer": None, "metadata": OMIT})
    request = request_of(SETTINGS, "2026-04-01", call)
    assert (request.method, request.url) == ("POST", "https://api.test/v1/loyalty/accounts")
    assert request.headers["authorization"] == "Bearer sk_test_1"
    assert request.headers["vinr-version"] == "2026-04-01"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith(f"vinr-python/{vinr.__version__} ")
    assert json.loads(request.content or b"") == {"program": "prog_default", "customer": None}


def test_a_read_carries_no_idempotency_key_and_no_body() -> None:
    request = request_of(SETTINGS, "2026-04-01", Call(READ, path={"account": "loy_1"}))
    assert "idempotency-key" not in request.headers
    assert request.content is None


def test_every_write_has_a_key_of_its_own_and_keeps_it_over_retries() -> None:
    call = Call(WRITE, body={})
    _, taken = play(call, refusal(500), refusal(503), GOOD)
    keys = [step.headers["idempotency-key"] for step in taken if isinstance(step, Send)]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert keys[0] != request_of(SETTINGS, "", call).headers["idempotency-key"]


def test_a_key_of_ones_own_is_used() -> None:
    call = Call(WRITE, body={}, options={"idempotency_key": "order-1"})
    assert request_of(SETTINGS, "", call).headers["idempotency-key"] == "order-1"


@pytest.mark.parametrize("key", ["x" * 256, "über", "a\nb"])
def test_a_key_that_no_header_can_hold_is_refused_at_once(key: str) -> None:
    with pytest.raises(ValueError, match="idempotency_key"):
        request_of(SETTINGS, "", Call(WRITE, body={}, options={"idempotency_key": key}))


def test_waits_double_and_are_shortened_by_chance() -> None:
    patient = Call(READ, path={"account": "loy_1"}, options={"max_retries": 6})
    _, taken = play(patient, *[refusal(500)] * 6, GOOD)
    waits = [step.seconds for step in taken if isinstance(step, Wait)]
    assert waits == [FIRST_WAIT, 1.0, 2.0, 4.0, LONGEST_WAIT, LONGEST_WAIT]
    _, taken = play(patient, *[refusal(500)] * 6, GOOD, chance=0.5)
    assert [step.seconds for step in taken if isinstance(step, Wait)] == [wait * 0.75 for wait in waits]


@pytest.mark.parametrize(("asked", "waited"), [("3", 3.0), ("0", FIRST_WAIT), ("soon", FIRST_WAIT), ("-1", FIRST_WAIT)])
def test_what_the_server_asks_for_is_waited_for(asked: str, waited: float) -> None:
    refused = refusal(429, "rate_limit_exceeded", {"retry-after": asked})
    _, taken = play(Call(READ, path={"account": "loy_1"}), refused, GOOD)
    assert [step.seconds for step in taken if isinstance(step, Wait)] == [waited]


def test_a_server_that_asks_for_long_is_not_waited_for() -> None:
    with pytest.raises(vinr.RateLimitError) as refused:
        play(Call(READ, path={"account": "loy_1"}), refusal(429, "rate_limit_exceeded", {"retry-after": "3600"}))
    assert refused.value.retry_after == 3600


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 422, 302])
def test_what_repeating_cannot_mend_is_not_repeated(status: int) -> None:
    with pytest.raises(vinr.VinrError):
        play(Call(READ, path={"account": "loy_1"}), refusal(status))


def test_failures_of_the_network_are_repeated_and_then_told() -> None:
    broken = Failure(OSError("reset"))
    found, _ = play(Call(READ, path={"account": "loy_1"}), broken, broken, GOOD)
    assert found.id == "loy_1"
    assert found.last_response.attempts == 3
    with pytest.raises(vinr.APIConnectionError, match=r"could not be reached after 3 attempts: reset") as told:
        play(Call(READ, path={"account": "loy_1"}), broken, broken, broken)
    assert isinstance(told.value.__cause__, OSError)
    with pytest.raises(vinr.APITimeoutError, match="did not answer in time"):
        play(Call(READ, path={"account": "loy_1"}, options={"max_retries": 0}), Failure(TimeoutError(), timed_out=True))
    with pytest.raises(vinr.APIConnectionError):
        play(Call(READ, path={"account": "loy_1"}), Failure(OSError(), may_pass=False))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, vinr.InvalidRequestError),
        (401, vinr.AuthenticationError),
        (403, vinr.PermissionDeniedError),
        (404, vinr.NotFoundError),
        (409, vinr.ConflictError),
        (413, vinr.InvalidRequestError),
        (422, vinr.UnprocessableError),
        (429, vinr.RateLimitError),
        (500, vinr.ServerError),
        (503, vinr.ServerError),
        (302, vinr.InvalidAnswerError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[vinr.VinrError]) -> None:
    once: RequestOptions = {"max_retries": 0}
    with pytest.raises(kind) as refused:
        play(Call(WRITE, body={}, options=once), refusal(status, "a_code", resource="loy_2", balance=5))
    error = refused.value
    assert type(error) is kind
    assert (error.status, error.code, error.type, error.resource) == (status, "a_code", "api_error", "loy_2")
    assert (error.message, error.request_id, error.param) == ("No.", "req_1", None)
    assert error.details == {"balance": 5}
    assert str(error) == "No. (a_code, req_1)"


def test_an_error_page_of_something_else_is_told_as_it_is() -> None:
    page = Answer(502, {"x-request-id": "req_9"}, b"<html>Bad gateway</html>")
    with pytest.raises(vinr.ServerError, match=r"answered 502: '<html>Bad gateway</html>'") as refused:
        play(Call(WRITE, body={}, options={"max_retries": 0}), page)
    assert (refused.value.code, refused.value.request_id) == (None, "req_9")


@pytest.mark.parametrize("content", [b'{"error": "no"}', b'["error"]', b"null", b'{"error": [1]}'])
def test_json_that_is_no_error_of_the_api_is_told_as_it_is(content: bytes) -> None:
    with pytest.raises(vinr.InvalidRequestError, match="answered 400"):
        play(Call(WRITE, body={}), Answer(400, {}, content))


def test_an_answer_that_is_not_json_is_an_error() -> None:
    with pytest.raises(vinr.InvalidAnswerError, match=r"something that is not JSON: '<html>'"):
        play(Call(WRITE, body={}), Answer(200, {}, b"<html>"))


def test_paths_take_ids_alone() -> None:
    assert path_of("/v1/events/{event}/replay", {"event": "a/b ?#ü"}) == "/v1/events/a%2Fb%20%3F%23%C3%BC/replay"
    for wrong in ("", ".", ".."):
        with pytest.raises(ValueError, match="event must be an id"):
            path_of("/v1/events/{event}", {"event": wrong})
    with pytest.raises(TypeError, match="event must be an id, as text, not NoneType"):
        path_of("/v1/events/{event}", {"event": None})


def test_queries_are_written_as_the_api_reads_them() -> None:
    moment = datetime(2026, 4, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    parameters = {"limit": 5, "active": True, "program": None, "expand": ["program", "customer"], "type": OMIT}
    assert query_of(parameters) == "limit=5&active=true&expand%5B%5D=program&expand%5B%5D=customer"
    assert query_of({"created_at": {"gte": moment}}) == "created_at%5Bgte%5D=2026-04-01T12%3A00%3A00Z"


def test_bodies_hold_times_decimals_and_models() -> None:
    moment = datetime(2026, 4, 1, 12, 0, 0, 5, tzinfo=UTC)
    model = vinr.types.Cap.from_dict({"points": 5})
    rates = MappingProxyType({"EUR": Decimal("1E+1")})
    given = {"at": moment, "factor": Decimal("1.20"), "cap": model, "list": deque((1, 2)), "rates": rates, "none": None}
    body = body_of({**given, "left_out": OMIT})
    assert json.loads(body) == {
        "at": "2026-04-01T12:00:00.000005Z",
        "factor": "1.20",
        "cap": {"points": 5},
        "list": [1, 2],
        "rates": {"EUR": "10"},
        "none": None,
    }


@pytest.mark.parametrize("value", [datetime(2026, 4, 1), float("nan")])
def test_values_that_mean_nothing_certain_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"timezone|JSON"):
        body_of({"value": value})


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="set is nothing that the API knows"):
        body_of({"value": {1}})


def test_settings_come_from_arguments_then_from_the_environment() -> None:
    environment = {"VINR_SECRET_KEY": "sk_test_env", "VINR_API_BASE": "http://localhost:8000/"}
    defaults: dict[str, Any] = {"timeout": 30.0, "max_retries": 2, "headers": None}
    found = settings_from(environment, secret_key=None, base_url=None, **defaults)
    assert (found.secret_key, found.base_url) == ("sk_test_env", "http://localhost:8000")
    given = settings_from(environment, secret_key="sk_test_1", base_url="https://api.test", **defaults)
    assert (given.secret_key, given.base_url) == ("sk_test_1", "https://api.test")
    assert settings_from({}, secret_key="sk_test_1", base_url=None, **defaults).base_url == "https://api.vinr.com"
    assert "sk_test_1" not in repr(given)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"secret_key": ""}, "VINR_SECRET_KEY"),
        ({"secret_key": "sk_test_1\n"}, "characters"),
        ({"base_url": "api.test"}, "https://"),
        ({"max_retries": -1}, "max_retries"),
        ({"timeout": 0}, "timeout"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(vinr.ConfigurationError, match=told):
        SETTINGS.changed(**changes)
