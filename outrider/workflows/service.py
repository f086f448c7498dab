"""The verbs of workflows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Page
from outrider.errors import Conflict
from outrider.workflows import repository
from outrider.workflows.comparing import Difference, compare
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.drafts import (
    Which,
    WorkflowNotFound,
    changeable,
    make_version,
    not_found,
    read_definition,
    ready,
    save_draft,
)
from outrider.workflows.files import LONGEST_NAME, WorkflowFile, as_file, free_name, read_file
from outrider.workflows.models import Workflow, WorkflowVersion
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.schemas import (
    HandleListOut,
    HandleOut,
    NodeSpecificationOut,
    WorkflowChange,
    WorkflowIn,
    WorkflowOut,
)

STANDARD = "standard"
"""Name of the workflow that a campaign without a choice of its own uses."""


class WorkflowNameTaken(Conflict):
    """Another workflow has this name."""


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
        raise not_found(workflow_id)
    return (await present(session, [workflow]))[0]


async def create_workflow(session: AsyncSession, wanted: WorkflowIn, who: str | None = None) -> WorkflowOut:
    """Store a workflow: its definition becomes version 1, or a draft that may have problems.

    Raises:
        InvalidWorkflow: the definition has problems.
        WorkflowNameTaken: another workflow has this name.
    """
    return await _stored(session, wanted.name, wanted.description, wanted.config, wanted.publish, who)


async def replace_workflow(
    session: AsyncSession, workflow_id: int, wanted: WorkflowChange, who: str | None = None
) -> WorkflowOut:
    """Replace name, description and definition. A changed definition becomes a new version; campaigns that were
    started keep theirs.

    Raises:
        InvalidWorkflow, WorkflowNotFound, WorkflowNameTaken, ShippedWorkflow
    """
    config = wanted.config
    if config is not None and wanted.publish:
        config = await ready(session, config, workflow_id)
    workflow = await changeable(session, workflow_id)
    if await repository.rename_taken(session, workflow_id, wanted.name):
        raise _name_taken(wanted.name)
    workflow.name, workflow.description = wanted.name, wanted.description
    await session.flush()
    await session.refresh(workflow)
    if config is not None and wanted.publish:
        await make_version(session, workflow, config, "", who)
    elif config is not None:
        await save_draft(session, workflow_id, config, None, who or "")
    return (await present(session, [workflow]))[0]


async def import_workflow(session: AsyncSession, file: WorkflowFile, who: str) -> WorkflowOut:
    """Store what a file holds, as a draft, under a name that is free.

    Raises:
        InvalidWorkflow, InvalidInput: the file can't be used; names node and remedy.
    """
    definition = await read_file(session, file)
    name = await free_name(session, file.name)
    return await _stored(session, name, file.description, definition, False, who)


async def copy_workflow(session: AsyncSession, workflow_id: int, wanted_name: str | None, who: str) -> WorkflowOut:
    """A workflow that begins as this one is, and that can be changed.

    Raises:
        WorkflowNotFound
    """
    source = await repository.find(session, workflow_id)
    if source is None:
        raise not_found(workflow_id)
    name = await free_name(session, (wanted_name or f"{source.name} (copy)")[:LONGEST_NAME])
    is_published = source.published_version_id is not None
    published = WorkflowDefinition.model_validate(source.config)
    copied = await _stored(session, name, source.description, published, is_published, who)
    if not is_published or source.draft is None:
        return copied
    workflow = await save_draft(session, copied.id, WorkflowDefinition.model_validate(source.draft), None, who)
    return (await present(session, [workflow]))[0]


async def export_workflow(session: AsyncSession, workflow_id: int, wanted: Which | None) -> WorkflowFile:
    """
    Args:
        wanted: a version, the draft, or, with None, what is published.

    Raises:
        WorkflowNotFound, NoSuchVersion
    """
    definition = await read_definition(session, workflow_id, wanted)
    workflow = await get_workflow(session, workflow_id)
    return await as_file(session, workflow.name, workflow.description, definition)


async def compare_definitions(session: AsyncSession, workflow_id: int, before: Which | None, after: Which) -> Difference:
    """
    Raises:
        WorkflowNotFound, NoSuchVersion
    """
    first = await read_definition(session, workflow_id, before)
    return compare(first, await read_definition(session, workflow_id, after))


async def delete_workflow(session: AsyncSession, workflow_id: int) -> None:
    """
    Raises:
        WorkflowNotFound, ShippedWorkflow
        WorkflowInUse: a campaign refers to it.
    """
    await changeable(session, workflow_id)
    try:
        async with session.begin_nested():
            await repository.remove(session, workflow_id)
    except IntegrityError as error:
        remedy = "Delete the campaign or give it another workflow."
        raise WorkflowInUse("A campaign uses this workflow.", remedy=remedy) from error


async def list_versions(session: AsyncSession, workflow_id: int) -> list[WorkflowVersion]:
    if await repository.find(session, workflow_id) is None:
        raise not_found(workflow_id)
    return await repository.list_versions(session, workflow_id)


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
    published = await repository.version_numbers(session, {workflow.published_version_id or 0 for workflow in workflows})
    return [
        WorkflowOut(
            id=workflow.id,
            name=workflow.name,
            description=workflow.description,
            config=workflow.config,
            is_shipped=workflow.is_shipped,
            version=versions.get(workflow.id, 0),
            draft=workflow.draft,
            draft_revision=workflow.draft_revision,
            draft_by=workflow.draft_by,
            draft_at=workflow.draft_at,
            published_version=published.get(workflow.published_version_id or 0),
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


async def _stored(
    session: AsyncSession, name: str, description: str, definition: WorkflowDefinition, is_published: bool, who: str | None
) -> WorkflowOut:
    if is_published:
        definition = await ready(session, definition)
    config = definition.as_json()
    draft = {} if is_published else {"draft": config, "draft_revision": 1, "draft_by": who, "draft_at": func.now()}
    workflow = await repository.insert_workflow(session, name, description, config, **draft)
    if workflow is None:
        raise _name_taken(name)
    if is_published:
        await make_version(session, workflow, definition, "", who)
    return (await present(session, [workflow]))[0]


def _name_taken(name: str) -> WorkflowNameTaken:
    return WorkflowNameTaken(f"There is already a workflow named {name!r}.", remedy="Choose another name.")
