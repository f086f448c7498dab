"""What happens to paused runs from outside: they are woken, stopped, cancelled.

Whoever ends runs holds the places of their leads: a segment that is being committed holds them, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import Conflict, NotFound
from outrider.events.bus import publish
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.workflows.models import Run, RunStatus
from outrider.workflows.runs import repository as rows
from outrider.workflows.runs.events import RunsEnded
from outrider.workflows.waiting import Answer

REPLIED = "replied"
OPTED_OUT = "opted_out"
SUPPRESSED = "suppressed"
CANCELLED = "cancelled"
LEAD_GONE = "lead_gone"
UNUSABLE = "unusable"
"""Nothing can let it go on."""


class RunNotFound(NotFound):
    """There is no such run."""


class RunOver(Conflict):
    """The run has come to its end."""


def tell_changed(session: AsyncSession, run_ids: Collection[int]) -> None:
    """Tell who looks at these runs that something happened to them."""
    if run_ids:
        announce(session, Topic.RUNS, "changed", run_ids)


async def wake(session: AsyncSession, wait_ids: Sequence[int], answer: Answer) -> list[int]:
    """Let the runs go on that wait so; returns them. A wait that was answered before keeps its answer.

    A segment of such a run that is in flight is overtaken: it is worked again, with this answer.
    """
    woken = await rows.wake(session, wait_ids, asdict(answer))
    await woke(session, woken)
    return woken


async def wake_replies(session: AsyncSession, message_of: Mapping[int, int]) -> list[int]:
    """Hand their texts to the runs that wait for an answer of these leads; returns the runs.

    Args:
        message_of: the text, by the lead who wrote it.
    """
    woken = await rows.wake_replies(session, message_of.items()) if message_of else []
    await woke(session, woken)
    return woken


async def stop_answered(session: AsyncSession, lead_ids: Sequence[int]) -> list[rows.EndedRun]:
    """Stop the runs of leads who wrote: those that don't wait for it, and whose definition says so."""
    return await _stop(session, rows.STOP_ANSWERED, RunStatus.STOPPED, REPLIED, list(lead_ids))


async def stop_leads(session: AsyncSession, lead_ids: Sequence[int], reason: str) -> list[rows.EndedRun]:
    """Stop all runs of these leads."""
    return await _stop(session, rows.STOP_LEADS, RunStatus.STOPPED, reason, list(lead_ids))


async def stop_orphans(session: AsyncSession) -> list[rows.EndedRun]:
    """End the runs whose lead was deleted, and with it what they wait for."""
    return await _stop(session, rows.STOP_ORPHANS, RunStatus.STOPPED, LEAD_GONE, None)


async def fail_run(session: AsyncSession, run_id: int, error: str) -> list[rows.EndedRun]:
    """Fail a run that can never go on; it says why. The caller holds the place of its lead."""
    await rows.note_error(session, run_id, error)
    return await _stop(session, rows.STOP_RUNS, RunStatus.FAILED, UNUSABLE, [run_id])


async def cancel_campaign(session: AsyncSession, campaign_id: int) -> list[rows.EndedRun]:
    """Cancel the runs of a campaign, what they wait for and what nobody has begun to carry out."""
    await rows.lock_places(session, campaign_id=campaign_id)
    return await _stop(session, rows.STOP_CAMPAIGN, RunStatus.CANCELLED, CANCELLED, campaign_id)


async def cancel_run(session: AsyncSession, run_id: int) -> Run:
    """Cancel one run; one that was cancelled before stays so.

    Raises:
        RunNotFound
        RunOver: it ended otherwise.
    """
    await rows.lock_places(session, run_id=run_id)
    await _stop(session, rows.STOP_RUNS, RunStatus.CANCELLED, CANCELLED, [run_id])
    run = await session.get(Run, run_id, populate_existing=True)
    if run is None:
        raise RunNotFound(f"There is no run {run_id}.")
    if run.status != RunStatus.CANCELLED:
        raise RunOver(f"The run is {run.status}.", remedy="Only a run that waits can be cancelled.")
    return run


async def woke(session: AsyncSession, run_ids: Sequence[int]) -> None:
    """What follows when waits of these runs were answered: the timers look at them at once, and who looks at them is told."""
    if run_ids:
        await rows.wake_timers(session)
        tell_changed(session, run_ids)


async def _stop(
    session: AsyncSession, statement: str, status: RunStatus, reason: str, which: list[int] | int | None
) -> list[rows.EndedRun]:
    ended = await rows.stop(session, statement, status, reason, which)
    if ended:
        tell_changed(session, [run.run_id for run in ended])
        await publish(session, RunsEnded(ended, reason))
    return ended
