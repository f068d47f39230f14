"""``vinr`` under a sampler: ``python profiled_server.py REPORT serve --port 8765``.

A thread looks every few milliseconds at what each other thread does, and at how much CPU that thread has used since the last
look; the kernel keeps that count to the nanosecond. It begins once there is a file REPORT.begin. On the way out it writes
REPORT, JSON: CPU seconds by thread and stack of modules. A run under it is for shares alone: rates are those of runs without it.
"""

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

INTERVAL_SECONDS: Final = 0.002
SWITCH_SECONDS: Final = 0.000_005
"""How soon a thread that computes lets the sampler look: the sooner, the less what it does next is seen instead."""
REST: Final = "(rest)"
NATIVE: Final = "(native)"
_WAITING: Final = (("threading", "wait"), ("concurrent.futures.thread", "_worker"), ("selectors", "select"))
_LOOP: Final = ("run_until_complete", "run_forever", "run")


class Sampler(threading.Thread):
    """Counts CPU seconds by thread and stack, for as long as it runs."""

    def __init__(self, begin: Path) -> None:
        super().__init__(name="sampler", daemon=True)
        self.seconds: defaultdict[tuple[str, ...], float] = defaultdict(float)
        self.samples = 0
        self._begin = begin
        self._used: dict[int, float] = {}
        self._stopping = threading.Event()

    def run(self) -> None:
        """Looks until it is stopped."""
        while not self._stopping.wait(INTERVAL_SECONDS) and not self._begin.exists():
            pass
        while not self._stopping.wait(INTERVAL_SECONDS):
            self._look()

    def stop(self) -> None:
        """Ends it."""
        self._stopping.set()
        self.join(5)

    def _look(self) -> None:
        frames = sys._current_frames()  # noqa: SLF001 (documented, for debuggers and profilers)
        for thread in threading.enumerate():
            frame = frames.get(thread.ident or 0)
            if frame is None or thread is self or thread.ident is None:
                continue
            now = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
            used = now - self._used.get(thread.ident, now)
            self._used[thread.ident] = now
            if used > 0:
                self.samples += 1
                self.seconds[thread.name, *_stack(frame, thread.native_id)] += used


def _stack(frame: FrameType, native_id: int | None) -> tuple[str, ...]:
    """Modules from the innermost out, each once in a row."""
    if _at_rest(frame):
        return (NATIVE,) if _runs(native_id) else (REST,)
    return tuple(_without_repeats(frame))


def _runs(native_id: int | None) -> bool:
    """Whether a thread runs now, though it shows no Python frames of its own: in compiled code of the event loop."""
    try:
        text = Path(f"/proc/self/task/{native_id}/stat").read_bytes()
    except OSError:  # it has just ended
        return False
    return text[text.rindex(b")") + 2 :].startswith(b"R")


def _at_rest(frame: FrameType) -> bool:
    module, function = frame.f_globals.get("__name__", ""), frame.f_code.co_name
    return (module, function) in _WAITING or (
        function in _LOOP and module in ("asyncio.runners", "asyncio.base_events")
    )


def _without_repeats(frame: FrameType | None) -> Iterator[str]:
    last = ""
    while frame is not None:
        module: str = frame.f_globals.get("__name__", "?")
        if module != last:
            yield module
        last, frame = module, frame.f_back


def main(report: str, arguments: list[str]) -> None:
    """Runs ``vinr`` with these arguments under a sampler."""
    from vinr_engagement.entrypoints.cli import main as vinr  # noqa: PLC0415 (what it imports is not sampled)

    sys.setswitchinterval(SWITCH_SECONDS)
    sampler = Sampler(Path(report + ".begin"))
    sampler.start()
    try:
        vinr(args=arguments, prog_name="vinr")
    finally:
        sampler.stop()
        stacks = [[list(stack), seconds] for stack, seconds in sampler.seconds.items()]
        Path(report).write_text(json.dumps({"samples": sampler.samples, "stacks": stacks}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
