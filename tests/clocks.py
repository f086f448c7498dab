"""Clocks that tests move, so that no outcome hangs on how fast the machine is."""

from __future__ import annotations

import asyncio


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
