"""Tells an observer of each model call, for figures that are collected while the process runs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

from outrider.llm.base import Around, Attempt, ChatModel, ChatRequest, ModelError


@dataclass(frozen=True, slots=True)
class CallObserved:
    """One attempt at a model call, as it ended."""

    model: str
    """`provider:model`, as configured."""
    purpose: str
    outcome: str
    """`ok`, or the error's slug: `model-rate-limited`."""
    seconds: float
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)


Observe = Callable[[CallObserved], None]


class Counted(Around):
    """Calls `observe` after each attempt, whether it succeeded or failed."""

    def __init__(self, model: ChatModel, observe: Observe):
        super().__init__(model)
        self._observe = observe

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        began = time.perf_counter()
        attempt = Attempt()
        try:
            yield attempt
        except ModelError as error:
            self._observe(CallObserved(self.name, request.purpose, error.slug, time.perf_counter() - began))
            raise
        reply = attempt.reply
        if reply is not None:
            seconds = time.perf_counter() - began
            used = (reply.input_tokens, reply.output_tokens, reply.cost)
            self._observe(CallObserved(self.name, request.purpose, "ok", seconds, *used))
