"""Runs leads through their workflow, side by side, and stores their results in groups.

One runner serves a whole process: all chunks share its slots, its compiled graphs and its group commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import structlog

from outrider.campaigns.commit import LeadRun, ResultWriter, Verdict
from outrider.campaigns.plan import CampaignPlan
from outrider.config import Settings
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.db.group_commit import GroupCommit
from outrider.llm.base import BudgetExhausted
from outrider.telemetry import RUNS
from outrider.workflows.compiler import CompiledWorkflow, Compiler
from outrider.workflows.context import LeadData, Models, Services

log = structlog.get_logger(__name__)

MOST_PER_COMMIT = 200
GATHER_SECONDS = 0.02
STORE_ATTEMPTS = 6
STORE_WAIT_SECONDS = 0.25
"""Doubled each time: about sixteen seconds in all, enough for PostgreSQL to restart."""


@dataclass(frozen=True, slots=True)
class ClaimedLead:
    """A campaign lead that this delivery may work on, with its person."""

    campaign_lead_id: int
    lead_id: int
    attempt: int
    data: LeadData

    @classmethod
    def of(cls, row: asyncpg.Record) -> ClaimedLead:
        return cls(
            campaign_lead_id=row["id"],
            lead_id=row["lead_id"],
            attempt=row["attempt"],
            data={
                "id": row["lead_id"],
                "name": row["name"],
                "phone": row["phone"],
                "email": row["email"],
                "company": row["company"],
                "title": row["title"],
                "industry": row["industry"],
                "city": row["city"],
                "language": row["language"],
                "attributes": row["attributes"],
            },
        )


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


class CampaignRunner:
    """The process's part in working campaigns."""

    def __init__(self, database: Database, models: Models, settings: Settings):
        self._compiler, self._services = Compiler(), Services(models, database=database)
        self._slots = asyncio.Semaphore(settings.run_concurrency)
        # While one group is being committed the next one runs; more than that would run past a pause.
        self._uncommitted = asyncio.Semaphore(2 * settings.run_concurrency)
        self._results = GroupCommit(database, ResultWriter(), max_group=MOST_PER_COMMIT, gather_seconds=GATHER_SECONDS)

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
            verdict = await self._store(run)
            stop.is_set = stop.is_set or not verdict.may_go_on
            stop.refusal = stop.refusal or verdict.refusal
            return verdict.refusal is None

    async def _store(self, run: LeadRun) -> Verdict:
        """Hand the result to the group commit. The model was paid for it, so a database that fails for a moment is waited for.

        Raises whatever the database raises if it does not come back.
        """
        for attempt in range(STORE_ATTEMPTS):
            try:
                return await self._results.submit(run)
            except DATABASE_TROUBLE as error:
                log.warning("result_not_stored", campaign_lead_id=run.campaign_lead_id, attempt=attempt, error=repr(error))
                await asyncio.sleep(STORE_WAIT_SECONDS * 2**attempt)
        return await self._results.submit(run)

    async def _run(self, workflow: CompiledWorkflow, plan: CampaignPlan, lead: ClaimedLead, token: str) -> LeadRun:
        started_at = datetime.now(UTC)
        context = plan.context(
            campaign_lead_id=lead.campaign_lead_id,
            attempt=lead.attempt,
            trace_id=uuid4().hex,
            lead=lead.data,
            services=self._services,
        )
        segment = await workflow.start(context)
        RUNS.labels("campaign", segment.status).inc()
        return LeadRun(
            campaign_id=plan.campaign_id,
            workflow_version_id=plan.workflow_version_id,
            sender_ids=plan.sender_ids,
            attempt=lead.attempt,
            token=token,
            state=segment.view(context),
            started_at=started_at,
            finished_at=datetime.now(UTC),
        )
