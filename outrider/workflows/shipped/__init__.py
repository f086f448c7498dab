"""The workflows that come with the product: one JSON file each, in the format of a user's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.workflows import repository
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.drafts import publish_version
from outrider.workflows.validation import ensure_valid

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ShippedWorkflow:
    """One file."""

    key: str
    """Name of the file: `a2a`."""
    name: str
    description: str
    definition: WorkflowDefinition


def shipped_workflow(key: str) -> ShippedWorkflow:
    """
    Raises:
        FileNotFoundError: none with this name is shipped.
    """
    shipped = json.loads((FOLDER / f"{key}.json").read_text())
    return ShippedWorkflow(key, shipped["name"], shipped["description"], WorkflowDefinition.model_validate(shipped["config"]))


def shipped_workflows() -> Iterator[ShippedWorkflow]:
    return (shipped_workflow(path.stem) for path in sorted(FOLDER.glob("*.json")))


async def ensure_shipped_workflows(session: AsyncSession) -> None:
    """Store the shipped workflows, or bring them up to date. Idempotent; run at every start. A user's own workflow that has the
    name of one stays as it is."""
    for shipped in shipped_workflows():
        ensure_valid(shipped.definition)
        config = shipped.definition.as_json()
        workflow_id = await repository.upsert_shipped(session, shipped.name, shipped.description, config)
        if workflow_id is not None:
            await publish_version(session, workflow_id)
