"""`/api/agents`: stored agents, their versions, and what prompts and tools there are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType
from outrider.agents.defaults import BUILT_IN, built_in
from outrider.agents.factory import agent_classes
from outrider.agents.invoking.context import example_context, lead_context
from outrider.agents.library import repository, service
from outrider.agents.library.schemas import (
    AgentDiff,
    AgentIn,
    AgentOut,
    AgentPatch,
    AgentVersionOut,
    BuiltInAgent,
    DefaultIn,
    PromptPreview,
    PromptPreviewIn,
    PublishIn,
    ToolOut,
    VariableOut,
)
from outrider.agents.models import Agent
from outrider.agents.tools.base import TOOLS
from outrider.agents.variables import VARIABLES, fill, problems_of, values_of
from outrider.auth.permissions import Actor, Permission, require
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/agents", tags=["agents"])

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
Writer = Annotated[Actor, Depends(require(Permission.SETTINGS_WRITE))]
Number = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Number of a version; without it the draft.")]


@router.get("", dependencies=READ)
async def list_agents(request: Request, session: Transaction) -> list[AgentOut]:
    """All stored agents, by name. Those that ship are at `/api/agents/built-in`."""
    return await service.list_agents(session, request.app.state.models)


@router.post("", status_code=201)
async def create_agent(request: Request, session: Transaction, agent: AgentIn, actor: Writer) -> AgentOut:
    """Store an agent. Its first version is published at once, unless `publish` is false."""
    return await _shown(request, session, await service.create_agent(session, agent, actor.name))


@router.get("/built-in", dependencies=READ)
async def list_built_in_agents(session: Transaction) -> list[BuiltInAgent]:
    """The agents that ship, one of each type: they work wherever no stored agent does."""
    stored = await repository.default_ids(session)
    return [_built_in(agent_type, stored.get(agent_type)) for agent_type in AgentType]


@router.post("/built-in/{agent_type}/copy", status_code=201)
async def copy_built_in_agent(request: Request, session: Transaction, agent_type: AgentType, actor: Writer) -> AgentOut:
    """Store a copy of a shipped agent, as a draft to edit."""
    return await _shown(request, session, await service.copy_built_in(session, agent_type, actor.name))


@router.get("/variables", dependencies=READ)
async def list_prompt_variables() -> list[VariableOut]:
    """What prompts may have between `{{` and `}}`; also `lead.attributes.<name>`."""
    return [VariableOut.model_validate(variable) for variable in VARIABLES.values()]


@router.get("/tools", dependencies=READ)
async def list_agent_tools() -> list[ToolOut]:
    """Tools that agents may be given."""
    return [
        ToolOut(
            name=tool.name,
            description=tool.description,
            has_effects=tool.has_effects,
            agent_types=[kind for kind in AgentType if kind in tool.agent_types],
        )
        for tool in sorted(TOOLS.values(), key=lambda tool: tool.name)
    ]


@router.post("/preview", dependencies=READ)
async def preview_prompt(request: Request, session: Transaction, wanted: PromptPreviewIn) -> PromptPreview:
    """A prompt as it would be for one lead, with the value of each variable."""
    if wanted.lead_id is None and wanted.campaign_id is None:
        context = example_context()
    else:
        context = await lead_context(session, request.app.state.briefings, wanted.lead_id, wanted.campaign_id)
    values = values_of(wanted.system_prompt, context)
    problems = problems_of(wanted.system_prompt, "body.system_prompt")
    missing = [name for name, value in values.items() if not value and f"{{{{{name}}}}}" not in str(problems)]
    return PromptPreview(text=fill(wanted.system_prompt, context), values=values, missing=missing, problems=problems)


@router.get("/{agent_id}", dependencies=READ)
async def get_agent(request: Request, session: Transaction, agent_id: int) -> AgentOut:
    return await _shown(request, session, await service.get_agent(session, agent_id))


@router.patch("/{agent_id}")
async def change_agent(request: Request, session: Transaction, agent_id: int, patch: AgentPatch, actor: Writer) -> AgentOut:
    """Change the draft. The version that speaks stays until the draft is published.

    With `revision`, the draft's that the edit began with, an edit is refused (409) if somebody changed the draft since; the
    problem names who, when, and the present revision.
    """
    return await _shown(request, session, await service.change_agent(session, agent_id, patch, actor.name))


@router.delete("/{agent_id}", status_code=204, dependencies=WRITE)
async def delete_agent(session: Transaction, agent_id: int) -> None:
    """Delete an agent that no campaign uses, with its versions."""
    await service.delete_agent(session, agent_id)


@router.post("/{agent_id}/publish")
async def publish_agent(
    request: Request, session: Transaction, agent_id: int, actor: Writer, wanted: PublishIn | None = None
) -> AgentOut:
    """Let the draft speak, as a new version."""
    given = wanted or PublishIn()
    return await _shown(request, session, await service.publish(session, agent_id, actor.name, given.note, given.revision))


@router.put("/{agent_id}/default", dependencies=WRITE)
async def set_default_agent(request: Request, session: Transaction, agent_id: int, wanted: DefaultIn) -> AgentOut:
    """Let the agent stand for its type wherever a campaign names none; false gives that back to the shipped one."""
    return await _shown(request, session, await service.set_default(session, agent_id, wanted.is_default))


@router.post("/{agent_id}/restore-built-in")
async def restore_built_in_agent(request: Request, session: Transaction, agent_id: int, actor: Writer) -> AgentOut:
    """Make the draft what ships for its type. It keeps its name and model, and speaks once it is published."""
    return await _shown(request, session, await service.restore_built_in(session, agent_id, actor.name))


@router.get("/{agent_id}/versions", dependencies=READ)
async def list_agent_versions(session: Transaction, agent_id: int) -> list[AgentVersionOut]:
    """Newest first."""
    return [AgentVersionOut.model_validate(version) for version in await service.list_versions(session, agent_id)]


@router.post("/{agent_id}/versions/{number}/restore")
async def restore_agent_version(request: Request, session: Transaction, agent_id: int, number: int, actor: Writer) -> AgentOut:
    """Make the draft what this version was. It speaks once it is published."""
    return await _shown(request, session, await service.restore(session, agent_id, number, actor.name))


@router.get("/{agent_id}/diff", dependencies=READ)
async def compare_agent_versions(session: Transaction, agent_id: int, before: Number = None, after: Number = None) -> AgentDiff:
    """What changed from one version to another, or to the draft."""
    return await service.compare(session, agent_id, before, after)


async def _shown(request: Request, session: AsyncSession, agent: Agent) -> AgentOut:
    return await service.present(session, agent, request.app.state.models)


def _built_in(agent_type: AgentType, replaced_by: int | None) -> BuiltInAgent:
    made = agent_classes().get(agent_type)
    return BuiltInAgent(
        **built_in(agent_type).model_dump(include={"agent_type", "name", "system_prompt", "temperature", "tools", "guardrails"}),
        description=BUILT_IN[agent_type].description,
        seconds_goal=made.seconds_goal if made else 1.0,
        replaced_by=replaced_by,
    )
