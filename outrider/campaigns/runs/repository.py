"""Queries of runs for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign, ConversationMessage
from outrider.campaigns.runs.schemas import RunFilter
from outrider.conversations.models import Conversation, Message
from outrider.db.pages import SortKey, read_order, read_rows
from outrider.leads.filters import filtered_lead_ids
from outrider.leads.models import Lead
from outrider.leads.schemas import LeadFilter
from outrider.workflows.models import Run, RunApproval, RunEffect, RunWait, Step, Workflow, WorkflowVersion

SORTS = {"id": SortKey(Run.id.expression, int)}
NEWEST_FIRST = "-id"
MOST_STEPS = 2000
MOST_TURNS = 200
SUMMARY: tuple[Any, ...] = (
    Run,
    Lead.name.label("lead_name"),
    Lead.company.label("lead_company"),
    func.coalesce(Lead.time_zone, Lead.time_zones[1]).label("time_zone"),
    Campaign.name.label("campaign_name"),
    WorkflowVersion.workflow_id.label("workflow_id"),
    WorkflowVersion.version.label("workflow_version"),
    Workflow.name.label("workflow_name"),
    Workflow.published_version_id.label("published_version_id"),
)


async def page(session: AsyncSession, given: RunFilter, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    query = summaries()
    if given.workflow_id is not None:
        query = query.where(Run.workflow_version_id.in_(await _version_ids(session, given)))
    query = query.where(*_conditions(given))
    return await read_rows(session, query, read_order(NEWEST_FIRST, SORTS, Run.id), cursor, limit)


def summaries() -> Select[Any]:
    """Runs with what names their lead, campaign and workflow."""
    return (
        select(*SUMMARY)
        .outerjoin(Lead, Lead.id == Run.lead_id)
        .outerjoin(Campaign, Campaign.id == Run.campaign_id)
        .outerjoin(WorkflowVersion, WorkflowVersion.id == Run.workflow_version_id)
        .outerjoin(Workflow, Workflow.id == WorkflowVersion.workflow_id)
    )


async def find(session: AsyncSession, run_id: int) -> Any | None:
    return (await session.execute(summaries().where(Run.id == run_id))).one_or_none()


async def waits_of(session: AsyncSession, run_ids: Sequence[int]) -> list[RunWait]:
    found = await session.execute(select(RunWait).where(RunWait.run_id.in_(run_ids)).order_by(RunWait.due_at, RunWait.id))
    return list(found.scalars())


async def steps_of(session: AsyncSession, run: Run) -> list[Step]:
    of_run = select(Step).where(Step.campaign_lead_id == run.subject_id, Step.run_id == run.id)
    return list((await session.execute(of_run.order_by(Step.seq).limit(MOST_STEPS))).scalars())


async def visits_of(session: AsyncSession, runs: Sequence[Run]) -> dict[int, int]:
    """How many visits to nodes each of these runs made, by its id. One that paused has two rows and is one visit."""
    visits = func.count(distinct(tuple_(Step.node_id, Step.visit))).label("visits")
    of_runs = select(Step.run_id, visits).where(
        Step.campaign_lead_id.in_([run.subject_id for run in runs]), Step.run_id.in_([run.id for run in runs])
    )
    return {row.run_id: row.visits for row in await session.execute(of_runs.group_by(Step.run_id))}


async def began_at(session: AsyncSession, run: Run) -> datetime:
    """When the first run of the same name began: the run itself, or the one that it is a replay of."""
    same = (Run.lead_id == run.lead_id, Run.subject_id == run.subject_id, Run.attempt == run.attempt)
    return (await session.execute(select(func.min(Run.started_at)).where(*same))).scalar_one()


async def texts_of(session: AsyncSession, run: Run) -> list[Message]:
    """The texts that a run asked for, of one replayed also those that an earlier run of the same name asked for."""
    statement = select(Message).where(Message.campaign_lead_id == run.subject_id, Message.run_id == run.id).order_by(Message.id)
    return list((await session.execute(statement)).scalars())


async def effects_of(session: AsyncSession, run_id: int) -> list[RunEffect]:
    return list((await session.execute(select(RunEffect).where(RunEffect.run_id == run_id).order_by(RunEffect.id))).scalars())


async def approval_ids(session: AsyncSession, run_id: int) -> list[int]:
    return list((await session.execute(select(RunApproval.id).where(RunApproval.run_id == run_id))).scalars())


async def turns_of(session: AsyncSession, campaign_lead_id: int) -> list[ConversationMessage]:
    statement = select(ConversationMessage).where(ConversationMessage.campaign_lead_id == campaign_lead_id)
    statement = statement.order_by(ConversationMessage.id.desc()).limit(MOST_TURNS)
    return list(reversed((await session.execute(statement)).scalars().all()))


async def replays_of(session: AsyncSession, run_id: int) -> list[Run]:
    return list((await session.execute(select(Run).where(Run.replay_of == run_id).order_by(Run.id.desc()).limit(50))).scalars())


async def conversation_of(session: AsyncSession, lead_id: int | None) -> int | None:
    return (await session.execute(select(Conversation.id).where(Conversation.lead_id == lead_id))).scalar_one_or_none()


async def inbound_count(session: AsyncSession, conversation_id: int) -> int:
    """Texts that the lead wrote so far."""
    return (await session.execute(select(Conversation.inbound_count).where(Conversation.id == conversation_id))).scalar_one()


async def _version_ids(session: AsyncSession, given: RunFilter) -> list[int]:
    """Read first: with the ids at hand each version's runs come from the index in their order."""
    statement = select(WorkflowVersion.id).where(WorkflowVersion.workflow_id == given.workflow_id)
    if given.version is not None:
        statement = statement.where(WorkflowVersion.version == given.version)
    return list((await session.execute(statement)).scalars())


def _conditions(given: RunFilter) -> Iterator[ColumnElement[bool]]:
    for value, column in (
        (given.lead_id, Run.lead_id),
        (given.campaign_id, Run.campaign_id),
        (given.is_dry, Run.is_dry),
        (given.replay_of, Run.replay_of),
    ):
        if value is not None:
            yield column == value
    if given.statuses:
        yield Run.status.in_(given.statuses)
    if given.node_id:
        waits = exists().where(RunWait.run_id == Run.id, RunWait.node_id == given.node_id)
        yield or_(Run.error_node == given.node_id, waits)
    if given.passed:
        yield exists().where(Step.run_id == Run.id, Step.node_id == given.passed)
    if given.effect is not None:
        yield Run.id.in_(select(RunEffect.run_id).where(RunEffect.state == given.effect))
    if given.error:
        yield Run.error.icontains(given.error, autoescape=True)
    if given.search:
        yield Run.lead_id.in_(filtered_lead_ids(LeadFilter(search=given.search)))
