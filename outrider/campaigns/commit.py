"""Stores the results of many runs in one transaction: states, runs, logs, transcripts, and texts to send."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import asyncpg
import orjson
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import notices
from outrider.campaigns.live import tell_changed, tell_progress
from outrider.campaigns.models import CampaignLeadStatus
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import results as rows
from outrider.conversations.outbox import NoSenderAvailable, TextIntent, queue_texts
from outrider.workflows.intents import SendText
from outrider.workflows.models import RunStatus
from outrider.workflows.state import CampaignLeadState

log = structlog.get_logger(__name__)


UNSTORABLE = (DBAPIError, asyncpg.DataError, UnicodeEncodeError, orjson.JSONEncodeError)
"""What the driver and the encoders raise for a value that a column can't hold; some of it has other causes, too."""


@dataclass(frozen=True, slots=True)
class LeadRun:
    """A run that is over and waits to be stored."""

    campaign_id: int
    workflow_version_id: int | None
    sender_ids: tuple[int, ...]
    attempt: int
    token: str
    state: CampaignLeadState
    started_at: datetime
    finished_at: datetime

    @property
    def campaign_lead_id(self) -> int:
        return self.state["campaign_lead_id"]

    @property
    def key(self) -> tuple[int, str]:
        """What one result is told apart by: the same lead may come from two deliveries, of which one counts."""
        return self.campaign_lead_id, self.token

    @property
    def cost(self) -> Decimal:
        return sum((entry["cost"] for entry in self.state["processing_logs"]), Decimal(0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a run's result."""

    may_go_on: bool
    """Its campaign may start further leads."""
    refusal: str | None = None
    """Why it could not be stored; None if it was, or if its lead had gone to somebody else meanwhile."""


class ResultWriter:
    """Writes a group of runs. What their models cost was paid when they were asked, whether or not a result is still wanted."""

    async def __call__(self, session: AsyncSession, runs: Sequence[LeadRun]) -> list[Verdict]:
        by_campaign: dict[int, list[LeadRun]] = defaultdict(list)
        for run in runs:
            by_campaign[run.campaign_id].append(run)
        refusals = {campaign_id: await _store_campaign(session, by_campaign[campaign_id]) for campaign_id in sorted(by_campaign)}
        tell_progress(session, by_campaign)
        tell_changed(session, await notices.complete_finished(session, list(by_campaign)))
        going = await campaign_rows.may_go_on(session, list(by_campaign))
        return [
            Verdict(may_go_on=run.campaign_id in going and refusals[run.campaign_id] is None, refusal=refusals[run.campaign_id])
            for run in runs
        ]


async def _store_campaign(session: AsyncSession, runs: Sequence[LeadRun]) -> str | None:
    """Store the runs of one campaign. Why not, if none of its senders may send: then nothing of them is stored."""
    try:
        async with session.begin_nested():
            await _store(session, runs)
    except NoSenderAvailable as error:
        log.warning("campaign_without_sender", campaign_id=runs[0].campaign_id)
        return error.detail
    except UNSTORABLE as error:
        if not _is_unstorable(error):
            raise
        await _store_one_by_one(session, runs)
    return None


async def _store_one_by_one(session: AsyncSession, runs: Sequence[LeadRun]) -> None:
    """One result that no column can hold must not take the others with it: its lead fails."""
    for run in runs:
        try:
            async with session.begin_nested():
                await _store(session, [run])
        except UNSTORABLE as error:
            if not _is_unstorable(error):
                raise
            log.warning("result_unstorable", campaign_lead_id=run.campaign_lead_id, error=type(error).__name__)
            await rows.store(session, [_unstorable(run)])


def _is_unstorable(error: Exception) -> bool:
    """The data is at fault, not the database or the connection to it."""
    cause = getattr(error, "orig", error)
    state = getattr(cause, "sqlstate", None) or getattr(getattr(cause, "__cause__", None), "sqlstate", None)
    return state.startswith("22") if state else not isinstance(error, DBAPIError)


def _unstorable(run: LeadRun) -> rows.LeadResult:
    return replace(
        _result(run),
        status=CampaignLeadStatus.FAILED,
        sms_message=None,
        error_message="The result holds characters that can't be stored.",
        model=None,
        run_status=RunStatus.FAILED,
    )


async def _store(session: AsyncSession, runs: Sequence[LeadRun]) -> None:
    run_ids = await rows.store(session, [_result(run) for run in runs])
    held = [run for run in runs if run.key in run_ids]
    if len(held) < len(runs):
        log.info("results_of_overtaken_runs_dropped", campaign_id=runs[0].campaign_id, dropped=len(runs) - len(held))
    await rows.add_logs(session, [step for run in held for step in _steps(run, run_ids[run.key])])
    await rows.add_transcripts(
        session, [(run.campaign_lead_id, entry) for run in held for entry in run.state["conversation_history"]]
    )
    await queue_texts(session, [text for run in held for text in _texts(run, run_ids[run.key])])


def _result(run: LeadRun) -> rows.LeadResult:
    state = run.state
    failed = state["status"] == "failed"
    return rows.LeadResult(
        campaign_lead_id=run.campaign_lead_id,
        campaign_id=run.campaign_id,
        token=run.token,
        status=_lead_status(state),
        sms_message=state["sms_message"] or None,
        error_message=state["error_message"] or None,
        trace_id=state["trace_id"],
        workflow_version_id=run.workflow_version_id,
        model=state["model_used"],
        input_tokens=state["input_tokens"],
        output_tokens=state["output_tokens"],
        cost=run.cost,
        started_at=run.started_at,
        finished_at=run.finished_at,
        run_status=RunStatus.FAILED if failed else RunStatus.COMPLETED,
    )


def _steps(run: LeadRun, run_id: int) -> list[rows.StepRow]:
    return [
        rows.StepRow(run.campaign_lead_id, run.campaign_id, run_id, seq, entry)
        for seq, entry in enumerate(run.state["processing_logs"])
    ]


def _lead_status(state: CampaignLeadState) -> CampaignLeadStatus:
    if state["status"] == "failed":
        return CampaignLeadStatus.FAILED
    return CampaignLeadStatus.WAITING if state["intents"] else CampaignLeadStatus.COMPLETED


def _texts(run: LeadRun, run_id: int) -> list[TextIntent]:
    """The texts that a run asked for. A failed run's are dropped: it did not come to a good end."""
    phone = run.state["lead_data"]["phone"]
    if run.state["status"] == "failed" or phone is None:
        return []
    return [
        TextIntent(
            lead_id=run.state["lead_id"],
            phone=phone,
            body=intent.body,
            dedupe_key=f"campaign_lead:{run.campaign_lead_id}:{intent.node_id}:{run.attempt}",
            campaign_id=run.campaign_id,
            campaign_lead_id=run.campaign_lead_id,
            run_id=run_id,
            sender_ids=run.sender_ids,
        )
        for intent in run.state["intents"]
        if isinstance(intent, SendText)
    ]
