"""How a lead can be reached: read from their row, because numbers and addresses stay out of what models get to see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import WorkflowContext
from outrider.agents.factory import AgentParts
from outrider.agents.sales.results import TouchChannel
from outrider.integrations.enrichment.base import EnrichmentQuery, clean_value
from outrider.leads import repository as leads
from outrider.leads.models import Lead


@dataclass(frozen=True, slots=True)
class Contact:
    phone: str | None = None
    email: str | None = None
    consents: frozenset[str] | None = None
    """Channels with an open consent; None for somebody who is no stored lead."""

    def unavailable(self) -> dict[TouchChannel, str]:
        """Channels that can't be used, with the reason."""
        found: dict[TouchChannel, str] = {}
        for channel, way, consent in (
            (TouchChannel.SMS, self.phone, "sms"),
            (TouchChannel.CALL, self.phone, "voice"),
            (TouchChannel.EMAIL, self.email, None),
        ):
            if not way:
                found[channel] = "no e-mail address" if channel is TouchChannel.EMAIL else "no phone number"
            elif consent and self.consents is not None and consent not in self.consents:
                found[channel] = "no consent"
        return found


async def contact_of(parts: AgentParts, context: WorkflowContext) -> Contact:
    """Of the stored lead, else as the caller described them."""
    lead_id = context.lead.get("id")
    if isinstance(lead_id, int) and parts.database is not None:
        async with parts.database.transaction() as session:
            if (stored := await stored_contact(session, lead_id)) is not None:
                return stored
    return Contact(phone=clean_value(context.lead.get("phone")) or None, email=clean_value(context.lead.get("email")) or None)


async def stored_contact(session: AsyncSession, lead_id: int) -> Contact | None:
    lead = await session.get(Lead, lead_id)
    if lead is None:
        return None
    consents = await leads.consents_of(session, lead_id)
    return Contact(lead.phone, lead.email, frozenset(str(c.channel) for c in consents if c.revoked_at is None))


def query_for(context: WorkflowContext, contact: Contact) -> EnrichmentQuery:
    """The question about the lead of a run."""
    lead = context.lead
    return EnrichmentQuery(
        email=contact.email,
        name=clean_value(lead.get("name")) or None,
        company=clean_value(lead.get("company")) or None,
        domain=clean_value(lead.get("domain") or lead.get("website")) or None,
        phone=contact.phone,
    )
