"""Sales agents with a model that says what the test tells it, and providers that know what it tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient

import outrider.wiring  # noqa: F401  (agents take part)
from outrider.agents.base import WorkflowContext
from outrider.agents.contract import Briefing
from outrider.agents.factory import AgentParts
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.integrations.enrichment.base import Enrichment, EnrichmentQuery, Fact, FactName, ProviderProblem, Source, Subject
from outrider.llm.base import ChatReply, ChatRequest
from outrider.llm.offline import OfflineModel
from tests.worlds import OneModel, client_of


def fact(subject: str, name: str, value: str, provider: str = "apollo") -> Fact:
    source = Source(provider=provider, detail="people/match", observed_at=datetime.now(UTC))
    return Fact(subject=Subject(subject), name=FactName(name), value=value, confidence=0.9, source=source)


KNOWN = [
    fact("company", "name", "Leeworks"),
    fact("company", "industry", "roofing"),
    fact("company", "employees", "130"),
    fact("person", "title", "Owner"),
    fact("market", "funding_round", "2025-08: Series A, $5M, Hill Capital"),
    fact("market", "competitor", "TopRoof", "local"),
]


class Providers:
    def __init__(self, facts: Sequence[Fact] = KNOWN, problems: Sequence[ProviderProblem] = ()):
        self.facts, self.problems = list(facts), list(problems)
        self.asked: list[EnrichmentQuery] = []

    async def enrich(self, query: EnrichmentQuery, *, refresh: bool = False) -> Enrichment:
        self.asked.append(query)
        return Enrichment(facts=self.facts, problems=self.problems)


class Says:
    """Answers purposes with what it is told, and everything else as the offline model does."""

    name = "says:1"

    def __init__(self, **answers: Mapping[str, Any] | Exception):
        self.answers = answers
        self.asked: list[ChatRequest] = []
        self._offline = OfflineModel()

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        answer = self.answers.get(request.purpose)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return await self._offline.complete(request)
        return ChatReply("", "says-1", "says", input_tokens=100, output_tokens=20, data=answer)

    async def aclose(self) -> None:
        """Nothing to release."""


def parts(model: Any = None, providers: Providers | None = None, database: Database | None = None) -> AgentParts:
    return AgentParts(models=OneModel(model or Says()), enricher=providers or Providers(), database=database)


def context(**values: Any) -> WorkflowContext:
    lead = {"name": "Ann Lee", "company": "Leeworks", "phone": "+12025550143", "email": "ann@leeworks.example"}
    briefing = Briefing(name="Spring roofs", description="Free checks of roofing before summer", sender_name="Maya of Acme")
    return WorkflowContext(**({"call_id": "test", "now": datetime.now(UTC), "lead": lead, "briefing": briefing} | values))


@pytest.fixture
async def quiet_api(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """The application without providers in the internet."""
    async with client_of(settings.model_copy(update={"enrichment_websites": "off"}), database) as client:
        yield client
