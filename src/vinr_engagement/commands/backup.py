"""Backups of SQLite stores: a folder with a copy of each store and a manifest that says what it should be.

The manifest is written last and the folder gets its name at the end: a folder with the right name is a whole backup.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from vinr_engagement import __version__
from vinr_engagement.foundation.clock import format_instant, real_now
from vinr_engagement.foundation.database import migrations, sqlite_copy
from vinr_engagement.foundation.settings import Environment

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_CHUNK: Final = 1024 * 1024

Progress = Callable[[Environment, int, int], None]
"""Called with the store, the pages copied so far and the pages there are."""


class BackupRefused(Exception):
    """A backup cannot be made or used; the message says why. Nothing was changed."""


class StoreCopy(msgspec.Struct):
    """The copy of one store: a file beside the manifest."""

    file: str
    size: int
    sha256: str
    migrations: list[str]


class Manifest(msgspec.Struct):
    """What a backup holds."""

    format: int
    version: str
    made_at: str
    stores: dict[Environment, StoreCopy]


def make(stores: Mapping[Environment, Path], target: Path, progress: Progress) -> Manifest:
    """Copies stores that may be in use into the new folder ``target``; each copy is checked and on disk when it returns.

    Raises ``BackupRefused`` where the target exists or a store does not.
    """
    if target.exists():
        raise BackupRefused(f"{target} exists; name a new folder")
    missing = [f"{environment} store ({path})" for environment, path in stores.items() if not path.exists()]
    if missing:
        raise BackupRefused(f"there is no {' and no '.join(missing)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    growing = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        manifest = _fill(growing, stores, progress)
        growing.rename(target)
    except BaseException:
        shutil.rmtree(growing, ignore_errors=True)
        raise
    sqlite_copy.make_durable(target.absolute().parent)
    return manifest


def _fill(folder: Path, stores: Mapping[Environment, Path], progress: Progress) -> Manifest:
    made_at = format_instant(real_now())
    copies: dict[Environment, StoreCopy] = {}
    for environment, source in stores.items():
        path = folder / f"{environment}.db"
        path.touch(mode=0o600)
        sqlite_copy.copy_while_in_use(source, path, _of(environment, progress))
        names = sqlite_copy.migrations_in(path)
        copies[environment] = StoreCopy(path.name, path.stat().st_size, _digest(path), names)
        sqlite_copy.make_durable(path)
    manifest = Manifest(FORMAT, __version__, made_at, copies)
    listed = folder / MANIFEST
    listed.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    sqlite_copy.make_durable(listed)
    sqlite_copy.make_durable(folder)
    return manifest


def _of(environment: Environment, progress: Progress) -> sqlite_copy.Progress:
    return lambda done, total: progress(environment, done, total)


def restore(source: Path, stores: Mapping[Environment, Path], *, force: bool) -> Manifest:
    """Puts the copies of a backup in the place of stores that nobody has open.

    The whole backup is checked before anything is replaced. Raises ``BackupRefused`` for a damaged or newer backup, for a
    store that is not empty unless ``force``, and for one that is in use.
    """
    manifest = check(source)
    filled = [str(path) for path in stores.values() if not sqlite_copy.is_empty(path)]
    if filled and not force:
        raise BackupRefused(f"{' and '.join(filled)} would be overwritten; say so with --force")
    for path in stores.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            sqlite_copy.claim(path)
        except sqlite_copy.InUse as error:
            raise BackupRefused(f"{error}: stop vinr first") from error
    staged = {path: sqlite_copy.stage(source / manifest.stores[name].file, path) for name, path in stores.items()}
    for path, fresh in staged.items():
        sqlite_copy.put_in_place(fresh, path)
    return manifest


def check(source: Path) -> Manifest:
    """The manifest of a backup whose every file is what the manifest says. Raises ``BackupRefused`` for any other."""
    manifest = _manifest_of(source)
    for environment, copy in manifest.stores.items():
        path = source / copy.file
        if Path(copy.file).name != copy.file or not path.is_file():
            raise BackupRefused(f"{path} is missing")
        if path.stat().st_size != copy.size or _digest(path) != copy.sha256:
            raise BackupRefused(f"{path} is damaged: it is not the file that was backed up")
        unknown = set(copy.migrations).difference(migrations.names())
        if unknown:
            raise BackupRefused(
                f"the {environment} store was backed up by vinr {manifest.version}, which is newer than this one:"
                f" {', '.join(sorted(unknown))}"
            )
        try:
            held = sqlite_copy.migrations_in(path)
        except sqlite_copy.Damaged as error:
            raise BackupRefused(str(error)) from error
        if held != copy.migrations:
            raise BackupRefused(f"{path} has other migrations than its manifest says")
    return manifest


def _manifest_of(source: Path) -> Manifest:
    path = source / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise BackupRefused(f"{source} is no backup: {MANIFEST} cannot be read ({error.strerror})") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupRefused(f"{path} is damaged: {error}") from error
    if manifest.format != FORMAT or set(manifest.stores) != {"test", "live"}:
        raise BackupRefused(f"{path} has a format that this vinr does not know")
    return manifest


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
