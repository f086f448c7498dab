"""A provider of models behind a circuit."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from outrider.circuit import Circuit, CircuitChanged, CircuitRules, Verdict
from outrider.errors import ProviderError
from outrider.llm.base import (
    Around,
    Attempt,
    ChatModel,
    ChatRequest,
    CircuitOpen,
    ModelNotAuthenticated,
    ModelQuotaExceeded,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
)

FAILURES = (ModelUnavailable, ModelTimeout, ModelRateLimited)
"""An unusable answer or a refusal is an answer."""
PROBLEMS = (ModelNotAuthenticated, ModelQuotaExceeded)


def provider_circuit(
    provider: str,
    *,
    failures: int,
    pause_seconds: float,
    on_change: Callable[[CircuitChanged], None] | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Circuit:
    """So many failures within a minute, and half of all calls, open it; two calls try it afterwards."""
    rules = CircuitRules(
        failures=failures, calls=max(200, failures), window_seconds=60.0, least_share=0.5, pause_seconds=pause_seconds, trials=2
    )
    return Circuit(provider, refusal=CircuitOpen, rules=rules, judge=_verdict, on_change=on_change, now=now)


def _verdict(error: ProviderError) -> Verdict:
    if isinstance(error, FAILURES):
        return Verdict.FAILURE
    return Verdict.PROBLEM if isinstance(error, PROBLEMS) else Verdict.ANSWER


class Breaker(Around):
    """Keeps calls from a provider whose circuit is open."""

    def __init__(self, model: ChatModel, circuit: Circuit):
        super().__init__(model)
        self._circuit = circuit

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        with self._circuit.call():
            yield Attempt()
