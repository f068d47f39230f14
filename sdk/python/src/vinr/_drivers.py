"""Those who send and wait: one that blocks, one that awaits. They decide nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from vinr._core.exchange import Answer, Failure, Outcome, Send, Steps, Wait
from vinr._core.following import Arrived, Open, Read
from vinr.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx2

Result = TypeVar("Result")


def failure_of(error: Exception) -> Failure:
    """Why a request brought no answer. Raises what is no failure of the network, ``ConfigurationError`` for no address."""
    import httpx2  # loaded with the first request: it is most of what importing this library would cost

    if isinstance(error, httpx2.TimeoutException):
        return Failure(error, timed_out=True)
    if isinstance(error, httpx2.LocalProtocolError | httpx2.UnsupportedProtocol):
        return Failure(error, may_pass=False)
    if isinstance(error, httpx2.RequestError):
        return Failure(error)
    if isinstance(error, httpx2.InvalidURL):
        raise ConfigurationError(f"base_url is no address: {error}") from error
    raise error


def answer_of(response: httpx2.Response) -> Answer:
    """What a server answered."""
    return Answer(response.status_code, _headers_of(response), response.content)


def opened_of(response: httpx2.Response) -> Answer:
    """What a server answered with a stream, of which nothing is read yet."""
    return Answer(response.status_code, _headers_of(response), b"")


def _headers_of(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def timeout_of(step: Open) -> httpx2.Timeout:
    """How long to wait for what, with a stream."""
    import httpx2

    return httpx2.Timeout(step.request.timeout, read=step.silence)


class Driver:
    """Does the steps of a call, and blocks meanwhile. Threads may share one."""

    def __init__(self, http_client: httpx2.Client | None, sleep: Callable[[float], object] | None) -> None:
        self._http = http_client
        self._is_own = http_client is None
        self._is_closed = False
        self._sleep = sleep or time.sleep
        self._lock = threading.Lock()

    def run(self, steps: Steps[Result]) -> Result:
        """What the steps come to."""
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                result: Result = end.value
                return result
            outcome = self._do(step)

    def _do(self, step: Send | Wait) -> Outcome | None:
        if isinstance(step, Wait):
            self._sleep(step.seconds)
            return None
        try:
            return answer_of(self._send(step))
        except Exception as error:  # noqa: BLE001 (what is no failure of the network is raised again)
            return failure_of(error)

    def _send(self, step: Send) -> httpx2.Response:
        return self._opened().request(
            step.method, step.url, headers=dict(step.headers), content=step.content, timeout=step.timeout
        )

    def connection(self) -> Connection:
        """What a stream comes over."""
        return Connection(self)

    def _opened(self) -> httpx2.Client:
        with self._lock:
            if self._is_closed:
                raise ConfigurationError("This client was closed.")
            if self._http is None:
                import httpx2

                self._http = httpx2.Client()
            return self._http

    def close(self) -> None:
        """Closes its connections; those of a client that was passed in stay open."""
        with self._lock:
            self._is_closed = True
            if self._is_own and self._http is not None:
                self._http.close()


class Connection:
    """Does the steps of a stream, one connection after the other, and blocks meanwhile."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._response: httpx2.Response | None = None
        self._chunks: Iterator[bytes] = iter(())

    def do(self, step: Open | Read | Wait) -> Arrived | None:
        """What came of a step."""
        if isinstance(step, Wait):
            self.close()
            self._driver._sleep(step.seconds)
            return None
        try:
            return self._open(step) if isinstance(step, Open) else next(self._chunks, b"")
        except Exception as error:  # noqa: BLE001 (what is no failure of the network is raised again)
            return failure_of(error)

    def _open(self, step: Open) -> Answer:
        http, asked = self._driver._opened(), step.request
        request = http.build_request(asked.method, asked.url, headers=dict(asked.headers), timeout=timeout_of(step))
        response = self._response = http.send(request, stream=True)
        if response.status_code != 200:
            response.read()
            return answer_of(response)
        self._chunks = response.iter_bytes()
        return opened_of(response)

    def close(self) -> None:
        """Lets go of the connection."""
        response, self._response = self._response, None
        if response is not None:
            response.close()


class AsyncDriver:
    """Does the steps of a call, and awaits meanwhile."""

    def __init__(
        self, http_client: httpx2.AsyncClient | None, sleep: Callable[[float], Awaitable[object]] | None
    ) -> None:
        self._http = http_client
        self._is_own = http_client is None
        self._is_closed = False
        self._sleep = sleep or _sleep

    async def run(self, steps: Steps[Result]) -> Result:
        """What the steps come to."""
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                result: Result = end.value
                return result
            outcome = await self._do(step)

    async def _do(self, step: Send | Wait) -> Outcome | None:
        if isinstance(step, Wait):
            await self._sleep(step.seconds)
            return None
        try:
            return answer_of(await self._send(step))
        except Exception as error:  # noqa: BLE001 (what is no failure of the network is raised again)
            return failure_of(error)

    async def _send(self, step: Send) -> httpx2.Response:
        return await self._opened().request(
            step.method, step.url, headers=dict(step.headers), content=step.content, timeout=step.timeout
        )

    def connection(self) -> AsyncConnection:
        """What a stream comes over."""
        return AsyncConnection(self)

    def _opened(self) -> httpx2.AsyncClient:
        if self._is_closed:
            raise ConfigurationError("This client was closed.")
        if self._http is None:
            import httpx2

            self._http = httpx2.AsyncClient()
        return self._http

    async def close(self) -> None:
        """Closes its connections; those of a client that was passed in stay open."""
        self._is_closed = True
        if self._is_own and self._http is not None:
            await self._http.aclose()


class AsyncConnection:
    """Does the steps of a stream, one connection after the other, and awaits meanwhile."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver
        self._response: httpx2.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None

    async def do(self, step: Open | Read | Wait) -> Arrived | None:
        """What came of a step."""
        if isinstance(step, Wait):
            await self.close()
            await self._driver._sleep(step.seconds)
            return None
        try:
            return await self._open(step) if isinstance(step, Open) else await self._read()
        except Exception as error:  # noqa: BLE001 (what is no failure of the network is raised again)
            return failure_of(error)

    async def _open(self, step: Open) -> Answer:
        http, asked = self._driver._opened(), step.request
        request = http.build_request(asked.method, asked.url, headers=dict(asked.headers), timeout=timeout_of(step))
        response = self._response = await http.send(request, stream=True)
        if response.status_code != 200:
            await response.aread()
            return answer_of(response)
        self._chunks = response.aiter_bytes()
        return opened_of(response)

    async def _read(self) -> bytes:
        return b"" if self._chunks is None else await anext(self._chunks, b"")

    async def close(self) -> None:
        """Lets go of the connection."""
        response, self._response = self._response, None
        if response is not None:
            await response.aclose()


async def _sleep(seconds: float) -> None:
    import anyio  # comes with httpx2, and waits in whichever event loop this is

    await anyio.sleep(seconds)
