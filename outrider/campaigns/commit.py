"""Stores what many segments of runs brought in one transaction: states, runs, steps, transcripts, agents' executions, waits, and
what they ask for.

A lead's first segment is stored if the lead still belongs to the delivery that ran it, a later one if the run still belongs to
its claim and nothing happened to it meanwhile. What is overtaken leaves no trace but its cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

import outrider.campaigns.texts
import outrider.workflows.runs.effects  # noqa: F401  (both apply intents)
from outrider.campaigns import notices
from outrider.campaigns.live import tell_changed, tell_progress
from outrider.campaigns.models import CampaignLeadStatus
from outrider.campaigns.plan import CampaignPlan
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.repository import results as rows
from outrider.campaigns.repository import runs as lead_rows
from outrider.conversations.outbox import NoSenderAvailable
from outrider.db.engine import DATABASE_TROUBLE, sqlstate_of
from outrider.errors import OutriderError
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.workflows.compiler import Segment
from outrider.workflows.context import Recorder, RunContext, StepRecord
from outrider.workflows.intents import SendText
from outrider.workflows.runs import repository as run_rows
from outrider.workflows.runs import step_rows
from outrider.workflows.runs.agent_turns import add_turns
from outrider.workflows.runs.applying import Asked, Asker, apply_intents
from outrider.workflows.runs.approvals import tell_waiting
from outrider.workflows.runs.repository import RunRef, SegmentRow
from outrider.workflows.runs.service import tell_changed as tell_runs_changed
from outrider.workflows.waiting import WaitKind

log = structlog.get_logger(__name__)


UNSTORABLE = "The result holds characters that can't be stored."
NOT_KEPT = "What the step brought is not kept."
DATA_AT_FAULT = ("22", "23")
"""Classes of the database's errors that are about one row: a value that no column holds, or what it refers to is gone."""


@dataclass(frozen=True, slots=True)
class LeadSegment:
    """A segment of a lead's run that waits to be stored."""

    plan: CampaignPlan
    context: RunContext
    segment: Segment
    attempt: int
    token: str
    """Of the delivery that ran the lead's first segment, or of the claim of a paused run."""
    inbound_count: int
    """Texts of the lead that it could know of."""
    started_at: datetime
    finished_at: datetime
    run_id: int | None = None
    """None for a first segment: its run gets its row now."""
    revision: int = 0

    @property
    def campaign_id(self) -> int:
        return self.plan.campaign_id

    @property
    def campaign_lead_id(self) -> int:
        return self.context.subject.id

    @property
    def key(self) -> tuple[int, str]:
        """What one result is told apart by: the same lead may come from two deliveries, of which one counts."""
        return self.campaign_lead_id, self.token

    @property
    def failed(self) -> bool:
        return self.segment.status == "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a segment."""

    may_go_on: bool
    """Its campaign may start further leads."""
    refusal: str | None = None
    """Why it could not be stored; None if it was, or if it was overtaken."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A segment whose run took it."""

    run: RunRef
    steps_before: int
    segment: LeadSegment


Store = Callable[[AsyncSession, Sequence[LeadSegment]], Awaitable[list[Stored]]]
"""Writes the rows of the runs and their leads; returns what was not overtaken."""


class ResultWriter:
    """Writes a group of segments. What their models cost was paid when they were asked, also where nobody wants a result."""

    def __init__(self, store: Store):
        self._store = store

    async def __call__(self, session: AsyncSession, segments: Sequence[LeadSegment]) -> list[Verdict]:
        by_campaign: dict[int, list[LeadSegment]] = defaultdict(list)
        for one in segments:
            by_campaign[one.campaign_id].append(one)
        refusals = {
            campaign_id: await self._of_campaign(session, by_campaign[campaign_id]) for campaign_id in sorted(by_campaign)
        }
        tell_progress(session, by_campaign)
        tell_changed(session, await notices.complete_finished(session, list(by_campaign)))
        going = await campaign_rows.may_go_on(session, list(by_campaign))
        return [
            Verdict(may_go_on=one.campaign_id in going and refusals[one.campaign_id] is None, refusal=refusals[one.campaign_id])
            for one in segments
        ]

    async def _of_campaign(self, session: AsyncSession, segments: Sequence[LeadSegment]) -> str | None:
        """Store the segments of one campaign. Why not, if none of its senders may send: then nothing of them is stored."""
        try:
            async with session.begin_nested():
                await self._all(session, segments)
        except NoSenderAvailable as error:
            return _refused(segments, error)
        except Exception as error:  # Some run's: which one shows when they are stored one by one.
            if not _is_of_one_run(error):
                raise
            try:
                async with session.begin_nested():
                    await self._one_by_one(session, segments)
            except NoSenderAvailable as refusal:
                return _refused(segments, refusal)
        return None

    async def _one_by_one(self, session: AsyncSession, segments: Sequence[LeadSegment]) -> None:
        """One result that can't be stored must not take the others with it: its run fails."""
        for one in segments:
            try:
                async with session.begin_nested():
                    await self._all(session, [one])
            except Exception as error:
                if not _is_of_one_run(error):
                    raise
                log.warning("result_unstorable", campaign_lead_id=one.campaign_lead_id, error=repr(error), exc_info=True)
                await self._all(session, [_unstorable(one, _why(error))])

    async def _all(self, session: AsyncSession, segments: Sequence[LeadSegment]) -> None:
        stored = await self._store(session, segments)
        if len(stored) < len(segments):
            dropped = len(segments) - len(stored)
            log.info("results_of_overtaken_runs_dropped", campaign_id=segments[0].campaign_id, dropped=dropped)
        await _add_what_happened(session, stored)


async def store_first(session: AsyncSession, segments: Sequence[LeadSegment]) -> list[Stored]:
    """Write the first segments whose leads still belong to their delivery."""
    run_ids = await rows.store(session, [_first(one) for one in segments])
    return [Stored(_run(one, run_ids[one.key]), 0, one) for one in segments if one.key in run_ids]


async def store_resumed(session: AsyncSession, segments: Sequence[LeadSegment]) -> list[Stored]:
    """Write the later segments whose runs still belong to their claim."""
    await lead_rows.lock_threads(session, [one.context.lead_id for one in segments])
    await lead_rows.lock_places(session, [one.campaign_lead_id for one in segments])
    steps_before = await run_rows.store(session, [_later(one) for one in segments])
    stored = [Stored(_run(one, one.run_id), steps_before[one.run_id], one) for one in segments if one.run_id in steps_before]
    if stored:
        kept = [(one.run.run_id, paused.interrupt_id) for one in stored for paused in one.segment.segment.waits]
        await run_rows.keep_waits(session, [one.run.run_id for one in stored], kept)
        await lead_rows.settle_resumed(session, [_lead_change(one) for one in segments if one.run_id in steps_before])
    return stored


async def _add_what_happened(session: AsyncSession, stored: Sequence[Stored]) -> None:
    """Waits, steps, transcripts, executions of agents, and what the segments ask for."""
    new = [(one.run, paused) for one in stored for paused in one.segment.segment.waits if paused.is_new]
    await run_rows.add_waits(session, new)
    if asked := [place for place in new if place[1].wait.kind is WaitKind.APPROVAL]:
        await tell_waiting(session, await run_rows.add_approvals(session, asked))
        announce(session, Topic.APPROVALS, "changed", more=True)
    await step_rows.add_steps(
        session,
        [(one.run, one.steps_before + step.seq, step) for one in stored for step in one.segment.segment.recorder.steps],
    )
    await step_rows.add_transcripts(
        session, [(one.run.campaign_lead_id, entry) for one in stored for entry in one.segment.segment.recorder.transcript]
    )
    await add_turns(
        session, [(one.run, one.segment.context, turn) for one in stored for turn in one.segment.segment.recorder.turns]
    )
    await apply_intents(session, [asked for one in stored for asked in _asked(one)])
    tell_runs_changed(session, [one.run.run_id for one in stored])


def _asked(one: Stored) -> list[Asked[Any]]:
    """What a segment asks for. Texts and effects of a failed run are dropped: it did not come to a good end."""
    of = one.segment
    asker = Asker(one.run, of.context.lead["phone"], of.plan.sender_ids, of.inbound_count)
    return [
        Asked(asker, asked.intent, asked.dedupe_key(of.context.run_key), asked.visit)
        for asked in of.segment.recorder.lasting(failed=of.failed)
    ]


def _run(one: LeadSegment, run_id: int | None) -> RunRef:
    assert run_id is not None
    return RunRef(run_id, one.campaign_id, one.campaign_lead_id, one.context.lead_id)


def _refused(segments: Sequence[LeadSegment], error: NoSenderAvailable) -> str:
    log.warning("campaign_without_sender", campaign_id=segments[0].campaign_id)
    return error.detail


def _is_of_one_run(error: Exception) -> bool:
    """A run's data or what it asks for is at fault, not the database, the connection to it, or the campaign's senders."""
    if isinstance(error, DATABASE_TROUBLE):
        return (sqlstate_of(error) or "").startswith(DATA_AT_FAULT)
    return not isinstance(error, NoSenderAvailable)


def _why(error: Exception) -> str:
    """Why a run's result could not be stored, as its page says it."""
    if isinstance(error, (*DATABASE_TROUBLE, UnicodeEncodeError, orjson.JSONEncodeError)):
        return UNSTORABLE
    return (
        error.detail if isinstance(error, OutriderError) else f"What the run asked for could not be done: {type(error).__name__}."
    )


def _unstorable(one: LeadSegment, reason: str) -> LeadSegment:
    """The segment without all that could not be stored: of its steps, that they were taken and what they cost."""
    recorder = Recorder(steps=[_bare(step) for step in one.segment.recorder.steps])
    state = one.segment.state.copy()
    state["sms_message"], state["model_used"], state["error_node"] = "", None, ""
    state["status"], state["error_message"] = "failed", reason
    return replace(one, segment=replace(one.segment, status="failed", state=state, recorder=recorder, waits=[], checkpoint=None))


def _bare(step: StepRecord) -> StepRecord:
    return replace(step, message=NOT_KEPT, input={}, output={}, details={}, error=None)


def _first(one: LeadSegment) -> rows.LeadResult:
    state, recorder = one.segment.state, one.segment.recorder
    return rows.LeadResult(
        campaign_lead_id=one.campaign_lead_id,
        campaign_id=one.campaign_id,
        token=one.token,
        status=_lead_status(one),
        sms_message=state["sms_message"] or None,
        error_message=_error(one),
        trace_id=one.context.trace_id,
        workflow_version_id=one.plan.workflow_version_id,
        model=state["model_used"],
        input_tokens=state["input_tokens"],
        output_tokens=state["output_tokens"],
        cost=recorder.cost,
        started_at=one.started_at,
        finished_at=_finished_at(one),
        run_status=one.segment.status,
        error_node=_error_node(one),
        steps=len(recorder.steps),
        checkpoint=one.segment.checkpoint,
        stops_on_reply=one.plan.definition.settings.stop_on_reply,
    )


def _later(one: LeadSegment) -> SegmentRow:
    state, recorder = one.segment.state, one.segment.recorder
    assert one.run_id is not None
    return SegmentRow(
        run_id=one.run_id,
        token=one.token,
        revision=one.revision,
        status=one.segment.status,
        checkpoint=one.segment.checkpoint,
        steps=len(recorder.steps),
        error=_error(one),
        error_node=_error_node(one),
        model=state["model_used"],
        input_tokens=state["input_tokens"],
        output_tokens=state["output_tokens"],
        cost=recorder.cost,
        finished_at=_finished_at(one),
    )


def _lead_change(one: LeadSegment) -> lead_rows.LeadChange:
    texts = _texts(one)
    return lead_rows.LeadChange(one.campaign_lead_id, _lead_status(one), texts[-1] if texts else None, _error(one))


def _texts(one: LeadSegment) -> list[str]:
    return [asked.intent.body for asked in one.segment.recorder.intents if isinstance(asked.intent, SendText)]


def _error(one: LeadSegment) -> str | None:
    return one.segment.state["error_message"] or None


def _error_node(one: LeadSegment) -> str | None:
    return one.segment.state["error_node"] or None


def _finished_at(one: LeadSegment) -> datetime | None:
    return None if one.segment.status == "waiting" else one.finished_at


def _lead_status(one: LeadSegment) -> CampaignLeadStatus:
    if one.failed:
        return CampaignLeadStatus.FAILED
    is_open = one.segment.status == "waiting" or _texts(one)
    return CampaignLeadStatus.WAITING if is_open else CampaignLeadStatus.COMPLETED
