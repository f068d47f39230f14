"""A bell that tasks of one process listen for, so that they need not look all the time."""

import asyncio


class Bell:
    """Rings for all who listen at that moment. Take :meth:`next_ring` before looking for work: then no ring is missed."""

    def __init__(self) -> None:
        self._ring = asyncio.Event()

    def ring(self) -> None:
        """Wakes everyone who waits for the next ring."""
        rung, self._ring = self._ring, asyncio.Event()
        rung.set()

    def next_ring(self) -> asyncio.Event:
        """Set once the bell rings next."""
        return self._ring
