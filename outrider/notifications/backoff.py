"""When a message that did not arrive is sent again."""

from __future__ import annotations

import random
from datetime import timedelta

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 28_800, 28_800))
"""Between the attempts: quickly at first, because most failures pass; 23.6 hours in all, so that a receiver that was away for
a night misses nothing."""
TRIES = len(PAUSES) + 1
JITTER = 0.1
LONGEST_WAIT = timedelta(hours=12)
"""However long a receiver asks us to wait."""


def pause(failed: int, retry_after: float | None = None) -> timedelta:
    """Time until the next attempt after `failed` failed ones, a little different each time so that not all come at once."""
    planned = PAUSES[min(max(failed, 1), len(PAUSES)) - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  (no secret)
    return max(planned, min(timedelta(seconds=retry_after or 0), LONGEST_WAIT))
