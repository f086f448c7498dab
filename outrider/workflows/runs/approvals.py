"""Decisions of people that paused runs wait for. A decision is taken once, whoever clicks how often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.pages import Page, read_order
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.facts import notify
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.workflows.models import Run, RunApproval, RunApprovalStatus, RunWait
from outrider.workflows.runs import approval_rows
from outrider.workflows.runs.answers import checked, filled
from outrider.workflows.runs.approval_rows import ApprovalFilter
from outrider.workflows.runs.approval_schemas import RunApprovalOut
from outrider.workflows.runs.notices import ApprovalWaits
from outrider.workflows.runs.service import wake
from outrider.workflows.waiting import Answer


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
    approval = await _lock(session, approval_id)
    if approval.status == RunApprovalStatus.DECIDED:
        if approval.action == action and approval.answers == filled(answers):
            return approval
        said = f"{approval.decided_by} decided {approval.action!r} at {approval.decided_at:%d %b %Y %H:%M} UTC."
        raise RunApprovalDecided(said, decided_by=approval.decided_by, action=approval.action)
    if approval.status != RunApprovalStatus.WAITING:
        why = "Its time is over" if approval.status == RunApprovalStatus.TIMED_OUT else "Its run was ended"
        raise RunApprovalOver(f"{why}: nobody is asked any more.")
    actions = [known["name"] for known in approval.actions]
    if action not in actions:
        raise InvalidInput.on("body.action", f"there is no action {action!r}", f"Choose one of {', '.join(actions)}.")
    given = checked(approval.form, answers)
    approval.status, approval.action, approval.answers = RunApprovalStatus.DECIDED, action, given
    approval.decided_by, approval.decided_at = actor, datetime.now(UTC)
    await session.flush()
    data = {"action": action, "answers": given, "by": actor, "at": approval.decided_at.isoformat(timespec="seconds")}
    wait = select(RunWait.id).where(RunWait.run_id == approval.run_id, RunWait.interrupt_id == approval.interrupt_id)
    await wake(session, list((await session.execute(wait)).scalars()), Answer("decided", data))
    announce(session, Topic.APPROVALS, "changed", more=True)
    return approval


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


async def _lock(session: AsyncSession, approval_id: int) -> RunApproval:
    """The approval, locked after its run, as whoever commits or ends a run locks them."""
    run_id = select(RunApproval.run_id).where(RunApproval.id == approval_id).scalar_subquery()
    await session.execute(select(Run.id).where(Run.id == run_id).with_for_update(key_share=True))
    wanted = select(RunApproval).where(RunApproval.id == approval_id).with_for_update()
    approval = (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if approval is None:
        raise _not_found(approval_id)
    return approval


def _not_found(approval_id: int) -> RunApprovalNotFound:
    return RunApprovalNotFound(f"There is no approval {approval_id}.")
