"""Traces of model calls in LangSmith, at no risk to the calls: an outage or slowness of LangSmith costs traces only.

A finished call is put on a short queue, from which one background task sends in batches. What does not fit, what can't be
sent, and what comes while LangSmith is left alone after failures (a circuit breaker of its own) is dropped and counted.

API: https://docs.langchain.com/langsmith/trace-with-api (`POST /runs/batch`).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import orjson
import structlog

from outrider.llm.base import Around, Attempt, ChatMessage, ChatModel, ChatReply, ChatRequest, ModelError, ToolCall
from outrider.telemetry import TRACES

log = structlog.get_logger(__name__)

QUEUE = 1000
"""Traces that may wait."""
BATCH = 100
GATHER_SECONDS = 0.25
"""How long the first trace of a batch waits for more."""
TIMEOUT_SECONDS = 5.0
FAILURES_TO_OPEN = 3
FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 600.0
LAST_SECONDS = 2.0
"""For what is still waiting when the process ends."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One call of a model, as it ended: with a reply or with an error."""

    id: UUID
    model: str
    request: ChatRequest
    began: datetime
    ended: datetime
    reply: ChatReply | None = None
    error: str | None = None


class Tracer:
    """Sends traces. Belongs to one event loop, from the first trace on; close it with `aclose`."""

    def __init__(self, api_key: str, *, url: str, project: str, now: Callable[[], float] = time.monotonic):
        self.sent = 0
        self.dropped = 0
        self._api_key = api_key
        self._url = f"{url.rstrip('/')}/runs/batch"
        self._project = project
        self._now = now
        self._waiting: deque[Trace] = deque()
        self._arrived = asyncio.Event()
        self._drained = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._closed_until = 0.0

    def offer(self, trace: Trace) -> bool:
        """Take the trace to send it later; False if it is dropped. Never waits and never fails."""
        if self.is_open or len(self._waiting) >= QUEUE:
            self._drop(1)
            return False
        self._waiting.append(trace)
        self._arrived.set()
        self._drained.clear()
        if self._sender is None or self._sender.done():
            self._sender = asyncio.get_running_loop().create_task(self._send_forever(), name="langsmith")
        return True

    @property
    def is_open(self) -> bool:
        """LangSmith failed too often and is left alone for a while."""
        return self._now() < self._closed_until

    async def aclose(self) -> None:
        """Send what is waiting, if that is quickly done, and stop."""
        if self._sender is None:
            return
        sender, self._sender = self._sender, None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._drained.wait(), LAST_SECONDS)
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
        self._drop(len(self._waiting))
        self._waiting.clear()

    async def _send_forever(self) -> None:
        headers = {"x-api-key": self._api_key, "content-type": "application/json"}
        async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, headers=headers) as client:
            while True:
                await self._arrived.wait()
                await asyncio.sleep(GATHER_SECONDS)
                await self._send_batch(client)
                if not self._waiting:
                    self._arrived.clear()
                    self._drained.set()

    async def _send_batch(self, client: httpx2.AsyncClient) -> None:
        batch = [self._waiting[number] for number in range(min(BATCH, len(self._waiting)))]
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                content = orjson.dumps({"post": [_run(trace, self._project) for trace in batch], "patch": []}, default=str)
                response = await client.post(self._url, content=content)
            problem = None if response.is_success else f"status {response.status_code}"
        except (httpx2.HTTPError, OSError, orjson.JSONEncodeError) as error:
            problem = type(error).__name__
        for _ in batch:
            self._waiting.popleft()
        if problem is None:
            self._succeeded(len(batch))
        else:
            self._failed(len(batch), problem)

    def _succeeded(self, count: int) -> None:
        self.sent += count
        TRACES.labels("sent").inc(count)
        self._failures, self._pause = 0, FIRST_PAUSE_SECONDS

    def _failed(self, count: int, problem: str) -> None:
        self._drop(count)
        self._failures += 1
        if self._failures < FAILURES_TO_OPEN:
            return
        # The next batch after the pause decides: one more failure, and the pause is twice as long.
        self._closed_until = self._now() + self._pause
        log.warning("langsmith_unavailable", problem=problem, pause_seconds=self._pause, dropped=self.dropped)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self._drop(len(self._waiting))
        self._waiting.clear()

    def _drop(self, count: int) -> None:
        self.dropped += count
        TRACES.labels("dropped").inc(count)


class Traced(Around):
    """Offers a trace of each call to a `Tracer`, and puts its id on the reply."""

    def __init__(self, model: ChatModel, tracer: Tracer):
        super().__init__(model)
        self._tracer = tracer

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        began, attempt = datetime.now(UTC), Attempt()
        try:
            yield attempt
        except ModelError as error:
            said = f"{error.slug}: {error.detail}"
            self._tracer.offer(Trace(_new_id(began), self.name, request, began, datetime.now(UTC), error=said))
            raise
        if attempt.reply is not None:
            trace = Trace(_new_id(began), self.name, request, began, datetime.now(UTC), reply=attempt.reply)
            if self._tracer.offer(trace):
                attempt.reply = replace(attempt.reply, trace_id=str(trace.id))


def _new_id(moment: datetime) -> UUID:
    """A UUID that sorts by time (version 7, RFC 9562, section 5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62))


def _run(trace: Trace, project: str) -> dict[str, Any]:
    """The trace as LangSmith's API takes it."""
    request, id_ = trace.request, str(trace.id)
    return {
        "id": id_,
        "trace_id": id_,
        "dotted_order": f"{trace.began:%Y%m%dT%H%M%S%f}Z{id_}",
        "session_name": project,
        "name": request.purpose or "chat",
        "run_type": "llm",
        "start_time": trace.began.isoformat(),
        "end_time": trace.ended.isoformat(),
        "tags": [request.purpose] if request.purpose else [],
        "inputs": {"messages": [_message(message) for message in request.messages]},
        "outputs": _outputs(trace.reply) if trace.reply is not None else None,
        "error": trace.error,
        "extra": {"metadata": _metadata(trace)},
    }


def _metadata(trace: Trace) -> dict[str, Any]:
    provider, _, model = trace.model.partition(":")
    scope = trace.request.scope
    ids = {"campaign_id": scope.campaign_id, "conversation_id": scope.conversation_id, "lead_id": scope.lead_id}
    return {
        **trace.request.metadata,
        **{name: id_ for name, id_ in ids.items() if id_ is not None},
        "ls_provider": provider,
        "ls_model_name": model or provider,
        "ls_model_type": "chat",
        "ls_temperature": trace.request.temperature,
        "ls_max_tokens": trace.request.max_tokens,
    }


def _message(message: ChatMessage) -> dict[str, Any]:
    made: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        made["tool_calls"] = [_call(call) for call in message.tool_calls]
    return {**made, "tool_call_id": message.tool_call_id} if message.tool_call_id else made


def _outputs(reply: ChatReply) -> dict[str, Any]:
    tokens = {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens}
    return {
        "messages": [_message(ChatMessage("assistant", reply.text, tool_calls=reply.tool_calls))],
        "usage_metadata": {
            **tokens,
            "total_tokens": reply.input_tokens + reply.output_tokens,
            "total_cost": float(reply.cost) if reply.price_known else None,
        },
        "model": reply.model,
        "finish_reason": reply.finish_reason,
    }


def _call(call: ToolCall) -> dict[str, Any]:
    arguments = orjson.dumps(call.arguments, default=str).decode()
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}
