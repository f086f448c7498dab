"""A circuit breaker: leaves somebody alone who fails again and again, and tries them carefully afterwards.

The pattern is Nygard's ("Release It!", chapter "Stability Patterns"):

    closed     calls pass; too many failures open it
    open       no call passes, until its pause is over
    half-open  a few calls pass: when they succeed it is closed, and when one fails it is open again, for twice as long

Whoever calls a provider puts `with circuit.call():` around it. The circuit reads what happened from the errors of the
provider's port, and refuses with an error of that port: `retryable`, and with the seconds to wait in `retry_after`. What a
process knows of a provider it learned by itself; nothing is shared between processes.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import structlog

from outrider.errors import ProviderError

log = structlog.get_logger(__name__)

TRIAL_SECONDS = 1.0
"""To wait while others try whether it is over: a call is all that it takes."""
MOST_CIRCUITS = 1_000


class CircuitState(StrEnum):
    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Verdict(StrEnum):
    """What an error says of the one who was called."""

    ANSWER = "answer"
    """Nothing: they work, and declined."""
    FAILURE = "failure"
    """They can't serve us now."""
    PROBLEM = "problem"
    """They work, and will serve us once a person has mended something."""


@dataclass(frozen=True, slots=True)
class CircuitRules:
    """When a circuit opens, and for how long.

    Args:
        failures: so many open it, among the last `calls` calls …
        calls: … None: among as many as `failures`, that is, they come in a row.
        window_seconds: calls before that are not counted; endless for those who are called seldom.
        least_share: of the calls that are counted must have failed. Who is called all the time has single failures.
        pause_seconds: the first pause; twice as long each time that they turn out to be still failing.
        longest_pause_seconds: the pause grows no further.
        trials: calls that pass at once while it is half-open, and that have to succeed to close it.
    """

    failures: int = 5
    calls: int | None = None
    window_seconds: float = math.inf
    least_share: float = 0.0
    pause_seconds: float = 15.0
    longest_pause_seconds: float = 300.0
    trials: int = 1


IN_A_ROW = CircuitRules()


@dataclass(frozen=True, slots=True)
class CircuitChanged:
    """How somebody is found from now on."""

    name: str
    state: CircuitState
    pause_seconds: float | None
    """How long they are left alone, while it is open."""
    problem: str | None
    """What a person has to mend."""


class Refusal(Protocol):
    """Makes the error by which a port says that nobody was asked; most often a class of errors."""

    def __call__(self, detail: str, *, retry_after: float | None) -> ProviderError: ...


class Call:
    """A call that was let pass. One that leaves its block without an error succeeded, unless it is told here."""

    def __init__(self) -> None:
        self.error: ProviderError | None = None
        """Of a caller who does not raise what went wrong."""
        self.was_made = True
        """False: nobody was asked after all."""


def by_retryable(error: ProviderError) -> Verdict:
    """Errors that may pass are failures; an error that would be repeated is an answer."""
    return Verdict.FAILURE if error.retryable else Verdict.ANSWER


class Circuit:
    """What a process knows of one whom it calls.

    Args:
        name: of whom it calls, as in `HubSpot`; messages to people begin with it.
        refusal: makes the error for calls that don't pass.
        judge: what an error says of them.
        on_change: told of each change of the state or of the problem.
        now: clock, seconds from any beginning.
    """

    def __init__(
        self,
        name: str,
        *,
        refusal: Refusal,
        rules: CircuitRules = IN_A_ROW,
        judge: Callable[[ProviderError], Verdict] = by_retryable,
        on_change: Callable[[CircuitChanged], None] | None = None,
        now: Callable[[], float] = time.monotonic,
    ):
        self.name = name
        self.state = CircuitState.CLOSED
        self.problem: str | None = None
        self._refusal, self._rules, self._verdict_on = refusal, rules, judge
        self._on_change, self._now = on_change, now
        self._recent: deque[tuple[float, bool]] = deque(maxlen=rules.calls or rules.failures)
        self._pause = rules.pause_seconds
        self._open_until = 0.0
        self._last_failure = ""
        self._trying = 0
        self._succeeded = 0
        self._epoch = 0
        """Counts changes of the state: a call that began before one says nothing about the time after it."""

    @contextmanager
    def call(self, *, insists: bool = False) -> Iterator[Call]:
        """Around a call.

        Args:
            insists: a person wants to know now, so it passes in any case; an open circuit takes it as its trial.

        Raises:
            ProviderError: the refusal: nobody is called now.
        """
        call, epoch = Call(), self.enter(insists=insists)
        try:
            yield call
        except ProviderError as error:
            self.leave(epoch, error)
            raise
        except BaseException:
            self.leave(epoch, None, was_made=False)
            raise
        self.leave(epoch, call.error, was_made=call.was_made)

    def enter(self, *, insists: bool = False) -> int:
        """Let a call pass; the answer is handed back to `leave`. For those around whom no block fits.

        Raises:
            ProviderError: the refusal.
        """
        if self.state is CircuitState.OPEN and (insists or self._now() >= self._open_until):
            self._become(CircuitState.HALF_OPEN)
        if self.state is CircuitState.OPEN:
            raise self._refused(self._open_until - self._now())
        if self.state is CircuitState.HALF_OPEN:
            if self._trying >= self._rules.trials and not insists:
                raise self._refused(TRIAL_SECONDS)
            self._trying += 1
        return self._epoch

    def leave(self, epoch: int, error: ProviderError | None, *, was_made: bool = True) -> None:
        """A call that `enter` let pass is over. One that was not made, or was given up, says nothing."""
        if epoch != self._epoch:
            return
        self._trying -= self.state is CircuitState.HALF_OPEN
        if not was_made:
            return
        verdict = None if error is None else self._verdict_on(error)
        if error is not None and verdict is Verdict.FAILURE:
            self._last_failure = error.detail
        self._note_problem(error, verdict)
        if self.state is CircuitState.HALF_OPEN:
            self._judge_trial(failed=verdict is Verdict.FAILURE)
        else:
            self._judge(failed=verdict is Verdict.FAILURE)

    def _refused(self, seconds: float) -> ProviderError:
        last = f" Last: {self._last_failure}" if self._last_failure else ""
        return self._refusal(f"{self.name} failed too often and is left alone for a while.{last}", retry_after=seconds)

    def _judge(self, *, failed: bool) -> None:
        now, rules = self._now(), self._rules
        self._recent.append((now, failed))
        if not failed:
            return
        counted = [bad for moment, bad in self._recent if moment > now - rules.window_seconds]
        if sum(counted) >= rules.failures and sum(counted) >= rules.least_share * len(counted):
            self._open()

    def _judge_trial(self, *, failed: bool) -> None:
        if failed:
            self._pause = max(self._pause, min(self._pause * 2, self._rules.longest_pause_seconds))
            self._open()
            return
        self._succeeded += 1
        if self._succeeded >= self._rules.trials:
            self._pause = self._rules.pause_seconds
            self._recent.clear()
            self._become(CircuitState.CLOSED)

    def _open(self) -> None:
        self._open_until = self._now() + self._pause
        self._become(CircuitState.OPEN)

    def _become(self, state: CircuitState) -> None:
        self.state, self._trying, self._succeeded = state, 0, 0
        self._epoch += 1
        log.warning("circuit", of=self.name, state=state)
        self._tell()

    def _note_problem(self, error: ProviderError | None, verdict: Verdict | None) -> None:
        problem = f"{error.title}: {error.detail}" if error is not None and verdict is Verdict.PROBLEM else None
        if problem == self.problem or (error is not None and problem is None):
            return
        self.problem = problem
        self._tell()

    def _tell(self) -> None:
        if self._on_change is not None:
            pause = self._pause if self.state is CircuitState.OPEN else None
            self._on_change(CircuitChanged(self.name, self.state, pause, self.problem))


class Circuits:
    """A circuit for each of many, made when it is first asked for.

    Args:
        make: makes the circuit of one.
        most: kept at once; of more, those go that were not asked for longest, closed ones before others.
    """

    def __init__(self, make: Callable[[str], Circuit], most: int = MOST_CIRCUITS):
        self._make = make
        self._most = most
        self._circuits: OrderedDict[str, Circuit] = OrderedDict()

    def of(self, name: str) -> Circuit:
        if name not in self._circuits:
            if len(self._circuits) >= self._most:
                closed = (one for one, circuit in self._circuits.items() if circuit.state is CircuitState.CLOSED)
                del self._circuits[next(closed, next(iter(self._circuits)))]
            self._circuits[name] = self._make(name)
        self._circuits.move_to_end(name)
        return self._circuits[name]
