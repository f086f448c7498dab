"""`/api/runs`: what workflows did, lead by lead."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from outrider.auth.permissions import Actor, Permission, require
from outrider.campaigns.dry_runs.routes import services_of
from outrider.campaigns.runs import service
from outrider.campaigns.runs.replay import replay_run
from outrider.campaigns.runs.schemas import EffectSettlement, ReplayIn, RunDetail, RunFilter, RunSummary
from outrider.campaigns.runs.statistics import FlowStatistics, Measure, campaign_statistics, workflow_statistics
from outrider.db.pages import LARGEST_ID, Cursor, Limit, Page
from outrider.db.web import Transaction, take_key
from outrider.workflows.models import EffectState, RunStatus
from outrider.workflows.runs.effects import settle
from outrider.workflows.runs.service import cancel_run

router = APIRouter(prefix="/api/runs", tags=["runs"])
statistics_router = APIRouter(prefix="/api", tags=["runs"])

READ = [Depends(require(Permission.CAMPAIGNS_READ))]
WRITE = [Depends(require(Permission.CAMPAIGNS_WRITE))]
SEND = [Depends(require(Permission.CAMPAIGNS_SEND))]
Settler = Annotated[Actor, Depends(require(Permission.CAMPAIGNS_WRITE))]
Id = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
NodePath = Annotated[str | None, Query(max_length=300, pattern=r"^[^\x00]*$")]
Words = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
MeasureOf = Annotated[Measure, Query(description="What A/B tests are judged by; of opt-outs fewer are better.")]


@router.get("", dependencies=READ)
async def list_runs(
    session: Transaction,
    lead_id: Id = None,
    campaign_id: Id = None,
    workflow_id: Id = None,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Of the workflow.")] = None,
    status: Annotated[list[RunStatus] | None, Query()] = None,
    node_id: Annotated[NodePath, Query(description="Waits at this node, or failed there.")] = None,
    passed: Annotated[NodePath, Query(description="Came to this node.")] = None,
    error: Annotated[Words, Query(description="Part of why it failed.")] = None,
    search: Annotated[Words, Query(description="Name, company or number of the lead.")] = None,
    is_dry: bool | None = None,
    replay_of: Id = None,
    effect: Annotated[EffectState | None, Query(description="One of its effects is in this state.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RunSummary]:
    """Runs, the newest first."""
    given = RunFilter(
        lead_id=lead_id,
        campaign_id=campaign_id,
        workflow_id=workflow_id,
        version=version,
        statuses=tuple(status or ()),
        node_id=node_id,
        passed=passed,
        error=error,
        search=search,
        is_dry=is_dry,
        replay_of=replay_of,
        effect=effect,
    )
    return await service.list_runs(session, given, cursor, limit)


@router.get("/{run_id}", dependencies=READ)
async def get_run(session: Transaction, run_id: int) -> RunDetail:
    """Everything about one run: its definition, steps, waits, texts, effects, approvals and replays."""
    return await service.get_run(session, run_id)


@router.post("/{run_id}/cancel", dependencies=WRITE)
async def cancel_workflow_run(session: Transaction, run_id: Annotated[int, Path(le=LARGEST_ID)]) -> RunDetail:
    """End a run that waits. What it asked for before still happens, unless nobody began with it."""
    await cancel_run(session, run_id)
    return await service.get_run(session, run_id)


@router.post("/{run_id}/effects/{effect_id}/settle")
async def settle_run_effect(
    session: Transaction,
    actor: Settler,
    run_id: Annotated[int, Path(le=LARGEST_ID)],
    effect_id: Annotated[int, Path(le=LARGEST_ID)],
    given: EffectSettlement,
) -> RunDetail:
    """Say whether an effect happened of which nobody knows; the run goes on with that. The second one to say it gets a 409."""
    await settle(session, run_id, effect_id, actor.name, happened=given.happened, result=given.result)
    return await service.get_run(session, run_id)


@router.post("/{run_id}/replay", dependencies=SEND)
async def replay_workflow_run(request: Request, run_id: Annotated[int, Path(le=LARGEST_ID)], wanted: ReplayIn) -> RunDetail:
    """Run a workflow anew from one of the steps of a run, on the same or a newer version.

    A dry replay shows what would happen. A live one lets it happen, but for what happened before.
    """
    database = request.app.state.database
    replay_id = await replay_run(database, services_of(request), run_id, wanted, partial(take_key, request=request))
    async with database.transaction() as session:
        return await service.get_run(session, replay_id)


@statistics_router.get("/workflows/{workflow_id}/statistics", dependencies=READ)
async def get_workflow_statistics(
    session: Transaction,
    request: Request,
    workflow_id: int,
    campaign_id: Id = None,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Without it, all versions together.")] = None,
    measure: MeasureOf = "replied",
) -> FlowStatistics:
    """Where the runs of a workflow go, wait, fail and end, and the results of its A/B tests."""
    return await workflow_statistics(session, request.app.state.kept_counts, workflow_id, campaign_id, version, measure)


@statistics_router.get("/campaigns/{campaign_id}/flow", dependencies=READ)
async def get_campaign_flow(
    session: Transaction, request: Request, campaign_id: int, measure: MeasureOf = "replied"
) -> FlowStatistics:
    """The same for one campaign, whose definition may be its own."""
    return await campaign_statistics(session, request.app.state.kept_counts, campaign_id, measure)
