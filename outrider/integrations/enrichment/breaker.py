"""A provider of facts behind circuits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from outrider.circuit import Circuit, CircuitRules, Circuits
from outrider.integrations.enrichment.base import EnrichmentCircuitOpen, EnrichmentProvider, EnrichmentQuery, Fact

RULES = CircuitRules(failures=5, pause_seconds=30.0, longest_pause_seconds=30.0)


def enrichment_circuit(name: str) -> Circuit:
    return Circuit(name, refusal=EnrichmentCircuitOpen, rules=RULES)


class Breaker:
    """Keeps questions from a provider whose circuit is open.

    Args:
        part: which part of the provider a question goes to; each has its own circuit. Every website is a part, Apollo is one.
        make: a circuit for one of them.
    """

    def __init__(
        self,
        provider: EnrichmentProvider,
        *,
        part: Callable[[EnrichmentQuery], str | None] = lambda _: None,
        make: Callable[[str], Circuit] = enrichment_circuit,
    ):
        self.wrapped = provider
        self._part = part
        self._circuits = Circuits(make)

    @property
    def name(self) -> str:
        return self.wrapped.name

    async def enrich(self, query: EnrichmentQuery) -> Sequence[Fact]:
        part = self._part(query)
        with self._circuits.of(f"{self.name} {part}" if part else self.name).call():
            return await self.wrapped.enrich(query)

    async def aclose(self) -> None:
        await self.wrapped.aclose()
