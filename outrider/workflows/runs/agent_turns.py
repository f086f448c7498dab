"""Keeps what agents did in steps of runs as their executions, in the transaction that stores the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import IN_WORKFLOWS
from outrider.agents.repository import keep_executions
from outrider.workflows.context import AgentTurn, RunContext
from outrider.workflows.runs.repository import RunRef


async def add_turns(session: AsyncSession, turns: Sequence[tuple[RunRef, RunContext, AgentTurn]]) -> None:
    """Store the turns of many runs at once. What the agents' models cost is in the ledger, whatever becomes of these rows."""
    if turns:
        await keep_executions(session, [_execution(run, context, turn) for run, context, turn in turns])


def _execution(run: RunRef, context: RunContext, turn: AgentTurn) -> dict[str, Any]:
    return {
        "agent_type": turn.agent_type,
        "purpose": IN_WORKFLOWS,
        "agent_id": turn.agent_id,
        "agent_version": turn.agent_version,
        "lead_id": run.lead_id,
        "conversation_id": context.conversation.id,
        "campaign_id": run.campaign_id,
        "run_id": run.run_id,
        "node_id": turn.node_id,
        "trace_id": context.trace_id,
        "input_data": turn.input,
        "output_data": turn.output,
        "processing_time_ms": turn.ms,
        "success": turn.error is None,
        "error": turn.error,
        "error_code": turn.error_code,
        "model": turn.model,
        "input_tokens": turn.input_tokens,
        "output_tokens": turn.output_tokens,
        "cost": turn.cost,
        "executed_at": turn.at,
    }
