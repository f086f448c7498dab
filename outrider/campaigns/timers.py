"""Lets paused runs go on when something happened that they wait for, or when their time has come.

A loop of the worker: it claims runs that are due (a wait of theirs was answered, or its time is over), reads the plan, the lead
and what was said as they are now, and runs the next segment of each. Any number of workers may do so. A claim is a token with a
lease in the run's row; the lease of a worker that lives is renewed, that of a dead one runs out and its runs are claimed again,
a few at a time: one of them may be what ended it. A run that is lost so too often fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.budget import is_spent, pause_by_system, used_up
from outrider.campaigns.plan import CampaignPlan, WorkflowMissing, read_run_plans
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import runs as rows
from outrider.campaigns.runner import CampaignRunner, DueRun
from outrider.conversations.waiting import first_of
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.db.listening import listen
from outrider.errors import OutriderError
from outrider.llm.base import BooksUnavailable
from outrider.workflows.runs import claim_rows
from outrider.workflows.runs import repository as run_rows
from outrider.workflows.runs.service import fail_run

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
RENEW_SECONDS = 25.0
IDLE_SECONDS = 1.0
"""Runs may become due by the clock alone."""
MOST_AT_ONCE = 200
FEW = 100
"""The next runs are claimed when only so many are still in hand."""
PAUSE_SECONDS = 0.25
"""Between claims that bring few runs: one for each single run would cost more than the run."""
NO_WORKFLOW = "The version of the workflow that the run began with is gone, or can't be read any more."


class RunTimers:
    """The process's part in letting runs go on."""

    def __init__(self, database: Database, runner: CampaignRunner):
        self._database = database
        self._runner = runner
        self._woken = asyncio.Event()
        self._in_hand: dict[int, str] = {}
        """Tokens of the runs that are being worked on, by run."""
        self._lost: set[int] = set()
        """Those of them that an earlier claim was lost with."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in hand."""
        handlers = {run_rows.TIMERS_CHANNEL: lambda _: self._woken.set()}
        async with asyncio.TaskGroup() as helpers:
            helping = [
                helpers.create_task(listen(self._database, handlers, on_connected=self._woken.set)),
                helpers.create_task(self._renew_forever()),
            ]
            try:
                async with asyncio.TaskGroup() as tasks:
                    await self._claim_until(stop, tasks)
            finally:
                for helper in helping:
                    helper.cancel()

    async def resume_due(self, most: int = MOST_AT_ONCE) -> int:
        """Claim what is due once and work it to its end; returns how many runs."""
        claimed = await self._claim(most)
        async with asyncio.TaskGroup() as tasks:
            for plan, due in claimed:
                tasks.create_task(self._work(plan, due))
        return len(claimed)

    async def _claim_until(self, stop: asyncio.Event, tasks: asyncio.TaskGroup) -> None:
        while not stop.is_set():
            self._woken.clear()
            claimed = await self._claim(MOST_AT_ONCE - len(self._in_hand)) if len(self._in_hand) <= FEW else []
            for plan, due in claimed:
                tasks.create_task(self._work(plan, due))
            if 0 < len(claimed) < FEW:
                await first_of(stop.wait(), timeout=PAUSE_SECONDS)
            elif not claimed:
                await first_of(self._woken.wait(), stop.wait(), timeout=IDLE_SECONDS)

    async def _claim(self, most: int) -> list[tuple[CampaignPlan, DueRun]]:
        token = uuid4().hex
        async with self._database.transaction() as session:
            campaign_ids = await _going(session)
            if not campaign_ids:
                return []
            found = await claim_rows.claim_due(session, campaign_ids, most, token, LEASE)
            if not self._lost:
                found += await claim_rows.claim_lost(session, campaign_ids, token, LEASE)
            plans = await read_run_plans(session, {(row["campaign_id"], row["workflow_version_id"]) for row in found})
        claimed = []
        for row in found:
            try:
                claimed.append((_plan_of(row, plans), DueRun.of(row, token)))
            except OutriderError as error:
                await self._give_up(row["id"], row["subject_id"], token, error.detail)
        self._in_hand |= {run.run_id: token for _, run in claimed}
        self._lost |= {run.run_id for _, run in claimed if run.claims > 1}
        return claimed

    async def _work(self, plan: CampaignPlan, due: DueRun) -> None:
        try:
            verdict = await self._runner.resume(plan, due)
        except (BooksUnavailable, *DATABASE_TROUBLE) as error:
            # The claim's lease runs out, and the run is tried again then.
            log.warning("run_resumed_later", run_id=due.run_id, error=repr(error))
            await self._excuse(due)
        except Exception as error:
            log.exception("run_not_stored", run_id=due.run_id)
            await self._give_up(due.run_id, due.campaign_lead_id, due.token, f"The run broke down: {type(error).__name__}.")
        else:
            if verdict.refusal is not None:
                await self._give_back(due, verdict.refusal)
        finally:
            self._in_hand.pop(due.run_id, None)
            was_lost = due.run_id in self._lost
            self._lost.discard(due.run_id)
            if len(self._in_hand) == FEW or (was_lost and not self._lost):
                self._woken.set()

    async def _excuse(self, due: DueRun) -> None:
        try:
            async with self._database.transaction() as session:
                await claim_rows.excuse(session, due.run_id, due.token)
        except DATABASE_TROUBLE as error:
            log.warning("run_not_excused", run_id=due.run_id, error=repr(error))

    async def _give_back(self, due: DueRun, refusal: str) -> None:
        """The run stays as it was, and its campaign waits for somebody who puts right what is missing."""
        async with self._database.transaction() as session:
            await campaign_rows.lock(session, due.campaign_id)
            await pause_by_system(session, due.campaign_id, refusal)
            await claim_rows.release(session, [due.run_id], due.token)

    async def _give_up(self, run_id: int, campaign_lead_id: int, token: str, reason: str) -> None:
        """Fail a run that can never go on, unless somebody else has it meanwhile."""
        log.error("run_given_up", run_id=run_id, reason=reason)
        async with self._database.transaction() as session:
            await rows.lock_places(session, [campaign_lead_id])
            if await claim_rows.release(session, [run_id], token):
                await rows.note_error(session, campaign_lead_id, reason)
                await fail_run(session, run_id, reason)

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if not self._in_hand:
                continue
            try:
                async with self._database.transaction() as session:
                    await claim_rows.keep(session, list(self._in_hand), set(self._in_hand.values()), LEASE)
            except DATABASE_TROUBLE as error:
                log.warning("leases_not_renewed", error=repr(error))


def _plan_of(row: asyncpg.Record, plans: Mapping[tuple[int, int | None], CampaignPlan]) -> CampaignPlan:
    """
    Raises:
        WorkflowMissing: the run's definition is gone.
    """
    plan = plans.get((row["campaign_id"], row["workflow_version_id"]))
    if plan is None:
        raise WorkflowMissing(NO_WORKFLOW)
    return plan


async def _going(session: AsyncSession) -> list[int]:
    """Campaigns whose due runs may go on. One whose budget is used up is paused, as when its leads are begun."""
    campaign_ids = await rows.with_due_runs(session)
    going = await campaign_rows.may_go_on(session, campaign_ids) if campaign_ids else set()
    for campaign_id in campaign_ids:
        if campaign_id in going:
            continue
        campaign = await campaign_rows.lock(session, campaign_id)
        if campaign is not None and campaign.budget is not None and await is_spent(session, campaign):
            await pause_by_system(session, campaign_id, used_up(campaign_id, campaign.budget, campaign.spent))
    return sorted(going)
