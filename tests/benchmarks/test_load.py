"""The load that the benchmarks put on a server: what it takes as a failure of the server, and what not."""

import socket
import threading
from collections.abc import Callable

import pytest

from benchmarks import load

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
REQUEST = load.request("GET", "/", "key")
PATIENCE_SECONDS = 10


def loaded(answer: Callable[[list[socket.socket]], None]) -> load.Measured:
    """Two requests on two connections, to a server that does this with them once both have been sent."""

    def serve() -> None:
        with listening.accept()[0] as first, listening.accept()[0] as second:
            for client in (first, second):
                client.settimeout(PATIENCE_SECONDS)
                client.recv(1 << 16)
            answer([first, second])

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=serve)
        server.start()
        try:
            return load.run(listening.getsockname()[1], [REQUEST, REQUEST], connections=2, expected=b"ok")
        finally:
            server.join(PATIENCE_SECONDS)


def test_a_connection_that_has_nothing_more_to_do_is_closed_while_others_wait_for_their_answer() -> None:
    closed_first = []

    def answer(clients: list[socket.socket]) -> None:
        first, second = clients
        first.sendall(ANSWER)
        closed_first.append(first.recv(1))
        second.sendall(ANSWER)

    measured = loaded(answer)
    assert closed_first == [b""]
    assert (measured.requests, measured.failures) == (2, 0)


def test_a_server_that_closes_a_connection_without_an_answer_has_failed() -> None:
    def answer(clients: list[socket.socket]) -> None:
        clients[0].sendall(ANSWER)
        clients[1].close()

    with pytest.raises(load.LoadFailed, match="the server closed a connection"):
        loaded(answer)
