"""`/api/agents`, and the answers that agents suggest."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request

from outrider.agents.invoking import routes as invoking
from outrider.agents.invoking import status_routes as status
from outrider.agents.library import routes as library
from outrider.agents.objections import routes as objections
from outrider.agents.schemas import Suggestion, TeamView
from outrider.agents.scoring import routes as scoring
from outrider.agents.suggesting import suggest_reply
from outrider.agents.viewing import team_view
from outrider.auth.permissions import Permission, require
from outrider.db.web import Transaction

suggestion_router = APIRouter(prefix="/api/threads", tags=["conversations"])
routers = [invoking.router, status.router, library.router, objections.router, scoring.router, suggestion_router]
"""The library last: its `/api/agents/{agent_id}` would take the names of others for numbers."""


@suggestion_router.post("/{conversation_id}/suggestion", dependencies=[Depends(require(Permission.CONVERSATIONS_WRITE))])
async def suggest_thread_reply(request: Request, conversation_id: int) -> Suggestion:
    """Let the agent draft the next text, for a person to send, change or drop. Nothing is sent."""
    state = request.app.state
    return await suggest_reply(state.database, state.conversation_team, state.briefings, conversation_id)


@suggestion_router.get("/{conversation_id}/team", dependencies=[Depends(require(Permission.CONVERSATIONS_READ))])
async def get_thread_team(session: Transaction, conversation_id: int) -> TeamView:
    """Where a conversation stands with the agents: who answers, how well the lead fits and why, meeting and summary."""
    return await team_view(session, conversation_id)
