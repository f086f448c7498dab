"""Queries of workflows and their versions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import SortKey, read_order, read_rows
from outrider.workflows.models import Workflow, WorkflowVersion

SORTS = {"id": SortKey(Workflow.id.expression, int), "name": SortKey(Workflow.name.expression, str)}


async def page(session: AsyncSession, sort: str, cursor: str | None, limit: int) -> tuple[list[Workflow], str | None]:
    rows, next_cursor = await read_rows(session, select(Workflow), read_order(sort, SORTS, Workflow.id), cursor, limit)
    return [row.Workflow for row in rows], next_cursor


async def find(session: AsyncSession, workflow_id: int) -> Workflow | None:
    return await session.get(Workflow, workflow_id)


async def find_by_name(session: AsyncSession, name: str) -> Workflow | None:
    return (await session.execute(select(Workflow).where(Workflow.name == name))).scalar_one_or_none()


async def lock(session: AsyncSession, workflow_id: int) -> Workflow | None:
    return (
        await session.execute(
            select(Workflow).where(Workflow.id == workflow_id).with_for_update().execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()


async def insert_workflow(
    session: AsyncSession, name: str, description: str, config: dict[str, Any], **draft: Any
) -> Workflow | None:
    """The new workflow, or None if the name is taken.

    Args:
        draft: further columns, of one that nobody published yet.
    """
    statement = (
        insert(Workflow)
        .values(name=name, description=description, config=config, **draft)
        .on_conflict_do_nothing(index_elements=[Workflow.name])
        .returning(Workflow)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def upsert_shipped(session: AsyncSession, name: str, description: str, config: dict[str, Any]) -> int | None:
    """Bring a shipped workflow up to date; returns its id. One that a user named so first is left alone: that is None."""
    values = {"description": description, "config": config, "is_shipped": True}
    statement = insert(Workflow).values(name=name, **values)
    statement = statement.on_conflict_do_update(
        index_elements=[Workflow.name],
        set_={**values, "updated_at": func.now()},
        where=Workflow.is_shipped & (Workflow.config != statement.excluded.config),
    )
    await session.execute(statement)
    shipped = select(Workflow.id).where(Workflow.name == name, Workflow.is_shipped)
    return (await session.execute(shipped)).scalar_one_or_none()


async def rename_taken(session: AsyncSession, workflow_id: int, name: str) -> bool:
    """Whether another workflow has this name."""
    statement = select(Workflow.id).where(Workflow.name == name, Workflow.id != workflow_id)
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def remove(session: AsyncSession, workflow_id: int) -> None:
    await session.execute(delete(Workflow).where(Workflow.id == workflow_id))


async def latest_version(session: AsyncSession, workflow_id: int) -> WorkflowVersion | None:
    statement = (
        select(WorkflowVersion)
        .where(WorkflowVersion.workflow_id == workflow_id)
        .order_by(WorkflowVersion.version.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def latest_version_numbers(session: AsyncSession, workflow_ids: list[int]) -> dict[int, int]:
    statement = (
        select(WorkflowVersion.workflow_id, func.max(WorkflowVersion.version))
        .where(WorkflowVersion.workflow_id.in_(workflow_ids))
        .group_by(WorkflowVersion.workflow_id)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def add_version(
    session: AsyncSession,
    workflow_id: int,
    number: int,
    definition: dict[str, Any],
    fingerprint: str,
    note: str = "",
    created_by: str | None = None,
) -> WorkflowVersion:
    values = {"definition": definition, "fingerprint": fingerprint, "note": note, "created_by": created_by}
    statement = insert(WorkflowVersion).values(workflow_id=workflow_id, version=number, **values).returning(WorkflowVersion)
    return (await session.execute(statement)).scalar_one()


async def find_version(session: AsyncSession, version_id: int) -> WorkflowVersion | None:
    return await session.get(WorkflowVersion, version_id)


async def find_numbered(session: AsyncSession, workflow_id: int, number: int) -> WorkflowVersion | None:
    statement = select(WorkflowVersion).where(WorkflowVersion.workflow_id == workflow_id, WorkflowVersion.version == number)
    return (await session.execute(statement)).scalar_one_or_none()


async def version_numbers(session: AsyncSession, version_ids: Collection[int]) -> dict[int, int]:
    """Numbers of versions, by their id."""
    found = await session.execute(select(WorkflowVersion.id, WorkflowVersion.version).where(WorkflowVersion.id.in_(version_ids)))
    return {row.id: row.version for row in found}


async def names_of(session: AsyncSession, workflow_ids: Collection[int]) -> dict[int, str]:
    """Names of workflows, by their id."""
    found = await session.execute(select(Workflow.id, Workflow.name).where(Workflow.id.in_(workflow_ids)))
    return {row.id: row.name for row in found}


async def ids_by_name(session: AsyncSession, names: Collection[str]) -> dict[str, int]:
    """Ids of the workflows of these names, those that there are."""
    found = await session.execute(select(Workflow.name, Workflow.id).where(Workflow.name.in_(names)))
    return {row.name: row.id for row in found}


async def names_like(session: AsyncSession, name: str) -> set[str]:
    """Names that are `name`, or begin with it."""
    found = await session.execute(select(Workflow.name).where(Workflow.name.startswith(name, autoescape=True)))
    return set(found.scalars())


async def find_versions(session: AsyncSession, version_ids: Collection[int]) -> dict[int, WorkflowVersion]:
    """Those of the versions that there are, by id."""
    found = await session.execute(select(WorkflowVersion).where(WorkflowVersion.id.in_(version_ids)))
    return {version.id: version for version in found.scalars()}


async def published_definitions(
    session: AsyncSession, wanted: Collection[tuple[int, int | None]]
) -> dict[tuple[int, int | None], dict[str, Any]]:
    """Definitions by (workflow, version); no version means the one that is published. What there is not is left out."""
    latest = {workflow_id for workflow_id, version in wanted if version is None}
    numbered = [(workflow_id, version) for workflow_id, version in wanted if version is not None]
    found: dict[tuple[int, int | None], dict[str, Any]] = {}
    if latest:
        is_published = Workflow.published_version_id.is_not(None)
        rows = await session.execute(select(Workflow.id, Workflow.config).where(Workflow.id.in_(latest), is_published))
        found |= {(row.id, None): row.config for row in rows}
    if numbered:
        key = tuple_(WorkflowVersion.workflow_id, WorkflowVersion.version)
        versions = await session.execute(select(WorkflowVersion).where(key.in_(numbered)))
        found |= {(version.workflow_id, version.version): version.definition for version in versions.scalars()}
    return found


async def list_versions(session: AsyncSession, workflow_id: int) -> list[WorkflowVersion]:
    statement = select(WorkflowVersion).where(WorkflowVersion.workflow_id == workflow_id)
    statement = statement.order_by(WorkflowVersion.version.desc()).limit(500)
    return list((await session.execute(statement)).scalars())
