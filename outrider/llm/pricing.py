"""What a model call costs, from the price list that ships with `genai-prices`, or from the settings.

The list is part of the installed package; nothing here reaches the network.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot

from outrider.errors import ConfigurationError
from outrider.llm.base import Around, Attempt, ChatModel, ChatRequest

PER = 1_000_000
LOCAL = "ollama"
"""Provider whose models run on machines of one's own."""


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars per million tokens."""

    read: Decimal
    written: Decimal

    def price(self, input_tokens: int, output_tokens: int) -> Decimal:
        return (self.read * input_tokens + self.written * output_tokens) / PER


FREE = Rate(Decimal(0), Decimal(0))


def price(provider: str, model: str, input_tokens: int, output_tokens: int, cached_input_tokens: int = 0) -> Decimal | None:
    """US dollars for one call, or None if the model is not on the price list.

    `cached_input_tokens` are those of `input_tokens` that the provider had in its cache.
    """
    if not _is_listed(provider, model):
        return None
    usage = Usage(
        input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=min(cached_input_tokens, input_tokens)
    )
    return calc_price(usage, model, provider_id=provider).total_price


@lru_cache(maxsize=1024)
def _is_listed(provider: str, model: str) -> bool:
    """Remembered, because the list itself searches all its models again for each one that it doesn't have."""
    try:
        get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return False
    return True


@lru_cache(maxsize=64)
def provider_at(base_url: str) -> str | None:
    """Which known provider serves an OpenAI-compatible address: `https://api.groq.com/openai/v1` → `groq`."""
    try:
        return get_snapshot().find_provider(None, None, base_url).id
    except LookupError:
        return None


def stated_rate(name: str, prices: Sequence[str]) -> Rate | None:
    """The rate of the model `provider:model` where the settings state it (`OUTRIDER_MODEL_PRICES`), for itself or for all
    of its provider; local models are free if they state none.

    Raises:
        ConfigurationError: a price can't be read.
    """
    rates = stated_rates(prices)
    provider = name.partition(":")[0]
    return rates.get(name) or rates.get(f"{provider}:*") or (FREE if provider == LOCAL else None)


def stated_rates(prices: Sequence[str]) -> Mapping[str, Rate]:
    """Name → rate, of entries as `ollama:llama3.1:8b=0.05/0.10`.

    Raises:
        ConfigurationError: one can't be read.
    """
    return dict(_entry(text) for text in prices)


def _entry(text: str) -> tuple[str, Rate]:
    name, _, amounts = text.rpartition("=")
    try:
        read, written = (Decimal(amount.strip()) for amount in amounts.split("/"))
    except (InvalidOperation, ValueError):
        read = written = Decimal(-1)
    if ":" not in name or not all(amount.is_finite() and amount >= 0 for amount in (read, written)):
        raise ConfigurationError(
            f"OUTRIDER_MODEL_PRICES: “{text}” is no price.",
            remedy="Write provider:model=dollars per million tokens read/written, as in ollama:llama3.1:8b=0.05/0.10.",
        )
    return name.strip(), Rate(read, written)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What calls of one model cost, before and after.

    Args:
        provider, model: as the price list knows them.
        rate: a stated one, which goes before the list's.
        most_tokens: greatest length of answers to requests that name none; without one nobody could tell what they cost
            at most.
    """

    provider: str
    model: str
    rate: Rate | None = None
    most_tokens: int = 4096

    @property
    def is_free(self) -> bool:
        """Calls cost nothing, as far as anybody knows."""
        return not self.price(1_000, 1_000)

    def price(self, input_tokens: int, output_tokens: int) -> Decimal:
        """US dollars; 0 if nobody knows the model's price."""
        if self.rate is not None:
            return self.rate.price(input_tokens, output_tokens)
        return price(self.provider, self.model, input_tokens, output_tokens) or Decimal(0)

    def most(self, request: ChatRequest) -> Decimal:
        """The most that the request can cost.

        No tokenizer makes more tokens of a text than it has bytes; what providers add around messages and tools is covered by
        a flat number for each.
        """
        return self.price(_most_input_tokens(request), request.max_tokens or self.most_tokens)

    def limited(self, request: ChatRequest) -> ChatRequest:
        """The request with a greatest length of its answer, if that costs something."""
        return request if request.max_tokens or self.is_free else replace(request, max_tokens=self.most_tokens)


TOKENS_AROUND_MESSAGE = 16
TOKENS_AROUND_TOOLS = 512


def _most_input_tokens(request: ChatRequest) -> int:
    said = sum(len(message.content.encode()) + TOKENS_AROUND_MESSAGE for message in request.messages)
    called = sum(len(repr(call.arguments)) for message in request.messages for call in message.tool_calls)
    shapes = [repr((tool.name, tool.description, tool.parameters)) for tool in request.tools]
    shapes += [repr(request.output.schema)] if request.output else []
    return said + called + sum(len(shape.encode()) for shape in shapes) + (TOKENS_AROUND_TOOLS if shapes else 0)


class Priced(Around):
    """Puts the cost on each reply: by a stated rate, otherwise from the price list."""

    def __init__(self, model: ChatModel, rate: Rate | None = None):
        super().__init__(model)
        self._rate = rate

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        attempt = Attempt()
        yield attempt
        if (reply := attempt.reply) is not None:
            if self._rate is not None:
                cost: Decimal | None = self._rate.price(reply.input_tokens, reply.output_tokens)
            else:
                cost = price(reply.provider, reply.model, reply.input_tokens, reply.output_tokens, reply.cached_input_tokens)
            attempt.reply = replace(reply, cost=cost or Decimal(0), price_known=cost is not None)
