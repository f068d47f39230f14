"""The whole product against a small model of it, on both engines. `make soak` looks for longer, and at random."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.driver import Driver
from tests.machine.machine import LoyaltyMachine

FEW = {"sqlite": 100, "postgresql": 40}
"""Examples that every run has, the same ones each time: about as many as fit in the same time, as each step is a commit."""

SOAK = int(os.environ.get("VINR_SOAK_EXAMPLES", "3000"))
"""Examples of a soak, drawn at random: of SQLite so many, of PostgreSQL a third of them."""


def check(database_url: str, **profile: Any) -> None:
    driver = Driver(database_url)
    machine = type("Machine", (LoyaltyMachine,), {"driver": driver})
    chosen = settings(
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        **profile,
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    finally:
        driver.close()


@pytest.mark.timeout(600)
def test_the_store_does_what_the_model_does(database_url: str) -> None:
    few = FEW["sqlite" if database_url.startswith("sqlite") else "postgresql"]
    check(database_url, max_examples=few, stateful_step_count=30, derandomize=True)


@pytest.mark.slow
def test_the_store_does_what_the_model_does_for_long(database_url: str) -> None:
    many = SOAK if database_url.startswith("sqlite") else max(1, SOAK // 3)
    check(database_url, max_examples=many, stateful_step_count=50, derandomize=False)
