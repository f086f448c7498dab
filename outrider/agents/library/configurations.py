"""Which configuration an agent works with: a stored one's published version, or what ships."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentConfiguration, AgentType
from outrider.agents.defaults import built_in
from outrider.agents.library import repository
from outrider.agents.library.schemas import AgentDraft
from outrider.agents.models import Agent
from outrider.errors import NotFound


class NoSuchVersion(NotFound):
    """The agent has no version of this number."""


async def configuration_for(session: AsyncSession, agent_type: AgentType, agent_id: int | None = None) -> AgentConfiguration:
    """The configuration that speaks: of this agent, else of the one that stands for the type, else the shipped one.

    An agent that was never published, or is gone, counts as none.
    """
    chosen = {agent_type: agent_id} if agent_id is not None else {}
    return (await configurations_for(session, chosen))[agent_type]


async def configurations_for(session: AsyncSession, chosen: Mapping[AgentType, int]) -> dict[AgentType, AgentConfiguration]:
    """As `configuration_for`, for every type at once. `chosen` names stored agents by the type that they work as."""
    by_id, defaults = await _speaking(session, list(chosen.values()))
    return {kind: _as(kind, by_id.get(chosen.get(kind, -1)) or defaults.get(kind) or built_in(kind)) for kind in AgentType}


async def configurations_of(
    session: AsyncSession, agent_type: AgentType, agent_ids: Collection[int | None]
) -> dict[int | None, AgentConfiguration]:
    """As `configuration_for`, for several agents of one type at once; by their ids."""
    by_id, defaults = await _speaking(session, [agent_id for agent_id in agent_ids if agent_id is not None])
    otherwise = defaults.get(agent_type) or built_in(agent_type)
    return {agent_id: _as(agent_type, by_id.get(agent_id or -1) or otherwise) for agent_id in agent_ids}


async def _speaking(
    session: AsyncSession, agent_ids: Sequence[int]
) -> tuple[dict[int, AgentConfiguration], dict[str, AgentConfiguration]]:
    """The published ones of these agents by id, and those that stand for a type by it."""
    found = await repository.speaking(session, agent_ids)
    by_id = {agent["id"]: _published(agent["id"], agent["number"], agent["configuration"]) for agent in found}
    return by_id, {agent["agent_type"]: by_id[agent["id"]] for agent in found if agent["is_default"]}


@lru_cache(maxsize=256)
def _published(agent_id: int, number: int, configuration: str) -> AgentConfiguration:
    """As `read`, once for each text."""
    return read(agent_id, number, orjson.loads(configuration))


def _as(kind: AgentType, configuration: AgentConfiguration) -> AgentConfiguration:
    """A stored agent may work as another type than it was made for."""
    return configuration if configuration.agent_type is kind else configuration.model_copy(update={"agent_type": kind})


async def configuration_of(session: AsyncSession, agent: Agent, number: int | None) -> AgentConfiguration:
    """One state of a stored agent: the version of this number, or its draft.

    Raises:
        NoSuchVersion
    """
    if number is None:
        return read(agent.id, None, draft_of(agent).model_dump(mode="json"))
    version = await repository.version(session, agent.id, number)
    if version is None:
        raise NoSuchVersion(f"The agent {agent.id} has no version {number}.")
    return read(agent.id, number, version.configuration)


def draft_of(agent: Agent) -> AgentDraft:
    """What the agent's row holds."""
    return AgentDraft.model_validate({name: getattr(agent, name) for name in AgentDraft.model_fields})


def read(agent_id: int, number: int | None, configuration: Mapping[str, Any]) -> AgentConfiguration:
    draft = AgentDraft.model_validate(configuration)
    return AgentConfiguration(agent_id=agent_id, version=number, **draft.model_dump(exclude={"description"}))
