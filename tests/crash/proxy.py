"""What stands between the server and PostgreSQL on a network, and loses a connection at the worst moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

CHUNK = 65_536
When = Literal["before", "after"]


class Proxy:
    """Passes everything on, until it is told to lose the next commits: ``before`` they reach the database, or ``after``
    it has committed and answered, which the server then never hears of. Either way the connection is reset.
    """

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._armed: When | None = None
        self._to_lose = 0
        self.lost = 0

    def lose(self, when: When, commits: int = 1) -> None:
        """The next so many commits lose their connection."""
        self._armed, self._to_lose = when, commits

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        database, to_database = await asyncio.open_unix_connection(self._upstream)
        answered = asyncio.create_task(_pass_on(database, to_client))
        try:
            while chunk := await client.read(CHUNK):
                when = self._when_to_cut(chunk)
                if when is not None:
                    answered.cancel()
                    await asyncio.gather(answered, return_exceptions=True)
                if when == "before":
                    return
                to_database.write(chunk)
                if when == "after":
                    await database.read(CHUNK)
                    return
        except ConnectionError:
            pass
        finally:
            answered.cancel()
            to_client.transport.abort()
            to_database.transport.abort()

    def _when_to_cut(self, chunk: bytes) -> When | None:
        if self._to_lose == 0 or b"commit" not in chunk.lower():
            return None
        self._to_lose -= 1
        self.lost += 1
        return self._armed


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
    except ConnectionError:
        pass
    finally:
        if not target.is_closing() and source.at_eof():
            target.close()


@asynccontextmanager
async def proxied(folder: str, database: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy before the PostgreSQL whose socket is in a folder, and the URL of a database by way of it."""
    proxy = Proxy(f"{folder}/.s.PGSQL.5432")
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield proxy, f"postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable"
    finally:
        server.close()
