"""`/api/agents/status`, resets, and what agents did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from outrider.agents.base import AgentType
from outrider.agents.invoking import repository, status
from outrider.agents.invoking.schemas import AgentStatus, ExecutionDetail, ExecutionOut, ResetIn, ResetReport
from outrider.agents.library.service import get_agent
from outrider.auth.permissions import Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/agents", tags=["agents"])

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]


@router.get("/status", dependencies=READ)
async def get_agent_status(request: Request, session: Transaction) -> dict[AgentType, AgentStatus]:
    """By type: the agent at work, its model and whether that can be used, and how the last 24 hours went."""
    return await status.status_of_all(session, request.app.state.invocations)


@router.get("/executions", dependencies=READ)
async def list_all_executions(
    session: Transaction,
    agent_type: AgentType | None = None,
    trace_id: Annotated[str | None, Query(max_length=200, pattern="^[^\\x00]*$")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ExecutionOut]:
    """What agents did, newest first; of one type or of all, or of one run (the `run_id` of a model call)."""
    rows, next_cursor = await repository.executions(session, status.executions_of_type(agent_type, trace_id), cursor, limit)
    return Page(items=[ExecutionOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get("/executions/{execution_id}", dependencies=READ)
async def get_execution(session: Transaction, execution_id: int) -> ExecutionDetail:
    """One run: what the agent was given, what it answered, and what that took."""
    return ExecutionDetail.model_validate(await status.execution(session, execution_id))


@router.get("/{agent_id}/executions", dependencies=READ)
async def list_agent_executions(
    session: Transaction, agent_id: int, cursor: Cursor = None, limit: Limit = 50
) -> Page[ExecutionOut]:
    """What a stored agent did, newest first."""
    await get_agent(session, agent_id)
    rows, next_cursor = await repository.executions(session, status.executions_of(agent_id), cursor, limit)
    return Page(items=[ExecutionOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.post("/{agent_type}/reset", dependencies=WRITE)
async def reset_agent_state(
    request: Request, session: Transaction, agent_type: AgentType, wanted: ResetIn | None = None
) -> ResetReport:
    """Begin anew: the count of calls within this hour, and what is remembered of the conversation or lead that is named.

    Agents keep no state between runs, so that there is nothing else to clear; texts, qualifications and executions stay.
    """
    return await status.reset(session, request.app.state.invocations, agent_type, wanted or ResetIn())
