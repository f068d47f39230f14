"""The clients: ``Vinr`` blocks, ``AsyncVinr`` is awaited; they have the same resources."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from vinr._core.exchange import Call, Endpoint, exchange
from vinr._core.options import DEFAULT_RETRIES, DEFAULT_TIMEOUT, OMIT, Omit, RequestOptions, Settings, settings_from
from vinr._drivers import AsyncDriver, Driver
from vinr.pages import AsyncPager, Page, PageData
from vinr.resources import API_VERSION, AsyncTree, Tree

if TYPE_CHECKING:
    import httpx2

    from vinr.streams import AsyncStream, Stream
    from vinr.webhooks import Webhooks

__all__ = ["AsyncVinr", "Vinr"]

Result = TypeVar("Result")
Item = TypeVar("Item")


class Vinr(Tree):
    """A client of the API. Threads may share one.

    ``secret_key`` is an API key, from ``VINR_SECRET_KEY`` unless given: its prefix picks the test or the live store.
    ``base_url`` is where the engine runs, from ``VINR_API_BASE`` unless given. ``timeout`` is in seconds, for each attempt.
    ``max_retries`` is how often a request is sent again after a failure of the network, 429 or 5xx. ``http_client`` is
    one of your own, which stays yours to close; ``sleep`` what waits between attempts.

    Raises ``ConfigurationError`` where there is no key.
    """

    def __init__(
        self,
        secret_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx2.Client | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._settings = settings_from(
            os.environ,
            secret_key=secret_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
        )
        self._driver = Driver(http_client, sleep)

    @property
    def webhooks(self) -> Webhooks:
        """Verifies what webhooks deliver."""
        return _webhooks()

    def with_options(
        self,
        *,
        secret_key: str | Omit = OMIT,
        base_url: str | Omit = OMIT,
        timeout: float | Omit | None = OMIT,
        max_retries: int | Omit = OMIT,
        headers: Mapping[str, str] | Omit = OMIT,
    ) -> Self:
        """A client that is set otherwise, over the same connections."""
        changed = self._settings.changed(
            secret_key=secret_key, base_url=base_url, timeout=timeout, max_retries=max_retries, headers=headers
        )
        return self._set_to(changed)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        options: RequestOptions | None = None,
    ) -> Any:
        """The JSON that any path answers: for what this version of the library has no method for yet."""
        return self._run(Call(_plain(method, path), query=query or {}, body=body, options=options))

    def close(self) -> None:
        """Closes its connections; further calls are refused."""
        self._driver.close()

    def _set_to(self, settings: Settings) -> Self:
        """A client over the same connections; its resources are made anew, since each knows its client."""
        made = object.__new__(type(self))
        made._settings, made._driver = settings, self._driver
        return made

    def _run(self, call: Call[Result]) -> Result:
        return self._driver.run(exchange(self._settings, API_VERSION, call))

    def _page(self, call: Call[PageData[Item]]) -> Page[Item]:
        return Page(self, call, self._run(call))

    def _stream(self, call: Call[Item]) -> Stream[Item]:
        from vinr.streams import Stream  # not every client follows events

        return Stream(self._driver.connection(), self._settings, API_VERSION, call)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Vinr(base_url={self._settings.base_url!r})"


class AsyncVinr(AsyncTree):
    """A client of the API whose methods are awaited. It is set up as ``Vinr`` is."""

    def __init__(
        self,
        secret_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,  # seconds of each attempt
        max_retries: int = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx2.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        self._settings = settings_from(
            os.environ,
            secret_key=secret_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
        )
        self._driver = AsyncDriver(http_client, sleep)

    @property
    def webhooks(self) -> Webhooks:
        """Verifies what webhooks deliver."""
        return _webhooks()

    def with_options(
        self,
        *,
        secret_key: str | Omit = OMIT,
        base_url: str | Omit = OMIT,
        timeout: float | Omit | None = OMIT,
        max_retries: int | Omit = OMIT,
        headers: Mapping[str, str] | Omit = OMIT,
    ) -> Self:
        """A client that is set otherwise, over the same connections."""
        changed = self._settings.changed(
            secret_key=secret_key, base_url=base_url, timeout=timeout, max_retries=max_retries, headers=headers
        )
        return self._set_to(changed)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        options: RequestOptions | None = None,
    ) -> Any:
        """The JSON that any path answers: for what this version of the library has no method for yet."""
        return await self._run(Call(_plain(method, path), query=query or {}, body=body, options=options))

    async def close(self) -> None:
        """Closes its connections; further calls are refused."""
        await self._driver.close()

    def _set_to(self, settings: Settings) -> Self:
        """A client over the same connections; its resources are made anew, since each knows its client."""
        made = object.__new__(type(self))
        made._settings, made._driver = settings, self._driver
        return made

    async def _run(self, call: Call[Result]) -> Result:
        return await self._driver.run(exchange(self._settings, API_VERSION, call))

    def _page(self, call: Call[PageData[Item]]) -> AsyncPager[Item]:
        return AsyncPager(self, call)

    def _stream(self, call: Call[Item]) -> AsyncStream[Item]:
        from vinr.streams import AsyncStream  # not every client follows events

        return AsyncStream(self._driver.connection(), self._settings, API_VERSION, call)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncVinr(base_url={self._settings.base_url!r})"


def _webhooks() -> Webhooks:
    from vinr.webhooks import Webhooks  # not every client receives webhooks

    return Webhooks()


def _plain(method: str, path: str) -> Endpoint[Any]:
    if not path.startswith("/"):  # otherwise it would go on with the name of the server, and the key with it
        raise ValueError(f"path must start with /, not {path[:100]!r}.")
    return Endpoint(method.upper(), path.replace("{", "{{").replace("}", "}}"), lambda found: found)
