"""Where a conversation stands with the agents, for people who look at it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents import repository
from outrider.agents.base import QualificationFactors, Tier
from outrider.agents.memory import load_memory
from outrider.agents.scheduling.service import meeting_of
from outrider.agents.schemas import QualificationOut, SummaryOut, TeamView
from outrider.agents.team.models import QualificationRecord
from outrider.conversations.threads import require_conversation

MOST_QUALIFICATIONS = 20


async def team_view(session: AsyncSession, conversation_id: int) -> TeamView:
    """
    Raises:
        NotFound: no such conversation.
    """
    await require_conversation(session, conversation_id)
    memory = await load_memory(session, conversation_id)
    found = await repository.qualifications(session, conversation_id, MOST_QUALIFICATIONS)
    return TeamView(
        current_agent=memory.current_agent,
        state=memory.state,
        failures=memory.failures,
        is_disclosed=memory.is_disclosed,
        offered_slots=memory.offered_slots,
        meeting=await meeting_of(session, conversation_id),
        qualifications=[_qualification(record) for record in found],
        summary=await _summary(session, conversation_id),
    )


async def _summary(session: AsyncSession, conversation_id: int) -> SummaryOut | None:
    row = await repository.latest_summary(session, conversation_id)
    if row is None:
        return None
    shown = SummaryOut.model_validate(row)
    shown.is_current = await repository.newest_message_id(session, conversation_id) == row.last_message_id
    return shown


def _qualification(record: QualificationRecord) -> QualificationOut:
    return QualificationOut(
        id=record.id,
        score=record.score,
        tier=Tier(record.tier),
        reasoning=record.reasoning,
        findings=list(QualificationFactors.model_validate(record.factors).findings.values()),
        source=record.source,
        created_at=record.created_at,
    )
