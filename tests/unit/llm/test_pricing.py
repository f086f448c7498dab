from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_socket import disable_socket, enable_socket

from outrider.errors import ConfigurationError
from outrider.llm.base import ChatReply, ChatRequest
from outrider.llm.pricing import FREE, Priced, Rate, price, provider_at, stated_rate


class Answers:
    """A model that gives one fixed reply."""

    name = "openai:gpt-4o-mini"

    def __init__(self, reply: ChatReply):
        self._reply = reply

    async def complete(self, request: ChatRequest) -> ChatReply:
        return self._reply

    async def aclose(self) -> None: ...


def test_price_per_million_tokens() -> None:
    """gpt-4o-mini: $0.15 in, $0.60 out, $0.075 for cached input, per million tokens (openai.com/api/pricing)."""
    assert price("openai", "gpt-4o-mini", 1_000_000, 0) == Decimal("0.15")
    assert price("openai", "gpt-4o-mini", 0, 1_000_000) == Decimal("0.60")
    assert price("openai", "gpt-4o-mini-2024-07-18", 1000, 100) == Decimal("0.00021")
    assert price("openai", "gpt-4o-mini", 1_000_000, 0, cached_input_tokens=1_000_000) == Decimal("0.075")


def test_more_cached_tokens_than_tokens_is_the_servers_slip() -> None:
    assert price("openai", "gpt-4o-mini", 10, 0, cached_input_tokens=500) == price("openai", "gpt-4o-mini", 10, 0, 10)


@pytest.mark.parametrize(("provider", "model"), [("openai", "nobodys-model"), ("nobody", "gpt-4o-mini"), ("openai", "")])
def test_an_unlisted_model_has_no_price(provider: str, model: str) -> None:
    assert price(provider, model, 1000, 1000) is None


def test_no_network_is_used() -> None:
    disable_socket()
    try:
        assert price("openai", "gpt-4o", 1, 1) and price("openai", "nobodys-model-2", 1, 1) is None
    finally:
        enable_socket()


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("http://127.0.0.1:11434/v1", None),
    ],
)
def test_provider_at(url: str, provider: str | None) -> None:
    assert provider_at(url) == provider


async def test_priced_puts_the_cost_on_the_reply() -> None:
    reply = ChatReply("hi", "gpt-4o-mini", "openai", input_tokens=1000, output_tokens=100)
    priced = await Priced(Answers(reply)).complete(ChatRequest([]))
    assert priced.cost == Decimal("0.00021") and priced.price_known
    unknown = await Priced(Answers(ChatReply("hi", "llama", "openai", 1000, 100))).complete(ChatRequest([]))
    assert unknown.cost == 0 and not unknown.price_known


PRICES = ["ollama:llama3.1:8b=0.05/0.10", "openai:*=1/2", "openai:meta/llama=3 / 4"]


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("ollama:llama3.1:8b", Rate(Decimal("0.05"), Decimal("0.10"))),
        ("ollama:qwen3", FREE),
        ("openai:other", Rate(Decimal(1), Decimal(2))),
        ("openai:meta/llama", Rate(Decimal(3), Decimal(4))),
        ("anthropic:claude-haiku-4-5", None),
    ],
)
def test_the_settings_state_a_price_for_a_model_or_for_all_of_a_provider(name: str, rate: Rate | None) -> None:
    assert stated_rate(name, PRICES) == rate


@pytest.mark.parametrize(
    "entry", ["", "x", "ollama:m", "ollama:m=", "ollama:m=1", "ollama:m=1/x", "ollama:m=-1/2", "m=1/2", "a:b=nan/1"]
)
def test_an_entry_that_is_no_price_is_named(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="OUTRIDER_MODEL_PRICES") as caught:
        stated_rate("openai:x", [entry])
    assert entry in caught.value.detail


async def test_a_stated_price_comes_before_the_list() -> None:
    reply = ChatReply("x", "gpt-4o-mini", "openai", 1_000_000, 500_000)
    priced = await Priced(Answers(reply), Rate(Decimal(1), Decimal(2))).complete(ChatRequest([]))
    assert priced.cost == Decimal(2) and priced.price_known
    free = await Priced(Answers(reply), FREE).complete(ChatRequest([]))
    assert free.cost == 0 and free.price_known
