"""What a model call costs, from the price list that ships with `genai-prices`.

The list is part of the installed package; nothing here reaches the network.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot

from outrider.llm.base import Around, Attempt, ChatRequest


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


class Priced(Around):
    """Puts the cost on each reply."""

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        attempt = Attempt()
        yield attempt
        if (reply := attempt.reply) is not None:
            cost = price(reply.provider, reply.model, reply.input_tokens, reply.output_tokens, reply.cached_input_tokens)
            attempt.reply = replace(reply, cost=cost or Decimal(0), price_known=cost is not None)
