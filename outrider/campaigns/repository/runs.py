"""Queries of the leads whose runs pause, go on and end, and of the campaigns whose runs may go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import SkipReason
from outrider.db.engine import raw_connection

LOCK_THREADS = "SELECT id FROM conversations WHERE lead_id = ANY($1::bigint[]) ORDER BY lead_id FOR NO KEY UPDATE"
LOCK_PLACES = "SELECT id FROM campaign_leads WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"

WHO_WROTE = """
    SELECT c.lead_id FROM unnest($1::bigint[], $2::bigint[]) AS t (lead_id, inbound_count)
    JOIN conversations AS c ON c.lead_id = t.lead_id AND c.inbound_count > t.inbound_count
"""

HAS_OPEN_TEXT = """
    EXISTS (
        SELECT 1 FROM messages AS m WHERE m.campaign_lead_id = cl.id AND m.state IN ('queued', 'held', 'sending', 'unknown')
    )
"""

SETTLE_RESUMED = f"""
    UPDATE campaign_leads AS cl SET
        status = CASE
            WHEN t.status <> 'completed' THEN t.status
            WHEN {HAS_OPEN_TEXT} THEN 'waiting'
            WHEN cl.error_message IS NOT NULL THEN 'failed'
            ELSE 'completed'
        END,
        skip_reason = NULL, sms_message = coalesce(t.sms_message, cl.sms_message),
        error_message = coalesce(t.error_message, cl.error_message), updated_at = now()
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t (id, status, sms_message, error_message)
    WHERE cl.id = t.id
"""  # noqa: S608  (built from constants)

CLOSE = f"""
    WITH judged AS (
        SELECT cl.id, {HAS_OPEN_TEXT} AS has_open_text,
            EXISTS (SELECT 1 FROM messages AS m WHERE m.campaign_lead_id = cl.id AND m.state = 'sent') AS has_sent_text
        FROM campaign_leads AS cl
        WHERE cl.id = ANY($1::bigint[]) AND cl.status = 'waiting'
            AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.id = cl.run_id AND r.status = 'waiting')
    )
    UPDATE campaign_leads AS cl SET
        status = CASE
            WHEN has_open_text THEN 'waiting' WHEN cl.error_message IS NOT NULL THEN 'failed'
            WHEN has_sent_text THEN 'completed' ELSE 'skipped'
        END,
        skip_reason = CASE WHEN NOT has_open_text AND cl.error_message IS NULL AND NOT has_sent_text THEN $2 END,
        updated_at = now()
    FROM judged WHERE cl.id = judged.id
    RETURNING cl.campaign_id
"""  # noqa: S608  (built from constants)

NOTE_ERROR = "UPDATE campaign_leads SET error_message = $2, updated_at = now() WHERE id = $1"

WITH_DUE_RUNS = """
    SELECT c.id FROM campaigns AS c WHERE c.status = 'processing'
        AND EXISTS (SELECT 1 FROM run_waits AS w WHERE w.campaign_id = c.id AND w.due_at <= now())
    ORDER BY c.id
"""

RESTING = "SELECT id FROM campaigns WHERE status IN ('paused', 'cancelled')"


@dataclass(frozen=True, slots=True)
class LeadChange:
    """What a later segment changes of its lead."""

    campaign_lead_id: int
    status: str
    """What its run makes of it: `waiting`, also for a text that the segment asks for, `failed` or `completed`."""
    sms_message: str | None
    """Its latest text, if it asked for one."""
    error_message: str | None


async def lock_threads(session: AsyncSession, lead_ids: Collection[int]) -> None:
    """Lock the leads' conversations. Inbound texts lock the conversation before the places, so whoever needs both does, too."""
    connection = await raw_connection(session)
    await connection.execute(LOCK_THREADS, list(lead_ids))


async def lock_places(session: AsyncSession, campaign_lead_ids: Collection[int]) -> None:
    connection = await raw_connection(session)
    await connection.execute(LOCK_PLACES, list(campaign_lead_ids))


async def leads_who_wrote(session: AsyncSession, known: Sequence[tuple[int, int]]) -> set[int]:
    """Those of the leads from whom more texts came than are known, given as (lead, texts)."""
    if not known:
        return set()
    connection = await raw_connection(session)
    lead_ids, counts = (list(part) for part in zip(*known, strict=True))
    return {row["lead_id"] for row in await connection.fetch(WHO_WROTE, lead_ids, counts)}


async def settle_resumed(session: AsyncSession, changes: Sequence[LeadChange]) -> None:
    """Bring leads to where their runs are now. The caller holds their places."""
    if not changes:
        return
    connection = await raw_connection(session)
    await connection.execute(
        SETTLE_RESUMED,
        [change.campaign_lead_id for change in changes],
        [change.status for change in changes],
        [change.sms_message for change in changes],
        [change.error_message for change in changes],
    )


async def close(session: AsyncSession, campaign_lead_ids: Sequence[int], reason: SkipReason) -> list[int]:
    """End the leads whose runs are over without a word of their own; returns their campaigns, each once.

    A lead that was written to is completed, one to whom a text is on its way is settled by that, any other is skipped.
    """
    connection = await raw_connection(session)
    return sorted({row["campaign_id"] for row in await connection.fetch(CLOSE, list(campaign_lead_ids), reason.value)})


async def note_error(session: AsyncSession, campaign_lead_id: int, reason: str) -> None:
    """The lead says why its run failed. The caller holds its place."""
    connection = await raw_connection(session)
    await connection.execute(NOTE_ERROR, campaign_lead_id, reason)


async def with_due_runs(session: AsyncSession) -> list[int]:
    """Campaigns that are under way and for whose runs something is due."""
    connection = await raw_connection(session)
    return [row["id"] for row in await connection.fetch(WITH_DUE_RUNS)]


async def resting(session: AsyncSession) -> list[int]:
    """Campaigns whose effects are not carried out: paused and cancelled ones."""
    connection = await raw_connection(session)
    return [row["id"] for row in await connection.fetch(RESTING)]
