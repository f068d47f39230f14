"""A stream of a running server: every event once and in order, however often its connection breaks."""

import asyncio
import json
from typing import Any

import pytest

from tests.api.streaming import streaming
from tests.sdk.node import Project

pytestmark = pytest.mark.anyio

LOSING = """
import { Vinr } from '@vinr/sdk';

declare const fetch: any, TextDecoder: any;
let connections = 0;

/** Breaks the first two connections in the middle of the first events that come. */
async function losing(url: string, init: object) {
  const answer = await fetch(url, init);
  if (answer.status !== 200 || ++connections > 2) return answer;
  const reader = answer.body.getReader();
  let broken = false;
  const read = async () => {
    if (broken) throw new Error('The connection broke');
    const { done, value } = await reader.read();
    broken = value !== undefined && new TextDecoder().decode(value).includes('data:');
    return { done, value: broken ? value.subarray(0, value.length / 2) : value };
  };
  const body = { getReader: () => ({ read, cancel: () => reader.cancel() }) };
  return { status: 200, headers: answer.headers, text: () => answer.text(), body };
}
"""
FOLLOWING = """
const vinr = new Vinr({ fetch: losing });
const types = ['loyalty.account.*', 'loyalty.points.earned'];
const told = [], places: (string | undefined)[] = [];
const stream = vinr.events.stream({ types, lastEventId: process.env.PLACE });
for await (const event of stream) {
  told.push(event);
  places.push(stream.lastEventId);
  if (told.length === 6) break;
}
const needed = connections;
const again: string[] = [];
for await (const { id } of vinr.events.stream({ types, lastEventId: places[3] })) if (again.push(id) === 2) break;
const refused = await vinr.events.stream({ lastEventId: 'nowhere' })[Symbol.asyncIterator]().next().catch(({ code }) => code);
console.log(JSON.stringify({ told, connections: needed, again, refused }));
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_stream_tells_each_event_once_over_lost_connections(database_url: str, project: Project) -> None:
    project.compile(program=LOSING + FOLLOWING)
    async with streaming(database_url) as served:
        async with served.listening() as listener:
            opening = await listener.block()
        assert opening is not None
        environment = {"VINR_API_BASE": served.url, "VINR_SECRET_KEY": served.api.keys["test"], "PLACE": opening.id}
        following = asyncio.create_task(asyncio.to_thread(project.node, "program.mjs", **environment))
        for number in range(6):
            await served.announce(f"cust_{number}")
        told: dict[str, Any] = json.loads((await following).splitlines()[-1])
        announced = await served.announced()
    assert told["told"] == announced
    assert told["again"] == [event["id"] for event in announced[4:]]
    assert told["connections"] == 3
    assert told["refused"] == "parameter_invalid"
