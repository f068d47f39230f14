"""Lists: a page at a time, or everything in one loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from vinr.model import Model, Response

if TYPE_CHECKING:
    from vinr._core.exchange import Call
    from vinr._core.resource import AsyncRunner, Runner

__all__ = ["AsyncPage", "AsyncPager", "Page", "PageInfo"]

Item = TypeVar("Item")


class PageInfo(Model):
    """Where a page stands in its list."""

    has_more: bool
    """Whether there are further objects in this direction."""
    next_cursor: str | None
    """What the next page in the same direction starts from; ``None`` on the last."""
    total_estimate: int | None
    """How many objects the list has, exact up to 10,000; ``None`` where nobody counts them."""


class PageData(Model, Generic[Item]):
    """A page as it came."""

    data: list[Item]
    page: PageInfo

    def __init__(self, data: Mapping[str, Any], convert: Callable[[Any], Item]) -> None:
        super().__init__(data)
        self.__dict__["data"] = [convert(entry) for entry in data["data"]]
        self.__dict__["page"] = PageInfo(data["page"])


def page_of(convert: Callable[[Any], Any]) -> Callable[[Any], PageData[Any]]:
    """What reads a page of such objects."""
    return lambda found: PageData(found, convert)


class _Page(Generic[Item]):
    """What both kinds of page have."""

    def __init__(self, call: Call[PageData[Item]], found: PageData[Item]) -> None:
        self._call = call
        self._found = found

    @property
    def data(self) -> list[Item]:
        """The objects on this page."""
        return self._found.data

    @property
    def page(self) -> PageInfo:
        """Where it stands in the list."""
        return self._found.page

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self._found.page.has_more

    @property
    def last_response(self) -> Response | None:
        """The answer that brought it."""
        return self._found.last_response

    def to_dict(self) -> dict[str, Any]:
        """As it is on the wire."""
        return self._found.to_dict()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(data={self.data!r}, has_more={self.has_more})"

    def _next_call(self) -> Call[PageData[Item]] | None:
        """The call for the page that follows, in the direction of this one."""
        cursor = self._found.page.next_cursor
        if not self.has_more or cursor is None:
            return None
        query: Mapping[str, object] = self._call.query
        name = "ending_before" if query.get("ending_before") is not None else "starting_after"
        return replace(self._call, query={**query, name: cursor})


class Page(_Page[Item]):
    """A page of a list. Iterating goes on through all further pages, fetched as they are needed."""

    def __init__(self, client: Runner, call: Call[PageData[Item]], found: PageData[Item]) -> None:
        super().__init__(call, found)
        self._client = client

    def next_page(self) -> Page[Item] | None:
        """The page that follows; ``None`` after the last."""
        call = self._next_call()
        return None if call is None else Page(self._client, call, self._client._run(call))

    def pages(self) -> Iterator[Page[Item]]:
        """This page and all that follow."""
        page: Page[Item] | None = self
        while page is not None:
            yield page
            page = page.next_page()

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page.data


class AsyncPage(_Page[Item]):
    """A page of a list. Iterating goes on through all further pages, fetched as they are needed."""

    def __init__(self, client: AsyncRunner, call: Call[PageData[Item]], found: PageData[Item]) -> None:
        super().__init__(call, found)
        self._client = client

    async def next_page(self) -> AsyncPage[Item] | None:
        """The page that follows; ``None`` after the last."""
        call = self._next_call()
        return None if call is None else AsyncPage(self._client, call, await self._client._run(call))

    async def pages(self) -> AsyncIterator[AsyncPage[Item]]:
        """This page and all that follow."""
        page: AsyncPage[Item] | None = self
        while page is not None:
            yield page
            page = await page.next_page()

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self.pages():
            for item in page.data:
                yield item


class AsyncPager(Generic[Item]):
    """A list that was not asked for yet: ``await`` it for its first page, or loop over all of it with ``async for``."""

    def __init__(self, client: AsyncRunner, call: Call[PageData[Item]]) -> None:
        self._client = client
        self._call = call

    async def _first(self) -> AsyncPage[Item]:
        return AsyncPage(self._client, self._call, await self._client._run(self._call))

    def __await__(self) -> Generator[Any, None, AsyncPage[Item]]:
        return self._first().__await__()

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for item in await self._first():
            yield item
