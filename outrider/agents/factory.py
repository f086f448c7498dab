"""Makes agents by their type. Each agent's module registers its class here.

@agent
class SchedulerAgent(Agent): ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from outrider.agents.base import Agent, AgentConfiguration, AgentType
from outrider.agents.defaults import built_in
from outrider.agents.tools.base import Companies, Slots
from outrider.agents.tools.box import ToolBox
from outrider.db.engine import Database
from outrider.errors import ConfigurationError
from outrider.integrations.enrichment.build import Enricher
from outrider.llm.base import ChatModel


class Models(Protocol):
    """Knows the models by name."""

    def get(self, name: str | None) -> ChatModel:
        """The model of this name; None is the installation's default."""


@dataclass(frozen=True, slots=True)
class AgentParts:
    """What agents work with; the composition roots put it together."""

    models: Models
    slots: Slots | None = None
    tools: ToolBox = field(default_factory=ToolBox)
    enrichment: Companies | None = None
    enricher: Enricher | None = None
    database: Database | None = None
    secrets: Sequence[str] = ()
    """Values that no agent may ever say, whatever happens."""


Made = TypeVar("Made", bound=type[Agent])
Make = Callable[[AgentConfiguration, AgentParts], Agent]

_CLASSES: dict[AgentType, type[Agent]] = {}


class NoSuchAgent(ConfigurationError):
    """No agent of this type takes part."""


def agent(made: Made) -> Made:
    """Decorator: the class does the work of its `agent_type`. Its constructor takes the configuration and the parts.

    Raises:
        ValueError: another class does already.
    """
    if _CLASSES.setdefault(made.agent_type, made) is not made:
        raise ValueError(f"Two agents are of the type {made.agent_type}.")
    return made


def agent_classes() -> Mapping[AgentType, type[Agent]]:
    """The registered classes."""
    return _CLASSES


class AgentFactory:
    def __init__(self, parts: AgentParts):
        self.parts = parts

    def create_agent(self, agent_type: AgentType, configuration: AgentConfiguration | None = None) -> Agent:
        """
        Raises:
            NoSuchAgent: no class is registered for the type.
        """
        made = _CLASSES.get(agent_type)
        if made is None:
            raise NoSuchAgent(f"There is no agent of the type {agent_type}.")
        make: Make = made
        return make(configuration or built_in(agent_type), self.parts)
