"""The API behind a real server, over a real socket."""

import asyncio

import httpx2
import pytest
import uvicorn

from tests.api.conftest import Api, payment

pytestmark = pytest.mark.anyio


async def test_the_api_over_a_socket(sqlite_api: Api) -> None:
    config = uvicorn.Config(sqlite_api.app, port=0, log_level="critical", lifespan="on")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (the server has no event for it)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"X-Api-Key": sqlite_api.keys["test"]}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        outcomes = await asyncio.gather(
            *(client.post("/v1/events", json=payment(f"evt_{number}", "cust_1")) for number in range(50))
        )
        assert {answer.json()["status"] for answer in outcomes} == {"processed"}
        listed = (await client.get("/v1/loyalty/accounts", params={"customer": "cust_1"})).json()
        assert [account["balance"] for account in listed["data"]] == [500]
        large = await client.post("/v1/events", content=b"x" * (2 << 20), headers={"Content-Type": "application/json"})
        assert large.status_code == 413
        assert (await client.get("/v1/loyalty/accounts/%00")).status_code == 404
        lone = await client.post(
            "/v1/events", content=b'{"id": "\\ud800"}', headers={"Content-Type": "application/json"}
        )
        assert lone.status_code == 400
    server.should_exit = True
    await task
