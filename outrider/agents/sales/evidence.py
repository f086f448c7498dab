"""What may be said about a lead: numbered evidence, and the check that every claim stands on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from outrider.agents.base import AgentType, Guardrails, WorkflowContext
from outrider.agents.guard.answers import Told, problem_in, unrepeatable
from outrider.agents.sales.results import Claim, EnrichmentResult, Evidence, SourcedClaim
from outrider.integrations.enrichment.base import FactName, Subject, clean_value

LEAD_FIELDS = ("company", "industry", "company_size", "title", "city", "region", "country")
HIDDEN = frozenset(
    {FactName.EMAIL, FactName.PHONE, FactName.ADDRESS, FactName.SOCIAL, FactName.LINKEDIN_URL, FactName.CONTACT_PAGE}
)
"""Ways to reach somebody: no claim needs them, and a prompt had better not hold them."""
MOST = 60
LONGEST_VALUE = 400
OURS = "lead"
HOST_LIKE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,30}\.[a-z]{2,10}")
"""A company that is named like a host: “Booking.com”."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


class EvidenceBook:
    """What is known in one run, and which words of a model about it may be read by anybody."""

    def __init__(self, entries: Iterable[Evidence], told: Told | None = None, limits: Guardrails | None = None):
        self._entries = {entry.id: entry for entry in entries}
        self.told = told or Told()
        self.limits = limits or Guardrails()

    @property
    def entries(self) -> list[Evidence]:
        return list(self._entries.values())

    def of(self, ids: Sequence[str]) -> list[Evidence]:
        """Those of the ids that there are, each once."""
        return [self._entries[name] for name in dict.fromkeys(ids) if name in self._entries]

    def about(self, *names: str) -> list[Evidence]:
        """Everything about these, the surest first."""
        found = [entry for entry in self._entries.values() if entry.about in names]
        return sorted(found, key=lambda entry: -entry.confidence)

    def for_prompt(self) -> list[dict[str, Any]]:
        return [{"id": e.id, "about": e.about, "value": e.value, "source": e.source} for e in self._entries.values()]

    def stands(self, claim: Claim, *more: str) -> list[Evidence] | None:
        """The evidence that carries the claim; None if it names none, has a figure that none of its evidence has, or may not be
        said.

        Args:
            more: names that must occur in the evidence, too, such as a competitor's. They may look like a host.
        """
        if not self.may_say(claim.text, more):
            return None
        found = self.of(claim.evidence)
        told = " ".join(entry.value for entry in found)
        if not found or not figures(claim.text) <= figures(told):
            return None
        return found if all(word.casefold() in told.casefold() for word in more) else None

    def may_say(self, text: str, names: Sequence[str] = ()) -> bool:
        """Whether a model's words may be put before our own staff: evidence may be planted, and staff acts on what it reads."""
        told = replace(self.told, names=[*self.told.names, *filter(HOST_LIKE.fullmatch, names)])
        return unrepeatable(text, told, self.limits) is None

    def sayable(self, text: str) -> str:
        """The text, or nothing if it may not be said."""
        return text if self.may_say(text) else ""

    def asked(self, question: str) -> str:
        """A question for the lead, or nothing if no answer of ours might hold it."""
        return "" if problem_in(question, self.told, self.limits) else question

    def checked(self, claims: Iterable[Claim]) -> tuple[list[SourcedClaim], int]:
        """The claims that stand, and how many do not."""
        asked = list(claims)
        kept = [SourcedClaim(text=claim.text, sources=found) for claim in asked if (found := self.stands(claim)) is not None]
        return kept, len(asked) - len(kept)


def figures(text: str) -> set[str]:
    """The numbers in a text, without what groups their digits."""
    return {re.sub(r"[.,]", "", found) for found in _FIGURE.findall(text)}


def evidence_of(context: WorkflowContext, told: Told | None = None, limits: Guardrails | None = None) -> EvidenceBook:
    """Our own record first, then what providers said in this run.

    Args:
        told, limits: what a model's words about it may hold.
    """
    entries = [*_of_lead(context.lead), *_of_facts(context.results.get(AgentType.ENRICHMENT))]
    numbered = (entry.model_copy(update={"id": f"E{number}"}) for number, entry in enumerate(entries[:MOST], 1))
    return EvidenceBook(numbered, told, limits)


def enrichment_in(context: WorkflowContext) -> EnrichmentResult | None:
    """What the enrichment agent found in this run, if it ran."""
    return _read(context.results.get(AgentType.ENRICHMENT))


def _read(result: Mapping[str, Any] | None) -> EnrichmentResult | None:
    if result is None:
        return None
    try:
        return EnrichmentResult.model_validate(result)
    except ValidationError:
        # Given by a caller, in some other shape: then nothing is known from there.
        return None


def _of_lead(lead: Mapping[str, Any]) -> Iterator[Evidence]:
    for field in LEAD_FIELDS:
        if value := clean_value(lead.get(field))[:LONGEST_VALUE]:
            yield Evidence(id="", about=field, value=value, source=OURS)
    attributes = lead.get("attributes")
    for name, given in attributes.items() if isinstance(attributes, dict) else ():
        if value := clean_value(given)[:LONGEST_VALUE]:
            yield Evidence(id="", about=clean_value(name)[:60], value=value, source=OURS)


def _of_facts(result: Mapping[str, Any] | None) -> Iterator[Evidence]:
    found = _read(result)
    for fact in found.facts if found else ():
        if fact.name in HIDDEN:
            continue
        about = f"company_{fact.name}" if (fact.subject, fact.name) == (Subject.COMPANY, FactName.NAME) else str(fact.name)
        yield Evidence(
            id="",
            about=about,
            value=fact.value[:LONGEST_VALUE],
            source=fact.source.provider,
            detail=fact.source.detail,
            observed_at=fact.source.observed_at,
            confidence=fact.confidence,
        )
