"""Every model provider against a strict stand-in written from its contract: what aimock can't be made to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from outrider.llm.base import (
    AnswerUnusable,
    ChatMessage,
    ChatModel,
    ChatReply,
    ChatRequest,
    ModelError,
    ModelNotAuthenticated,
    ModelQuotaExceeded,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    ToolCall,
)
from tests.clocks import Clock, LoopClock, until
from tests.contracts.providers import READING, WEATHER, adapter, ask, streamed
from tests.stand_ins.models import DIALECTS, Dialect, Fail, ModelStandIn, Odd, Say

LIMIT = 60.0
"""Seconds for an answer, by a clock that tests put ahead."""
JSON = '{"mood": "glad", "quotes": []}'


@dataclass
class Bench:
    model: ChatModel
    server: ModelStandIn
    dialect: str

    async def reply(self, request: ChatRequest, way: str) -> ChatReply:
        return await self.model.complete(request) if way == "whole" else (await streamed(self.model, request))[1]


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.name)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    dialect: Dialect = request.param
    async with ModelStandIn(dialect) as server:
        model = adapter(dialect.name, server.url, model_timeout=LIMIT)
        yield Bench(model, server, dialect.name)
        await model.aclose()
        assert server.violations == []


ways = pytest.mark.parametrize("way", ["whole", "streamed"])

CALL = ToolCall("call_1", "get_weather", {"city": "Rome 🏛"})
REQUESTS = {
    "plain": ask(),
    "all parameters": ask(temperature=0.0, max_tokens=5, tools=[WEATHER], metadata={"run": "1"}, purpose="x"),
    "hot": ask(temperature=2.0),
    "no system": ChatRequest([ChatMessage("user", "Hi")]),
    "only system": ChatRequest([ChatMessage("system", "You are Ada."), ChatMessage("system", "Begin.")]),
    "late system": ask("Hi", ChatMessage("user", "Ho"), ChatMessage("system", "Be brief.")),
    "empty text": ask(""),
    "empty answer": ask("Hi", ChatMessage("user", "Ho"), ChatMessage("assistant", "")),
    "same role twice": ask("Hi", ChatMessage("user", "Ho")),
    "answer last": ChatRequest([ChatMessage("user", "Hi"), ChatMessage("assistant", "Ho")]),
    "long": ask("x" * 50_000),
    "tool results": ask(
        "And?",
        ChatMessage("user", "Weather?"),
        ChatMessage("assistant", "", tool_calls=[CALL]),
        ChatMessage("tool", '{"rain": 0}', tool_call_id="call_1"),
        tools=[WEATHER],
    ),
    "empty tool result": ChatRequest(
        [
            ChatMessage("user", "Weather?"),
            ChatMessage("assistant", "I look.", tool_calls=[CALL]),
            ChatMessage("tool", "", tool_call_id="call_1"),
        ],
        tools=[WEATHER],
    ),
    "no tool now": ask(tools=[WEATHER], tool_choice="none"),
}


@ways
@pytest.mark.parametrize("which", list(REQUESTS))
async def test_requests_keep_to_the_published_contract(bench: Bench, which: str, way: str) -> None:
    assert (await bench.reply(REQUESTS[which], way)).text == "Hello there, my friend."


async def test_what_is_not_for_the_model_stays_here(bench: Bench) -> None:
    await bench.model.complete(ask(metadata={"run": "secret-run"}, context={"lead": {"phone": "+12025550143"}}, purpose="sms"))
    assert "secret-run" not in str(bench.server.requests) and "+12025550143" not in str(bench.server.requests)


@ways
async def test_usage_is_the_servers(bench: Bench, way: str) -> None:
    bench.server.script.append(Say(usage=(123, 45)))
    reply = await bench.reply(ask(), way)
    assert (reply.input_tokens, reply.output_tokens, reply.usage_estimated) == (123, 45, False)


@ways
async def test_no_usage_is_estimated(bench: Bench, way: str) -> None:
    bench.server.script.append(Say(usage=None))
    reply = await bench.reply(ask("x" * 400), way)
    assert reply.usage_estimated and reply.input_tokens == 100 + 3 and reply.output_tokens == -(-len(reply.text) // 4)


@ways
async def test_an_answer_cut_off_at_max_tokens_says_so(bench: Bench, way: str) -> None:
    bench.server.script.append(Say("Hello the", finish="length"))
    reply = await bench.reply(ask(max_tokens=3), way)
    assert (reply.text, reply.finish_reason) == ("Hello the", "length")


@ways
async def test_a_model_that_takes_no_temperature_is_asked_without_and_that_is_remembered(bench: Bench, way: str) -> None:
    if bench.dialect == "ollama":
        pytest.skip("Ollama ignores what a model does not take.")
    said = "`temperature` is not supported with this model."
    bench.server.script.append(Fail(400, "invalid_request_error", said, "temperature"))
    assert (await bench.reply(ask(), way)).text
    assert (await bench.reply(ask(), way)).text
    assert ["temperature" in request for request in bench.server.requests] == [True, False, False]


@ways
@pytest.mark.parametrize("name", ["openai", "cerebras"])
async def test_a_server_that_knows_no_schemas_is_told_in_words(name: str, way: str) -> None:
    dialect = next(dialect for dialect in DIALECTS if dialect.name == name)
    async with ModelStandIn(dialect) as server:
        model = adapter(name, server.url)
        server.script += [
            Fail(400, "invalid_request_error", "Unknown parameter.", "response_format"),
            Say(f"```json\n{JSON}\n```"),
        ]
        bench = Bench(model, server, name)
        assert (await bench.reply(ask(output=READING), way)).data == {"mood": "glad", "quotes": []}
        assert "response_format" not in server.requests[1] and '"mood"' in server.requests[1]["messages"][0]["content"]
        await model.aclose()


@ways
async def test_an_anthropic_server_that_knows_no_schemas_or_forces_no_tool_is_asked_otherwise(way: str) -> None:
    async with ModelStandIn(next(dialect for dialect in DIALECTS if dialect.name == "anthropic")) as server:
        model = adapter("anthropic", server.url)
        server.script.append(Fail(400, "invalid_request_error", "output_config: Extra inputs are not permitted"))
        server.script.append(Fail(400, "invalid_request_error", "tool_choice: this model can't be made to use a tool"))
        server.script.append(Say("", finish="tools", calls=(("Reading", JSON),)))
        reply = await Bench(model, server, "anthropic").reply(ask(output=READING), way)
        assert reply.data == {"mood": "glad", "quotes": []} and server.violations == []
        assert [request.get("tool_choice", {}).get("type") for request in server.requests] == [None, "any", "auto"]
        server.script.append(Fail(400, "invalid_request_error", "tool_choice: no"))
        with pytest.raises(ModelRefused):
            await model.complete(ask(output=READING))
        await model.aclose()


@ways
async def test_a_server_that_reports_no_usage_in_streams_is_asked_without(way: str) -> None:
    async with ModelStandIn(DIALECTS[0]) as server:
        model = adapter("openai", server.url)
        server.script.append(Fail(400, "invalid_request_error", "stream_options: extra inputs are not permitted"))
        server.script.append(Say(usage=None))
        _, reply = await streamed(model, ask())
        assert reply.usage_estimated and "stream_options" not in server.requests[1]
        await model.aclose()


@ways
async def test_several_tools(bench: Bench, way: str) -> None:
    calls = (("get_weather", '{"city": "Paris 👍"}'), ("get_weather", '{"city": "Rome", "days": 2}'))
    bench.server.script.append(Say("", finish="tools", calls=calls))
    reply = await bench.reply(ask(tools=[WEATHER], tool_choice="required"), way)
    assert [call.arguments for call in reply.tool_calls] == [{"city": "Paris 👍"}, {"city": "Rome", "days": 2}]
    assert len({call.id for call in reply.tool_calls}) == 2 and reply.finish_reason == "tool_calls" and reply.text == ""


@ways
async def test_an_answer_without_the_tool_that_was_required_is_unusable(bench: Bench, way: str) -> None:
    with pytest.raises(AnswerUnusable):
        await bench.reply(ask(tools=[WEATHER], tool_choice="required"), way)


@ways
@pytest.mark.parametrize("name", ["openai", "cerebras"])
@pytest.mark.parametrize("arguments", ['{"city": "Par', '["Paris"]', "Paris", '{"city": NaN}x'])
async def test_tool_arguments_that_are_no_object_are_unusable(name: str, way: str, arguments: str) -> None:
    """Only OpenAI's dialect sends them as a text, which the model itself wrote."""
    async with ModelStandIn(next(dialect for dialect in DIALECTS if dialect.name == name)) as server:
        model = adapter(name, server.url)
        server.script.append(Say("", finish="tools", calls=(("get_weather", arguments),)))
        # LangChain can't read a list there at all.
        with pytest.raises((AnswerUnusable, ModelUnavailable)):
            await Bench(model, server, name).reply(ask(tools=[WEATHER]), way)
        server.script.append(Say("", finish="tools", calls=(("now", ""),)))
        assert (await Bench(model, server, name).reply(ask(tools=[WEATHER]), way)).tool_calls[0].arguments == {}
        await model.aclose()


@ways
async def test_a_tool_call_that_was_cut_off_is_unusable(bench: Bench, way: str) -> None:
    bench.server.script.append(Say("", finish="length", calls=(("get_weather", '{"city": "Paris"}'),)))
    with pytest.raises(AnswerUnusable):
        await bench.reply(ask(tools=[WEATHER]), way)


@ways
async def test_an_object(bench: Bench, way: str) -> None:
    bench.server.script.append(Say(JSON))
    reply = await bench.reply(ask(output=READING), way)
    assert reply.data == {"mood": "glad", "quotes": []}


@ways
@pytest.mark.parametrize("text", ["", "I can't.", '["glad"]', '{"mood": "gl', '"glad"', "null"])
async def test_something_else_than_the_object_is_unusable(bench: Bench, text: str, way: str) -> None:
    bench.server.script.append(Say(text))
    with pytest.raises(AnswerUnusable) as caught:
        await bench.reply(ask(output=READING), way)
    assert caught.value.retryable and "I can't" not in str(caught.value)


@ways
async def test_with_tools_and_a_shape_it_may_ask_for_a_tool_first(bench: Bench, way: str) -> None:
    bench.server.script.append(Say("", finish="tools", calls=(("get_weather", '{"city": "Paris"}'),)))
    first = await bench.reply(ask(tools=[WEATHER], output=READING), way)
    assert first.data is None and first.tool_calls[0].name == "get_weather"
    bench.server.script.append(Say(JSON))
    assert (await bench.reply(ask(tools=[WEATHER], output=READING), way)).data == {"mood": "glad", "quotes": []}


@ways
@pytest.mark.parametrize("schema", [{"type": "object", "additionalProperties": {"type": "string"}}, {"type": "object"}])
async def test_a_shape_that_allows_more_than_it_names(bench: Bench, way: str, schema: dict[str, Any]) -> None:
    output = type(READING)("Facts", schema)
    anthropic = bench.dialect == "anthropic"
    say = Say("", finish="tools", calls=(("Facts", '{"hours": "9 to 5"}'),)) if anthropic else Say('{"hours": "9 to 5"}')
    bench.server.script.append(say)
    assert (await bench.reply(ask(output=output), way)).data == {"hours": "9 to 5"}


@ways
@pytest.mark.parametrize(
    ("fail", "kind", "retry_after"),
    [
        (Fail(401, "authentication_error", "Wrong key sk-test"), ModelNotAuthenticated, None),
        (Fail(402, "billing_error"), ModelQuotaExceeded, None),
        (Fail(413, "request_too_large"), ModelRefused, None),
        (Fail(422, "invalid_request_error"), ModelRefused, None),
        (Fail(429, "rate_limit_error", headers={"retry-after": "12"}), ModelRateLimited, 12.0),
        (Fail(429, "rate_limit_error", headers={"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}), ModelRateLimited, 0.0),
        (Fail(429, "rate_limit_error"), ModelRateLimited, None),
        (Fail(503, "api_error", headers={"retry-after": "3"}), ModelUnavailable, 3.0),
        (Fail(504, "timeout_error"), ModelUnavailable, None),
        (Fail(529, "overloaded_error"), ModelUnavailable, None),
        (Fail(500, message="x" * 10_000), ModelUnavailable, None),
    ],
)
async def test_failures(bench: Bench, way: str, fail: Fail, kind: type[ModelError], retry_after: float | None) -> None:
    bench.server.script.append(fail)
    with pytest.raises(ModelError) as caught:
        await bench.reply(ask(), way)
    assert type(caught.value) is kind and caught.value.retry_after == retry_after
    assert len(caught.value.detail) < 300 and "sk-test" not in str(caught.value) and len(bench.server.requests) == 1
    assert (await bench.reply(ask(), way)).text, "the connection is usable afterwards"


QUOTA = {
    "openai": Fail(429, "insufficient_quota"),
    "cerebras": Fail(402, "payment_required"),
    "anthropic": Fail(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
    "ollama": Fail(402, message="usage limit"),
}


@ways
async def test_an_empty_account_is_no_rate_limit(bench: Bench, way: str) -> None:
    bench.server.script.append(QUOTA[bench.dialect])
    with pytest.raises(ModelQuotaExceeded):
        await bench.reply(ask(), way)


@ways
async def test_a_refusal_is_no_answer(bench: Bench, way: str) -> None:
    if bench.dialect == "ollama":
        pytest.skip("Ollama has no content filter.")
    bench.server.script.append(Say("", finish="refused"))
    with pytest.raises(ModelRefused):
        await bench.reply(ask(), way)


@ways
@pytest.mark.parametrize("how", ["cut", "ends", "malformed", "other", "html"])
async def test_an_answer_that_can_not_be_read_is_unavailable(bench: Bench, how: str, way: str) -> None:
    bench.server.script.append(Odd(how))
    with pytest.raises(ModelUnavailable) as caught:
        await bench.reply(ask(), way)
    assert caught.value.retryable and bench.model.name in caught.value.detail
    assert (await bench.reply(ask(), way)).text, "the next call works"


@pytest.mark.parametrize("how", ["cut", "ends"])
@pytest.mark.parametrize("after", [0, 1, 4, 7])
async def test_a_stream_may_break_anywhere(bench: Bench, how: str, after: int) -> None:
    bench.server.script.append(Odd(how, after=after))
    parts: list[Any] = []
    with pytest.raises(ModelUnavailable):
        async for part in bench.model.stream(ask()):
            parts.append(part)  # noqa: PERF401  (what came before the failure is looked at)
    assert not any(isinstance(part, ChatReply) for part in parts)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("overloaded_error", ModelUnavailable), ("api_error", ModelUnavailable), ("server_error", ModelUnavailable)],
)
async def test_an_error_in_the_middle_of_a_stream(bench: Bench, kind: str, error: type[ModelError]) -> None:
    bench.server.script.append(Odd("error", after=4, kind=kind))
    with pytest.raises(error):
        await streamed(bench.model, ask())


@ways
async def test_no_answer_ends_in_time(bench: Bench, way: str) -> None:
    clock = LoopClock()
    bench.server.script.append(Odd("silent"))
    asking = asyncio.create_task(bench.reply(ask(), way))
    await until(lambda: bench.server.requests)
    clock.skip(LIMIT / 2)
    await asyncio.sleep(0.02)
    assert not asking.done()
    clock.skip(LIMIT / 2)
    with pytest.raises(ModelTimeout):
        await asking


async def test_a_stream_that_trickles_ends_in_time(bench: Bench) -> None:
    model = adapter(bench.dialect, bench.server.url, model_timeout=0.5)
    bench.server.script.append(Say(" ".join("word" for _ in range(100))))
    bench.server.pause = 0.05
    with pytest.raises(ModelTimeout):
        await streamed(model, ask())
    await model.aclose()


async def test_the_time_that_the_reader_of_a_stream_takes_does_not_count(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("outrider.llm.providers.langchain_model.time", SimpleNamespace(perf_counter=clock))
    pieces = 0
    async for _ in bench.model.stream(ask()):
        pieces += 1
        clock.seconds += LIMIT
    assert pieces > 2


async def test_nobody_listening_is_unavailable(bench: Bench) -> None:
    async with ModelStandIn(bench.server.dialect) as gone:
        url = gone.url
    model = adapter(bench.dialect, url)
    for way in ("whole", "streamed"):
        with pytest.raises(ModelUnavailable, match="could not be reached") as caught:
            await Bench(model, bench.server, bench.dialect).reply(ask(), way)
        assert "_BASE_URL" in caught.value.remedy
    await model.aclose()


async def test_a_hundred_calls_are_in_flight_at_once(bench: Bench) -> None:
    clock, bench.server.latency = LoopClock(), LIMIT / 2
    calls = [asyncio.create_task(bench.model.complete(ask())) for _ in range(100)]
    await until(lambda: bench.server.in_flight == 100, LIMIT)
    clock.skip(LIMIT / 2)
    assert all(reply.text for reply in await asyncio.gather(*calls))


@ways
async def test_a_cancelled_call_leaves_the_others_alone(bench: Bench, way: str) -> None:
    clock, bench.server.latency = LoopClock(), LIMIT / 2
    calls = [asyncio.create_task(bench.reply(ask(), way)) for _ in range(4)]
    await until(lambda: bench.server.in_flight == 4)
    calls[0].cancel()
    clock.skip(LIMIT / 2)
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError) and all(isinstance(reply, ChatReply) for reply in done[1:])


async def test_a_stream_nobody_reads_to_the_end_is_let_go(bench: Bench) -> None:
    bench.server.script.append(Say(" ".join("word" for _ in range(2000))))
    bench.server.pause = 0.001
    stream = bench.model.stream(ask())
    async for _ in stream:
        break
    await stream.aclose()  # type: ignore[attr-defined]
    bench.server.pause = 0.0
    assert (await bench.model.complete(ask())).text


async def test_closing_twice_is_harmless(bench: Bench) -> None:
    await bench.model.aclose()
    await bench.model.aclose()
