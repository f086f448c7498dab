"""The OpenAI-compatible client against a server that behaves, misbehaves and is slow."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import orjson
import pytest

from bench.stand_ins.openai_server import Fault, StandIn
from outrider.llm.base import (
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
)
from outrider.llm.pricing import Priced
from outrider.llm.providers.openai_compatible import OpenAICompatible
from outrider.llm.retrying import Retrying
from tests.clocks import LoopClock, until

REQUEST = ChatRequest([ChatMessage("system", "You are Ada."), ChatMessage("user", "Write to Maria.")], purpose="sms")


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server


@pytest.fixture
async def model(server: StandIn) -> AsyncIterator[OpenAICompatible]:
    model = OpenAICompatible("gpt-4o-mini", api_key="sk-test", base_url=server.base_url, timeout=60)
    yield model
    await model.aclose()


class Clock:
    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def retrying(model: ChatModel, clock: Clock, times: int = 2) -> Retrying:
    return Retrying(model, times, sleep=clock.sleep, chance=lambda: 0.0)


async def test_what_is_sent(server: StandIn, model: OpenAICompatible) -> None:
    await model.complete(ChatRequest([*REQUEST.messages, ChatMessage("assistant", "Hi!")], temperature=0.2, max_tokens=60))
    assert server.counters.last_request == {
        "model": "gpt-4o-mini",
        "stream": False,
        "temperature": 0.2,
        "max_tokens": 60,
        "messages": [
            {"role": "system", "content": "You are Ada."},
            {"role": "user", "content": "Write to Maria."},
            {"role": "assistant", "content": "Hi!"},
        ],
    }


async def test_metadata_and_context_stay_here(server: StandIn, model: OpenAICompatible) -> None:
    await model.complete(
        ChatRequest(REQUEST.messages, metadata={"run": "secret-run"}, context={"lead": {"phone": "+12025550143"}})
    )
    assert b"secret-run" not in orjson.dumps(server.counters.last_request)
    assert b"+12025550143" not in orjson.dumps(server.counters.last_request)


async def test_what_comes_back(server: StandIn, model: OpenAICompatible) -> None:
    reply = await Priced(model).complete(REQUEST)
    assert reply.text == server.behaviour.reply and (reply.provider, reply.model) == ("openai", "gpt-4o-mini")
    assert not reply.usage_estimated and reply.price_known and reply.cost > 0


async def test_a_server_that_reports_no_tokens_gets_an_estimate(server: StandIn, model: OpenAICompatible) -> None:
    server.behaviour.usage = False
    reply = await model.complete(REQUEST)
    assert reply.usage_estimated and (reply.input_tokens, reply.output_tokens) == (3 + 4, -(-len(reply.text) // 4))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.RATE_LIMITED, ModelRateLimited),
        (Fault.QUOTA, ModelQuotaExceeded),
        (Fault.ERROR, ModelUnavailable),
        (Fault.UNAVAILABLE, ModelUnavailable),
        (Fault.RESET, ModelUnavailable),
        (Fault.MALFORMED, ModelUnavailable),
        (Fault.NOT_JSON, ModelUnavailable),
        (Fault.NO_CHOICES, ModelUnavailable),
        (Fault.UNAUTHENTICATED, ModelNotAuthenticated),
        (Fault.FORBIDDEN, ModelNotAuthenticated),
        (Fault.NOT_FOUND, ModelRefused),
        (Fault.BAD_REQUEST, ModelRefused),
        (Fault.CONTENT_POLICY, ModelRefused),
        (Fault.FILTERED, ModelRefused),
    ],
)
async def test_faults_have_names(server: StandIn, model: OpenAICompatible, fault: Fault, kind: type[ModelError]) -> None:
    server.behaviour.queued.append(fault)
    with pytest.raises(ModelError) as caught:
        await model.complete(REQUEST)
    assert type(caught.value) is kind
    assert (await model.complete(REQUEST)).text, "the connection is usable afterwards"


@pytest.mark.parametrize(
    "body", [b"null", b"[]", b'"x"', b"{}", b'{"choices": null}', b'{"choices": [{}]}', b'{"error": {"message": "x"}}']
)
async def test_an_answer_of_another_shape_is_unreadable(body: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    model = OpenAICompatible("m", api_key=None, base_url=f"http://127.0.0.1:{port}/v1", timeout=2)
    with pytest.raises(ModelUnavailable):
        await model.complete(REQUEST)
    await model.aclose()
    listener.close()


async def test_a_wrong_key_names_the_setting(server: StandIn, model: OpenAICompatible) -> None:
    server.behaviour.api_key = "sk-another"
    with pytest.raises(ModelNotAuthenticated) as caught:
        await model.complete(REQUEST)
    assert "OPENAI_API_KEY" in caught.value.remedy and "sk-test" not in str(caught.value)


async def test_no_answer_ends_in_time(server: StandIn) -> None:
    model = OpenAICompatible("m", api_key="k", base_url=server.base_url, timeout=0.2)
    server.behaviour.queued.append(Fault.SILENT)
    with pytest.raises(ModelTimeout, match="in time"):
        await model.complete(REQUEST)
    await model.aclose()


async def test_an_answer_that_trickles_in_ends_in_time() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.05)

    listener = await asyncio.start_server(trickle, "127.0.0.1", 0)
    model = OpenAICompatible("m", api_key="k", base_url=f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", timeout=0.3)
    with pytest.raises(ModelTimeout):
        await model.complete(REQUEST)
    await model.aclose()
    listener.close()


async def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = OpenAICompatible("m", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", timeout=2)
    with pytest.raises(ModelUnavailable, match="could not be reached"):
        await model.complete(REQUEST)
    await model.aclose()


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
    ],
)
async def test_retry_after_is_kept(server: StandIn, model: OpenAICompatible, headers: dict[str, str], wait: float) -> None:
    server.behaviour.retry_after = headers
    server.behaviour.queued.append(Fault.RATE_LIMITED)
    clock = Clock()
    assert (await retrying(model, clock).complete(REQUEST)).text
    assert clock.waits == [pytest.approx(wait)]
    assert server.counters.completions == 2


async def test_retry_after_as_a_date_is_kept(server: StandIn, model: OpenAICompatible) -> None:
    server.behaviour.retry_after = {"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)}
    server.behaviour.queued.append(Fault.RATE_LIMITED)
    clock = Clock()
    await retrying(model, clock).complete(REQUEST)
    assert 5 < clock.waits[0] <= 20


async def test_retry_after_is_really_waited_for(server: StandIn, model: OpenAICompatible) -> None:
    server.behaviour.retry_after = {"retry-after-ms": "200"}
    server.behaviour.queued.append(Fault.RATE_LIMITED)
    began = time.perf_counter()
    await Retrying(model, 1).complete(REQUEST)
    assert time.perf_counter() - began >= 0.2


async def test_passing_faults_heal_and_the_sdk_adds_no_retries_of_its_own(server: StandIn, model: OpenAICompatible) -> None:
    server.behaviour.queued.extend([Fault.ERROR, Fault.RESET])
    clock = Clock()
    assert (await retrying(model, clock).complete(REQUEST)).text
    assert clock.waits == [0.5, 1.0] and server.counters.completions == 3


async def test_a_final_fault_is_asked_once(server: StandIn, model: OpenAICompatible) -> None:
    server.behaviour.queued.append(Fault.BAD_REQUEST)
    with pytest.raises(ModelRefused):
        await retrying(model, Clock()).complete(REQUEST)
    assert server.counters.completions == 1


async def test_a_model_without_temperature_is_asked_without_and_that_is_remembered(
    server: StandIn, model: OpenAICompatible
) -> None:
    server.behaviour.queued.extend([Fault.NO_TEMPERATURE] * 3)
    replies = await asyncio.gather(*(model.complete(REQUEST) for _ in range(3)))
    assert all(reply.text for reply in replies) and server.counters.completions == 6
    await model.complete(REQUEST)
    assert server.counters.completions == 7 and "temperature" not in server.counters.last_request


async def test_two_hundred_calls_are_in_flight_at_once_over_reused_connections(server: StandIn, model: OpenAICompatible) -> None:
    clock, server.behaviour.latency = LoopClock(), 20.0
    for _ in range(2):
        calls = [asyncio.create_task(model.complete(REQUEST)) for _ in range(200)]
        await until(lambda: server.counters.in_flight == 200)
        clock.skip(20)
        assert all(reply.text for reply in await asyncio.gather(*calls))
    assert server.counters.most_in_flight == 200 and server.counters.connections == 200


async def test_a_cancelled_call_leaves_the_others_alone(server: StandIn, model: OpenAICompatible) -> None:
    clock, server.behaviour.latency = LoopClock(), 20.0
    calls = [asyncio.create_task(model.complete(REQUEST)) for _ in range(4)]
    await until(lambda: server.counters.in_flight == 4)
    calls[0].cancel()
    clock.skip(20)
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError) and all(isinstance(reply, ChatReply) for reply in done[1:])


async def test_a_closed_model_leaves_a_shared_client_open(server: StandIn, model: OpenAICompatible) -> None:
    shared = model._chat.http_async_client
    other = OpenAICompatible("m", api_key="k", base_url=server.base_url, http_client=shared)
    await other.aclose()
    assert not shared.is_closed and (await model.complete(REQUEST)).text


async def test_the_stand_in_as_a_process_of_its_own() -> None:
    command = [
        sys.executable,
        "-m",
        "bench.stand_ins.openai_server",
        "--port",
        "0",
        "--rate-limited",
        "0.5",
        "--retry-after",
        "3",
    ]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env={**os.environ})
    assert process.stdout is not None
    try:
        port = orjson.loads(await asyncio.wait_for(process.stdout.readline(), 20))["port"]
        model = OpenAICompatible("gpt-4o-mini", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", timeout=60)
        outcomes: list[Any] = await asyncio.gather(*(model.complete(REQUEST) for _ in range(40)), return_exceptions=True)
        limited = [outcome for outcome in outcomes if isinstance(outcome, ModelRateLimited)]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            counters = (await client.get("/counters")).json()
            assert (await client.get("/v1/models")).json()["data"]
            assert (await client.post("/faults", content=b'["error"]')).json() == {"queued": 1}
        await model.aclose()
        assert 5 < len(limited) < 35 and limited[0].retry_after == 3.0
        assert counters["answers"] == {"ok": 40 - len(limited), "rate_limited": len(limited)}
    finally:
        process.terminate()
        await process.wait()
