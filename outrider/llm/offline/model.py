"""The offline model as a `ChatModel`."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from outrider.llm.base import (
    ChatReply,
    ChatRequest,
    ModelRefused,
    StreamPart,
    TextDelta,
    estimated_input_tokens,
    estimated_tokens,
)
from outrider.llm.offline.openings import write_opening
from outrider.llm.offline.replies import LEAD, answer

OFFLINE = "offline"

_TASKS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "sms": write_opening,
    "reply": lambda context: _reply(context),
}
DEFAULT_TASK = "reply"


class OfflineModel:
    """Answers by rules, from a request's `purpose` and `context`, at no cost and without a network.

    It says what it is (`provider` and `model` are `offline`) and refuses tasks that it has no rules for. Tokens are
    `estimated_tokens`: one per four characters. Temperature and the length limit don't apply to it.
    """

    @property
    def name(self) -> str:
        return OFFLINE

    async def complete(self, request: ChatRequest) -> ChatReply:
        began = time.perf_counter()
        write = _TASKS.get(request.purpose or DEFAULT_TASK)
        if write is None:
            raise ModelRefused(
                f"The offline model has no rules for “{request.purpose}”, only for {', '.join(_TASKS)}.",
                remedy="Set OUTRIDER_MODEL and its key to use a language model.",
            )
        text = write(_with_thread(request))
        return ChatReply(
            text=text,
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
        for word in re.findall(r"\S+\s*", reply.text):
            yield TextDelta(word)
        yield reply

    async def aclose(self) -> None:
        """Nothing to release."""


def _reply(context: Mapping[str, Any]) -> str:
    """The answer; where a person should take over, with the mark that the asker uses for it."""
    found, mark = answer(context), context.get("hand_over_mark")
    return f"{found.text} {mark.format(why=found.why)}" if found.why and mark else found.text


def _with_thread(request: ChatRequest) -> Mapping[str, Any]:
    """The context; without any, the prompt's own messages stand for the thread."""
    if request.context:
        return request.context
    thread = [
        {"author": LEAD if m.role == "user" else "agent", "body": m.content} for m in request.messages if m.role != "system"
    ]
    return {"thread": thread}
