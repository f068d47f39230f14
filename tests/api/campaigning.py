"""A campaign over a weekend, what happens during it, and what came of it."""

from typing import Any

from tests.api.conftest import Api, Json, payment
from vinr_engagement.commands.verify import verify

CAMPAIGNS = "/v1/loyalty/campaigns"
START, INSIDE, END = "2026-04-04T00:00:00Z", "2026-04-04T12:00:00Z", "2026-04-06T00:00:00Z"
DOUBLE: Json = {"type": "points_multiplier", "trigger": "payment.completed", "factor": 2}
BONUS: Json = {"type": "bonus_points", "trigger": "payment.completed", "points": 500}
IN_THE_APP = [{"fact": "event.metadata.app", "op": "exists"}]
THREE: Json = {"type": "challenge", "trigger": "payment.completed", "count": 3, "points": 100}


def campaign(*mechanics: Json, **more: Any) -> Json:
    schedule = {"starts_at": START, "ends_at": END}
    body = {"program": "prog_default", "name": "Weekend", "schedule": schedule, "status": "active"}
    return {**body, "mechanics": list(mechanics) or [DOUBLE], **more}


async def launch(api: Api, *mechanics: Json, now: str = INSIDE, **more: Any) -> Json:
    """A campaign that was made before it started; the clock is set to ``now``."""
    await api.post("/v1/test-helpers/clock", {"now": "2026-04-01T00:00:00Z"})
    made = await api.post(CAMPAIGNS, campaign(*mechanics, **more))
    await api.post("/v1/test-helpers/clock/advance", {"to": now})
    return made


async def pay(
    api: Api, number: int, amount: int = 10_000, customer: str = "cust_a", at: str = INSIDE, **more: Any
) -> Json:
    """What a payment brought in the program."""
    event = payment(f"evt_{number}", customer, amount, id=f"pay_{number}", **more)
    outcome: Json = (await api.post("/v1/events", {**event, "created_at": at}))["programs"][0]
    return outcome


async def refund(api: Api, number: int, amount: int, payment_number: int = 1) -> Json:
    body = {"id": f"re_{number}", "payment": f"pay_{payment_number}", "amount": amount}
    event = {"id": f"evt_r{number}", "type": "refund.completed", "created_at": INSIDE, "data": {"object": body}}
    return await api.post("/v1/events", event)


async def rows(api: Api, account: str) -> list[Json]:
    listed = (await api.get("/v1/loyalty/transactions", params={"account": account, "limit": "100"}))["data"]
    return list(reversed(listed))


async def progress(api: Api, made: Json, account: Json) -> Json:
    return await api.get(f"{CAMPAIGNS}/{made['id']}/progress", params={"account": account["id"]})


async def results(api: Api, made: Json) -> Json:
    return await api.get(f"{CAMPAIGNS}/{made['id']}/results")


async def is_sound(api: Api) -> None:
    assert (await verify(api.stores["test"].database)).faults == []
