"""`/api/workflows`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from outrider.auth.permissions import Actor, Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.workflows import drafts, service
from outrider.workflows.addresses import address_problems
from outrider.workflows.comparing import Difference
from outrider.workflows.credentials import credential_problems
from outrider.workflows.describing import describe
from outrider.workflows.files import WorkflowFile, file_name
from outrider.workflows.options import OptionKind, WorkflowOptionOut, options
from outrider.workflows.schemas import (
    CopyIn,
    DefinitionIn,
    DefinitionReport,
    DescribedWorkflow,
    DescribeIn,
    DraftIn,
    DraftSaved,
    NodeSpecificationOut,
    WorkflowChange,
    WorkflowIn,
    WorkflowOut,
    WorkflowPublishIn,
    WorkflowVersionOut,
)
from outrider.workflows.validation import check
from outrider.workflows.variables import WorkflowVariableOut, variables

router = APIRouter(prefix="/api/workflows", tags=["workflows"])
routers = [router]

READ = [Depends(require(Permission.CAMPAIGNS_READ))]
WRITE = [Depends(require(Permission.CAMPAIGNS_WRITE))]
Writer = Annotated[Actor, Depends(require(Permission.CAMPAIGNS_WRITE))]
Number = Annotated[int, Query(ge=1, le=2**31 - 1)]
Which = Annotated[str, Query(max_length=20, description="Number of a version, or `draft`.")]


@router.get("", dependencies=READ)
async def list_workflows(
    session: Transaction,
    sort: Annotated[str, Query(description="`id` or `name`; `-` before it for descending.")] = "name",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[WorkflowOut]:
    return await service.list_workflows(session, sort, cursor, limit)


@router.post("", status_code=201)
async def create_workflow(session: Transaction, workflow: WorkflowIn, actor: Writer) -> WorkflowOut:
    """Store a valid workflow, whose definition becomes version 1; or, unless `publish`, a draft."""
    return await service.create_workflow(session, workflow, actor.name)


@router.get("/nodes", dependencies=READ)
async def list_node_specifications() -> list[NodeSpecificationOut]:
    """The node library: what a workflow can be built from."""
    return service.node_specifications()


@router.get("/variables", dependencies=READ)
async def list_workflow_variables(session: Transaction) -> list[WorkflowVariableOut]:
    """Names that expressions know besides the results of earlier steps."""
    return await variables(session)


@router.post("/validate", dependencies=READ)
async def validate_workflow(session: Transaction, definition: DefinitionIn) -> DefinitionReport:
    """All problems of a definition, without storing it."""
    problems = check(definition.config)
    if not problems:
        problems = [*address_problems(definition.config), *await credential_problems(session, definition.config)]
    return DefinitionReport(is_valid=not problems, problems=problems)


@router.post("/describe", dependencies=WRITE)
async def describe_workflow(request: Request, wanted: DescribeIn) -> DescribedWorkflow:
    """A draft of the outreach that a person describes, by the installation's model. Nothing is stored."""
    return await describe(request.app.state.models.get(), wanted.text)


@router.post("/import", status_code=201)
async def import_workflow(session: Transaction, file: WorkflowFile, actor: Writer) -> WorkflowOut:
    """Store an exported file as a draft. If its name is taken, the workflow is called `name (2)`."""
    return await service.import_workflow(session, file, actor.name)


@router.get("/options", dependencies=READ)
async def list_workflow_options(session: Transaction, of: OptionKind) -> list[WorkflowOptionOut]:
    """What a field is chosen from whose schema says `x-options`, as far as no other list has it."""
    return await options(session, of)


@router.get("/{workflow_id}", dependencies=READ)
async def get_workflow(session: Transaction, workflow_id: int) -> WorkflowOut:
    return await service.get_workflow(session, workflow_id)


@router.put("/{workflow_id}")
async def replace_workflow(session: Transaction, workflow_id: int, workflow: WorkflowChange, actor: Writer) -> WorkflowOut:
    """Replace a workflow. A changed definition becomes a new version; campaigns that were started keep theirs."""
    return await service.replace_workflow(session, workflow_id, workflow, actor.name)


@router.delete("/{workflow_id}", status_code=204, dependencies=WRITE)
async def delete_workflow(session: Transaction, workflow_id: int) -> None:
    """Delete a workflow that no campaign uses."""
    await service.delete_workflow(session, workflow_id)


@router.put("/{workflow_id}/draft")
async def save_workflow_draft(session: Transaction, workflow_id: int, draft: DraftIn, actor: Writer) -> DraftSaved:
    """Keep what is being drawn; nothing that runs changes. Refused if somebody else saved since `revision`."""
    workflow = await drafts.save_draft(session, workflow_id, draft.config, draft.revision, actor.name)
    return DraftSaved(revision=workflow.draft_revision, updated_at=workflow.updated_at)


@router.post("/{workflow_id}/publish")
async def publish_workflow(
    session: Transaction, workflow_id: int, actor: Writer, wanted: Annotated[WorkflowPublishIn | None, Body()] = None
) -> WorkflowVersionOut:
    """Make the draft what campaigns use that are started from now on. Runs under way keep their version."""
    wanted = wanted or WorkflowPublishIn()
    version = await drafts.publish(session, workflow_id, wanted.note, wanted.revision, actor.name)
    return WorkflowVersionOut.model_validate(version)


@router.post("/{workflow_id}/copy", status_code=201)
async def copy_workflow(
    session: Transaction, workflow_id: int, actor: Writer, wanted: Annotated[CopyIn | None, Body()] = None
) -> WorkflowOut:
    """A copy that can be changed, also of a workflow that ships with the product."""
    return await service.copy_workflow(session, workflow_id, wanted.name if wanted else None, actor.name)


@router.get("/{workflow_id}/export", dependencies=READ)
async def export_workflow(
    session: Transaction, response: Response, workflow_id: int, version: Which | None = None
) -> WorkflowFile:
    """The workflow as a file, for another installation. Without `version` what is published."""
    wanted = None if version is None else drafts.which(version, "query.version")
    file = await service.export_workflow(session, workflow_id, wanted)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(file.name)}"'
    return file


@router.get("/{workflow_id}/diff", dependencies=READ)
async def compare_workflow_versions(
    session: Transaction,
    workflow_id: int,
    before: Annotated[str | None, Query(alias="from", max_length=20, description="Without it, what is published.")] = None,
    after: Annotated[str, Query(alias="to", max_length=20, description="Number of a version, or `draft`.")] = "draft",
) -> Difference:
    """What differs between two versions, or a version and the draft."""
    first = None if before is None else drafts.which(before, "query.from")
    return await service.compare_definitions(session, workflow_id, first, drafts.which(after, "query.to"))


@router.get("/{workflow_id}/versions", dependencies=READ)
async def list_workflow_versions(session: Transaction, workflow_id: int) -> list[WorkflowVersionOut]:
    """The versions of a workflow, newest first."""
    return [WorkflowVersionOut.model_validate(version) for version in await service.list_versions(session, workflow_id)]


@router.get("/{workflow_id}/versions/{number}", dependencies=READ)
async def get_workflow_version(session: Transaction, workflow_id: int, number: int) -> WorkflowVersionOut:
    return WorkflowVersionOut.model_validate(await drafts.find_version(session, workflow_id, number))


@router.post("/{workflow_id}/versions/{number}/restore")
async def restore_workflow_version(session: Transaction, workflow_id: int, number: int, actor: Writer) -> WorkflowOut:
    """Bring a version back as the draft. Publish it to let campaigns use it."""
    workflow = await drafts.restore(session, workflow_id, number, actor.name)
    return (await service.present(session, [workflow]))[0]
