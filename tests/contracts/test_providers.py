"""Every model provider against aimock, a stand-in that nobody here wrote: the same cases on all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from outrider.llm.base import (
    AnswerUnusable,
    ChatMessage,
    ChatModel,
    ChatReply,
    ModelError,
    ModelNotAuthenticated,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from tests.contracts.providers import MODELS, READING, WEATHER, adapter, ask, streamed
from tests.stand_ins.aimock import running_aimock


@pytest.fixture(scope="module")
def aimock() -> Iterator[str]:
    with running_aimock() as url:
        yield url


@pytest.fixture(params=list(MODELS))
async def model(request: pytest.FixtureRequest, aimock: str) -> AsyncIterator[ChatModel]:
    model = adapter(request.param, aimock, model_timeout=60)
    yield model
    await model.aclose()


async def heard(url: str) -> dict[str, Any]:
    """The last request, as aimock read it."""
    async with httpx.AsyncClient() as client:
        entries = (await client.get(f"{url}/__aimock/journal")).json()
    body: dict[str, Any] = entries[-1]["body"]
    return body


async def test_prose(model: ChatModel) -> None:
    reply = await model.complete(ask())
    assert reply.text == "This is Ada from Northwind. How can I help?"
    assert (reply.finish_reason, reply.tool_calls, reply.data) == ("stop", (), None)
    assert reply.provider == model.name.partition(":")[0] or reply.provider == "openai"
    assert reply.model == model.name.partition(":")[2] and reply.input_tokens > 0 and reply.output_tokens > 0


async def test_the_system_prompt_arrives(model: ChatModel, aimock: str) -> None:
    assert (await model.complete(ask("Say it as you are", system="You are a pirate."))).text == "Arr, the ship is ours."
    assert (await heard(aimock))["messages"][0] == {"role": "system", "content": "You are a pirate."}
    assert (await model.complete(ask("Say it as you are"))).text == "I have no character."


async def test_several_turns_arrive_in_order(model: ChatModel, aimock: str) -> None:
    before = [ChatMessage("user", "What is the price?"), ChatMessage("assistant", "It depends on the number of people.")]
    assert (await model.complete(ask("And for ten people?", *before))).text == "For ten it is less."
    turns = [(message["role"], message["content"]) for message in (await heard(aimock))["messages"][1:]]
    assert turns == [*((message.role, message.content) for message in before), ("user", "And for ten people?")]


async def test_parameters_arrive(model: ChatModel, aimock: str) -> None:
    await model.complete(ask(temperature=0.2, max_tokens=60))
    body = await heard(aimock)
    assert body["temperature"] == 0.2 and body["model"] == model.name.partition(":")[2]
    assert 60 in (body.get("max_tokens"), body.get("max_completion_tokens"))


async def test_a_stream_comes_in_pieces_and_ends_with_the_same_reply(model: ChatModel) -> None:
    pieces, reply = await streamed(model, ask("Tell me a story"))
    assert len(pieces) > 5 and "".join(pieces) == reply.text
    whole = await model.complete(ask("Tell me a story"))
    assert replace(reply, latency_seconds=0) == replace(whole, latency_seconds=0)


async def test_any_script_survives(model: ChatModel, aimock: str) -> None:
    request = ask("¿Qué tal? 你好 👩‍🚀", system="Sé amable — «siempre» 👍🏽 \u202e")
    whole = await model.complete(request)
    assert whole.text == '¡Muy bien! 你好，世界 👩‍🚀👍🏽 \u202eabc\u202c “quoted” \\ {"a": 1}'
    assert (await heard(aimock))["messages"][0]["content"] == request.messages[0].content
    pieces, reply = await streamed(model, request)
    # aimock cuts characters in two; Ollama, which is no JavaScript, does not, and its client would not take them.
    assert (len(pieces) > 10 or model.name.startswith("ollama:")) and reply.text == whole.text


async def reply_of(model: ChatModel, request: Any, way: str) -> ChatReply:
    return await model.complete(request) if way == "whole" else (await streamed(model, request))[1]


ways = pytest.mark.parametrize("way", ["whole", "streamed"])


@ways
async def test_several_tools_are_asked_for_and_their_results_go_back(model: ChatModel, aimock: str, way: str) -> None:
    request = ask("What is the weather in Paris and Rome?", tools=[WEATHER])
    reply = await reply_of(model, request, way)
    assert reply.finish_reason == "tool_calls" and reply.data is None
    assert [(call.name, dict(call.arguments)) for call in reply.tool_calls] == [
        ("get_weather", {"city": "Paris", "days": 2}),
        ("get_weather", {"city": "Rome 🏛", "days": 1}),
    ]
    first, second = reply.tool_calls
    assert first.id and second.id and first.id != second.id
    assert (await heard(aimock))["tools"][0]["function"]["name"] == "get_weather"

    said = ChatMessage("assistant", reply.text, tool_calls=reply.tool_calls)
    results = [ChatMessage("tool", "rain", tool_call_id=first.id), ChatMessage("tool", "sun", tool_call_id=second.id)]
    after = await reply_of(model, replace(request, messages=[*request.messages, said, *results]), way)
    assert after.text == "Rain in Paris, sun in Rome." and not after.tool_calls and after.finish_reason == "stop"
    tools = [message["content"] for message in (await heard(aimock))["messages"] if message["role"] == "tool"]
    assert tools == ["rain", "sun"]


@ways
async def test_words_beside_a_tool_are_kept(model: ChatModel, way: str) -> None:
    reply = await reply_of(model, ask("Look first, then tell.", tools=[WEATHER]), way)
    assert reply.text == "I look it up." and reply.tool_calls[0].arguments == {"city": "Oslo"}


@ways
async def test_an_object_is_answered(model: ChatModel, way: str) -> None:
    reply = await reply_of(model, ask("How does she feel?", output=READING), way)
    assert reply.data == {"mood": "glad", "quotes": ["Sounds great 👍"]}
    assert "glad" in reply.text and reply.finish_reason == "stop" and not reply.tool_calls


@ways
async def test_an_object_of_a_model_that_knows_only_tools(aimock: str, way: str) -> None:
    model = adapter("anthropic", aimock, "claude-3-haiku-20240307")
    reply = await reply_of(model, ask("How does she feel?", output=READING), way)
    assert reply.data == {"mood": "glad", "quotes": ["Sounds great 👍"]} and reply.text.startswith('{"mood":"glad"')
    assert not reply.tool_calls and reply.finish_reason == "stop"
    await model.aclose()


@ways
async def test_prose_instead_of_an_object_is_unusable(model: ChatModel, way: str) -> None:
    with pytest.raises(AnswerUnusable):
        await reply_of(model, ask("How does he feel?", output=READING), way)


async def test_calls_run_side_by_side(model: ChatModel) -> None:
    replies = await asyncio.gather(*(model.complete(ask()) for _ in range(20)), *(streamed(model, ask()) for _ in range(20)))
    assert len(replies) == 40


async def test_a_cancelled_stream_leaves_the_others_alone(model: ChatModel) -> None:
    async def first_piece() -> None:
        async for _ in model.stream(ask("Tell me a story")):
            return

    calls = [asyncio.create_task(model.complete(ask())) for _ in range(4)]
    await asyncio.sleep(0)
    calls[0].cancel()
    await first_piece()
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError) and all(isinstance(reply, ChatReply) for reply in done[1:])
    assert (await model.complete(ask())).text


FAILURES = {
    400: ModelRefused,
    401: ModelNotAuthenticated,
    403: ModelNotAuthenticated,
    404: ModelRefused,
    408: ModelTimeout,
    409: ModelUnavailable,
    429: ModelRateLimited,
    500: ModelUnavailable,
    503: ModelUnavailable,
    529: ModelUnavailable,
}


@ways
@pytest.mark.parametrize("status", list(FAILURES))
async def test_failures_have_names(model: ChatModel, status: int, way: str) -> None:
    with pytest.raises(ModelError) as caught:
        await reply_of(model, ask(f"Fail with {status}"), way)
    error = caught.value
    assert type(error) is FAILURES[status] and model.name in error.detail and str(status) in error.detail
    assert error.retry_after == (7.0 if status == 429 else None)
    assert "sk-test" not in f"{error.detail} {error.remedy}"


async def test_a_stream_that_breaks_off_is_unavailable(model: ChatModel) -> None:
    pieces: list[Any] = []
    with pytest.raises(ModelUnavailable):
        async for part in model.stream(ask("Break off")):
            pieces.append(part)  # noqa: PERF401  (what came before the failure is looked at)
    assert not any(isinstance(part, ChatReply) for part in pieces)


@ways
async def test_malformed_json_is_unavailable(model: ChatModel, way: str) -> None:
    with pytest.raises(ModelUnavailable):
        await reply_of(model, ask("Be malformed"), way)
