"""Speed of something that is only seen from outside: a count that goes down to nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence


class Stalled(Exception):
    """The count did not move for too long."""


async def drain_rate(
    left: Callable[[], Awaitable[int]],
    total: int,
    workers: Sequence[asyncio.subprocess.Process],
    *,
    poll_seconds: float = 0.02,
    patience: float = 60.0,
) -> float:
    """Things per second, from the first time the count is seen below `total` until it is 0.

    The start of the process that does the work is left out this way.

    Raises:
        Stalled: nothing moved for `patience` seconds, or a worker ended.
    """
    first: tuple[float, int] | None = None
    moved, last = time.perf_counter(), total
    while True:
        count, now = await left(), time.perf_counter()
        if count < last:
            moved, last = now, count
        elif now - moved > patience:
            raise Stalled(f"{count} of {total} are left and nothing has moved for {patience:.0f} s")
        if any(worker.returncode is not None for worker in workers):
            raise Stalled(f"a worker ended; {count} of {total} are left")
        if first is None and count < total:
            first = (now, count)
        if count == 0:
            break
        await asyncio.sleep(poll_seconds)
    began, seen = first or (now, 0)
    if not seen:
        raise Stalled(f"{total} were done between two looks: too few to measure")
    return seen / (now - began)
