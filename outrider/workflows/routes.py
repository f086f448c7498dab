"""`/api/workflows`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from outrider.auth.permissions import Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.workflows import service
from outrider.workflows.schemas import (
    DefinitionIn,
    DefinitionReport,
    NodeSpecificationOut,
    WorkflowIn,
    WorkflowOut,
    WorkflowVersionOut,
)
from outrider.workflows.validation import check

router = APIRouter(prefix="/api/workflows", tags=["workflows"])
routers = [router]

READ = [Depends(require(Permission.CAMPAIGNS_READ))]
WRITE = [Depends(require(Permission.CAMPAIGNS_WRITE))]


@router.get("", dependencies=READ)
async def list_workflows(
    session: Transaction,
    sort: Annotated[str, Query(description="`id` or `name`; `-` before it for descending.")] = "name",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[WorkflowOut]:
    return await service.list_workflows(session, sort, cursor, limit)


@router.post("", status_code=201, dependencies=WRITE)
async def create_workflow(session: Transaction, workflow: WorkflowIn) -> WorkflowOut:
    """Store a valid workflow; its definition becomes version 1."""
    return await service.create_workflow(session, workflow)


@router.get("/nodes", dependencies=READ)
async def list_node_specifications() -> list[NodeSpecificationOut]:
    """The node library: what a workflow can be built from."""
    return service.node_specifications()


@router.post("/validate", dependencies=READ)
async def validate_workflow(definition: DefinitionIn) -> DefinitionReport:
    """All problems of a definition, without storing it."""
    problems = check(definition.config)
    return DefinitionReport(is_valid=not problems, problems=problems)


@router.get("/{workflow_id}", dependencies=READ)
async def get_workflow(session: Transaction, workflow_id: int) -> WorkflowOut:
    return await service.get_workflow(session, workflow_id)


@router.put("/{workflow_id}", dependencies=WRITE)
async def replace_workflow(session: Transaction, workflow_id: int, workflow: WorkflowIn) -> WorkflowOut:
    """Replace a workflow. A changed definition becomes a new version; campaigns that were started keep theirs."""
    return await service.replace_workflow(session, workflow_id, workflow)


@router.delete("/{workflow_id}", status_code=204, dependencies=WRITE)
async def delete_workflow(session: Transaction, workflow_id: int) -> None:
    """Delete a workflow that no campaign uses."""
    await service.delete_workflow(session, workflow_id)


@router.get("/{workflow_id}/versions", dependencies=READ)
async def list_workflow_versions(session: Transaction, workflow_id: int) -> list[WorkflowVersionOut]:
    """The versions of a workflow, newest first."""
    return [WorkflowVersionOut.model_validate(version) for version in await service.list_versions(session, workflow_id)]
