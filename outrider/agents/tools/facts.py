"""What is known: about the lead, their company, and what the campaign offers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from outrider.agents.base import AgentType
from outrider.agents.tools.base import Arguments, NoArguments, RunAuthority, ToolResult, tool
from outrider.leads.models import Lead

FACTS = (
    "name", "company", "title", "industry", "company_size", "city", "region", "country", "language", "time_zone", "score", "tier",
    "notes", "attributes",
)  # fmt: skip
"""Of a lead's row; numbers and addresses stay out of prompts."""
COMPANY = ("company", "industry", "company_size", "city", "region", "country")
MOST_FACTS = 6
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
WORD = re.compile(r"[^\W\d_]{3,}|\d+")
PUBLIC_MAIL = frozenset({"gmail", "yahoo", "hotmail", "outlook", "live", "icloud", "aol", "gmx", "proton", "protonmail", "web"})


class Question(Arguments):
    question: Annotated[str, Field(min_length=2, max_length=300, description="What the lead wants to know, in a few words.")]


@tool("get_lead_facts", "What we know about this lead.", NoArguments)
async def get_lead_facts(authority: RunAuthority, _: NoArguments) -> ToolResult:
    lead = await _row(authority)
    known = {name: getattr(lead, name) for name in FACTS} if lead else {name: authority.context.lead.get(name) for name in FACTS}
    findings = authority.context.qualification_factors.findings
    found = {factor: finding.summary for factor, finding in findings.items()}
    return ToolResult({name: value for name, value in known.items() if value} | ({"told us": found} if found else {}))


@tool("lookup_company", "What is known about the lead's company: what it does, its size, where it is.", NoArguments)
async def lookup_company(authority: RunAuthority, _: NoArguments) -> ToolResult:
    lead = await _row(authority)
    ours: Mapping[str, Any] = {name: getattr(lead, name) for name in COMPANY} if lead else authority.context.lead
    known = {name: ours.get(name) for name in COMPANY if ours.get(name)}
    email = lead.email if lead else authority.context.lead.get("email")
    domain = company_domain(email)
    if authority.companies is not None and (known.get("company") or domain):
        found = await authority.companies.company(name=known.get("company"), domain=domain)
        known |= {f"{name} (provider)": value for name, value in (found or {}).items() if value and name not in known}
    return ToolResult(known or "Nothing is known about the company.")


@tool(
    "search_campaign_facts",
    "Looks up what the campaign says, to answer a question of the lead.",
    Question,
    agent_types=(
        AgentType.CONVERSATION,
        AgentType.QUALIFICATION,
        AgentType.OBJECTION_HANDLER,
        AgentType.SCHEDULER,
        AgentType.MARKETING,
        AgentType.BDR,
    ),
)
async def search_campaign_facts(authority: RunAuthority, arguments: Question) -> ToolResult:
    briefing = authority.context.briefing
    said = [briefing.name, briefing.description, briefing.template or "", briefing.system_prompt]
    found = best_sentences(said, arguments.question)
    return ToolResult(found or "The campaign says nothing about this.")


def best_sentences(texts: list[str], question: str) -> list[str]:
    """The sentences that share the rarest words with the question, best first."""
    sentences = list(dict.fromkeys(s.strip() for text in texts for s in SENTENCE.split(text) if s.strip()))
    words = [_words(sentence) for sentence in sentences]
    asked = _words(question)
    weight = {word: 1 / max(1, sum(word in found for found in words)) for word in asked}
    ranked = sorted(((sum(weight[word] for word in asked & found), -place) for place, found in enumerate(words)), reverse=True)
    return [sentences[-place] for score, place in ranked if score > 0][:MOST_FACTS]


def company_domain(email: object) -> str | None:
    """The domain of an address at a company's own server."""
    domain = str(email or "").rpartition("@")[2].lower()
    return domain if "." in domain and domain.split(".")[0] not in PUBLIC_MAIL else None


def _words(text: str) -> set[str]:
    """Words by their beginnings, so that `prices` finds `price`."""
    return {word[:5] for word in WORD.findall(text.lower())}


async def _row(authority: RunAuthority) -> Lead | None:
    if authority.database is None or authority.lead_id is None:
        return None
    async with authority.database.transaction() as session:
        return await session.get(Lead, authority.lead_id)
