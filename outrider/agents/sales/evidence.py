"""What may be said about a lead: numbered evidence, and the check that every claim stands on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from outrider.agents.base import AgentType, WorkflowContext
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
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


class EvidenceBook:
    """What is known in one run."""

    def __init__(self, entries: Iterable[Evidence]):
        self._entries = {entry.id: entry for entry in entries}

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
        """The evidence that carries the claim; None if it names none, or has a figure that none of its evidence has.

        Args:
            more: words that must occur in the evidence, too, such as a competitor's name.
        """
        found = self.of(claim.evidence)
        told = " ".join(entry.value for entry in found)
        if not found or not figures(claim.text) <= figures(told):
            return None
        return found if all(word.casefold() in told.casefold() for word in more) else None

    def checked(self, claims: Iterable[Claim]) -> tuple[list[SourcedClaim], int]:
        """The claims that stand, and how many do not."""
        asked = list(claims)
        kept = [SourcedClaim(text=claim.text, sources=found) for claim in asked if (found := self.stands(claim)) is not None]
        return kept, len(asked) - len(kept)


def figures(text: str) -> set[str]:
    """The numbers in a text, without what groups their digits."""
    return {re.sub(r"[.,]", "", found) for found in _FIGURE.findall(text)}


def evidence_of(context: WorkflowContext) -> EvidenceBook:
    """Our own record first, then what providers said in this run."""
    entries = [*_of_lead(context.lead), *_of_facts(context.results.get(AgentType.ENRICHMENT))]
    return EvidenceBook(entry.model_copy(update={"id": f"E{number}"}) for number, entry in enumerate(entries[:MOST], 1))


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
