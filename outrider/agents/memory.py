"""What the agents remember of a conversation, and the lead's standing that follows from it: written with each answer."""

from __future__ import annotations

from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType, Factor, Qualification, QualificationFactors, Slot, Tier, WorkflowState
from outrider.agents.events import LeadQualified
from outrider.agents.team.models import ConversationMemory, QualificationRecord
from outrider.db.engine import raw_connection
from outrider.events.bus import publish
from outrider.leads.events import LeadChange, LeadsTouched


class Memory(BaseModel):
    """A conversation's memory; as new where nothing is stored."""

    current_agent: AgentType | None = None
    state: WorkflowState = WorkflowState.GREETING
    factors: QualificationFactors = QualificationFactors()
    offered_slots: list[Slot] = []
    questions_asked: int = 0
    asked_factor: Factor | None = None
    answered_objections: list[str] = []
    failures: int = 0
    is_disclosed: bool = False
    language: str | None = None


REMEMBERED = ", ".join(Memory.model_fields)
KEEP_MEMORY = f"""
    INSERT INTO conversation_memories (conversation_id, {REMEMBERED})
    SELECT $1, {REMEMBERED} FROM json_populate_record(NULL::conversation_memories, $2)
    ON CONFLICT (conversation_id) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in Memory.model_fields)}, updated_at = now()
"""  # noqa: S608  (our own columns)
KEEP_SCORE = text("""
    UPDATE leads SET score = :score, tier = :tier, version = version + 1, updated_at = now(),
        field_versions = field_versions || jsonb_build_object('score', version + 1, 'tier', version + 1)
    WHERE id = :lead_id AND (score, tier) IS DISTINCT FROM (CAST(:score AS smallint), CAST(:tier AS text))
    RETURNING id
""")


async def load_memory(session: AsyncSession, conversation_id: int) -> Memory:
    """What is remembered of the conversation."""
    row = await session.get(ConversationMemory, conversation_id)
    if row is None:
        return Memory()
    return Memory.model_validate({name: getattr(row, name) for name in Memory.model_fields})


async def keep_memory(session: AsyncSession, conversation_id: int, memory: Memory) -> None:
    """Store the memory in place of what was remembered. Every turn does, so it runs on the raw connection."""
    connection = await raw_connection(session)
    await connection.execute(KEEP_MEMORY, conversation_id, memory.model_dump_json())


async def latest_qualification(session: AsyncSession, lead_id: int) -> Qualification | None:
    """The lead's newest qualification."""
    query = select(QualificationRecord).where(QualificationRecord.lead_id == lead_id).order_by(QualificationRecord.id.desc())
    row = (await session.execute(query.limit(1))).scalar_one_or_none()
    if row is None:
        return None
    return Qualification(
        score=row.score,
        tier=Tier(row.tier),
        reasoning=row.reasoning,
        factors=QualificationFactors.model_validate(row.factors),
    )


async def keep_qualification(
    session: AsyncSession,
    qualification: Qualification,
    *,
    lead_id: int,
    conversation_id: int | None,
    campaign_id: int | None,
    trace_id: str | None = None,
    source: str = "conversation",
) -> None:
    """Add to the lead's qualifications, score the lead by it, and publish `LeadQualified`."""
    before = await latest_qualification(session, lead_id)
    session.add(
        QualificationRecord(
            lead_id=lead_id,
            conversation_id=conversation_id,
            campaign_id=campaign_id,
            score=qualification.score,
            tier=qualification.tier,
            reasoning=qualification.reasoning,
            factors=qualification.factors.model_dump(mode="json"),
            source=source,
            trace_id=trace_id,
        )
    )
    await session.flush()
    arguments = {"lead_id": lead_id, "score": qualification.score, "tier": qualification.tier}
    if (await session.execute(KEEP_SCORE, arguments)).one_or_none() is not None:
        await publish(session, LeadsTouched(LeadChange.CHANGED, [lead_id]))
    tier_before = before.tier if before else None
    await publish(
        session, LeadQualified(lead_id, conversation_id, campaign_id, qualification.score, qualification.tier, tier_before)
    )
