"""When deliveries are tried again, and when an endpoint is tried gently or given up."""

import pytest

from vinr_engagement.foundation.clock import DAY, HOUR, MINUTE, SECOND
from vinr_engagement.webhooks.health import GENTLE_AFTER, Health
from vinr_engagement.webhooks.schedule import pause_after

STEPS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 24 * HOUR]


@pytest.mark.parametrize(("tries", "step"), list(enumerate(STEPS, start=1)))
def test_pauses_are_the_steps_more_or_less_ten_percent(tries: int, step: int) -> None:
    assert [pause_after(tries, chance) for chance in (0.0, 0.5, 1.0)] == [step * 9 // 10, step, step * 11 // 10]


def test_after_the_last_retry_there_is_none() -> None:
    assert pause_after(6, 0.5) is None


def test_a_receiver_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() -> None:
    assert pause_after(1, 0.5, retry_after=63 * SECOND) == 63 * SECOND
    assert pause_after(1, 0.5, retry_after=SECOND) == MINUTE
    assert pause_after(1, 0.0, retry_after=DAY) == 66 * SECOND, "the step's longest"


def failed(times: int, now: int = 0) -> Health:
    health = Health()
    for _ in range(times):
        health.failed(now, 500)
    return health


def test_ten_failures_in_a_row_make_it_gentle_and_one_success_mends_it() -> None:
    health = failed(GENTLE_AFTER - 1)
    assert not health.is_gentle
    health.failed(0, None)
    assert health.is_gentle
    health.succeeded(5)
    assert (health.is_gentle, health.failures, health.failing_since, health.last_success_at) == (False, 0, None, 5)


def test_gentle_attempts_are_a_second_apart_then_two_up_to_sixty() -> None:
    rests = []
    for times in range(GENTLE_AFTER, GENTLE_AFTER + 8):
        health = failed(times)
        assert health.probe_at is not None
        rests.append(health.probe_at // SECOND)
        assert health.rests(health.probe_at - 1)
        assert not health.rests(health.probe_at)
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60]
    assert failed(10_000).probe_at == MINUTE


def test_five_days_of_nothing_but_failures_end_it() -> None:
    health = failed(3, now=DAY)
    assert health.verdict(6 * DAY - 1) is None
    assert health.verdict(6 * DAY) == "failing"
    health.succeeded(5 * DAY)
    health.failed(6 * DAY, 500)
    assert health.verdict(6 * DAY) is None


def test_gone_ends_it_at_once() -> None:
    health = Health()
    health.failed(0, 410)
    assert health.verdict(0) == "gone"
