"""Several server processes on one socket: started, watched, replaced and stopped together."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from structlog.typing import FilteringBoundLogger
from uvicorn.supervisors.multiprocess import Multiprocess

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

    ``announce`` is called once all of them answer requests. One that dies is replaced. Raises ``CommandFailed`` where
    one cannot start; the others are stopped.
    """
    with TemporaryDirectory(prefix="vinr-") as folder:
        app = OneOfSeveral(processes, Path(folder), with_worker)
        supervisor = _Supervisor(server.configuration(app, processes), listening, log, announce)
        try:
            supervisor.run()
        except BaseException:
            supervisor.terminate_all()
            supervisor.join_all()
            raise
    if supervisor.failed:
        raise CommandFailed("A server process could not start, so that all were stopped; it says why above.")


class _Supervisor(Multiprocess):
    """Says when all are ready and when one was replaced, and ends as one process does."""

    def __init__(
        self,
        config: uvicorn.Config,
        listening: socket.socket,
        log: FilteringBoundLogger,
        announce: Callable[[], None],
    ) -> None:
        super().__init__(config, [listening])
        self.failed = False
        self._log = log
        self._announce = announce
        self._announced = False

    def init_processes(self) -> None:
        with _interrupts_held():
            super().init_processes()

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
        before = list(self.processes)
        with _interrupts_held():
            super().keep_subprocess_alive()
        if self.should_exit.is_set():
            self._fail()
        for old, new in zip(before, self.processes, strict=True):
            if new is not old:
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
