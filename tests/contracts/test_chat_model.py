"""What every `ChatModel` keeps to: the offline model and a real client against an OpenAI-compatible server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from bench.stand_ins.openai_server import StandIn
from outrider.config import Settings
from outrider.llm.base import ChatMessage, ChatModel, ChatReply, ChatRequest, Role
from outrider.llm.build import ModelRegistry

CONTEXT = {
    "lead": {"id": 1, "name": "Maria Silva", "company": "Acme"},
    "campaign": {"name": "Fleet", "offer": "a free fleet review", "sender_name": "Ada", "sender_company": "Northwind"},
    "thread": [{"author": "lead", "body": "Who is this?"}],
}


def request(purpose: str = "reply", *, text: str = "Who is this?", role: Role = "user", **values: object) -> ChatRequest:
    messages = [ChatMessage("system", "You are Ada from Northwind."), ChatMessage(role, text)]
    return ChatRequest(messages, purpose=purpose, context=CONTEXT, **values)  # type: ignore[arg-type]


@pytest.fixture(params=["offline", "openai:gpt-4o-mini"])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[ChatModel]:
    async with StandIn() as server:
        registry = ModelRegistry(Settings(_env_file=None, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=server.base_url))
        yield registry.get(request.param)
        await registry.aclose()


@pytest.mark.parametrize("purpose", ["sms", "reply", ""])
async def test_a_reply_is_complete(model: ChatModel, purpose: str) -> None:
    reply = await model.complete(request(purpose))
    assert isinstance(reply, ChatReply)
    assert reply.text.strip() and reply.finish_reason == "stop"
    assert reply.model and reply.provider == model.name.split(":")[0]
    assert reply.input_tokens > 0 and reply.output_tokens > 0
    assert isinstance(reply.cost, Decimal) and reply.cost >= 0 and reply.price_known
    assert 0 <= reply.latency_seconds < 60


async def test_more_text_is_more_tokens(model: ChatModel) -> None:
    short, long = [await model.complete(request(text=text)) for text in ("Who is this?", "Who is this? " * 50)]
    assert long.input_tokens > short.input_tokens


@pytest.mark.parametrize("values", [{"temperature": 0.0}, {"max_tokens": 50}, {"metadata": {"run": "1"}}, {"temperature": 2.0}])
async def test_every_part_of_a_request_is_accepted(model: ChatModel, values: dict[str, object]) -> None:
    assert (await model.complete(request(**values))).text


@pytest.mark.parametrize("text", ["", "¿Cuánto? 👍 \u202e", "{{x}} {0} %s", "line\nline", "x" * 20_000])
async def test_any_text_is_data(model: ChatModel, text: str) -> None:
    assert (await model.complete(request(text=text))).text


@pytest.mark.parametrize("role", ["system", "user", "assistant"])
async def test_every_role_is_accepted(model: ChatModel, role: Role) -> None:
    assert (await model.complete(request(role=role))).text


async def test_calls_run_side_by_side(model: ChatModel) -> None:
    replies = await asyncio.gather(*(model.complete(request()) for _ in range(50)))
    assert len(replies) == 50 and all(reply.text for reply in replies)


async def test_requests_and_replies_cannot_be_changed(model: ChatModel) -> None:
    asked = request()
    reply = await model.complete(asked)
    with pytest.raises(FrozenInstanceError):
        reply.text = "other"  # type: ignore[misc]
    assert asked == request()


async def test_closing_twice_is_harmless(model: ChatModel) -> None:
    await model.aclose()
    await model.aclose()
