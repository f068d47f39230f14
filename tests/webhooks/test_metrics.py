"""What ``/metrics`` tells of webhooks."""

import pytest

from tests.webhooks.conftest import Office, until
from tests.webhooks.receiver import Answer, receiving

pytestmark = pytest.mark.anyio


async def metrics_of(office: Office) -> dict[str, float]:
    """Every sample about webhooks of the test store, by the labels that are left."""
    text = (await office.api.client.get("/metrics")).text
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("vinr_webhook")]
    return {name: float(value) for name, _, value in lines if 'store="test"' in name}


LAG = 'vinr_webhook_lag_seconds{store="test"}'
SUCCEEDED, FAILED = (f'vinr_webhook_attempts_total{{result="{each}",store="test"}}' for each in ("succeeded", "failed"))


async def test_attempts_by_result_and_how_long_events_have_waited(office: Office) -> None:
    await office.member()
    before = await metrics_of(office)
    assert (before[LAG], before[SUCCEEDED], before[FAILED]) == (0, 0, 0), "without endpoints nothing waits"
    async with receiving() as receiver:
        receiver.answer = lambda _: Answer(500 if len(receiver.came) == 1 else 200)
        endpoint = await office.endpoint(receiver.url)
        await office.member()
        assert (await metrics_of(office))[LAG] > 0, "nobody relays"
        async with office.delivering():
            await office.member()
            await until(lambda: len(receiver.came) >= 2)

            async def caught_up() -> bool:
                return (await office.shown(endpoint))["lag"] == 0

            await until(caught_up)
        found = await metrics_of(office)
        assert (found[LAG], found[FAILED]) == (0, 1)
        assert found[SUCCEEDED] == len(receiver.came) - 1
