"""Decisions of people that paused runs wait for. A decision is taken once, whoever clicks how often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Page, read_order
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.facts import notify
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.workflows.models import RunApproval, RunApprovalStatus
from outrider.workflows.runs import approval_rows
from outrider.workflows.runs.answers import checked, filled, prefilled
from outrider.workflows.runs.approval_rows import ApprovalFilter
from outrider.workflows.runs.approval_schemas import DecisionOutcome, RunApprovalOut, RunDecisionOut
from outrider.workflows.runs.notices import ApprovalWaits
from outrider.workflows.runs.service import woke


class RunApprovalNotFound(NotFound):
    """There is no such approval."""


class RunApprovalDecided(Conflict):
    """Somebody decided otherwise before."""


class RunApprovalOver(Conflict):
    """Nobody is asked any more."""


async def decide(session: AsyncSession, approval_id: int, action: str, answers: Mapping[str, Any], actor: str) -> RunApproval:
    """Take the decision and let the run go on with it. The same decision again is the same answer.

    Args:
        action: name of one of the approval's actions.
        answers: what was filled in, by the name of the field.
        actor: who decides, as others will read it.

    Raises:
        RunApprovalNotFound
        RunApprovalDecided: somebody decided otherwise; says who.
        RunApprovalOver: its time is over, or its run was ended.
        InvalidInput: there is no such action or field, a required field is empty, or a value doesn't fit.
    """
    approval = (await approval_rows.lock(session, [approval_id])).get(approval_id)
    if approval is None:
        raise _not_found(approval_id)
    given = _accepted(approval, action, answers)
    if given is not None:
        await _store(session, {approval_id: given}, action, actor)
        await session.refresh(approval)
    return approval


async def decide_all(session: AsyncSession, approval_ids: Sequence[int], action: str, actor: str) -> list[RunDecisionOut]:
    """Take one decision for many approvals, with what stands in their forms at first; says of each what came of it."""
    wanted = list(dict.fromkeys(approval_ids))
    found = await approval_rows.lock(session, wanted)
    answers: dict[int, dict[str, Any]] = {}
    outcomes: list[RunDecisionOut] = []
    for approval_id in wanted:
        approval = found.get(approval_id)
        if approval is None:
            outcomes.append(RunDecisionOut(id=approval_id, outcome=DecisionOutcome.GONE, detail=_not_found(approval_id).detail))
            continue
        try:
            given = _accepted(approval, action, prefilled(approval.form))
        except (RunApprovalDecided, RunApprovalOver, InvalidInput) as error:
            outcomes.append(_refused(approval, error))
            continue
        if given is not None:
            answers[approval_id] = given
        decided_by = actor if given is not None else approval.decided_by
        outcomes.append(RunDecisionOut(id=approval_id, outcome=DecisionOutcome.DECIDED, decided_by=decided_by))
    if answers:
        await _store(session, answers, action, actor)
    return outcomes


def _accepted(approval: RunApproval, action: str, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is to be stored of the answers; None if just so was decided before.

    Raises:
        RunApprovalDecided, RunApprovalOver, InvalidInput: as `decide` says.
    """
    if approval.status == RunApprovalStatus.DECIDED:
        if approval.action == action and approval.answers == filled(answers):
            return None
        said = f"{approval.decided_by} decided {approval.action!r} at {approval.decided_at:%d %b %Y %H:%M} UTC."
        raise RunApprovalDecided(said, decided_by=approval.decided_by, action=approval.action)
    if approval.status != RunApprovalStatus.WAITING:
        why = "Its time is over" if approval.status == RunApprovalStatus.TIMED_OUT else "Its run was ended"
        raise RunApprovalOver(f"{why}: nobody is asked any more.")
    actions = [known["name"] for known in approval.actions]
    if action not in actions:
        raise InvalidInput.on("body.action", f"there is no action {action!r}", f"Choose one of {', '.join(actions)}.")
    return checked(approval.form, answers)


async def _store(session: AsyncSession, answers: Mapping[int, Mapping[str, Any]], action: str, actor: str) -> None:
    await woke(session, await approval_rows.decide(session, answers, action, actor, datetime.now(UTC)))
    announce(session, Topic.APPROVALS, "changed", more=True)


def _refused(approval: RunApproval, error: RunApprovalDecided | RunApprovalOver | InvalidInput) -> RunDecisionOut:
    detail = error.detail
    match error:
        case RunApprovalDecided():
            outcome = DecisionOutcome.DECIDED_BEFORE
        case RunApprovalOver():
            outcome = DecisionOutcome.OVER
        case InvalidInput(fields=[problem, *_]):
            outcome, detail = DecisionOutcome.UNFIT, f"{problem.field.rpartition('.')[2]}: {problem.problem}. {problem.remedy}"
        case _:
            outcome = DecisionOutcome.UNFIT
    return RunDecisionOut(id=approval.id, outcome=outcome, decided_by=approval.decided_by, detail=detail)


async def list_approvals(session: AsyncSession, given: ApprovalFilter, cursor: str | None, limit: int) -> Page[RunApprovalOut]:
    """A page of approvals, the newest first; of those that wait the oldest.

    Who works them off has the next one always on top, and a new one never slips under the pointer.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    sort = "created_at" if given.status is RunApprovalStatus.WAITING else "-created_at"
    order = read_order(sort, approval_rows.SORTS, approval_rows.ROW.id)
    rows, next_cursor = await approval_rows.page(session, given, order, cursor, limit)
    return Page(items=[RunApprovalOut.model_validate(row) for row in rows], next_cursor=next_cursor)


async def get_approval(session: AsyncSession, approval_id: int) -> RunApprovalOut:
    """
    Raises:
        RunApprovalNotFound
    """
    rows = await approval_rows.shown(session, [approval_id])
    if not rows:
        raise _not_found(approval_id)
    return RunApprovalOut.model_validate(rows[0])


async def tell_waiting(session: AsyncSession, approval_ids: Sequence[int]) -> None:
    """Tell the staff that these decisions wait. Those of one step that many runs come to at once are told of together."""
    by_step: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in await approval_rows.shown(session, approval_ids):
        by_step[row.campaign_id, row.node_id].append(row)
    await notify(session, *(ApprovalWaits.of(rows) for rows in by_step.values()))


def _not_found(approval_id: int) -> RunApprovalNotFound:
    return RunApprovalNotFound(f"There is no approval {approval_id}.")
