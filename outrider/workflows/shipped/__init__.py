"""The workflows that come with the product: one JSON file each, in the format of a user's own."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.workflows import repository
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.drafts import publish_version
from outrider.workflows.validation import ensure_valid

FOLDER = Path(__file__).parent


async def ensure_shipped_workflows(session: AsyncSession) -> None:
    """Store the shipped workflows, or bring them up to date. Idempotent; run at every start."""
    for path in sorted(FOLDER.glob("*.json")):
        shipped = json.loads(path.read_text())
        definition = WorkflowDefinition.model_validate(shipped["config"])
        ensure_valid(definition)
        workflow_id = await repository.upsert_shipped(session, shipped["name"], shipped["description"], definition.as_json())
        await publish_version(session, workflow_id)
