"""Replays: a new run that begins within an old one, with what its earlier steps brought.

A dry replay is stored with what it would ask for and does nothing. A live one keeps the name of the old run, so that what
happened under that name is not done again: texts and effects have unique names made of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import null, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.commit import LeadSegment, ResultWriter, store_resumed
from outrider.campaigns.dry_runs.clock import Happenings
from outrider.campaigns.dry_runs.repository import Person, read_people
from outrider.campaigns.dry_runs.service import SECONDS_AT_MOST
from outrider.campaigns.models import Campaign, CampaignLead, CampaignLeadStatus, CampaignStatus
from outrider.campaigns.plan import CampaignPlan, read_plan
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import runs as lead_rows
from outrider.campaigns.runs import repository as rows
from outrider.campaigns.runs.history import read_history, state_before
from outrider.campaigns.runs.schemas import ReplayIn
from outrider.campaigns.runs.service import INTENTS, read_run_definition
from outrider.campaigns.trials.repository import excluded
from outrider.db.engine import Database
from outrider.errors import Conflict
from outrider.workflows.compiler import Compiler, Segment
from outrider.workflows.context import RunContext, Services
from outrider.workflows.credentials import credential_names
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.drafts import NoSuchVersion
from outrider.workflows.intents import RunEffect
from outrider.workflows.models import Run, RunStatus, WorkflowVersion
from outrider.workflows.repository import find_numbered, find_version
from outrider.workflows.runs import step_rows
from outrider.workflows.runs.repository import RunRef
from outrider.workflows.runs.service import RunNotFound, tell_changed
from outrider.workflows.state import RunState
from outrider.workflows.telling import tell


class RunNotReplayable(Conflict):
    """The run can't be replayed as things are."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a replay needs, read in one transaction."""

    original: Run
    began_at: datetime
    """When the first run of its name began."""
    plan: CampaignPlan
    person: Person
    inbound_count: int
    state: RunState
    entry: str


TakeName = Callable[[AsyncSession], Awaitable[None]]


async def nothing_to_take(session: AsyncSession) -> None:
    """The caller has no name for what it asks for: to ask again is to ask for another replay."""


async def replay_run(
    database: Database, services: Services, run_id: int, wanted: ReplayIn, take_name: TakeName = nothing_to_take
) -> int:
    """Run it, store it, and return the new run's id.

    Args:
        take_name: takes the caller's name for this replay in the transaction that stores it; raises if it was taken before.

    Raises:
        RunNotFound, NoSuchStep, NoSuchVersion
        RunNotReplayable: says why: it still waits, its campaign is over, its lead opted out, or its definition is gone.
        InvalidWorkflow: the version can't run any more.
        BudgetExhausted, BooksUnavailable: the models can't be paid for now.
    """
    async with database.transaction() as session:
        async with session.begin_nested() as trial:
            # Before models are paid for; it is taken when there is something to store.
            await take_name(session)
            await trial.rollback()
        task = await _task(session, run_id, wanted)
        if not wanted.dry:
            await _refuse(session, task)
    context, began = _context(task, services, is_dry=wanted.dry), datetime.now(UTC)
    try:
        async with asyncio.timeout(SECONDS_AT_MOST):
            segment = await Compiler().compile(task.plan.definition).start(context, task.entry, task.state, name="replay")
    except TimeoutError as error:
        raise RunNotReplayable(f"It took longer than {SECONDS_AT_MOST:g} s.", remedy="Begin at a later step.") from error
    async with database.transaction() as session:
        await take_name(session)
        store = _store_dry if wanted.dry else _store_live
        return await store(session, task, context, segment, began)


async def _task(session: AsyncSession, run_id: int, wanted: ReplayIn) -> Task:
    row = await rows.find(session, run_id)
    if row is None:
        raise RunNotFound(f"There is no run {run_id}.")
    run: Run = row.Run
    campaign = await campaign_rows.find(session, run.campaign_id) if run.campaign_id else None
    people = await read_people(session, [run.lead_id] if run.lead_id else [])
    place = await session.get(CampaignLead, run.subject_id)
    if campaign is None or place is None or not people:
        raise RunNotReplayable("Its lead or its campaign was deleted.")
    version, definition = await _definition(session, run, row.workflow_id, wanted.version)
    plan = replace(
        await read_plan(session, campaign),
        definition=WorkflowDefinition.model_validate(definition),
        workflow_version_id=version.id if version else None,
    )
    (person,) = people.values()
    state = state_before(await read_history(session, run), plan.definition, wanted.from_node, wanted.visit)
    began_at = await rows.began_at(session, run)
    return Task(run, began_at, plan, person, await _inbound_count(session, person), state, wanted.from_node)


async def _definition(
    session: AsyncSession, run: Run, workflow_id: int | None, number: int | None
) -> tuple[WorkflowVersion | None, dict[str, Any]]:
    if number is not None:
        version = await find_numbered(session, workflow_id, number) if workflow_id is not None else None
        if version is None:
            raise NoSuchVersion(f"The run's workflow has no version {number}.", remedy="Choose one of its versions.")
        return version, version.definition
    definition = await read_run_definition(session, run)
    if definition is None:
        raise RunNotReplayable("The definition that it ran is gone.", remedy="Replay it on another version.")
    own = await find_version(session, run.workflow_version_id) if run.workflow_version_id else None
    return own, definition


async def _refuse(session: AsyncSession, task: Task) -> None:
    """
    Raises:
        RunNotReplayable: a live replay is not allowed now.
    """
    campaign = await session.get(Campaign, task.original.campaign_id, populate_existing=True)
    assert campaign is not None
    if campaign.status != CampaignStatus.PROCESSING:
        remedy = "Resume the campaign first." if campaign.status == CampaignStatus.PAUSED else "Replay it dry."
        raise RunNotReplayable(f"Its campaign is {campaign.status}: nothing more is sent for it.", remedy=remedy)
    for reason in (await excluded(session, [task.person.lead["id"]], campaign.require_consent)).values():
        raise RunNotReplayable(f"The lead may not be texted: {reason.replace('_', ' ')}.", remedy="Replay it dry.")
    place = await session.get(CampaignLead, task.original.subject_id, populate_existing=True)
    latest = await session.get(Run, place.run_id, populate_existing=True) if place and place.run_id else None
    if task.original.status == RunStatus.WAITING or (latest is not None and latest.status == RunStatus.WAITING):
        raise RunNotReplayable("A run of this lead still waits.", remedy="Cancel that run first, or replay this one dry.")
    if place is None or place.attempt != task.original.attempt:
        raise RunNotReplayable("The lead was worked again since.", remedy="Replay its latest run.")


async def _inbound_count(session: AsyncSession, person: Person) -> int:
    if person.conversation.id is None:
        return 0
    return await rows.inbound_count(session, person.conversation.id)


def _context(task: Task, services: Services, *, is_dry: bool) -> RunContext:
    run = task.original
    said = task.person.conversation
    has_replied = said.last_text_at is not None and said.last_text_at > task.began_at
    context = task.plan.context(
        campaign_lead_id=run.subject_id,
        attempt=run.attempt,
        trace_id=uuid4().hex,
        lead=task.person.lead,
        services=services,
        conversation=replace(said, replied=has_replied),
        is_dry=is_dry,
    )
    if is_dry:
        happens = Happenings({}, context)
        context.now, context.answer_wait = happens.now, happens.answer
    return context


async def _store_dry(session: AsyncSession, task: Task, context: RunContext, segment: Segment, began: datetime) -> int:
    run = _row(task, context, segment, began, is_dry=True)
    run.status, run.finished_at = RunStatus(segment.status), datetime.now(UTC)
    run.error, run.error_node = segment.state["error_message"] or None, segment.state["error_node"] or None
    run.steps, run.cost = len(segment.recorder.steps), segment.recorder.cost
    session.add(run)
    await session.flush()
    intents = [asked.intent for asked in segment.recorder.intents]
    names = await credential_names(session, [intent.payload for intent in intents if isinstance(intent, RunEffect)])
    told: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for asked in segment.recorder.intents:
        told.setdefault((asked.node_id, asked.visit), []).append(asdict(tell(asked.intent, names)))
    # A visit that waited has two rows; the one by which it was left tells.
    last = {(step.node_id, step.visit): step.seq for step in segment.recorder.steps}
    ref = RunRef(run.id, task.plan.campaign_id, run.subject_id, context.lead_id)
    told_at = {seq: told[place] for place, seq in last.items() if place in told}
    steps = [
        replace(step, details={**step.details, INTENTS: told_at[step.seq]}) if step.seq in told_at else step
        for step in segment.recorder.steps
    ]
    await step_rows.add_steps(session, [(ref, step.seq, step) for step in steps])
    tell_changed(session, [run.id])
    return run.id


async def _store_live(session: AsyncSession, task: Task, context: RunContext, segment: Segment, began: datetime) -> int:
    """The row comes with its first segment, so that a replay that is broken off leaves nothing behind."""
    await lead_rows.lock_places(session, [task.original.subject_id])
    await _refuse(session, task)
    run = _row(task, context, segment, began, is_dry=False)
    run.status, run.finished_at, run.token = RunStatus.WAITING, cast("Any", null()), uuid4().hex
    session.add(run)
    await session.flush()
    values = {"run_id": run.id, "trace_id": run.trace_id, "status": CampaignLeadStatus.WAITING}
    place = update(CampaignLead).where(CampaignLead.id == run.subject_id)
    await session.execute(place.values(**values, error_message=None, skip_reason=None))
    stored = LeadSegment(
        plan=task.plan,
        context=context,
        segment=segment,
        attempt=run.attempt,
        token=run.token,
        inbound_count=task.inbound_count,
        started_at=began,
        finished_at=datetime.now(UTC),
        run_id=run.id,
        revision=0,
    )
    (verdict,) = await ResultWriter(store_resumed)(session, [stored])
    if verdict.refusal is not None:
        raise RunNotReplayable(verdict.refusal)
    return run.id


def _row(task: Task, context: RunContext, segment: Segment, began: datetime, *, is_dry: bool) -> Run:
    return Run(
        workflow_version_id=task.plan.workflow_version_id,
        subject_kind=task.original.subject_kind,
        subject_id=task.original.subject_id,
        campaign_id=task.original.campaign_id,
        lead_id=task.original.lead_id,
        attempt=task.original.attempt,
        trace_id=context.trace_id,
        stops_on_reply=task.plan.definition.settings.stop_on_reply,
        is_dry=is_dry,
        replay_of=task.original.id,
        replay_from=task.entry,
        model=segment.state["model_used"],
        input_tokens=segment.state["input_tokens"],
        output_tokens=segment.state["output_tokens"],
        revision=0,
        started_at=began,
    )
