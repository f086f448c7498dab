"""Drafts and versions: what the editor saves, what is published, what is brought back.

Campaigns use what is published. A draft may have problems; a version has none, holds the definitions of its sub-workflows and
never changes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.workflows import repository
from outrider.workflows.addresses import ensure_addresses
from outrider.workflows.credentials import ensure_credentials
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.models import Workflow, WorkflowVersion
from outrider.workflows.pinning import resolve_definition
from outrider.workflows.validation import ensure_runnable, ensure_valid

DRAFT = "draft"
"""Stands for the draft where a version can be named."""
Which = int | Literal["draft"]


class WorkflowNotFound(NotFound):
    """There is no such workflow."""


class NoSuchVersion(NotFound):
    """The workflow has no such version."""


class ShippedWorkflow(Conflict):
    """The workflow is part of the product and is renewed with it."""


class WorkflowEditedMeanwhile(Conflict):
    """Somebody changed the draft after the revision that an edit began with."""

    title = "Changed by somebody else meanwhile"


class WorkflowNeverPublished(Conflict):
    """The workflow has no version that could run."""


def not_found(workflow_id: int) -> WorkflowNotFound:
    return WorkflowNotFound(f"There is no workflow {workflow_id}.")


async def changeable(session: AsyncSession, workflow_id: int) -> Workflow:
    """The workflow, locked.

    Raises:
        WorkflowNotFound, ShippedWorkflow
    """
    workflow = await repository.lock(session, workflow_id)
    if workflow is None:
        raise not_found(workflow_id)
    if workflow.is_shipped:
        raise ShippedWorkflow("This workflow is part of the product.", remedy="Make a copy of it and change that.")
    return workflow


async def save_draft(
    session: AsyncSession, workflow_id: int, definition: WorkflowDefinition, revision: int | None, who: str
) -> Workflow:
    """Keep what the editor has, problems and all.

    Args:
        revision: of the draft that the edit began with; None saves whatever is there.

    Raises:
        WorkflowNotFound, ShippedWorkflow
        WorkflowEditedMeanwhile: the draft is past this revision; names who changed it and when.
    """
    workflow = await changeable(session, workflow_id)
    _refuse_outdated(workflow, revision)
    _touch(workflow, who, draft=_unpublished(workflow, definition.as_json()))
    await _flushed(session, workflow)
    return workflow


async def publish(
    session: AsyncSession, workflow_id: int, note: str = "", revision: int | None = None, who: str | None = None
) -> WorkflowVersion:
    """Make the draft what campaigns use from now on. One that only looks different keeps the version's number.

    Raises:
        InvalidWorkflow: the draft has problems.
        WorkflowNotFound, ShippedWorkflow, WorkflowEditedMeanwhile
    """
    workflow = await changeable(session, workflow_id)
    _refuse_outdated(workflow, revision)
    return await make_version(session, workflow, await ready(session, definition_of(workflow), workflow_id), note, who)


async def publish_version(session: AsyncSession, workflow_id: int) -> WorkflowVersion:
    """The version that holds the workflow's published definition; made if there is none yet.

    Raises:
        WorkflowNotFound: there is no such workflow.
        WorkflowNeverPublished: it is a draft so far.
    """
    workflow = await repository.lock(session, workflow_id)
    if workflow is None:
        raise not_found(workflow_id)
    if workflow.published_version_id is None and workflow.draft is not None:
        raise WorkflowNeverPublished(
            f"The workflow {workflow.name!r} was never published.", remedy="Open it in the editor and publish it."
        )
    published = await resolve_definition(session, WorkflowDefinition.model_validate(workflow.config))
    return await _version_of(session, workflow, published, "", None)


async def restore(session: AsyncSession, workflow_id: int, number: int, who: str) -> Workflow:
    """Bring a version back as the draft; nothing that runs changes before it is published.

    Raises:
        WorkflowNotFound, ShippedWorkflow, NoSuchVersion
    """
    workflow = await changeable(session, workflow_id)
    version = await find_version(session, workflow_id, number)
    is_published = version.id == workflow.published_version_id
    _touch(workflow, who, draft=None if is_published else _unpublished(workflow, version.definition))
    await _flushed(session, workflow)
    return workflow


async def find_version(session: AsyncSession, workflow_id: int, number: int) -> WorkflowVersion:
    """
    Raises:
        WorkflowNotFound, NoSuchVersion
    """
    if await repository.find(session, workflow_id) is None:
        raise not_found(workflow_id)
    version = await repository.find_numbered(session, workflow_id, number)
    if version is None:
        raise NoSuchVersion(f"The workflow has no version {number}.", remedy="Choose one of its versions.")
    return version


async def read_definition(session: AsyncSession, workflow_id: int, which: Which | None) -> WorkflowDefinition:
    """A definition of the workflow: of a version, the draft, or, with None, what is published.

    Raises:
        WorkflowNotFound, NoSuchVersion
    """
    workflow = await repository.find(session, workflow_id)
    if workflow is None:
        raise not_found(workflow_id)
    if which is None:
        return WorkflowDefinition.model_validate(workflow.config)
    if which == DRAFT:
        return definition_of(workflow)
    return WorkflowDefinition.model_validate((await find_version(session, workflow_id, int(which))).definition)


def definition_of(workflow: Workflow) -> WorkflowDefinition:
    """What the editor shows: the draft, or what is published if there is none."""
    return WorkflowDefinition.model_validate(workflow.config if workflow.draft is None else workflow.draft)


def which(text: str, field: str) -> Which:
    """What a request names: a version's number or `draft`.

    Raises:
        InvalidInput: it is neither.
    """
    if text == DRAFT:
        return "draft"
    if text.isascii() and text.isdigit() and 0 < len(text) < 10:
        return int(text)
    raise InvalidInput.on(field, f"{text[:40]!r} is no version", "Give the number of a version, or `draft`.")


async def ready(
    session: AsyncSession, definition: WorkflowDefinition, workflow_id: int | None = None, field: str = "body.config"
) -> WorkflowDefinition:
    """The definition with its sub-workflows, fit to be published.

    Raises:
        InvalidWorkflow: it has problems.
    """
    ensure_valid(definition, field, workflow_id=workflow_id)
    resolved = await resolve_definition(session, definition)
    ensure_runnable(resolved, field)
    ensure_addresses(resolved, field)
    await ensure_credentials(session, resolved, field)
    return resolved


async def make_version(
    session: AsyncSession, workflow: Workflow, definition: WorkflowDefinition, note: str, who: str | None
) -> WorkflowVersion:
    """Publish a definition that is `ready`; the caller holds the workflow."""
    workflow.config = definition.as_json()
    _touch(workflow, who, draft=None)
    return await _version_of(session, workflow, definition, note, who)


async def _version_of(
    session: AsyncSession, workflow: Workflow, definition: WorkflowDefinition, note: str, who: str | None
) -> WorkflowVersion:
    fingerprint, latest = definition.fingerprint(), await repository.latest_version(session, workflow.id)
    if latest is None or latest.fingerprint != fingerprint:
        number = latest.version + 1 if latest else 1
        config = definition.as_json()
        latest = await repository.add_version(session, workflow.id, number, config, fingerprint, note, who)
    if workflow.published_version_id != latest.id:
        workflow.published_version_id = latest.id
    await _flushed(session, workflow)
    return latest


def _touch(workflow: Workflow, who: str | None, *, draft: dict[str, Any] | None) -> None:
    workflow.draft, workflow.draft_revision = draft, workflow.draft_revision + 1
    workflow.draft_by, workflow.draft_at = who, datetime.now(UTC)


def _unpublished(workflow: Workflow, definition: dict[str, Any]) -> dict[str, Any] | None:
    """The definition as a draft; None if it is what is published already, however it was stored."""
    if workflow.published_version_id is None:
        return definition
    published, wanted = (WorkflowDefinition.model_validate(one).as_json() for one in (workflow.config, definition))
    return None if published == wanted else definition


async def _flushed(session: AsyncSession, workflow: Workflow) -> None:
    await session.flush()
    await session.refresh(workflow)


def _refuse_outdated(workflow: Workflow, revision: int | None) -> None:
    present = workflow.draft_revision
    if revision is None or revision == present:
        return
    if revision > present:
        raise InvalidInput.on("body.revision", f"is beyond {present}, the draft's", "Use the one that the workflow has.")
    when = f" at {workflow.draft_at:%d %b %Y %H:%M} UTC" if workflow.draft_at else ""
    raise WorkflowEditedMeanwhile(
        f"{workflow.draft_by or 'Somebody'} changed this workflow{when}, after you began.",
        remedy=f"Look at what they drew; to keep yours, save it again with revision {present}.",
        revision=present,
        version=present,
        changed_by=workflow.draft_by,
        changed_at=workflow.draft_at.isoformat() if workflow.draft_at else None,
    )
