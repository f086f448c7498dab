"""Every query on agents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import AgentExecution
from outrider.agents.team.models import ConversationSummary, QualificationRecord
from outrider.conversations.models import Author, Conversation, Message, OutboxState, Suppression
from outrider.db.engine import raw_connection
from outrider.leads.models import Lead

EXECUTION = (
    "agent_type", "agent_id", "agent_version", "lead_id", "conversation_id", "campaign_id", "message_id", "trace_id",
    "input_data", "output_data", "processing_time_ms", "success", "error", "model", "input_tokens", "output_tokens", "cost",
)  # fmt: skip
"""Columns of `AgentExecution` that a turn fills."""
KEEP_EXECUTION = f"""
    INSERT INTO agent_executions ({", ".join(EXECUTION)})
    SELECT {", ".join(EXECUTION)} FROM json_populate_record(NULL::agent_executions, $1)
"""  # noqa: S608  (our own columns)


IN_RUNS = (
    "agent_type", "purpose", "agent_version", "campaign_id", "run_id", "node_id", "trace_id", "input_data", "output_data",
    "processing_time_ms", "success", "error", "error_code", "model", "input_tokens", "output_tokens", "cost", "executed_at",
)  # fmt: skip
"""Columns that a step of a workflow's run fills, besides those that refer to what may be gone by now."""
KEEP_EXECUTIONS = f"""
    INSERT INTO agent_executions ({", ".join(IN_RUNS)}, agent_id, lead_id, conversation_id)
    SELECT {", ".join(f"e.{name}" for name in IN_RUNS)}, agents.id, leads.id, conversations.id
    FROM json_populate_recordset(NULL::agent_executions, $1) WITH ORDINALITY AS e
    LEFT JOIN agents ON agents.id = e.agent_id
    LEFT JOIN leads ON leads.id = e.lead_id
    LEFT JOIN conversations ON conversations.id = e.conversation_id
    ORDER BY e.ordinality
"""  # noqa: S608  (our own columns)


async def keep_execution(session: AsyncSession, execution: Mapping[str, Any]) -> None:
    """Store one run of an agent. Every turn does, so it runs on the raw connection."""
    connection = await raw_connection(session)
    await connection.execute(KEEP_EXECUTION, orjson.dumps(execution, default=str).decode())


async def keep_executions(session: AsyncSession, executions: Sequence[Mapping[str, Any]]) -> None:
    """Store what agents did in steps of runs, as many as there are with one statement."""
    connection = await raw_connection(session)
    await connection.execute(KEEP_EXECUTIONS, orjson.dumps(executions, default=str).decode())


async def answers_being_typed(session: AsyncSession, conversation_ids: Collection[int]) -> Sequence[Row[Any]]:
    """(conversation_id, message_id, memory_before) of the agents' answers that wait and did nothing but say something."""
    done = AgentExecution.output_data
    query = (
        select(Message.conversation_id, Message.id.label("message_id"), done["memory_before"].label("memory_before"))
        .join(AgentExecution, AgentExecution.message_id == Message.id)
        .where(
            Message.conversation_id.in_(conversation_ids),
            Message.state == OutboxState.QUEUED,
            Message.author == Author.AGENT,
            # What was booked, noted or handed over stays done, so its words have to reach the lead.
            func.jsonb_array_length(func.coalesce(done["intents"], literal_column("'[]'::jsonb"))) == 0,
            done["person_reason"].is_(None),
            done["memory_before"].is_not(None),
        )
        .order_by(Message.id.desc())
    )
    return (await session.execute(query)).all()


async def conversation(session: AsyncSession, conversation_id: int) -> Conversation | None:
    return await session.get(Conversation, conversation_id)


async def lock_conversation(session: AsyncSession, conversation_id: int) -> None:
    await session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update(key_share=True))


async def rests_since(session: AsyncSession, conversation_id: int, inbound_count: int) -> bool:
    """Whether the agents still have the conversation, the lead has not written since, and may be contacted."""
    suppressed = select(Suppression.id).where(Suppression.phone == Lead.phone, Suppression.lifted_at.is_(None)).exists()
    query = (
        select(Conversation.id)
        .join(Lead, Lead.id == Conversation.lead_id)
        .where(
            Conversation.id == conversation_id,
            Conversation.inbound_count == inbound_count,
            Conversation.handled_by == "agent",
            ~suppressed,
        )
    )
    return (await session.execute(query)).one_or_none() is not None


async def newest_message_id(session: AsyncSession, conversation_id: int) -> int | None:
    """The newest text that came in or may have left."""
    never_left = Message.state.in_([OutboxState.CANCELLED, OutboxState.FAILED])
    query = select(func.max(Message.id)).where(Message.conversation_id == conversation_id, never_left.is_not(True))
    return await session.scalar(query)


async def latest_summary(session: AsyncSession, conversation_id: int) -> ConversationSummary | None:
    query = (
        select(ConversationSummary)
        .where(ConversationSummary.conversation_id == conversation_id)
        .order_by(ConversationSummary.last_message_id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def keep_summary(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Store a summary; False if this state of the thread was summed up already."""
    statement = insert(ConversationSummary).values(**values).on_conflict_do_nothing().returning(ConversationSummary.id)
    return (await session.execute(statement)).one_or_none() is not None


async def qualifications(session: AsyncSession, conversation_id: int, limit: int) -> Sequence[QualificationRecord]:
    """The conversation's qualifications, newest first."""
    query = (
        select(QualificationRecord)
        .where(QualificationRecord.conversation_id == conversation_id)
        .order_by(QualificationRecord.id.desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def campaign_of_lead(session: AsyncSession, lead_id: int | None) -> int | None:
    """The campaign that wrote to the lead last."""
    if lead_id is None:
        return None
    return await session.scalar(select(Conversation.campaign_id).where(Conversation.lead_id == lead_id))
