"""Finds runs, and shows everything about one: what it did, why, what it waits for and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.campaigns.runs import repository as rows
from outrider.campaigns.runs.schemas import (
    RunDetail,
    RunEffectOut,
    RunFilter,
    RunIntent,
    RunPlace,
    RunReplay,
    RunStepOut,
    RunSummary,
    RunText,
    RunTurn,
    RunWaitOut,
)
from outrider.config import get_settings
from outrider.conversations.models import Message
from outrider.conversations.schemas import MessageOut
from outrider.db.pages import Page
from outrider.workflows.credentials import credential_names
from outrider.workflows.models import Run, RunWait, Step
from outrider.workflows.repository import find_version, version_numbers
from outrider.workflows.runs.approval_rows import shown as shown_approvals
from outrider.workflows.runs.approval_schemas import RunApprovalOut
from outrider.workflows.runs.service import RunNotFound
from outrider.workflows.telling import shown_payload, tell_effect

MOST_STATE_BYTES = 1024 * 1024
"""Of the states after each step of one run: each repeats the ones before."""
INTENTS = "intents"
"""Where a step of a dry replay tells what it would have asked for."""


async def list_runs(session: AsyncSession, given: RunFilter, cursor: str | None, limit: int) -> Page[RunSummary]:
    """Runs, the newest first.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    found, next_cursor = await rows.page(session, given, cursor, limit)
    waits = await _waits(session, [row.Run.id for row in found])
    visits = await rows.visits_of(session, [row.Run for row in found])
    items = [RunSummary(**_summary(row, waits[row.Run.id], visits.get(row.Run.id, 0))) for row in found]
    return Page(items=items, next_cursor=next_cursor)


async def get_run(session: AsyncSession, run_id: int) -> RunDetail:
    """
    Raises:
        RunNotFound
    """
    row = await rows.find(session, run_id)
    if row is None:
        raise RunNotFound(f"There is no run {run_id}.")
    run: Run = row.Run
    waits = (await _waits(session, [run_id]))[run_id]
    steps = await rows.steps_of(session, run)
    visits = len({(step.node_id, step.visit) for step in steps})
    approvals = await shown_approvals(session, await rows.approval_ids(session, run_id))
    published = await version_numbers(session, [row.published_version_id] if row.published_version_id else [])
    newest = next(iter(published.values()), None)
    return RunDetail(
        **_summary(row, waits, visits) | {"waits": [RunWaitOut.model_validate(wait) for wait in waits]},
        definition=await read_run_definition(session, run),
        model=run.model,
        trace_id=run.trace_id,
        conversation_id=await rows.conversation_of(session, run.lead_id),
        time_zone=row.time_zone or get_settings().time_zone,
        newer_version=newest if newest and row.workflow_version and newest > row.workflow_version else None,
        steps=list(_steps(steps)),
        texts=[_text(text) for text in await rows.texts_of(session, run)],
        effects=await _effects(session, run_id),
        approvals=[RunApprovalOut.model_validate(approval, from_attributes=True) for approval in approvals],
        transcript=[] if run.is_dry else [_turn(turn) for turn in await rows.turns_of(session, run.subject_id)],
        intents=[RunIntent(node_id=step.node_id, **told) for step in steps for told in step.log_metadata.get(INTENTS, [])],
        replays=[_replay(replay) for replay in await rows.replays_of(session, run_id)],
        seconds=round(sum(step.ms for step in steps) / 1000, 3),
    )


async def read_run_definition(session: AsyncSession, run: Run) -> dict[str, Any] | None:
    """The definition that a run runs: of its version, or of its campaign."""
    if run.workflow_version_id is not None:
        version = await find_version(session, run.workflow_version_id)
        return version.definition if version else None
    campaign = await campaign_rows.find(session, run.campaign_id) if run.campaign_id else None
    return campaign.workflow_config if campaign else None


async def _waits(session: AsyncSession, run_ids: Sequence[int]) -> dict[int, list[RunWait]]:
    of_run: dict[int, list[RunWait]] = defaultdict(list)
    for wait in await rows.waits_of(session, run_ids) if run_ids else []:
        of_run[wait.run_id].append(wait)
    return of_run


def _summary(row: Any, waits: Sequence[RunWait], visits: int) -> dict[str, Any]:
    run: Run = row.Run
    return {
        "id": run.id,
        "status": run.status,
        "stop_reason": run.stop_reason,
        "lead_id": run.lead_id,
        "lead_name": row.lead_name or "",
        "lead_company": row.lead_company,
        "campaign_id": run.campaign_id,
        "campaign_name": row.campaign_name,
        "workflow_id": row.workflow_id,
        "workflow_name": row.workflow_name,
        "workflow_version": row.workflow_version,
        "attempt": run.attempt,
        "step_count": visits,
        "input_tokens": run.input_tokens,
        "output_tokens": run.output_tokens,
        "cost": run.cost,
        "is_dry": run.is_dry,
        "replay_of": run.replay_of,
        "replay_from": run.replay_from,
        "error": run.error,
        "error_node": run.error_node,
        "started_at": run.started_at,
        "updated_at": run.updated_at,
        "finished_at": run.finished_at,
        "waits": [RunPlace(node_id=wait.node_id, kind=wait.kind, due_at=wait.due_at) for wait in waits],
    }


def _steps(steps: Sequence[Step]) -> Iterator[RunStepOut]:
    state: dict[str, Any] = {}
    bytes_left, size = MOST_STATE_BYTES, 0
    for step in steps:
        if step.output:
            size += len(orjson.dumps(step.output, default=str))
            state = {**state, step.node_id: step.output}
        bytes_left -= size
        yield RunStepOut(
            id=step.id,
            seq=step.seq,
            node_id=step.node_id,
            node_name=step.node_name,
            visit=step.visit,
            outcome=step.outcome,
            level=step.level,
            message=step.message,
            error=step.error,
            input=step.input,
            output=step.output,
            ms=step.ms,
            tokens=step.tokens,
            cost=step.cost,
            details={name: value for name, value in step.log_metadata.items() if name != INTENTS},
            created_at=step.created_at,
            state=state if bytes_left >= 0 else None,
        )


def _text(text: Message) -> RunText:
    return RunText(**MessageOut.model_validate(text).model_dump(), node_id=_node_of(text.dedupe_key))


def _node_of(dedupe_key: str | None) -> str | None:
    """The node in the name of an intent: `campaign_lead:7/1:sms#2:101`."""
    parts = (dedupe_key or "").split(":", 2)
    return parts[2].split(":")[0].split("#")[0] if len(parts) == 3 else None


async def _effects(session: AsyncSession, run_id: int) -> list[RunEffectOut]:
    effects = await rows.effects_of(session, run_id)
    names = await credential_names(session, [effect.payload for effect in effects])
    return [_effect(effect, names) for effect in effects]


def _effect(effect: Any, credentials: Mapping[int, str]) -> RunEffectOut:
    names = [name for name in RunEffectOut.model_fields if name not in ("title", "payload")]
    values = {name: getattr(effect, name) for name in names}
    title = tell_effect(effect.kind, effect.payload, credentials)
    return RunEffectOut(**values, title=title, payload=shown_payload(effect.payload, credentials))


def _turn(turn: Any) -> RunTurn:
    return RunTurn(role=turn.role, content=turn.content, metadata=turn.message_metadata, created_at=turn.created_at)


def _replay(run: Run) -> RunReplay:
    return RunReplay(id=run.id, status=run.status, is_dry=run.is_dry, replay_from=run.replay_from, started_at=run.started_at)
