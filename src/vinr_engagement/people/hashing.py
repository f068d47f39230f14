"""Passwords as they are kept: Argon2id. A hash takes memory and time on purpose, so few are made at once, in threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, TypeVar

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from vinr_engagement.foundation import ids

PARAMETERS: Final = RFC_9106_LOW_MEMORY
"""64 MiB, three passes, four lanes: RFC 9106, section 4, the second recommended option. OWASP asks for 19 MiB and two passes."""
AT_ONCE: Final = 2
"""Hashes that a process makes at a time, 64 MiB each."""
WAITING: Final = 16
"""So many more may wait for their turn."""

Result = TypeVar("Result")


class Busy(Exception):
    """As many passwords are being checked, and waiting for it, as may."""


class Verdict(NamedTuple):
    """Whether a password is the right one; ``fresh`` is a new hash of it, where the kept one was made with other parameters."""

    matches: bool
    fresh: str | None = None


class Passwords:
    """Hashes and verifies passwords beside the event loop."""

    def __init__(self, parameters: Parameters = PARAMETERS) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._taken = 0
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises :class:`Busy`."""
        return await self._in_turn(lambda: self.hash_now(password))

    async def verify(self, kept: str | None, password: str) -> Verdict:
        """Whether the password is the one kept. Without one it takes as long, and is not. Raises :class:`Busy`."""
        return await self._in_turn(lambda: self._verify(kept, password))

    def hash_now(self, password: str) -> str:
        """As :meth:`hash`, in the thread that asks."""
        return self._hasher.hash(password, salt=ids.random_bytes(self._hasher.salt_len))

    def _verify(self, kept: str | None, password: str) -> Verdict:
        if self._nobody is None:  # made before the first answer to anyone, so that no answer tells
            self._nobody = self.hash_now("nobody has this one")
        try:
            self._hasher.verify(self._nobody if kept is None else kept, password)
        except (VerificationError, InvalidHashError):
            return Verdict(matches=False)
        if kept is None:
            return Verdict(matches=False)
        stale = self._hasher.check_needs_rehash(kept)
        return Verdict(matches=True, fresh=self.hash_now(password) if stale else None)

    async def _in_turn(self, work: Callable[[], Result]) -> Result:
        if self._taken >= AT_ONCE + WAITING:
            raise Busy
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._taken -= 1
