"""A receiver of webhooks that only answers: ``python -m benchmarks.sink`` prints its port and serves until it is ended."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "


class _Receiver(asyncio.Protocol):
    """Answers each request once its body is there."""

    def __init__(self) -> None:
        self._got = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (head := self._got.find(_END_OF_HEAD)) >= 0:
            at = self._got[:head].lower().index(_LENGTH) + len(_LENGTH)
            end = head + len(_END_OF_HEAD) + int(self._got[at:head].split(b"\r\n", 1)[0])
            if len(self._got) < end:
                return
            del self._got[:end]
            self._transport.write(_ANSWER)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Receiver, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def receiving() -> Iterator[str]:
    """The URL of a receiver in a process of its own, for as long as the block runs."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.sink"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
    finally:
        process.terminate()
        process.communicate(timeout=30)


if __name__ == "__main__":
    asyncio.run(_serve())
