"""Decisions of people that paused runs wait for. A decision is taken once, whoever clicks how often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.workflows.models import Run, RunApproval, RunApprovalStatus, RunWait
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
        InvalidInput: there is no such action or field, or a required field is empty.
    """
    approval = await _lock(session, approval_id)
    if approval.status == RunApprovalStatus.DECIDED:
        if approval.action == action and approval.answers == dict(answers):
            return approval
        said = f"{approval.decided_by} decided {approval.action!r} at {approval.decided_at:%d %b %Y %H:%M} UTC."
        raise RunApprovalDecided(said, decided_by=approval.decided_by, action=approval.action)
    if approval.status != RunApprovalStatus.WAITING:
        why = "Its time is over" if approval.status == RunApprovalStatus.TIMED_OUT else "Its run was ended"
        raise RunApprovalOver(f"{why}: nobody is asked any more.")
    _check(approval, action, answers)
    approval.status, approval.action, approval.answers = RunApprovalStatus.DECIDED, action, dict(answers)
    approval.decided_by, approval.decided_at = actor, datetime.now(UTC)
    await session.flush()
    data = {"action": action, "answers": dict(answers), "by": actor, "at": approval.decided_at.isoformat(timespec="seconds")}
    wait = select(RunWait.id).where(RunWait.run_id == approval.run_id, RunWait.interrupt_id == approval.interrupt_id)
    await wake(session, list((await session.execute(wait)).scalars()), Answer("decided", data))
    announce(session, Topic.APPROVALS, "changed", more=True)
    return approval


async def _lock(session: AsyncSession, approval_id: int) -> RunApproval:
    """The approval, locked after its run, as whoever commits or ends a run locks them."""
    run_id = select(RunApproval.run_id).where(RunApproval.id == approval_id).scalar_subquery()
    await session.execute(select(Run.id).where(Run.id == run_id).with_for_update(key_share=True))
    wanted = select(RunApproval).where(RunApproval.id == approval_id).with_for_update()
    approval = (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if approval is None:
        raise RunApprovalNotFound(f"There is no approval {approval_id}.")
    return approval


def _check(approval: RunApproval, action: str, answers: Mapping[str, Any]) -> None:
    actions = [known["name"] for known in approval.actions]
    if action not in actions:
        raise InvalidInput.on("body.action", f"there is no action {action!r}", f"Choose one of {', '.join(actions)}.")
    fields = {field["name"]: field for field in approval.form}
    if unknown := sorted(set(answers) - set(fields)):
        raise InvalidInput.on(f"body.answers.{unknown[0]}", "the form has no such field", "Leave it out.")
    for name, field in fields.items():
        if field.get("required") and answers.get(name) in (None, "", []):
            raise InvalidInput.on(f"body.answers.{name}", "it is required", "Fill it in.")
