"""Which configuration an agent works with: a stored one's published version, or what ships."""

from __future__ import annotations

from collections.abc import Mapping
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
    found = await repository.speaking(session, list(chosen.values()))
    by_id = {agent["id"]: _published(agent["id"], agent["number"], agent["configuration"]) for agent in found}
    defaults = {agent["agent_type"]: by_id[agent["id"]] for agent in found if agent["is_default"]}
    return {kind: _as(kind, by_id.get(chosen.get(kind, -1)) or defaults.get(kind) or built_in(kind)) for kind in AgentType}


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
