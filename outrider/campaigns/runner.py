"""Runs leads through their workflow, side by side, and stores what each stretch of a run brought in groups.

One runner serves a whole process: all chunks share its slots, its compiled graphs and its group commit. Paused runs that go on
have slots of their own, so that a campaign which starts does not keep them waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from outrider.campaigns.commit import LeadSegment, ResultWriter, Verdict, store_first, store_resumed
from outrider.campaigns.plan import CampaignPlan
from outrider.config import Settings
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.db.group_commit import GroupCommit
from outrider.errors import OutriderError
from outrider.llm.base import BooksUnavailable, BudgetExhausted
from outrider.telemetry import RUNS
from outrider.workflows.compiler import CheckpointUnusable, CompiledWorkflow, Compiler, Segment
from outrider.workflows.context import ConversationFacts, LeadData, Models, Recorder, RunContext, Services
from outrider.workflows.runs.facts import clock_of, conversation_of, lead_of
from outrider.workflows.state import initialize_lead_state
from outrider.workflows.waiting import Answer, WaitKind

log = structlog.get_logger(__name__)

MOST_PER_COMMIT = 200
GATHER_SECONDS = 0.02
STORE_ATTEMPTS = 6
STORE_WAIT_SECONDS = 0.25
"""Doubled each time: about sixteen seconds in all, enough for PostgreSQL to restart."""

Writer = GroupCommit[LeadSegment, Verdict]


@dataclass(frozen=True, slots=True)
class ClaimedLead:
    """A campaign lead that this delivery may work on, with its person."""

    campaign_lead_id: int
    attempt: int
    data: LeadData
    conversation: ConversationFacts
    inbound_count: int
    now: Callable[[], datetime]
    """The time of the database."""
    claims: int = 0
    """How often it was taken alone by now."""

    @classmethod
    def of(cls, row: asyncpg.Record) -> ClaimedLead:
        facts = lead_of(row), conversation_of(row, None), row["inbound_count"], clock_of(row)
        return cls(row["id"], row["attempt"], *facts, row["claims"])


@dataclass(frozen=True, slots=True)
class DueRun:
    """A paused run that goes on, with what happened, its checkpoint and its person as of now."""

    run_id: int
    workflow_version_id: int | None
    campaign_id: int
    campaign_lead_id: int
    attempt: int
    trace_id: str
    checkpoint: bytes
    revision: int
    token: str
    claims: int
    """By now, since it was last heard of."""
    answers: dict[str, Answer]
    data: LeadData
    conversation: ConversationFacts
    inbound_count: int
    now: Callable[[], datetime]
    """The time of the database."""

    @classmethod
    def of(cls, row: asyncpg.Record, token: str) -> DueRun:
        """
        Raises:
            CheckpointUnusable: the row does not hold what a run needs to go on.
        """
        if row["checkpoint"] is None:
            raise CheckpointUnusable("it is missing")
        try:
            answers = {wait["id"]: _answer(wait["kind"], wait["answer"]) for wait in row["waits"]}
        except (KeyError, TypeError) as error:
            raise CheckpointUnusable("what it was answered can't be read") from error
        return cls(
            run_id=row["id"],
            workflow_version_id=row["workflow_version_id"],
            campaign_id=row["campaign_id"],
            campaign_lead_id=row["subject_id"],
            attempt=row["attempt"],
            trace_id=row["trace_id"],
            checkpoint=row["checkpoint"],
            revision=row["revision"],
            token=token,
            claims=row["claims"],
            answers=answers,
            data=lead_of(row),
            conversation=conversation_of(row, row["started_at"]),
            inbound_count=row["inbound_count"],
            now=clock_of(row),
        )


def _answer(kind: str, answer: dict[str, Any] | None) -> Answer:
    """How a wait ended that is due."""
    if answer is not None:
        return Answer(answer["event"], answer["data"])
    return Answer("time" if kind == WaitKind.TIMER else "timeout")


@dataclass(frozen=True, slots=True)
class WorkReport:
    unfinished: list[int]
    """Campaign leads that nothing was stored for, because the campaign was paused, ended, used up its budget or lost its
    senders meanwhile."""
    refusal: str | None
    """Why the campaign can't go on, if so: results could not be stored, or a budget does not pay for a model."""


@dataclass(slots=True)
class _Stop:
    """Tells the leads of a chunk that none of them may start any more."""

    is_set: bool = False
    refusal: str | None = None


class RunLost(OutriderError):
    """Nobody was heard of who worked on this part of the run."""

    def __init__(self, times: int):
        super().__init__(
            f"It is given up: {times} times the process that worked on this part of it ended before it could store anything.",
            remedy="The worker's log and the system's say what ended it, such as too little memory.",
        )


class CampaignRunner:
    """The process's part in working campaigns.

    Args:
        services: what nodes work with besides the models.
    """

    def __init__(self, database: Database, models: Models, settings: Settings, services: Services | None = None):
        self._compiler, self._services = Compiler(), services or Services(models, database=database)
        self._most_lost = settings.most_lost_claims
        self.alone = asyncio.Lock()
        """Held by who works on a lead that may be what ended an earlier process."""
        self._slots = asyncio.Semaphore(settings.run_concurrency)
        self._resume_slots = asyncio.Semaphore(settings.run_concurrency)
        # While one group is being committed the next one runs; more than that would run past a pause.
        self._uncommitted = asyncio.Semaphore(2 * settings.run_concurrency)
        self._results = _writer(database, ResultWriter(store_first))
        self._resumed = _writer(database, ResultWriter(store_resumed))

    async def work(self, plan: CampaignPlan, leads: Sequence[ClaimedLead], token: str) -> WorkReport:
        """Run the leads and store what each run brought.

        Raises:
            InvalidWorkflow: the plan's definition has problems.
        """
        workflow = self._compiler.compile(plan.definition)
        stop = _Stop()
        async with asyncio.TaskGroup() as tasks:
            work = [tasks.create_task(self._work_one(workflow, plan, lead, token, stop)) for lead in leads]
        unfinished = [lead.campaign_lead_id for lead, task in zip(leads, work, strict=True) if not task.result()]
        return WorkReport(unfinished, stop.refusal)

    async def resume(self, plan: CampaignPlan, due: DueRun) -> Verdict:
        """Let a paused run go on and store what that brought.

        Raises:
            BooksUnavailable: nothing is wrong with the run; it can go on later.
        """
        async with self._resume_slots:
            context = self._context(plan, due)
            started_at = context.now()
            try:
                work = self._lost(due.claims) or self._resume(plan, context, due)
                segment = await _to_its_end(context, work)
            except BudgetExhausted as error:
                return Verdict(may_go_on=False, refusal=f"{error.detail} {error.remedy}")
        resumed = LeadSegment(
            plan=plan,
            context=context,
            segment=segment,
            attempt=due.attempt,
            token=due.token,
            inbound_count=due.inbound_count,
            started_at=started_at,
            finished_at=context.now(),
            run_id=due.run_id,
            revision=due.revision,
        )
        return await self._store(self._resumed, resumed)

    async def _resume(self, plan: CampaignPlan, context: RunContext, due: DueRun) -> Segment:
        return await self._compiler.compile(plan.definition).resume(context, due.checkpoint, due.answers)

    def _lost(self, claims: int) -> Awaitable[Segment] | None:
        """What stands for the segment of a run whose claims were lost too often; None for any other."""
        lost = claims - 1
        return _give_up(lost) if lost >= self._most_lost else None

    def _context(self, plan: CampaignPlan, due: DueRun) -> RunContext:
        return plan.context(
            campaign_lead_id=due.campaign_lead_id,
            attempt=due.attempt,
            trace_id=due.trace_id,
            lead=due.data,
            services=self._services,
            conversation=due.conversation,
            now=due.now,
        )

    async def _work_one(self, workflow: CompiledWorkflow, plan: CampaignPlan, lead: ClaimedLead, token: str, stop: _Stop) -> bool:
        """Whether the lead is done with."""
        async with self._uncommitted:
            async with self._slots:
                if stop.is_set:
                    return False
                try:
                    run = await self._run(workflow, plan, lead, token)
                except BudgetExhausted as error:
                    # Nothing is wrong with the lead: it waits until somebody raises the budget.
                    stop.is_set, stop.refusal = True, f"{error.detail} {error.remedy}"
                    return False
            verdict = await self._store(self._results, run)
            stop.is_set = stop.is_set or not verdict.may_go_on
            stop.refusal = stop.refusal or verdict.refusal
            return verdict.refusal is None

    async def _store(self, writer: Writer, segment: LeadSegment) -> Verdict:
        """Hand the segment to the group commit. The model was paid for it, so a database that fails for a moment is waited for.

        Raises whatever the database raises if it does not come back.
        """
        for attempt in range(STORE_ATTEMPTS):
            try:
                return await writer.submit(segment)
            except DATABASE_TROUBLE as error:
                log.warning("result_not_stored", campaign_lead_id=segment.campaign_lead_id, attempt=attempt, error=repr(error))
                await asyncio.sleep(STORE_WAIT_SECONDS * 2**attempt)
        return await writer.submit(segment)

    async def _run(self, workflow: CompiledWorkflow, plan: CampaignPlan, lead: ClaimedLead, token: str) -> LeadSegment:
        context = plan.context(
            campaign_lead_id=lead.campaign_lead_id,
            attempt=lead.attempt,
            trace_id=uuid4().hex,
            lead=lead.data,
            services=self._services,
            conversation=lead.conversation,
            now=lead.now,
        )
        started_at = context.now()
        segment = await _to_its_end(context, self._lost(lead.claims) or workflow.start(context))
        return LeadSegment(
            plan=plan,
            context=context,
            segment=segment,
            attempt=lead.attempt,
            token=token,
            inbound_count=lead.inbound_count,
            started_at=started_at,
            finished_at=context.now(),
        )


def _writer(database: Database, write: ResultWriter) -> Writer:
    return GroupCommit(database, write, max_group=MOST_PER_COMMIT, gather_seconds=GATHER_SECONDS)


async def _give_up(lost: int) -> Segment:
    raise RunLost(lost)


async def _to_its_end(context: RunContext, work: Awaitable[Segment]) -> Segment:
    """The segment. What can't go on at all fails with the reason, so that it neither stops others nor is tried for ever.

    Raises:
        BudgetExhausted, BooksUnavailable: nothing is wrong with the run.
    """
    try:
        segment = await work
    except (BudgetExhausted, BooksUnavailable):
        raise
    except OutriderError as error:
        log.warning("run_unable_to_go_on", trace_id=context.trace_id, error=error.detail)
        segment = _failed(context, error.detail)
    except Exception as error:
        log.exception("run_crashed", trace_id=context.trace_id)
        segment = _failed(context, f"The run broke down: {type(error).__name__}.")
    RUNS.labels("campaign", segment.status).inc()
    return segment


def _failed(context: RunContext, reason: str) -> Segment:
    """A segment that brought nothing but its failure."""
    context.recorder = Recorder()
    state = initialize_lead_state()
    state["status"], state["error_message"] = "failed", reason
    return Segment("failed", state, context.recorder, [], None)
