"""The whole product against a small model of it, on both engines. `make soak` looks for longer, and at random."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.driver import Driver
from tests.machine.machine import LoyaltyMachine

SOAK = int(os.environ.get("VINR_SOAK_EXAMPLES", "0"))
"""Examples for each engine, drawn at random, in place of the same few that every run has."""

FEW = {"sqlite": 200, "postgresql": 100}
"""About as many as fit in the same time: each step is a commit, and a read of all there is."""


def profile(engine: str) -> settings:
    return settings(
        max_examples=SOAK or FEW[engine],
        stateful_step_count=50 if SOAK else 30,
        derandomize=not SOAK,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


@pytest.mark.timeout(0 if SOAK else 600)
def test_the_store_does_what_the_model_does(database_url: str) -> None:
    driver = Driver(database_url)
    machine = type("Machine", (LoyaltyMachine,), {"driver": driver})
    try:
        run_state_machine_as_test(machine, settings=profile(driver.store.database.engine))
    finally:
        driver.close()
