"""``/v1/test-helpers``: the clock of the test store."""

from typing import Literal

from fastapi import Response
from pydantic import Field

from vinr_engagement.commands import AdvanceClock, RejoinRealTime, SetClock, clock_set, clock_snapshot
from vinr_engagement.entrypoints.api.answers import Caller, Errors, json_answer, perform
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.fields import Instant, Shape, Time, Wire, example
from vinr_engagement.entrypoints.api.routing import Resource

test_helpers = Resource("test_helpers", "/v1/test-helpers", "test_helpers")


class Clock(Shape):
    """The clock of the test store."""

    object: Literal["clock"]
    now: Time
    frozen: bool = Field(description="Whether it was set; else it follows real time.")


class ClockSetting(Wire):
    """When it is to be."""

    model_config = example(now="2026-04-02T12:00:00Z")

    now: Instant


class ClockAdvance(Wire):
    """Until when to move."""

    model_config = example(to="2026-05-01T12:00:00Z")

    to: Instant


def _in_test_store(caller: Exchange) -> None:
    if caller.caller.environment != "test":
        raise Fault("test_mode_only", "The clock is a test helper: use a key that starts with sk_test_.")


@test_helpers.get("/clock", "clock.retrieve", Clock, errors=("test_mode_only",))
async def get_clock(caller: Caller) -> Response:
    """Retrieve the test clock"""
    _in_test_store(caller)
    return json_answer(clock_snapshot(await caller.read(clock_set)))


@test_helpers.write("POST", "/clock", "clock.set", Clock, errors=("test_mode_only", "clock_moves_forward"))
async def set_clock(caller: Caller, errors: Errors, body: ClockSetting) -> Response:
    """Set the test clock

    From then on it stands still, until it is advanced or rejoins real time. It never goes back.
    """
    _in_test_store(caller)
    return await perform(caller, errors, SetClock(body.now))


@test_helpers.write(
    "POST", "/clock/advance", "clock.advance", Clock, errors=("test_mode_only", "clock_moves_forward", "clock_not_set")
)
async def advance_clock(caller: Caller, errors: Errors, body: ClockAdvance) -> Response:
    """Advance the test clock

    Everything that would have happened meanwhile happens: points become available and expire.
    """
    _in_test_store(caller)
    return await perform(caller, errors, AdvanceClock(body.to))


@test_helpers.write(
    "DELETE", "/clock", "clock.rejoin_real_time", Clock, errors=("test_mode_only", "clock_moves_forward")
)
async def rejoin_real_time(caller: Caller, errors: Errors) -> Response:
    """Let the test clock follow real time again"""
    _in_test_store(caller)
    return await perform(caller, errors, RejoinRealTime())
