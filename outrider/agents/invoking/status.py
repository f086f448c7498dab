"""How the agents of each type do, and how to begin anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentConfiguration, AgentType
from outrider.agents.factory import Models, agent_classes
from outrider.agents.invoking import repository
from outrider.agents.invoking.repository import LatestRun
from outrider.agents.invoking.schemas import AgentStatus, ResetIn, ResetReport
from outrider.agents.invoking.service import Invocations
from outrider.agents.library.configurations import configurations_for
from outrider.agents.models import AgentExecution
from outrider.conversations.models import Conversation
from outrider.errors import ConfigurationError, InvalidInput, NotFound
from outrider.leads.models import Lead
from outrider.llm.budgets.service import left_alone

DEFAULT_GOAL = 1.0
MODEL_FAILURES = ("model-", "circuit-open", "answer-unusable")
"""Beginnings of the names of failures that are a model's."""


async def status_of_all(session: AsyncSession, invocations: Invocations) -> dict[AgentType, AgentStatus]:
    """By type: what is configured, how the runs of the last 24 hours went, whether the model can be used."""
    types = [kind.value for kind in AgentType]
    configurations = await configurations_for(session, {})
    figures = await repository.figures(session, {kind.value: goal_of(kind) for kind in AgentType})
    latest = await repository.latest_runs(session, types)
    used = await repository.used_turns(session)
    open_circuits = await left_alone(session)
    return {
        kind: _status(
            kind, configurations[kind], figures.get(kind), latest.get(kind), invocations, used.get(kind, 0), open_circuits
        )
        for kind in AgentType
    }


async def reset(session: AsyncSession, invocations: Invocations, agent_type: AgentType, wanted: ResetIn) -> ResetReport:
    """Begin anew: agents keep no state of their own, so this clears what is kept for them.

    The count of calls within this hour always; what is remembered of a conversation, or of all that a lead had, where one is
    named. Messages, qualifications and executions are history and stay.

    Raises:
        InvalidInput: there is no such conversation or lead.
    """
    await _check_reset(session, wanted)
    done = []
    if await _forget_calls(session, agent_type):
        done.append(f"The count of calls of {agent_type} agents within this hour began anew.")
    cleared = 0
    if wanted.conversation_id is not None or wanted.lead_id is not None:
        cleared = await repository.clear_memories(session, conversation_id=wanted.conversation_id, lead_id=wanted.lead_id)
        whose = f"conversation {wanted.conversation_id}" if wanted.conversation_id else f"lead {wanted.lead_id}"
        done.append(
            f"Forgot where {whose} stood: current agent, factors, offered times."
            if cleared
            else f"Nothing was remembered of {whose}."
        )
    if not done:
        done.append("Nothing was kept: agents read their configuration anew for every run.")
    return ResetReport(agent_type=agent_type, done=done, memories_cleared=cleared)


def goal_of(kind: AgentType) -> int:
    """Milliseconds that a run of an agent of this type should take at most."""
    made = agent_classes().get(kind)
    return round((made.seconds_goal if made else DEFAULT_GOAL) * 1000)


def executions_of(agent_id: int) -> Select[Any]:
    """The runs of a stored agent."""
    return select(AgentExecution).where(AgentExecution.agent_id == agent_id)


def executions_of_type(agent_type: AgentType | None, trace_id: str | None = None) -> Select[Any]:
    """The runs of all agents of a type, or of all; with `trace_id` what belongs to one run."""
    query = select(AgentExecution)
    if trace_id is not None:
        query = query.where(AgentExecution.trace_id == trace_id)
    return query.where(AgentExecution.agent_type == agent_type.value) if agent_type else query


async def execution(session: AsyncSession, execution_id: int) -> AgentExecution:
    """
    Raises:
        NotFound: no such run.
    """
    found = await session.get(AgentExecution, execution_id)
    if found is None:
        raise NotFound(f"There is no execution {execution_id}.")
    return found


def _status(
    kind: AgentType,
    configuration: AgentConfiguration,
    figures: Any,
    latest: LatestRun | None,
    invocations: Invocations,
    used: int,
    open_circuits: Mapping[str, str],
) -> AgentStatus:
    model, problem = _model(invocations.parts.models, configuration.model)
    circuit = open_circuits.get(model.partition(":")[0])
    has_failed = latest is not None and not latest.success and (latest.error_code or "").startswith(MODEL_FAILURES)
    failing = circuit is not None or has_failed
    runs, successes = (figures.runs, figures.successes) if figures else (0, 0)
    return AgentStatus(
        agent_type=kind,
        agent_id=configuration.agent_id,
        version=configuration.version,
        name=configuration.name,
        model=model,
        model_health="not_configured" if problem else "failing" if failing else "healthy",
        model_problem=problem or circuit or (latest.error if has_failed and latest else None),
        is_available=kind in agent_classes(),
        last_run=latest.at if latest else None,
        last_error=latest.error if latest and not latest.success else None,
        runs=runs,
        successes=successes,
        success_rate=successes / runs if runs else None,
        p50_ms=round(figures.p50) if figures else None,
        p95_ms=round(figures.p95) if figures else None,
        goal_ms=goal_of(kind),
        within_goal=figures.within_goal / successes if figures and successes else None,
        calls_left=max(0, invocations.most_calls(kind) - used),
    )


def _model(models: Models, name: str | None) -> tuple[str, str | None]:
    """The model's name, and what keeps it from being used."""
    try:
        return models.get(name).name, None
    except ConfigurationError as error:
        return name or "", error.detail.removeprefix("OUTRIDER_MODEL: ")


async def _forget_calls(session: AsyncSession, agent_type: AgentType) -> bool:
    had = agent_type in await repository.used_turns(session)
    await repository.forget_turns(session, agent_type)
    return had


async def _check_reset(session: AsyncSession, wanted: ResetIn) -> None:
    if wanted.conversation_id is not None and await session.get(Conversation, wanted.conversation_id) is None:
        raise InvalidInput.on("body.conversation_id", f"There is no conversation {wanted.conversation_id}.")
    if wanted.lead_id is not None and await session.get(Lead, wanted.lead_id) is None:
        raise InvalidInput.on("body.lead_id", f"There is no lead {wanted.lead_id}.")
