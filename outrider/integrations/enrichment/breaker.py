"""A breaker around a provider."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from outrider.integrations.breaker import CircuitBreaker
from outrider.integrations.enrichment.base import (
    EnrichmentCircuitOpen,
    EnrichmentError,
    EnrichmentProvider,
    EnrichmentQuery,
    Fact,
)

MOST_BREAKERS = 1_000


class Breaker:
    """Asks nobody for a while after failures that pass.

    Args:
        part: which part of the provider a question goes to; each has its own breaker. Every website is a part, Apollo is one.
    """

    def __init__(
        self,
        provider: EnrichmentProvider,
        *,
        part: Callable[[EnrichmentQuery], str | None] = lambda _: None,
        make: Callable[[], CircuitBreaker] = CircuitBreaker,
    ):
        self.wrapped = provider
        self._part = part
        self._make = make
        self._breakers: dict[str | None, CircuitBreaker] = {}

    @property
    def name(self) -> str:
        return self.wrapped.name

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        breaker = self._breaker(self._part(query))
        if not breaker.admits():
            raise EnrichmentCircuitOpen(f"{self.name} failed too often lately.", retry_after=breaker.opens_in)
        try:
            facts = await self.wrapped.enrich(query)
        except EnrichmentError as error:
            # A refusal that would be repeated is an answer: the provider works.
            (breaker.failed if error.retryable else breaker.succeeded)()
            raise
        except BaseException:
            breaker.abandoned()
            raise
        breaker.succeeded()
        return facts

    async def aclose(self) -> None:
        await self.wrapped.aclose()

    def _breaker(self, part: str | None) -> CircuitBreaker:
        if part not in self._breakers and len(self._breakers) >= MOST_BREAKERS:
            self._breakers.pop(next(iter(self._breakers)))
        return self._breakers.setdefault(part, self._make())
