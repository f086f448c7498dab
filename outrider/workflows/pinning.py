"""Takes the definitions of sub-workflows along, so that a definition depends on nothing that may change."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.workflows import repository
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes.sub_workflow import pinned, referred_workflows


async def resolve_definition(session: AsyncSession, definition: WorkflowDefinition) -> WorkflowDefinition:
    """`definition` with those of its sub-workflows embedded, as they are published now.

    Call it before a version is stored, and before a draft is run: what a sub-workflow without a definition would do is unknown.
    A workflow or version that there is not stays as it was given, which the validation then says.
    """
    wanted = referred_workflows(definition)
    return pinned(definition, await repository.published_definitions(session, wanted)) if wanted else definition
