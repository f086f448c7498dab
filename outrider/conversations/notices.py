"""Facts about conversations that people outside may want to hear of."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import NumberSuppressed
from outrider.conversations.models import Conversation, PersonReason, Sender, SuppressionReason
from outrider.events.bus import subscribe
from outrider.events.facts import Fact, Severity, notify
from outrider.leads.models import Lead

OPT_OUTS = (SuppressionReason.STOP, SuppressionReason.CARRIER, SuppressionReason.COMPLAINT)
NOBODY = "A lead without a name"


class ConversationNeedsPerson(Fact):
    """The agent left a conversation to a person, who has to answer."""

    name = "conversation.needs_person"
    label = "Conversation needs a person"
    severity = Severity.WARNING

    conversation_id: int
    lead_id: int
    lead_name: str
    campaign_id: int | None
    reason: PersonReason
    explanation: str
    """In plain words, and in the lead's; may be empty."""

    def title(self) -> str:
        return f"{self.lead_name or NOBODY} needs a person"

    def detail(self) -> str:
        return self.explanation or f"Reason: {self.reason.replace('_', ' ')}."

    def link(self) -> str:
        return f"/conversations?status=any&thread={self.conversation_id}"


class LeadOptedOut(Fact):
    """A lead asked us to stop, in any words and on any channel, or the carrier says so."""

    name = "lead.opted_out"
    label = "Lead opted out"
    is_shown = False

    lead_id: int
    lead_name: str
    reason: SuppressionReason

    def title(self) -> str:
        return f"{self.lead_name or NOBODY} opted out"

    def detail(self) -> str:
        return "Nobody contacts them any more."

    def link(self) -> str:
        return f"/leads/{self.lead_id}"


class SenderDisabled(Fact):
    """The carrier refuses one of our numbers; nothing leaves from it until a person enables it again."""

    name = "sender.disabled"
    label = "Sender disabled"
    severity = Severity.CRITICAL

    sender_id: int
    address: str
    reason: str

    def title(self) -> str:
        return f"The carrier refuses {self.address}"

    def detail(self) -> str:
        return self.reason

    def link(self) -> str:
        return "/settings/senders"


async def tell_needs_person(session: AsyncSession, conversation_ids: list[int], reason: PersonReason, explanation: str) -> None:
    if not conversation_ids:
        return
    rows = await session.execute(
        select(Conversation.id, Conversation.lead_id, Conversation.campaign_id, Lead.name)
        .join(Lead, Lead.id == Conversation.lead_id)
        .where(Conversation.id.in_(conversation_ids))
    )
    facts = [
        ConversationNeedsPerson(
            conversation_id=row.id,
            lead_id=row.lead_id,
            lead_name=row.name or "",
            campaign_id=row.campaign_id,
            reason=reason,
            explanation=explanation,
        )
        for row in rows
    ]
    await notify(session, *facts)


async def tell_disabled(session: AsyncSession, reasons: Mapping[int, str]) -> None:
    """These senders were taken out of use by the carrier's word."""
    rows = await session.execute(select(Sender.id, Sender.address).where(Sender.id.in_(reasons)))
    await notify(session, *(SenderDisabled(sender_id=row.id, address=row.address, reason=reasons[row.id]) for row in rows))


@subscribe(NumberSuppressed)
async def tell_opted_out(session: AsyncSession, event: NumberSuppressed) -> None:
    if event.reason not in OPT_OUTS or not event.lead_ids:
        return
    rows = await session.execute(select(Lead.id, Lead.name).where(Lead.id.in_(event.lead_ids)))
    await notify(session, *(LeadOptedOut(lead_id=row.id, lead_name=row.name or "", reason=event.reason) for row in rows))
