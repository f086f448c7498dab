"""Overhears a run: which words a model writes, which tools are used, what each call takes. The agent notices nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from outrider.agents.base import CostMetrics, ToolUse
from outrider.agents.factory import AgentParts, Models
from outrider.agents.invoking.schemas import RunModelCall
from outrider.llm.base import ChatModel, ChatReply, ChatRequest, Restarted, TextDelta, Wrapper

Heard = TextDelta | Restarted | ToolUse | RunModelCall
Listener = Callable[[Heard], None]


@dataclass(slots=True)
class Ear:
    """Hears one run.

    Args:
        listener: told of everything as it happens; None only counts.
    """

    listener: Listener | None = None
    model_calls: list[RunModelCall] = field(default_factory=list)

    def tell(self, heard: Heard) -> None:
        if isinstance(heard, RunModelCall):
            self.model_calls.append(heard)
        if self.listener is not None:
            self.listener(heard)

    @property
    def cost(self) -> CostMetrics:
        calls = self.model_calls
        return CostMetrics(
            input_tokens=sum(call.input_tokens for call in calls),
            output_tokens=sum(call.output_tokens for call in calls),
            cost=sum((call.cost for call in calls), Decimal(0)),
            model_calls=len(calls),
        )


def overheard(parts: AgentParts, ear: Ear) -> AgentParts:
    """The same parts, with an ear at the models and at the tools."""
    return replace(parts, models=OverheardModels(parts.models, ear), tools=replace(parts.tools, watch=ear.tell))


class OverheardModels:
    """Implements `factory.Models`."""

    def __init__(self, models: Models, ear: Ear):
        self._models = models
        self._ear = ear

    def get(self, name: str | None) -> ChatModel:
        return OverheardModel(self._models.get(name), self._ear)


class OverheardModel(Wrapper):
    """Prose is streamed even where the agent waits for the whole of it, so that a listener reads along."""

    def __init__(self, model: ChatModel, ear: Ear):
        super().__init__(model)
        self._ear = ear

    async def complete(self, request: ChatRequest) -> ChatReply:
        began = time.perf_counter()
        is_prose = request.output is None and self._ear.listener is not None
        reply = await (self._read_along(request) if is_prose else self.wrapped.complete(request))
        self._ear.tell(_call(request, reply, time.perf_counter() - began))
        return reply

    async def _read_along(self, request: ChatRequest) -> ChatReply:
        reply: ChatReply | None = None
        async for part in self.wrapped.stream(request):
            if isinstance(part, ChatReply):
                reply = part
            else:
                self._ear.tell(part)
        assert reply is not None, "a stream ends with the whole reply"
        return reply


def _call(request: ChatRequest, reply: ChatReply, seconds: float) -> RunModelCall:
    return RunModelCall(
        purpose=request.purpose,
        model=reply.model,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        cost=reply.cost,
        milliseconds=round(seconds * 1000),
        from_cache=reply.from_cache,
        asked_for=[call.name for call in reply.tool_calls],
    )
