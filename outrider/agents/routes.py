"""`/api/agents`, and the answers that agents suggest."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request

from outrider.agents import service
from outrider.agents.schemas import AgentIn, AgentOut, AgentPatch, Suggestion
from outrider.agents.suggesting import suggest_reply
from outrider.auth.permissions import Permission, require
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/agents", tags=["agents"])
suggestion_router = APIRouter(prefix="/api/threads", tags=["conversations"])
routers = [router, suggestion_router]

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]


@router.get("", dependencies=READ)
async def list_agents(session: Transaction) -> list[AgentOut]:
    """All agents, by name."""
    return [AgentOut.model_validate(agent) for agent in await service.list_agents(session)]


@router.post("", status_code=201, dependencies=WRITE)
async def create_agent(session: Transaction, agent: AgentIn) -> AgentOut:
    return AgentOut.model_validate(await service.create_agent(session, agent))


@router.get("/{agent_id}", dependencies=READ)
async def get_agent(session: Transaction, agent_id: int) -> AgentOut:
    return AgentOut.model_validate(await service.get_agent(session, agent_id))


@router.patch("/{agent_id}", dependencies=WRITE)
async def change_agent(session: Transaction, agent_id: int, patch: AgentPatch) -> AgentOut:
    return AgentOut.model_validate(await service.change_agent(session, agent_id, patch))


@router.delete("/{agent_id}", status_code=204, dependencies=WRITE)
async def delete_agent(session: Transaction, agent_id: int) -> None:
    """Delete an agent that no campaign uses."""
    await service.delete_agent(session, agent_id)


@suggestion_router.post("/{conversation_id}/suggestion", dependencies=[Depends(require(Permission.CONVERSATIONS_WRITE))])
async def suggest_thread_reply(request: Request, conversation_id: int) -> Suggestion:
    """Let the agent draft the next text, for a person to send, change or drop. Nothing is sent."""
    state = request.app.state
    return await suggest_reply(state.database, state.conversation_agent, state.briefings, conversation_id)
