"""Carries out what the agents ask for, in the transaction that stores their answer. The recipient is the run's own lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import (
    AgentIntent,
    BookMeeting,
    CancelMeeting,
    NotifyPerson,
    RemindPerson,
    UpdateLead,
    WorkflowContext,
)
from outrider.agents.reminders import remind
from outrider.agents.scheduling import service as scheduling
from outrider.agents.scheduling.service import NotBooked
from outrider.agents.tools.people import UPDATABLE
from outrider.config import get_settings
from outrider.conversations.notes import add_note
from outrider.conversations.turns import Turn
from outrider.errors import InvalidInput
from outrider.leads.schemas import LeadPatch
from outrider.leads.service import change_lead

log = structlog.get_logger(__name__)

CANCELLED_BY_LEAD = "The lead called it off."
AGENT = "agent"
MOST_NOTIFIED = 1_000
"""Characters of a note."""


async def carry_out(session: AsyncSession, intents: Sequence[AgentIntent], turn: Turn, context: WorkflowContext) -> None:
    """Do what was asked for.

    Raises:
        SlotTaken: a meeting's time is gone; the caller gives up the whole transaction.
    """
    for intent in intents:
        match intent:
            case BookMeeting():
                await scheduling.book(
                    session,
                    intent,
                    lead_id=turn.lead_id,
                    conversation_id=turn.conversation_id,
                    campaign_id=turn.campaign_id,
                )
            case CancelMeeting(booking_id=booking_id):
                await _cancel(session, booking_id, turn.lead_id)
            case UpdateLead(changes=changes):
                await _update_lead(session, turn.lead_id, changes)
            case RemindPerson(at=at, why=why):
                delay = max(at - datetime.now(UTC), timedelta(0))
                await remind.later(delay)(session, turn.conversation_id, turn.inbound_count, why)
            case NotifyPerson(subject=subject, body=body):
                await add_note(session, turn.conversation_id, AGENT, f"{subject}\n{body}"[:MOST_NOTIFIED])


async def _cancel(session: AsyncSession, booking_id: int, lead_id: int) -> None:
    try:
        await scheduling.cancel(session, booking_id, lead_id=lead_id, reason=CANCELLED_BY_LEAD)
    except NotBooked:
        # It is over or was moved meanwhile: what the lead wants has come true.
        log.info("meeting_not_cancelled", booking_id=booking_id)


async def _update_lead(session: AsyncSession, lead_id: int, changes: dict[str, str]) -> None:
    """Keep what the lead told about themselves; a value that can't be used is left out, for the answer is worth more."""
    allowed = {name: value for name, value in changes.items() if name in (*UPDATABLE, "email")}
    if not allowed:
        return
    try:
        async with session.begin_nested():
            await change_lead(session, lead_id, LeadPatch(**allowed), get_settings().default_region)
    except InvalidInput as error:
        log.info("lead_fact_not_usable", lead_id=lead_id, fields=[problem.field for problem in error.fields])
