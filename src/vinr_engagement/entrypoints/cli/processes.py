"""Several server processes on one port: started, watched, replaced and stopped together.

The kernel deals connections out among the sockets of a port, one for each process. Of one socket for all, whoever is quickest
takes most, and keeps them for as long as clients do: one process is at its limit while the others idle.
"""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from structlog.typing import FilteringBoundLogger
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from vinr_engagement.entrypoints.cli import server
from vinr_engagement.entrypoints.cli.faults import CommandFailed
from vinr_engagement.entrypoints.cli.one_of_several import OneOfSeveral


def serve(
    listening: socket.socket,
    processes: int,
    log: FilteringBoundLogger,
    *,
    with_worker: bool,
    announce: Callable[[], None],
) -> None:
    """Serves in so many processes until SIGINT or SIGTERM; then none takes more, and each answers what it accepted.

    ``listening`` is taken over. ``announce`` is called once all of them answer requests. One that dies is replaced. Raises
    ``CommandFailed`` where one cannot start; the others are stopped.
    """
    with ExitStack() as held, TemporaryDirectory(prefix="vinr-") as folder:
        sockets = [held.enter_context(each) for each in spread(listening, processes)]
        app = OneOfSeveral(processes, Path(folder), with_worker)
        supervisor = _Supervisor(server.configuration(app, processes), sockets, log, announce)
        try:
            supervisor.run()
        except BaseException:
            supervisor.terminate_all()
            supervisor.join_all()
            raise
    if supervisor.failed:
        raise CommandFailed("A server process could not start, so that all were stopped; it says why above.")


def spread(listening: socket.socket, processes: int) -> Iterator[socket.socket]:
    """A socket for each process, where this one listens; Linux alone deals connections out among them, else all share it.

    It had the port for itself: had anybody else listened there, it would have been refused. Raises ``CommandFailed``.
    """
    if sys.platform != "linux":
        yield from [listening] * processes
        return
    host, port = listening.getsockname()[:2]
    listening.close()
    for _ in range(processes):
        yield server.listen(host, port, shared=True)


class _Supervisor(Multiprocess):
    """Says when all are ready and when one was replaced, and ends as one process does.

    The sockets stay open here: who connects to that of a process that died waits for the next one.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: list[socket.socket],
        log: FilteringBoundLogger,
        announce: Callable[[], None],
    ) -> None:
        super().__init__(config, sockets)
        self.failed = False
        self._log = log
        self._announce = announce
        self._announced = False

    def init_processes(self) -> None:
        for own in self.sockets:
            self.processes.append(self._started(own))

    def _started(self, own: socket.socket) -> Process:
        process = Process(self.config, [own])
        with _interrupts_held():
            process.start()
        return process

    def keep_subprocess_alive(self) -> None:
        if self.should_exit.is_set():
            return
        if self._announced:
            self._replace_dead()
        elif any(process.exitcode is not None for process in self.processes):
            self._fail()
        elif all(process.is_ready() for process in self.processes):
            self._announced = True
            self._announce()

    def _replace_dead(self) -> None:
        for place, old in enumerate(self.processes):
            if old.is_alive(self.config.timeout_worker_healthcheck):
                continue
            old.kill()
            old.join()
            if old.exitcode == STARTUP_FAILURE:
                self._fail()
                return
            new = self.processes[place] = self._started(self.sockets[place])
            self._log.error("process_replaced", pid=old.pid, exit_code=old.exitcode, by_pid=new.pid)

    def _fail(self) -> None:
        self.failed = True
        self.should_exit.set()

    def terminate_all(self) -> None:
        """Refuses connections from now on, instead of keeping them waiting for nobody."""
        for listening in self.sockets:
            listening.close()
        super().terminate_all()

    def handle_hup(self) -> None:
        """The terminal is gone: with one process that is the end, too."""
        self.should_exit.set()

    def handle_ttin(self) -> None:
        """Their number stays: the rate limit is divided by it."""

    def handle_ttou(self) -> None:
        """Their number stays."""


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes that start meanwhile never see Ctrl-C, which a terminal sends to all: their parent stops them."""
    resource_tracker.ensure_running()  # It would let interrupts through again when it starts.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
