"""Clocks that tests move, so that no outcome hangs on how fast the machine is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds that something may take which is bound to happen."""


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for what is bound to happen."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def takes_less(seconds: float, work: Callable[[], object], tries: int = 5) -> bool:
    """Whether `work` gets by on so much of the processor's time once. What others do on the machine does not count."""
    for _ in range(tries):
        began = time.thread_time()
        work()
        if time.thread_time() - began < seconds:
            return True
    return False


class Clock:
    """Seconds, which go by when a test says so: for whatever takes a `now` and a `sleep`."""

    def __init__(self, seconds: float = 1000.0):
        self.seconds = seconds
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class LoopClock:
    """The clock of the running event loop, which can be put ahead: a long time-out then ends at once."""

    def __init__(self) -> None:
        self._ahead = 0.0
        loop = asyncio.get_running_loop()
        real = loop.time
        loop.time = lambda: real() + self._ahead  # type: ignore[method-assign]

    def skip(self, seconds: float) -> None:
        """What waits for a moment of the next seconds is over."""
        self._ahead += seconds
