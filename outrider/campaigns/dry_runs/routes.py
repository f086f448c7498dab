"""`POST /api/workflows/dry-run`, `/nodes/{node_type}/run` and `/expression`: definitions on real leads."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from outrider.agents.factory import AgentFactory
from outrider.auth.permissions import Permission, require
from outrider.campaigns.dry_runs import service
from outrider.campaigns.dry_runs.schemas import DryRunIn, DryRunReport, ExpressionIn, ExpressionValue, NodeRun, NodeRunIn
from outrider.db.web import Transaction
from outrider.workflows.context import Services

router = APIRouter(prefix="/api/workflows", tags=["workflows"])

READ = [Depends(require(Permission.CAMPAIGNS_READ))]
WRITE = [Depends(require(Permission.CAMPAIGNS_WRITE))]


@router.post("/dry-run", dependencies=WRITE)
async def dry_run_workflow(request: Request, wanted: DryRunIn) -> DryRunReport:
    """Run a definition on some leads and show every step. Nothing leaves and nothing is stored; models cost what they cost."""
    return await service.dry_run(request.app.state.database, services_of(request), wanted)


@router.post("/nodes/{node_type}/run", dependencies=WRITE)
async def run_workflow_node(request: Request, node_type: Annotated[str, Path(max_length=64)], wanted: NodeRunIn) -> NodeRun:
    """Run one node on a lead, with what earlier steps are to have brought. Nothing leaves."""
    return await service.run_node(request.app.state.database, services_of(request), node_type, wanted)


@router.post("/expression", dependencies=READ)
async def preview_workflow_expression(request: Request, session: Transaction, wanted: ExpressionIn) -> ExpressionValue:
    """What an expression comes to for a lead."""
    return await service.preview_expression(session, services_of(request), wanted)


def services_of(request: Request) -> Services:
    """What nodes work with, but for the providers that a lead's data would leave to."""
    state = request.app.state
    parts = replace(state.agent_parts, enrichment=None, enricher=None)
    return Services(
        state.models,
        agents=AgentFactory(parts),
        slots=parts.slots,
        briefings=state.briefings,
        database=state.database,
        crms=state.connected_crms,
    )
