"""The offline model as a `ChatModel`."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

from outrider.llm.base import (
    ChatReply,
    ChatRequest,
    ModelRefused,
    StreamPart,
    TextDelta,
    estimated_input_tokens,
    estimated_tokens,
)
from outrider.llm.offline.replies import LEAD
from outrider.llm.offline.tasks import known_purposes, task_for

OFFLINE = "offline"
DEFAULT_TASK = "reply"


class OfflineModel:
    """Answers by rules, from a request's `purpose` and `context`, at no cost and without a network.

    It says what it is (`provider` and `model` are `offline`) and refuses tasks that it has no rules for. Tokens are
    `estimated_tokens`: one per four characters. Temperature, tools and the length limit don't apply to it.
    """

    @property
    def name(self) -> str:
        return OFFLINE

    async def complete(self, request: ChatRequest) -> ChatReply:
        began = time.perf_counter()
        text, data = _done(request)
        return ChatReply(
            text=text,
            data=data,
            model=OFFLINE,
            provider=OFFLINE,
            input_tokens=estimated_input_tokens(request.messages),
            output_tokens=estimated_tokens(text),
            latency_seconds=time.perf_counter() - began,
            usage_estimated=True,
        )

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        """Word by word, as a language model would write it."""
        reply = await self.complete(request)
        for word in re.findall(r"\s*\S+\s*", reply.text):
            yield TextDelta(word)
        yield reply

    async def aclose(self) -> None:
        """Nothing to release."""


def _done(request: ChatRequest) -> tuple[str, Mapping[str, Any] | None]:
    """What the task of this purpose made: a text, or JSON and the object that it holds.

    Raises:
        ModelRefused: there are no rules for the purpose, or none that lead to the kind of answer that is asked for.
    """
    purpose = request.purpose or DEFAULT_TASK
    work = task_for(purpose)
    if work is None:
        raise _without_rules(f"The offline model has no rules for “{purpose}”, only for {', '.join(known_purposes())}.")
    made = work(_with_thread(request))
    if isinstance(made, str) != (request.output is None):
        raise _without_rules(f"The offline model answers “{purpose}” with {'a text' if isinstance(made, str) else 'an object'}.")
    if isinstance(made, str):
        return made, None
    written = orjson.dumps(made)
    # Read back, so that the object holds what JSON holds, as one from a language model does.
    return written.decode(), orjson.loads(written)


def _without_rules(detail: str) -> ModelRefused:
    return ModelRefused(detail, remedy="Set OUTRIDER_MODEL and its key to use a language model.")


def _with_thread(request: ChatRequest) -> Mapping[str, Any]:
    """The context; without any, the prompt's own messages stand for the thread."""
    if request.context:
        return request.context
    thread = [
        {"author": LEAD if m.role == "user" else "agent", "body": m.content}
        for m in request.messages
        if m.role in ("user", "assistant")
    ]
    return {"thread": thread}
