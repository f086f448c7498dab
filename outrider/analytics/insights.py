"""How automated texts of a conversation came about: who wrote them, with which model, why, and what that took."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Integer, Label, Select, case, cast, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import Agent, AgentExecution
from outrider.conversations.models import Message
from outrider.conversations.threads import require_conversation
from outrider.db.pages import Order, Page, SortKey, read_rows
from outrider.llm.budgets.models import ModelCall
from outrider.workflows.models import Run, Step, Workflow, WorkflowVersion

NEWEST_FIRST = Order("-message_id", SortKey(Message.id.expression, int), Message.id.expression)


class MessageInsight(BaseModel):
    """How one automated text came about."""

    model_config = ConfigDict(from_attributes=True)

    message_id: int
    kind: Literal["agent", "workflow"]
    """An agent's answer, or a text of a campaign's workflow."""
    agent_type: str
    name: str | None
    """The configured agent's name, or the workflow's."""
    reason: str | None
    model: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars, with all attempts of models that were paid for. For a workflow's text, of its whole run."""
    processing_time_ms: int
    """Of a workflow's text, what the step took that wrote it: its run may still wait, or have waited for weeks."""
    trace_id: str
    execution_id: int | None
    run_id: int | None
    campaign_lead_id: int | None


async def insights(session: AsyncSession, conversation_id: int, cursor: str | None, limit: int) -> Page[MessageInsight]:
    """A page of insights, those of the newest messages first.

    Raises:
        NotFound: no such conversation.
        InvalidInput: the cursor is none of this list.
    """
    await require_conversation(session, conversation_id)
    rows, next_cursor = await read_rows(session, _query(conversation_id), NEWEST_FIRST, cursor, limit)
    return Page(items=[MessageInsight.model_validate(row) for row in rows], next_cursor=next_cursor)


def _query(conversation_id: int) -> Select[Any]:
    """One row per text that an execution or a run wrote."""
    step = (
        select(func.concat(Step.node_name, ": ", Step.message).label("said"), Step.ms)
        .where(
            Step.campaign_lead_id == Message.campaign_lead_id,
            Step.node_id == func.split_part(func.split_part(Message.dedupe_key, ":", 3), "#", 1),
        )
        .order_by(Step.id.desc())
        .limit(1)
        .lateral("step")
    )
    trace_id = _either(AgentExecution.trace_id, Run.trace_id, "trace_id")
    # What is no longer in the ledger, because of its age, is as the run itself counted it.
    paid = select(func.sum(ModelCall.cost)).where(ModelCall.run_id == trace_id.element).scalar_subquery()
    step_time = cast(func.coalesce(step.c.ms, 0), Integer)
    return (
        select(
            Message.id.label("message_id"),
            case((AgentExecution.id.is_not(None), literal("agent")), else_=literal("workflow")).label("kind"),
            _either(AgentExecution.agent_type, literal("workflow"), "agent_type"),
            _either(Agent.name, Workflow.name, "name"),
            _either(AgentExecution.output_data["reason"].astext, step.c.said, "reason"),
            _either(AgentExecution.model, Run.model, "model"),
            _either(AgentExecution.input_tokens, Run.input_tokens, "input_tokens"),
            _either(AgentExecution.output_tokens, Run.output_tokens, "output_tokens"),
            func.coalesce(paid, AgentExecution.cost, Run.cost).label("cost"),
            _either(AgentExecution.processing_time_ms, step_time, "processing_time_ms"),
            trace_id,
            AgentExecution.id.label("execution_id"),
            Message.run_id,
            Message.campaign_lead_id,
        )
        .select_from(Message)
        .outerjoin(AgentExecution, AgentExecution.message_id == Message.id)
        .outerjoin(Agent, Agent.id == AgentExecution.agent_id)
        .outerjoin(Run, Run.id == Message.run_id)
        .outerjoin(WorkflowVersion, WorkflowVersion.id == Run.workflow_version_id)
        .outerjoin(Workflow, Workflow.id == WorkflowVersion.workflow_id)
        .outerjoin(step, true())
        .where(Message.conversation_id == conversation_id, or_(AgentExecution.id.is_not(None), Run.id.is_not(None)))
    )


def _either(of_agent: ColumnElement[Any] | Any, of_run: ColumnElement[Any] | Any, name: str) -> Label[Any]:
    return func.coalesce(of_agent, of_run).label(name)
