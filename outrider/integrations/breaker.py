"""A circuit breaker: after several failures in a row nobody is asked for a while, then one call tries whether it works again."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

FAILURES = 5
REST_SECONDS = 30.0


class BreakerState(StrEnum):
    CLOSED = "closed"
    """Calls pass."""
    OPEN = "open"
    """Calls are refused at once."""
    HALF_OPEN = "half_open"
    """One call is on its way to see whether it works again."""


class CircuitBreaker:
    """Use: `if not breaker.admits(): …`, then `succeeded()`, `failed()` or `abandoned()` once for each admitted call.

    Args:
        failures: in a row, until it opens.
        rest_seconds: until one call may try again.
    """

    def __init__(
        self, *, failures: int = FAILURES, rest_seconds: float = REST_SECONDS, clock: Callable[[], float] = time.monotonic
    ):
        self._most = failures
        self._rest = rest_seconds
        self._clock = clock
        self._failures = 0
        self._opened_at = 0.0
        self.state = BreakerState.CLOSED

    @property
    def opens_in(self) -> float:
        """Seconds until a call may try again."""
        return max(0.0, self._opened_at + self._rest - self._clock()) if self.state is not BreakerState.CLOSED else 0.0

    def admits(self) -> bool:
        """Whether a call may be made now."""
        if self.state is BreakerState.CLOSED:
            return True
        if self.state is BreakerState.OPEN and self.opens_in == 0:
            self.state = BreakerState.HALF_OPEN
            return True
        return False

    def succeeded(self) -> None:
        self._failures = 0
        self.state = BreakerState.CLOSED

    def failed(self) -> None:
        self._failures += 1
        if self.state is BreakerState.HALF_OPEN or self._failures >= self._most:
            self.state = BreakerState.OPEN
            self._opened_at = self._clock()

    def abandoned(self) -> None:
        """The call told nothing about the other side: it was cancelled."""
        if self.state is BreakerState.HALF_OPEN:
            self.state = BreakerState.OPEN
