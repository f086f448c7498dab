"""What an agent is given when somebody asks for it alone."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import WorkflowContext
from outrider.agents.contract import Briefing, Briefings
from outrider.agents.invoking.schemas import AgentInput
from outrider.agents.objections.service import library
from outrider.agents.scoring.prior import prior_of
from outrider.agents.standing import standing_of
from outrider.conversations.models import Conversation
from outrider.errors import InvalidInput
from outrider.leads.models import Lead

FIELDS = (
    "id", "name", "company", "title", "industry", "company_size", "city", "region", "country", "language", "time_zone",
    "score", "tier", "attributes",
)  # fmt: skip
CONTACT = ("name", "title", "email", "phone", "city", "region", "country", "language", "time_zone")
THREAD_LENGTH = 30
CHANNEL = "console"
DEFAULT_LANGUAGE = "en"


def example_context() -> WorkflowContext:
    """An invented lead of an invented campaign, as the variables' examples say."""
    lead = {
        "name": "Ann Lee", "company": "Leeworks", "title": "Owner", "industry": "Roofing", "company_size": "11–50",
        "city": "Austin", "region": "TX", "country": "US", "language": "en",
    }  # fmt: skip
    briefing = Briefing(name="Spring roofs", description="Free checks", sender_name="Maya of Acme")
    return _context(lead=lead, briefing=briefing, time_zone="America/Chicago")


async def lead_context(
    session: AsyncSession, briefings: Briefings, lead_id: int | None, campaign_id: int | None
) -> WorkflowContext:
    """One lead, on behalf of a campaign.

    Raises:
        InvalidInput: there is no such lead or campaign.
    """
    given = AgentInput(lead_id=lead_id, campaign_id=campaign_id)
    return await invoke_context(session, briefings, given, "body")


async def invoke_context(
    session: AsyncSession, briefings: Briefings, given: AgentInput, place: str = "body.input"
) -> WorkflowContext:
    """Everything that the input names, read in this transaction.

    Raises:
        InvalidInput: it names a lead, a conversation or a campaign that there is not, or a lead of another conversation.
    """
    conversation = await _conversation(session, given, place)
    lead_id = conversation.lead_id if conversation else given.lead_id
    lead = await _lead(session, lead_id, f"{place}.lead_id") if lead_id is not None else None
    stored = {name: getattr(lead, name) for name in FIELDS} if lead else {}
    campaign_id = given.campaign_id or (conversation.campaign_id if conversation else None)
    briefing = await briefings.of_campaign(session, campaign_id) if campaign_id is not None else None
    if given.campaign_id is not None and briefing is None:
        raise InvalidInput.on(f"{place}.campaign_id", f"There is no campaign {given.campaign_id}.")
    context = _context(
        lead={**stored, **_described(given)},
        briefing=briefing or Briefing(),
        time_zone=_zone(given, lead),
        conversation_id=conversation.id if conversation else None,
        objections=await library(session, campaign_id),
    )
    context.prior = await prior_of(session, lead_id) if lead_id is not None else None
    context.language = str(context.lead.get("language") or DEFAULT_LANGUAGE)[:2].lower()
    if conversation is not None:
        await _remember(session, context, conversation, given)
    if given.history is not None:
        context.conversation_history = list(given.history)
    return context


def _context(**values: Any) -> WorkflowContext:
    return WorkflowContext(call_id=uuid.uuid4().hex, channel=CHANNEL, now=datetime.now(UTC), **values)


async def _conversation(session: AsyncSession, given: AgentInput, place: str) -> Conversation | None:
    if given.conversation_id is None:
        return None
    found = await session.get(Conversation, given.conversation_id)
    if found is None:
        raise InvalidInput.on(f"{place}.conversation_id", f"There is no conversation {given.conversation_id}.")
    if given.lead_id is not None and given.lead_id != found.lead_id:
        raise InvalidInput.on(
            f"{place}.lead_id", f"The conversation {found.id} is with another lead.", "Leave one of the two out."
        )
    return found


async def _lead(session: AsyncSession, lead_id: int, field: str) -> Lead:
    found = await session.get(Lead, lead_id)
    if found is None:
        raise InvalidInput.on(field, f"There is no lead {lead_id}.")
    return found


async def _remember(session: AsyncSession, context: WorkflowContext, conversation: Conversation, given: AgentInput) -> None:
    """What was said, and what the agents keep of it."""
    standing = await standing_of(session, conversation.id, THREAD_LENGTH)
    memory, said = standing.memory, standing.said
    context.current_agent, context.current_state = memory.current_agent, memory.state
    context.qualification_factors, context.offered_slots = memory.factors, memory.offered_slots
    context.questions_asked, context.asked_factor = memory.questions_asked, memory.asked_factor
    context.answered_objections, context.failures = memory.answered_objections, memory.failures
    context.is_disclosed, context.language = memory.is_disclosed, memory.language or context.language
    context.meeting, context.qualification = standing.meeting, standing.qualification
    if given.text and said and said[-1].author == "lead" and said[-1].body == given.text:
        # Asked about the text that the lead wrote last: it is this turn's input, not its past.
        said.pop()
    context.conversation_history = said


def _described(given: AgentInput) -> dict[str, Any]:
    company = {"company": given.company_name, "industry": given.industry, "company_size": given.company_size}
    info = given.contact_info
    person = {name: getattr(info, name) for name in CONTACT} if info else {}
    more = {"attributes": dict(info.model_extra)} if info and info.model_extra else {}
    return {name: value for name, value in {**company, **person, **more}.items() if value}


def _zone(given: AgentInput, lead: Lead | None) -> str:
    stated = given.contact_info.time_zone if given.contact_info else None
    if stated or lead is None:
        return stated or "UTC"
    return lead.time_zone or next(iter(lead.time_zones), "UTC")
