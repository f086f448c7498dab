"""Traces against a server that takes them, refuses them, is slow, or is not there."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import orjson
import pytest

from outrider.config import Settings
from outrider.llm import tracing
from outrider.llm.base import (
    CallScope,
    ChatMessage,
    ChatReply,
    ChatRequest,
    ModelRefused,
    StreamPart,
    TextDelta,
    ToolCall,
    in_one_piece,
)
from outrider.llm.build import ModelRegistry
from outrider.llm.tracing import QUEUE, Traced, Tracer
from tests.clocks import until
from tests.stand_ins.http import Answer, Heard, HttpStandIn

REQUEST = ChatRequest(
    [ChatMessage("system", "You are Ada."), ChatMessage("user", "Hi 👍")],
    purpose="sms",
    scope=CallScope(campaign_id=7),
    metadata={"run": "r1"},
    max_tokens=60,
)
REPLY = ChatReply("Hello", "gpt-4o-mini-2024", "openai", 12, 3, tool_calls=(ToolCall("c1", "look_up", {"q": "x"}),))


class Model:
    name = "openai:gpt-4o-mini"

    def __init__(self, error: Exception | None = None):
        self.error = error

    async def complete(self, request: ChatRequest) -> ChatReply:
        if self.error is not None:
            raise self.error
        return REPLY

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        async for part in in_one_piece(await self.complete(request)):
            yield part

    async def aclose(self) -> None: ...


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "GATHER_SECONDS", 0.01)


def tracer_of(url: str, clock: Clock | None = None) -> Tracer:
    return Tracer("ls-key", url=url, project="test", now=clock or Clock())


async def test_what_arrives_at_langsmith() -> None:
    heard: list[Heard] = []

    def answer(request: Heard) -> Answer:
        heard.append(request)
        return Answer(202, b"{}")

    async with HttpStandIn(answer) as server:
        tracer = tracer_of(server.url)
        reply = await Traced(Model(), tracer).complete(REQUEST)
        parts = [part async for part in Traced(Model(), tracer).stream(REQUEST)]
        await tracer.aclose()
    assert tracer.sent == 2 and tracer.dropped == 0
    assert parts[0] == TextDelta("Hello") and isinstance(parts[1], ChatReply) and parts[1].trace_id
    assert {(one.method, one.path, one.headers["x-api-key"]) for one in heard} == {("POST", "/runs/batch", "ls-key")}
    runs = [run for one in heard for run in orjson.loads(one.body)["post"]]
    run = next(run for run in runs if run["id"] == reply.trace_id)
    assert UUID(run["id"]).version == 7 and run["trace_id"] == run["id"]
    began = datetime.fromisoformat(run["start_time"])
    assert run["dotted_order"] == f"{began:%Y%m%dT%H%M%S%f}Z{run['id']}"
    assert (run["name"], run["run_type"], run["session_name"], run["error"]) == ("sms", "llm", "test", None)
    assert run["inputs"]["messages"][1] == {"role": "user", "content": "Hi 👍"}
    said = run["outputs"]["messages"][0]
    assert said["content"] == "Hello" and said["tool_calls"][0]["function"] == {"name": "look_up", "arguments": '{"q":"x"}'}
    assert run["outputs"]["usage_metadata"]["total_tokens"] == 15
    metadata = run["extra"]["metadata"]
    assert (metadata["ls_provider"], metadata["ls_model_name"], metadata["ls_max_tokens"]) == ("openai", "gpt-4o-mini", 60)
    assert metadata["campaign_id"] == 7 and metadata["run"] == "r1" and "lead_id" not in metadata


async def test_a_failed_call_is_traced_with_its_error() -> None:
    bodies: list[bytes] = []

    def answer(request: Heard) -> Answer:
        bodies.append(request.body)
        return Answer(202, b"{}")

    async with HttpStandIn(answer) as server:
        tracer = tracer_of(server.url)
        with pytest.raises(ModelRefused):
            await Traced(Model(ModelRefused("no")), tracer).complete(REQUEST)
        await tracer.aclose()
    run = orjson.loads(bodies[0])["post"][0]
    assert run["error"] == "model-refused: no" and run["outputs"] is None


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_after_three_failures_it_is_left_alone_and_tried_again_later(status: int) -> None:
    statuses = [status] * 3
    asked = 0

    def answer(_: Heard) -> Answer:
        nonlocal asked
        asked += 1
        return Answer(statuses.pop(0) if statuses else 202, b"{}")

    clock = Clock()
    async with HttpStandIn(answer) as server:
        tracer = tracer_of(server.url, clock)
        model = Traced(Model(), tracer)
        for count in range(1, 4):
            assert (await model.complete(REQUEST)).trace_id
            await until(lambda count=count: tracer.dropped == count)
        assert tracer.is_open
        replies = [await model.complete(REQUEST) for _ in range(5)]
        assert all(reply.text == "Hello" and reply.trace_id is None for reply in replies)
        assert tracer.dropped == 8 and asked == 3
        clock.now += 31
        assert (await model.complete(REQUEST)).trace_id
        await until(lambda: tracer.sent == 1)
        await tracer.aclose()
    assert asked == 4 and tracer.dropped == 8


async def test_a_trial_that_fails_opens_it_for_longer() -> None:
    clock = Clock()
    async with HttpStandIn(lambda _: Answer(500, b"")) as server:
        tracer = tracer_of(server.url, clock)
        for count in range(1, 4):
            await Traced(Model(), tracer).complete(REQUEST)
            await until(lambda count=count: tracer.dropped == count)
        clock.now += 31
        await Traced(Model(), tracer).complete(REQUEST)
        await until(lambda: tracer.is_open)
        clock.now += 31
        assert tracer.is_open, "the second pause is a minute"
        await tracer.aclose()


async def test_a_server_that_hangs_costs_calls_nothing_and_traces_are_bounded() -> None:
    async with HttpStandIn(lambda _: None) as server:
        tracer = tracer_of(server.url)
        model = Traced(Model(), tracer)
        began = time.perf_counter()
        replies = [await model.complete(REQUEST) for _ in range(QUEUE + 200)]
        took = time.perf_counter() - began
        assert sum(reply.trace_id is not None for reply in replies) == QUEUE and tracer.dropped == 200
        assert took < 30, "a call takes no longer than without"
        tracing_ended = time.perf_counter()
        await tracer.aclose()
        assert time.perf_counter() - tracing_ended < tracing.LAST_SECONDS + 30
    assert tracer.dropped == QUEUE + 200


async def test_nobody_listening_costs_calls_nothing() -> None:
    async with HttpStandIn(lambda _: None) as server:
        url = server.url
    tracer = tracer_of(url)
    assert (await Traced(Model(), tracer).complete(REQUEST)).text == "Hello"
    await until(lambda: tracer.dropped == 1)
    await tracer.aclose()


async def test_the_key_in_the_settings_turns_it_on() -> None:
    seen: list[bytes] = []

    def answer(request: Heard) -> Answer:
        if request.path == "/runs/batch":
            seen.append(request.body)
            return Answer(202, b"{}")
        message = {"role": "assistant", "content": "Hello"}
        return Answer(200, orjson.dumps({"model": "m", "choices": [{"message": message, "finish_reason": "stop"}]}))

    async with HttpStandIn(answer) as server:
        settings = Settings(
            _env_file=None, OPENAI_BASE_URL=f"{server.url}/v1", LANGSMITH_API_KEY="ls", LANGSMITH_ENDPOINT=server.url
        )
        registry = ModelRegistry(settings)
        reply = await registry.get().complete(REQUEST)
        await registry.aclose()
    assert reply.trace_id and orjson.loads(seen[0])["post"][0]["session_name"] == "outrider"
