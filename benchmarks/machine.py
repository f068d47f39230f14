"""What was measured on: no names, no paths, no dates."""

import os
import platform
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

FSYNC_SECONDS = 2.0
_PAGE = b"x" * 4096
_HERE = Path(__file__).parent


def describe(folder: Path | None) -> dict[str, str]:
    """The machine, and how often a second the disk below ``folder`` makes a page durable."""
    return {
        "CPU": f"{_cpu_model()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "disk": f"{fsyncs_a_second(folder):,.0f} appends of 4 KiB with fdatasync a second",
    }


def commit() -> str:
    """The commit that is checked out here, with a ``+`` where files were changed since; empty outside a checkout."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"], capture_output=True, text=True, check=True, cwd=_HERE
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def fsyncs_a_second(folder: Path | None, seconds: float = FSYNC_SECONDS) -> float:
    """Appends of a page, each made durable before the next."""
    with tempfile.TemporaryFile(dir=folder) as file:
        count, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < seconds:
            os.write(file.fileno(), _PAGE)
            os.fdatasync(file.fileno())
            count += 1
    return count / elapsed
