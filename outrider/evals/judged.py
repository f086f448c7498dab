"""The models of an eval: the judged one, what it may cost, and what happens to the conversation while it thinks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from dataclasses import replace as changed
from decimal import Decimal

from outrider.agents.factory import Models
from outrider.errors import LimitExceeded
from outrider.llm.base import (
    Around,
    Attempt,
    BudgetExhausted,
    CallScope,
    ChatModel,
    ChatReply,
    ChatRequest,
    ModelRefused,
    StreamPart,
)

Hook = Callable[[], Awaitable[None]]


class EvalStopped(LimitExceeded):
    """A run of evals may cost no more, or somebody ended it."""

    title = "The run of evals was stopped"


@dataclass(slots=True)
class Halt:
    """Ends a run from outside: a model call that is under way is waited for, no other one begins."""

    reason: str | None = None
    """Why it is to end; None lets it go on."""

    def ensure_open(self) -> None:
        """
        Raises:
            EvalStopped: somebody ended the run.
        """
        if self.reason is not None:
            raise EvalStopped(self.reason)


@dataclass(slots=True)
class Purse:
    """What a run has cost, and what it may."""

    limit: Decimal | None = None
    """US dollars. Calls go one after the other, so that a run exceeds it by less than one call costs."""
    spent: Decimal = Decimal(0)
    calls: int = 0
    halt: Halt = field(default_factory=Halt)

    def ensure_open(self) -> None:
        """
        Raises:
            EvalStopped: nothing is left, or somebody ended the run.
        """
        self.halt.ensure_open()
        if self.limit is not None and self.spent >= self.limit:
            raise EvalStopped(f"The calls have cost {self.spent:.4f} of at most {self.limit} US dollars.")


class Paid(Around):
    """Enters each call in the run's purse, on nobody's account: the scratch database's campaigns are no real ones."""

    def __init__(self, model: ChatModel, purse: Purse):
        super().__init__(model)
        self._purse = purse

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        self._purse.ensure_open()
        self._purse.calls += 1
        attempt = Attempt()
        yield attempt
        if attempt.reply is not None:
            self._purse.spent += attempt.reply.cost

    async def complete(self, request: ChatRequest) -> ChatReply:
        return await super().complete(changed(request, scope=CallScope()))

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        return super().stream(changed(request, scope=CallScope()))


@dataclass(slots=True)
class Judged:
    """The models of one conversation. Whatever agents ask for, it is the judged one."""

    models: Models
    name: str | None
    purse: Purse
    is_broke: bool = False
    """From now on the conversation's budget pays for nothing."""
    fails: bool = False
    meanwhile: Hook | None = None
    """Runs once, during the next call."""
    seconds: float = 0.0
    """Spent in the model."""

    def get(self, name: str | None = None) -> ChatModel:
        """The judged model."""
        return _Watched(Paid(self.models.get(self.name), self.purse), self)


class _Watched(Around):
    """Lets happen what the script says while the model thinks."""

    def __init__(self, model: ChatModel, judged: Judged):
        super().__init__(model)
        self._judged = judged

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        judged = self._judged
        if judged.meanwhile is not None:
            hook, judged.meanwhile = judged.meanwhile, None
            await hook()
        if judged.is_broke:
            raise BudgetExhausted("The conversation's budget is used up.")
        if judged.fails:
            raise ModelRefused("The model answers nothing in this part of the script.")
        began = time.perf_counter()
        try:
            yield Attempt()
        finally:
            judged.seconds += time.perf_counter() - began
