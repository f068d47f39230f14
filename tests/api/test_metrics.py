"""What ``/metrics`` tells of the stores."""

import timeit
from typing import Any

import pytest

from vinr_engagement.entrypoints.api.store_metrics import COMMANDS, SECONDS, Tally

pytestmark = pytest.mark.anyio


async def metrics_of(api: Any) -> dict[str, float]:
    """Every sample, by its name with its labels."""
    text = (await api.client.get("/metrics")).text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_batches_are_counted_by_store_with_their_size_and_time(api: Any) -> None:
    before = await metrics_of(api)
    await api.post("/v1/events/batch", {"events": [_payment(number) for number in range(30)]})
    await api.pay("evt_alone", "cust_ada")
    after = await metrics_of(api)

    def grown(name: str) -> float:
        return after[name] - before[name]

    assert grown('vinr_write_batch_commands_count{store="test"}') == 2
    assert grown('vinr_write_batch_commands_sum{store="test"}') == 31
    assert grown('vinr_write_batch_commands_bucket{le="1.0",store="test"}') == 1
    assert grown('vinr_write_batch_commands_bucket{le="50.0",store="test"}') == 2
    assert grown('vinr_write_batch_seconds_count{store="test"}') == 2
    assert 0 < grown('vinr_write_batch_seconds_sum{store="test"}') < 60
    assert grown('vinr_write_batch_commands_count{store="live"}') == 0
    assert after['vinr_write_queue_commands{store="test"}'] == 0
    assert after["process_resident_memory_bytes"] > 0


def _payment(number: int) -> dict[str, Any]:
    body = {"id": f"pay_{number}", "amount": 1_000, "currency": "GBP", "customer": f"cust_{number}"}
    created_at = "2026-04-01T12:00:00Z"
    return {"id": f"evt_{number}", "type": "payment.completed", "created_at": created_at, "data": {"object": body}}


async def test_the_backlog_of_the_sweep_is_told_by_the_clock_of_the_store(api: Any) -> None:
    await api.post("/v1/test-helpers/clock", {"now": "2026-04-02T00:00:00Z"})
    await api.patch("/v1/loyalty/programs/prog_default", {"currency": {"expiry_months": 1}})
    for number in range(3):
        await api.pay(f"evt_{number}", f"cust_{number}")
    assert (await metrics_of(api))['vinr_due_accounts{store="test"}'] == 0
    store = api.stores["test"]

    async def make_due(session: Any) -> int:
        changed: int = await session.execute("update accounts set next_due_at = next_due_at - 30 * 86400000000")
        return changed

    assert await store.database.write(make_due) == 3
    found = await metrics_of(api)
    assert found['vinr_due_accounts{store="test"}'] == 3
    assert found['vinr_due_seconds{store="test"}'] > 0
    assert found['vinr_due_accounts{store="live"}'] == 0


async def test_background_jobs_are_counted(api: Any) -> None:
    api.stores["live"].jobs_done["sweep"] += 7
    api.stores["live"].jobs_failed["sweep"] += 1
    found = await metrics_of(api)
    assert found['vinr_jobs_done_total{job="sweep",store="live"}'] == 7
    assert found['vinr_jobs_failed_total{job="sweep",store="live"}'] == 1


def test_a_tally_counts_as_prometheus_does() -> None:
    tally = Tally((1, 5))
    for value in (0, 1, 1.5, 5, 6):
        tally.add(value)
    assert tally.buckets() == [("1.0", 2), ("5.0", 4), ("+Inf", 5)]
    assert tally.total == 13.5


def test_counting_a_batch_costs_next_to_nothing() -> None:
    commands, seconds = Tally(COMMANDS), Tally(SECONDS)

    def count() -> None:
        commands.add(17)
        seconds.add(0.004)

    best = min(timeit.repeat(count, number=10_000, repeat=7)) / 10_000
    assert best < 10e-6, f"{best * 1e9:.0f} ns a batch, on a machine that may be busy; idle it is about 400 ns"
