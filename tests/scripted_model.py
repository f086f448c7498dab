"""A model that does what a test tells it, for tests of what stands around models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from outrider.llm.base import ChatMessage, ChatReply, ChatRequest, ModelError, Restarted, StreamPart, TextDelta
from outrider.llm.pricing import Rate, Tariff

REPLY = ChatReply("hi", "m", "script", 3, 1, cost=Decimal("0.1"))
REQUEST = ChatRequest([ChatMessage("user", "hello")], purpose="sms")
TARIFF = Tariff("script", "m", Rate(Decimal(1_000_000), Decimal(1_000_000)), most_tokens=10)
"""A dollar for each token."""

Outcome = ModelError | ChatReply | Sequence[StreamPart | ModelError]


@dataclass
class Scripted:
    """Goes through its outcomes, of which the last one repeats. A sequence is a stream."""

    outcomes: list[Outcome] = field(default_factory=lambda: [REPLY])
    name: str = "script:m"
    before: Callable[[], Awaitable[None]] | None = None
    """Awaited by every call."""
    requests: list[ChatRequest] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    closed: bool = False
    ended_streams: int = 0

    @property
    def calls(self) -> int:
        return len(self.requests)

    async def complete(self, request: ChatRequest) -> ChatReply:
        outcome = self._next(request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await (self.before() if self.before else asyncio.sleep(0))
        finally:
            self.under_way -= 1
        if isinstance(outcome, ModelError):
            raise outcome
        assert isinstance(outcome, ChatReply)
        return outcome

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        outcome = self._next(request)
        parts = outcome if isinstance(outcome, Sequence) else [outcome]
        try:
            for part in parts:
                await (self.before() if self.before else asyncio.sleep(0))
                if isinstance(part, ModelError):
                    raise part
                yield part
        finally:
            self.ended_streams += 1

    async def aclose(self) -> None:
        self.closed = True

    def _next(self, request: ChatRequest) -> Outcome:
        self.requests.append(request)
        return self.outcomes[min(len(self.requests), len(self.outcomes)) - 1]


async def heard(parts: AsyncIterator[StreamPart]) -> list[str]:
    """A stream in words: its pieces, `!` for a new beginning, `=text` at its end."""
    words = []
    async for part in parts:
        match part:
            case TextDelta(text):
                words.append(text)
            case Restarted():
                words.append("!")
            case ChatReply():
                words.append(f"={part.text}")
    return words
