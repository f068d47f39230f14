"""Those who send and wait: one that blocks, one that awaits. They decide nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from vinr._core.exchange import Answer, Failure, Outcome, Send, Steps, Wait
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
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, response.content)


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


async def _sleep(seconds: float) -> None:
    import anyio  # comes with httpx2, and waits in whichever event loop this is

    await anyio.sleep(seconds)
