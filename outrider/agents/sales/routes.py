"""`/api/langgraph/pipeline`, and what the sales agents found about a lead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from outrider.agents.invoking.schemas import AgentInput
from outrider.agents.sales import research
from outrider.agents.sales.approvals.routes import router as approvals_router
from outrider.agents.sales.jobs import research as research_job
from outrider.agents.sales.pipeline import AgentState
from outrider.agents.sales.research import LeadResearch
from outrider.agents.sales.results import CompanyQualification
from outrider.agents.sales.schemas import PipelineOut, StepOut
from outrider.agents.sales.team import PreparedPipeline, SalesTeam
from outrider.auth.permissions import Permission, require
from outrider.db.web import Transaction
from outrider.errors import Unavailable
from outrider.leads.schemas import Changed
from outrider.leads.service import get_lead

router = APIRouter(prefix="/api/langgraph", tags=["agents"])
leads_router = APIRouter(prefix="/api/leads", tags=["leads"])
routers = [router, leads_router, approvals_router]

READ = [Depends(require(Permission.LEADS_READ))]
WRITE = [Depends(require(Permission.LEADS_WRITE))]
RUN = [Depends(require(Permission.CONVERSATIONS_WRITE))]
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": (
            "The whole state; with `stream` server-sent events: `step` for each agent as it ends (what it took, beside its goal) "
            "and last `result` with the whole state."
        ),
    }
}


CampaignId = Annotated[
    int | None, Query(ge=1, le=2**63 - 1, description="On whose behalf; the campaign that wrote to the lead last without it.")
]


class NotQualified(Unavailable):
    """The agent gave no answer."""


@router.post("/pipeline", dependencies=RUN, response_model=PipelineOut, responses=EVENTS)
async def run_pipeline(
    request: Request, given: AgentInput, stream: Annotated[bool, Query(description="Answer with server-sent events.")] = False
) -> Any:
    """Let all sales agents work on a lead or a company: enrich → qualify ∥ growth → marketing → BDR.

    Of a stored lead the results are kept, and what the BDR agent proposes waits for approval. Nothing is sent. With `text`, a
    text of the lead, the conversation agent drafts an answer at the end.
    """
    team: SalesTeam = request.app.state.sales_team
    prepared = await team.prepare(given)
    if stream:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(team, prepared), media_type="text/event-stream", headers=headers)
    return PipelineOut.of(await team.run(prepared))


@router.post("/qualify", dependencies=RUN)
async def qualify_company(request: Request, given: AgentInput) -> CompanyQualification:
    """Score a company from 0 to 100 with its tier, the parts of the score, and what each stands on."""
    team: SalesTeam = request.app.state.sales_team
    step = await team.qualify(given)
    if step.response is None:
        raise NotQualified(step.reason)
    return CompanyQualification.model_validate(step.response.result)


@leads_router.get("/{lead_id}/research", dependencies=READ)
async def get_lead_research(session: Transaction, lead_id: int) -> LeadResearch:
    """What the sales agents found about a lead the last time they worked on it."""
    return await research.latest(session, lead_id)


@leads_router.post("/{lead_id}/research", status_code=202, dependencies=WRITE)
async def research_lead(session: Transaction, lead_id: int, campaign_id: CampaignId = None) -> Changed:
    """Let the sales agents work on a lead in the background; a proposal waits for approval afterwards."""
    await get_lead(session, lead_id)
    await research_job.enqueue(session, lead_id=lead_id, campaign_id=campaign_id)
    return Changed(changed=1, is_running=True)


async def _events(team: SalesTeam, prepared: PreparedPipeline) -> AsyncIterator[bytes]:
    state: AgentState = {}
    async for steps, latest in team.stream(prepared):
        state = latest
        for step in steps:
            yield _event("step", StepOut.of(step))
    yield _event("result", PipelineOut.of(state))


def _event(name: str, data: BaseModel) -> bytes:
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n".encode()
