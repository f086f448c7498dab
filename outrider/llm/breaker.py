"""Leaves a provider alone that fails again and again, and tries it carefully afterwards.

The pattern is Nygard's circuit breaker ("Release It!", chapter "Stability Patterns"): closed, calls pass; open, none does;
half-open, a few try whether it is over.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import structlog

from outrider.llm.base import (
    Around,
    Attempt,
    ChatModel,
    ChatRequest,
    CircuitOpen,
    ModelError,
    ModelNotAuthenticated,
    ModelQuotaExceeded,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
)

log = structlog.get_logger(__name__)

FAILURES_OF_PROVIDER = (ModelUnavailable, ModelTimeout, ModelRateLimited)
"""What says that it can't serve us now. An unusable answer or a refusal is an answer."""
PROBLEMS = (ModelNotAuthenticated, ModelQuotaExceeded)
"""What only a person can mend."""
WINDOW_SECONDS = 60.0
MOST_REMEMBERED = 200
LEAST_SHARE = 0.5
"""Share of the calls in the window that have to fail: a busy provider has single failures all the time."""
TRIALS = 2
"""Calls that try a half-open provider at once, and that have to succeed to close it."""
LONGEST_PAUSE_SECONDS = 300.0


class CircuitState(StrEnum):
    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class CircuitChanged:
    """How a provider is found from now on."""

    provider: str
    state: CircuitState
    pause_seconds: float | None
    """How long it is left alone, while it is open."""
    problem: str | None


class Circuit:
    """What a process knows of one provider.

    Args:
        failures: so many failures within a minute, and half of all calls, open it.
        pause_seconds: how long it is left alone; twice as long each time that it turns out to be still failing.
        on_change: told of each change of the state or of the problem.
    """

    def __init__(
        self,
        provider: str,
        *,
        failures: int,
        pause_seconds: float,
        on_change: Callable[[CircuitChanged], None] | None = None,
        now: Callable[[], float] = time.monotonic,
    ):
        self.provider = provider
        self.state = CircuitState.CLOSED
        self.problem: str | None = None
        self._failures = failures
        self._first_pause = self._pause = pause_seconds
        self._on_change = on_change
        self._now = now
        self._recent: deque[tuple[float, bool]] = deque(maxlen=MOST_REMEMBERED)
        self._open_until = 0.0
        self._trying = 0
        self._succeeded = 0
        self._epoch = 0
        """Counts changes of the state: a call that began before one says nothing about the time after it."""

    def enter(self) -> int:
        """Let a call pass; the answer is handed back to `leave`.

        Raises:
            CircuitOpen
        """
        if self.state is CircuitState.OPEN and self._now() >= self._open_until:
            self._become(CircuitState.HALF_OPEN)
        if self.state is CircuitState.OPEN or (self.state is CircuitState.HALF_OPEN and self._trying >= TRIALS):
            wait = max(0.0, self._open_until - self._now())
            raise CircuitOpen(f"{self.provider} failed too often and is left alone for a while.", retry_after=wait or None)
        self._trying += self.state is CircuitState.HALF_OPEN
        return self._epoch

    def leave(self, epoch: int, error: ModelError | None, *, cancelled: bool = False) -> None:
        """A call that `enter` let pass is over."""
        if epoch != self._epoch:
            return
        self._trying -= self.state is CircuitState.HALF_OPEN
        if cancelled:
            return
        failed = isinstance(error, FAILURES_OF_PROVIDER)
        self._note_problem(error)
        if self.state is CircuitState.HALF_OPEN:
            self._judge_trial(failed=failed)
        else:
            self._judge(failed=failed)

    def _judge(self, *, failed: bool) -> None:
        now = self._now()
        self._recent.append((now, failed))
        if not failed:
            return
        recent = [bad for moment, bad in self._recent if moment > now - WINDOW_SECONDS]
        if sum(recent) >= self._failures and sum(recent) >= LEAST_SHARE * len(recent):
            self._open()

    def _judge_trial(self, *, failed: bool) -> None:
        if failed:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._open()
            return
        self._succeeded += 1
        if self._succeeded >= TRIALS:
            self._pause = self._first_pause
            self._recent.clear()
            self._become(CircuitState.CLOSED)

    def _open(self) -> None:
        self._open_until = self._now() + self._pause
        self._become(CircuitState.OPEN)

    def _become(self, state: CircuitState) -> None:
        self.state, self._trying, self._succeeded = state, 0, 0
        self._epoch += 1
        log.warning("model_circuit", provider=self.provider, state=state)
        self._tell()

    def _note_problem(self, error: ModelError | None) -> None:
        problem = f"{error.title}: {error.detail}" if isinstance(error, PROBLEMS) else None
        if problem == self.problem or (error is not None and problem is None):
            return
        self.problem = problem
        self._tell()

    def _tell(self) -> None:
        if self._on_change is not None:
            pause = self._pause if self.state is CircuitState.OPEN else None
            self._on_change(CircuitChanged(self.provider, self.state, pause, self.problem))


class Breaker(Around):
    """Keeps calls from a provider whose circuit is open."""

    def __init__(self, model: ChatModel, circuit: Circuit):
        super().__init__(model)
        self._circuit = circuit

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        attempt, epoch = Attempt(), self._circuit.enter()
        try:
            yield attempt
        except ModelError as error:
            self._circuit.leave(epoch, error)
            raise
        except BaseException:
            self._circuit.leave(epoch, None, cancelled=True)
            raise
        self._circuit.leave(epoch, None)
