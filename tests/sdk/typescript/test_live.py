"""Against a running server: lists over several pages, writes whose answers get lost, webhooks that others signed or verify."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.contract.world import World, world
from tests.sdk.node import Project, find_node, run
from tests.stores import sqlite_url
from vinr import webhooks
from vinr_engagement.foundation.clock import SECOND
from vinr_engagement.webhooks import signing

Json = dict[str, Any]
CLIENT = "import { Vinr } from '@vinr/sdk';\nconst vinr = new Vinr();\n"
SECRET = "whsec_" + b64encode(b"a secret of thirty-two bytes, ok").decode()
BODY = json.dumps({"id": "evt_1", "type": "loyalty.points.earned", "data": {"object": {"reason": "Überraschung"}}})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running server."""
    with world(sqlite_url(tmp_path_factory.mktemp("live"))) as running:
        yield running


def printed(project: Project, place: World, program: str) -> Any:
    """The JSON that a program prints last."""
    project.compile(program=CLIENT + program)
    environment = {"VINR_API_BASE": place.url, "VINR_SECRET_KEY": place.keys["test"]}
    return json.loads(project.node("program.mjs", **environment).splitlines()[-1])


def test_a_list_is_walked_in_both_directions_without_a_gap(place: World, project: Project) -> None:
    program = """
    const { id: program } = await vinr.loyalty.programs.create({ name: 'Long list' });
    const made: string[] = [];
    for (let number = 0; number < 8; number++) made.push((await vinr.loyalty.accounts.create({ program })).id);
    const forwards: string[] = [], backwards: string[] = [];
    for await (const { id } of vinr.loyalty.accounts.list({ program, limit: 3 })) forwards.push(id);
    const oldest = { program, limit: 3, endingBefore: made[0] };
    for await (const { id } of vinr.loyalty.accounts.list(oldest)) backwards.push(id);
    console.log(JSON.stringify({ made, forwards, backwards }));
    """
    told = printed(project, place, program)
    assert len(set(told["made"])) == 8
    assert told["forwards"] == told["made"][::-1]
    assert told["backwards"] == told["made"][1:]


def test_a_write_whose_answer_is_lost_takes_effect_once(place: World, project: Project) -> None:
    program = """
    const { id: account } = await vinr.loyalty.accounts.create({ program: 'prog_default' });
    const lost: (string | null)[] = [];
    const losing = new Vinr({
      fetch: async (url, init) => {
        const answer = await (globalThis as any).fetch(url, init);
        if (lost.push(answer.headers.get('idempotent-replayed')) === 1) throw new Error('The connection broke');
        return answer;
      },
    });
    const row = await losing.loyalty.transactions.create({ account, amount: 5 });
    const { balance } = await vinr.loyalty.accounts.retrieve(account);
    console.log(JSON.stringify({ lost, amount: row.amount, balance }));
    """
    assert printed(project, place, program) == {"lost": [None, "true"], "amount": 5, "balance": 5}


def test_an_error_of_the_server_is_told_as_it_is(place: World, project: Project) -> None:
    program = """
    const told = await vinr.loyalty.accounts.retrieve('loy_none').catch(({ name, code, status, type, requestId, docUrl }) =>
      ({ name, code, status, type, hasRequest: requestId.startsWith('req_'), hasPage: docUrl.includes('errors#resource_') }));
    console.log(JSON.stringify(told));
    """
    assert printed(project, place, program) == {
        "name": "NotFoundError",
        "code": "resource_missing",
        "status": 404,
        "type": "invalid_request_error",
        "hasRequest": True,
        "hasPage": True,
    }


def test_what_the_standard_library_of_webhooks_signs_is_accepted(place: World, project: Project) -> None:
    moment = datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", moment, BODY)
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(moment.timestamp())),
        "Webhook-Signature": f"v1,AAAA {signature}",
    }
    program = f"""
    const event = await Vinr.webhooks.constructEvent({json.dumps(BODY)}, {json.dumps(headers)}, '{SECRET}');
    console.log(JSON.stringify(event));
    """
    assert printed(project, place, program) == json.loads(BODY)


def test_what_the_engine_signs_is_accepted_also_while_its_secret_is_being_changed(
    place: World, project: Project
) -> None:
    secrets = [signing.secret_of(bytes([number]) * signing.KEY_BYTES) for number in (1, 2)]
    headers = signing.headers("evt_1", BODY.encode(), secrets, int(time.time()) * SECOND)
    calls = [
        f"(await Vinr.webhooks.constructEvent({json.dumps(BODY)}, {json.dumps(given)}, '{secret}')).id"
        for given in (headers, headers["vinr-signature"])
        for secret in secrets
    ]
    assert printed(project, place, f"console.log(JSON.stringify([{', '.join(calls)}]));") == ["evt_1"] * 4


def test_what_is_signed_here_the_standard_library_and_the_python_sdk_accept(place: World, project: Project) -> None:
    program = f"""
    console.log(JSON.stringify(await vinr.webhooks.sign({{ payload: {json.dumps(BODY)}, secret: '{SECRET}' }})));
    """
    headers: dict[str, str] = printed(project, place, program)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert Webhook(SECRET).verify(BODY, headers) == json.loads(BODY)
    for given in (headers, headers["vinr-signature"]):
        assert webhooks.construct_event(BODY, given, SECRET).id == "evt_1"


def test_without_a_node_of_the_system_the_one_from_the_wheel_serves(
    typescript_package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    node = find_node()
    assert run(node.program, "--version", folder=typescript_package).startswith("v")
    assert run(*node.npm, "--version", folder=typescript_package)
    run(node.program, "--test", "test/webhooks.test.js", "test/edge.test.js", folder=typescript_package)


def test_a_file_comes_as_it_is(place: World, project: Project) -> None:
    program = """
    const period = { gte: '2026-01-01', lt: '2027-01-01' };
    const asked = { type: 'transactions', program: 'prog_default', period, format: 'parquet' } as const;
    let report = await vinr.reports.create(asked);
    while (report.status !== 'completed') report = await vinr.reports.retrieve(report.id);
    const file = await vinr.reports.download(report.id);
    const ends = [file.slice(0, 4), file.slice(-4)].map((part) => String.fromCharCode(...part));
    const refused = await vinr.reports.download('rpt_none').catch((error) => error.code);
    console.log(JSON.stringify({ size: file.length, bytes: report.bytes, ends, refused }));
    """
    told = printed(project, place, program)
    assert told["size"] == told["bytes"] > 100
    assert (told["ends"], told["refused"]) == (["PAR1", "PAR1"], "resource_missing")
