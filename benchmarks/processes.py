"""What processes have used, as the kernel counts it in ``/proc``."""

import os
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """Seconds of CPU since the start: of the server, and of the database's own processes (0 where it has none)."""

    server: float
    database: float

    def since(self, before: "Usage") -> "Usage":
        """What was used since then."""
        return Usage(self.server - before.server, self.database - before.database)


def usage(server: int, postmaster: int | None) -> Usage:
    """CPU of the server, and of PostgreSQL with all its processes, those that have ended included."""
    return Usage(family_cpu_seconds(server), 0.0 if postmaster is None else family_cpu_seconds(postmaster))


def cpu_seconds(pid: int) -> float:
    """User and system time of one process, all its threads."""
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_cpu_seconds(pid: int) -> float:
    """User and system time of a process, of its children that run, and of those that it has waited for."""
    total = sum(int(field) for field in _fields(pid)[11:15]) / TICKS
    for child in _children(pid):
        try:
            total += cpu_seconds(child)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended: its parent counts it the next time
    return total


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _fields(pid: int) -> list[str]:
    """Of ``/proc/PID/stat``, from the state on: utime, stime, cutime and cstime are 11 to 14."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def peak_memory(pid: int) -> int:
    """The most bytes of memory that a process and each of its children have had so far, together."""
    return sum(_status(each, "VmHWM") for each in (pid, *_children(pid)))


def memory(pid: int) -> int:
    """Bytes of memory that a process and its children have now."""
    return sum(_status(each, "VmRSS") for each in (pid, *_children(pid)))


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


def postmaster_of(folder: Path) -> int:
    """The process id of the PostgreSQL that runs on a data folder."""
    return int((folder / "postmaster.pid").read_text().split(maxsplit=1)[0])
