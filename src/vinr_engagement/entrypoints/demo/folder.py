"""The demo's folder: its database is made anew on each run, and nothing else is ever deleted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from vinr_engagement.foundation.settings import ENVIRONMENTS

MARK: Final = "made-by-vinr-demo"
"""The file that says that databases in this folder may be deleted."""
_DATABASE: Final = "vinr.db"
_FILES: Final = tuple(
    f"vinr.{environment}.db{ending}" for environment in ENVIRONMENTS for ending in ("", "-wal", "-shm")
)
_NOTE: Final = "`vinr demo` made the databases in this folder, and deletes them when it runs again.\n"


class FolderRefused(Exception):
    """The folder is not the demo's to empty."""


@contextmanager
def fresh_database(folder: Path) -> Iterator[str]:
    """The URL of a database in the folder that does not exist yet; what an earlier demo left there is deleted.

    While it is in use no other demo deletes it. Raises ``FolderRefused`` for a folder with files that no demo made, and
    for one whose demo still runs.
    """
    folder.mkdir(exist_ok=True)
    mark = folder / MARK
    if not mark.exists() and any(folder.iterdir()):
        raise FolderRefused(
            f"{folder} holds files that no demo made; move them away, or run the demo in another folder"
        )
    with mark.open("a+", encoding="utf-8") as held:
        _lock(held, folder)
        held.truncate(0)
        held.write(_NOTE)
        held.flush()
        for name in _FILES:
            (folder / name).unlink(missing_ok=True)
        yield f"sqlite:///{folder / _DATABASE}"


def _lock(held: IO[str], folder: Path) -> None:
    """Holds the mark until it is closed. Windows needs no lock: it deletes no file that is open."""
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 (only where it exists)

    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"a demo is running on the database in {folder}; stop it, or run this one in another folder"
        raise FolderRefused(message) from None
