"""Hostile HTTP on a real socket: paths, methods, framing, headers, and clients that do not finish."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpx2
import pytest
import uvicorn

from tests.api.conftest import Api, Json, payment
from tests.contract.hostile import ODD_IDS
from tests.contract.rows import nothing_written

pytestmark = pytest.mark.anyio

OF_NO_ENDPOINT = {"path_unknown", "method_not_allowed"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
READER_BYTES = 16 << 20


class Answer(NamedTuple):
    """What came back; ``status`` 0 where the connection was closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of an error of ours; empty for what never reached the application."""
        try:
            return str(json.loads(self.body)["error"]["code"])
        except (ValueError, KeyError, TypeError):
            return ""


@asynccontextmanager
async def listening(api: Api) -> AsyncIterator[int]:
    """The port of a server, as ``vinr serve`` sets it up."""
    config = uvicorn.Config(
        api.app, port=0, http="httptools", ws="none", log_level="critical", lifespan="off", server_header=False
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn sets no event)
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def raw(port: int, sent: bytes, *, half_close: bool = False) -> Answer:
    """What a server answers to these bytes, until it closes the connection or says no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=READER_BYTES)
    received = b""
    try:
        writer.write(sent)
        if half_close:
            writer.write_eof()
        received = await asyncio.wait_for(reader.read(-1), 5)
    except (ConnectionError, TimeoutError):
        pass
    finally:
        writer.close()
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 "):
        return Answer(0, {}, received)
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Answer(int(lines[0].split()[1]), headers, body)


def request(api: Api, method: str, target: str, body: bytes = b"", *more: str) -> bytes:
    """A request with a key, after which the connection is closed."""
    lines = [
        f"{method} {target} HTTP/1.1",
        "Host: api.test",
        "Connection: close",
        f"X-Api-Key: {api.keys['test']}",
        "Content-Type: application/json",
        *(more or [f"Content-Length: {len(body)}"]),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


EVENT = json.dumps(payment("evt_1", "cust_1")).encode()


async def paths_of(api: Api) -> dict[str, Json]:
    found: dict[str, Json] = (await api.document())["paths"]
    return found


async def test_ids_in_paths_that_name_nothing(api: Api) -> None:
    async with listening(api) as port, nothing_written(api):
        for path, operations in (await paths_of(api)).items():
            if "{" not in path:
                continue
            for odd in ODD_IDS:
                for method, operation in operations.items():
                    sent = request(api, method.upper(), re.sub(r"\{\w+\}", lambda _, odd=odd: odd, path), b"{}")
                    answer = await raw(port, sent)
                    about = f"{method} {path} {odd[:60]}: {answer}"
                    assert 400 <= answer.status < 500, about
                    if answer.code == "":
                        assert answer.status == 400, about
                    else:
                        assert answer.code in {*operation["x-error-codes"], *OF_NO_ENDPOINT}, about


OF_FILES = {"/v1/reports/{report}/download"}
"""What can be asked for by HEAD too: the description has it with GET."""


async def test_methods_that_a_path_does_not_take(api: Api) -> None:
    async with listening(api) as port, nothing_written(api):
        found = await paths_of(api)
        for path in found:
            target = re.sub(r"\{\w+\}", "loy_none", path)
            known = {
                method.upper()
                for template, operations in found.items()
                for method in operations
                if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), target)
            }
            known |= {"HEAD"} if path in OF_FILES else set()
            for method in METHODS:
                if method in known:
                    continue
                answer = await raw(port, request(api, method, target, b""))
                about = f"{method} {path}: {answer}"
                assert answer.status == 405, about
                assert set(answer.headers["allow"].split(", ")) == known, about
                assert answer.body == b"" if method == "HEAD" else answer.code == "method_not_allowed", about


async def test_targets_that_are_no_path_of_ours(api: Api) -> None:
    targets = ("/v1/..", "/../../etc/passwd", "//v1/events", "/v1//events", "/v1/events/", "/V1/EVENTS", "/v1/events;x=1",
               "/v1/%65vents/", "/%00", "/v1/events%00", "/v1/events%2F", "/" + "a" * 60_000, "/\xe9", "/v1", "/", "/favicon.ico",
               "/.git/config", "/v1/loyalty/accounts/..%2Fmerge", "*", "http://evil.test/v1/none")  # fmt: skip
    async with listening(api) as port, nothing_written(api):
        for target in targets:
            for method in ("GET", "POST", "OPTIONS"):
                answer = await raw(port, request(api, method, target, b"{}"))
                about = f"{method} {target[:60]!r}: {answer}"
                assert answer.status in (400, 404, 405), about
                assert answer.status == 400 or answer.code in {*OF_NO_ENDPOINT, "resource_missing"}, about


FRAMING: dict[str, tuple[str, ...]] = {
    "two lengths": ("Content-Length: 5", f"Content-Length: {len(EVENT)}"),
    "a length and chunks": (f"Content-Length: {len(EVENT)}", "Transfer-Encoding: chunked"),
    "chunks and a length": ("Transfer-Encoding: chunked", f"Content-Length: {len(EVENT)}"),
    "a negative length": ("Content-Length: -1",),
    "a length in words": ("Content-Length: many",),
    "a length beyond 64 bits": ("Content-Length: 99999999999999999999999",),
    "two numbers as a length": (f"Content-Length: {len(EVENT)}, {len(EVENT)}",),
    "chunks that are none": ("Transfer-Encoding: chunked",),
    "an unknown coding": ("Transfer-Encoding: gzip",),
    "chunked twice over": ("Transfer-Encoding: chunked, identity",),
    "a header without a colon": ("nonsense", f"Content-Length: {len(EVENT)}"),
    "a NUL in a header": ("X-A: a\0b", f"Content-Length: {len(EVENT)}"),
    "a space before the colon": (f"Content-Length : {len(EVENT)}",),
    "no name": (": x", f"Content-Length: {len(EVENT)}"),
}


@pytest.mark.parametrize("kind", sorted(FRAMING))
async def test_framing_that_is_no_http(api: Api, kind: str) -> None:
    async with listening(api) as port, nothing_written(api):
        answer = await raw(port, request(api, "POST", "/v1/events", EVENT, *FRAMING[kind]), half_close=True)
        assert answer.status in (0, 400, 413), answer
        assert (await raw(port, request(api, "GET", "/healthz"))).status == 200


async def test_bytes_that_are_no_http(api: Api) -> None:
    nonsense = (
        *(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 1_000, b"GET\r\n\r\n"),
        *(b"POST /v1/events\r\n\r\n", b"\0" * 5_000, bytes(range(256)) * 20, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    )
    async with listening(api) as port, nothing_written(api):
        for sent in nonsense:
            answer = await raw(port, sent, half_close=True)
            assert answer.status in (0, 400, 401), (sent[:20], answer)
        assert (await raw(port, request(api, "GET", "/healthz"))).status == 200


async def test_large_headers_and_queries_do_no_harm(api: Api) -> None:
    large = "x" * 200_000
    async with listening(api) as port, nothing_written(api):
        for more, expected in (
            ((f"Idempotency-Key: {large}",), "parameter_invalid"),
            ((f"Vinr-Version: {large}",), "version_unknown"),
            ((f"Authorization: Bearer {large}",), None),
            ((f"X-Request-Id: {large}",), None),
            (tuple(f"X-Many-{number}: x" for number in range(5_000)), None),
        ):
            sent = request(api, "POST", "/v1/events", b"{}", "Content-Length: 2", *more)
            answer = await raw(port, sent)
            assert answer.status == 400, answer
            assert answer.code == (expected or "parameter_missing"), answer
        for query, code in ((f"limit={large[:60_000]}", "parameter_invalid"), (large[:60_000], "parameter_unknown")):
            answer = await raw(port, request(api, "GET", f"/v1/customers?{query}"))
            assert (answer.status, answer.code) == (400, code)
        answer = await raw(port, request(api, "GET", f"/v1/customers?{'limit=1&' * 7_000}"))
        assert (answer.status, answer.code) == (400, "parameter_invalid")


async def test_large_chunked_bodies_are_cut_off(api: Api) -> None:
    chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    async with listening(api) as port, nothing_written(api):
        sent = request(api, "POST", "/v1/events", chunk * 3 + b"0\r\n\r\n", "Transfer-Encoding: chunked")
        assert (await raw(port, sent)).status in (0, 413)


async def test_a_client_that_does_not_finish_holds_up_nobody(api: Api) -> None:
    async with listening(api) as port:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        async with nothing_written(api):
            for number, (_, writer) in enumerate(slow):
                whole = request(api, "POST", "/v1/events", EVENT)
                writer.write(whole[: len(whole) - 5 if number % 2 else 40])
                await writer.drain()
            await asyncio.sleep(0.1)
        started = time.monotonic()
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            sending = [
                client.post(
                    "/v1/events", json=payment(f"evt_q{number}", "cust_q"), headers={"X-Api-Key": api.keys["test"]}
                )
                for number in range(20)
            ]
            assert {answer.status_code for answer in await asyncio.gather(*sending)} == {200}
        assert time.monotonic() - started < 10
        async with nothing_written(api):
            for _, writer in slow:
                writer.close()
            await asyncio.sleep(0.2)
