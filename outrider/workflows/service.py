"""The verbs of workflows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Page
from outrider.errors import Conflict, NotFound
from outrider.workflows import repository
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.models import Workflow, WorkflowVersion
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.schemas import HandleListOut, HandleOut, NodeSpecificationOut, WorkflowIn, WorkflowOut
from outrider.workflows.validation import ensure_valid

STANDARD = "standard"
"""Name of the workflow that a campaign without a choice of its own uses."""


class WorkflowNotFound(NotFound):
    """There is no such workflow."""


class WorkflowNameTaken(Conflict):
    """Another workflow has this name."""


class ShippedWorkflow(Conflict):
    """The workflow is part of the product and is renewed with it."""


class WorkflowInUse(Conflict):
    """Campaigns refer to the workflow."""


async def list_workflows(session: AsyncSession, sort: str, cursor: str | None, limit: int) -> Page[WorkflowOut]:
    """
    Raises:
        InvalidInput: the sort or the cursor is none of this list.
    """
    workflows, next_cursor = await repository.page(session, sort, cursor, limit)
    return Page(items=await present(session, workflows), next_cursor=next_cursor)


async def get_workflow(session: AsyncSession, workflow_id: int) -> WorkflowOut:
    workflow = await repository.find(session, workflow_id)
    if workflow is None:
        raise _not_found(workflow_id)
    return (await present(session, [workflow]))[0]


async def create_workflow(session: AsyncSession, wanted: WorkflowIn) -> WorkflowOut:
    """Store a workflow and its first version.

    Raises:
        InvalidWorkflow: the definition has problems.
        WorkflowNameTaken: another workflow has this name.
    """
    ensure_valid(wanted.config, "body.config")
    workflow = await repository.insert_workflow(session, wanted.name, wanted.description, wanted.config.as_json())
    if workflow is None:
        raise _name_taken(wanted.name)
    await publish_version(session, workflow.id)
    return (await present(session, [workflow]))[0]


async def replace_workflow(session: AsyncSession, workflow_id: int, wanted: WorkflowIn) -> WorkflowOut:
    """Replace name, description and definition. A changed definition becomes a new version; campaigns that were
    started keep theirs.

    Raises:
        InvalidWorkflow, WorkflowNotFound, WorkflowNameTaken, ShippedWorkflow
    """
    ensure_valid(wanted.config, "body.config")
    workflow = await _changeable(session, workflow_id)
    if await repository.rename_taken(session, workflow_id, wanted.name):
        raise _name_taken(wanted.name)
    workflow.name, workflow.description, workflow.config = wanted.name, wanted.description, wanted.config.as_json()
    await session.flush()
    await session.refresh(workflow)
    await publish_version(session, workflow_id)
    return (await present(session, [workflow]))[0]


async def delete_workflow(session: AsyncSession, workflow_id: int) -> None:
    """
    Raises:
        WorkflowNotFound, ShippedWorkflow
        WorkflowInUse: a campaign refers to it.
    """
    await _changeable(session, workflow_id)
    try:
        async with session.begin_nested():
            await repository.remove(session, workflow_id)
    except IntegrityError as error:
        remedy = "Delete the campaign or give it another workflow."
        raise WorkflowInUse("A campaign uses this workflow.", remedy=remedy) from error


async def list_versions(session: AsyncSession, workflow_id: int) -> list[WorkflowVersion]:
    if await repository.find(session, workflow_id) is None:
        raise _not_found(workflow_id)
    return await repository.list_versions(session, workflow_id)


async def publish_version(session: AsyncSession, workflow_id: int) -> WorkflowVersion:
    """The version that holds the workflow's present definition; made if there is none yet.

    Raises:
        WorkflowNotFound: there is no such workflow.
    """
    workflow = await repository.lock(session, workflow_id)
    if workflow is None:
        raise _not_found(workflow_id)
    fingerprint = WorkflowDefinition.model_validate(workflow.config).fingerprint()
    latest = await repository.latest_version(session, workflow_id)
    if latest is not None and latest.fingerprint == fingerprint:
        return latest
    number = latest.version + 1 if latest else 1
    return await repository.add_version(session, workflow_id, number, workflow.config, fingerprint)


async def standard_workflow(session: AsyncSession) -> Workflow:
    """The workflow of campaigns that chose none.

    Raises:
        WorkflowNotFound: the shipped workflows were not stored at the start.
    """
    workflow = await repository.find_by_name(session, STANDARD)
    if workflow is None:
        raise WorkflowNotFound(f"There is no workflow named {STANDARD!r}.", remedy="Restart Outrider: it stores it at the start.")
    return workflow


async def present(session: AsyncSession, workflows: Sequence[Workflow]) -> list[WorkflowOut]:
    """The API's form of stored workflows."""
    versions = await repository.latest_version_numbers(session, [workflow.id for workflow in workflows])
    return [
        WorkflowOut(
            id=workflow.id,
            name=workflow.name,
            description=workflow.description,
            config=workflow.config,
            is_shipped=workflow.is_shipped,
            version=versions.get(workflow.id, 0),
            created_at=workflow.created_at,
            updated_at=workflow.updated_at,
        )
        for workflow in workflows
    ]


def node_specifications() -> list[NodeSpecificationOut]:
    """The node library, for the editor."""
    return [
        NodeSpecificationOut(
            type=known.kind,
            name=known.name,
            label=known.label,
            icon=known.icon,
            description=known.description,
            docs=known.docs,
            category=known.category,
            handles=[
                HandleOut(name=h.name, label=h.label, description=h.description, required=h.otherwise is None)
                for h in known.handles_of({})
            ],
            handles_from=HandleListOut.model_validate(known.handles_from) if known.handles_from else None,
            ordinary_handle=known.ordinary_handle,
            ends_run=known.ends_run,
            unavailable=known.unavailable,
            pauses=known.pauses,
            is_pure=known.is_pure,
            asks_model=known.asks_model,
            has_effects=known.has_effects,
            params=_schema(known.params.model_json_schema()),
            output=_schema(known.output.model_json_schema()) if known.output else None,
            example=known.example,
        )
        for known in SPECIFICATIONS.values()
    ]


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The parameters' schema without the docstring of the class, which is for developers."""
    return {key: value for key, value in schema.items() if key != "description"}


async def _changeable(session: AsyncSession, workflow_id: int) -> Workflow:
    workflow = await repository.lock(session, workflow_id)
    if workflow is None:
        raise _not_found(workflow_id)
    if workflow.is_shipped:
        raise ShippedWorkflow("This workflow is part of the product.", remedy="Save your changes as a workflow of another name.")
    return workflow


def _not_found(workflow_id: int) -> WorkflowNotFound:
    return WorkflowNotFound(f"There is no workflow {workflow_id}.")


def _name_taken(name: str) -> WorkflowNameTaken:
    return WorkflowNameTaken(f"There is already a workflow named {name!r}.", remedy="Choose another name.")
