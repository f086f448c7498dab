"""Configured agents: list, create, change, delete."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents import repository
from outrider.agents.models import Agent
from outrider.agents.schemas import AgentIn, AgentPatch
from outrider.errors import Conflict, InvalidInput, NotFound


class AgentNameTaken(Conflict):
    """Another agent has this name."""


class AgentInUse(Conflict):
    """Something refers to the agent, so it can't be deleted."""


async def list_agents(session: AsyncSession) -> Sequence[Agent]:
    return await repository.list_agents(session)


async def get_agent(session: AsyncSession, agent_id: int) -> Agent:
    """
    Raises:
        NotFound: no such agent.
    """
    agent = await session.get(Agent, agent_id)
    if agent is None:
        raise NotFound(f"There is no agent {agent_id}.")
    return agent


async def create_agent(session: AsyncSession, given: AgentIn) -> Agent:
    """
    Raises:
        AgentNameTaken: choose another name.
    """
    await _ensure_free(session, given.name)
    agent = Agent(**given.model_dump())
    session.add(agent)
    await session.flush()
    await session.refresh(agent)
    return agent


async def change_agent(session: AsyncSession, agent_id: int, patch: AgentPatch) -> Agent:
    """
    Raises:
        NotFound: no such agent.
        AgentNameTaken: another agent has the new name.
    """
    agent = await get_agent(session, agent_id)
    changes = patch.model_dump(exclude_unset=True)
    for field in ("name", "system_prompt", "tools"):
        if field in changes and changes[field] is None:
            raise InvalidInput.on(f"body.{field}", "can't be empty", "Leave it out to keep it.")
    if changes.get("name", agent.name) != agent.name:
        await _ensure_free(session, changes["name"])
    for field, value in changes.items():
        setattr(agent, field, value)
    await session.flush()
    await session.refresh(agent)
    return agent


async def delete_agent(session: AsyncSession, agent_id: int) -> None:
    """
    Raises:
        NotFound: no such agent.
        AgentInUse: a campaign refers to it.
    """
    agent = await get_agent(session, agent_id)
    try:
        async with session.begin_nested():
            await session.delete(agent)
    except IntegrityError as error:
        remedy = "Delete the campaign or give it another agent."
        raise AgentInUse("A campaign uses this agent.", remedy=remedy) from error


async def _ensure_free(session: AsyncSession, name: str) -> None:
    if await repository.agent_named(session, name) is not None:
        raise AgentNameTaken(f"There is an agent named {name!r} already.", remedy="Choose another name.")
