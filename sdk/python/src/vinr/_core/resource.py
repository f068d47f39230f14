"""What resources are: names for calls, which whoever holds them runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from vinr._core.exchange import Call
    from vinr.pages import AsyncPager, Page, PageData
    from vinr.streams import AsyncStream, Stream

Result = TypeVar("Result")
Item = TypeVar("Item")


class Runner:
    """Runs calls, and blocks meanwhile."""

    def _run(self, call: Call[Result]) -> Result:
        raise NotImplementedError

    def _page(self, call: Call[PageData[Item]]) -> Page[Item]:
        raise NotImplementedError

    def _stream(self, call: Call[Item]) -> Stream[Item]:
        raise NotImplementedError


class AsyncRunner:
    """Runs calls, and awaits meanwhile."""

    async def _run(self, call: Call[Result]) -> Result:
        raise NotImplementedError

    def _page(self, call: Call[PageData[Item]]) -> AsyncPager[Item]:
        raise NotImplementedError

    def _stream(self, call: Call[Item]) -> AsyncStream[Item]:
        raise NotImplementedError


class Resource:
    """Methods of the API under one name."""

    def __init__(self, client: Runner) -> None:
        self._client = client


class AsyncResource:
    """Methods of the API under one name, to be awaited."""

    def __init__(self, client: AsyncRunner) -> None:
        self._client = client
