"""The whole product against a small model of it, on both engines. `make soak` looks for longer, and at random."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.driver import Driver
from tests.machine.machine import LoyaltyMachine

SOAK = int(os.environ.get("VINR_SOAK_EXAMPLES", "0"))
"""Examples for each engine in place of the few that every run has; a soak is not derandomized."""

COMMON = settings(
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
PROFILE = (
    settings(COMMON, max_examples=SOAK, stateful_step_count=60)
    if SOAK
    else settings(COMMON, max_examples=40, stateful_step_count=30, derandomize=True)
)


@pytest.mark.timeout(0 if SOAK else 300)
def test_the_store_does_what_the_model_does(database_url: str) -> None:
    driver = Driver(database_url)
    machine = type("Machine", (LoyaltyMachine,), {"driver": driver})
    try:
        run_state_machine_as_test(machine, settings=PROFILE)
    finally:
        driver.close()
