"""What became of a campaign's leads, as a CSV file."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from sqlalchemy import Row

from outrider.campaigns.models import CampaignLead, CampaignLeadStatus
from outrider.campaigns.repository import places as rows
from outrider.db.engine import Database
from outrider.leads.csvfile import ROWS_PER_CHUNK, csv_chunks

HEADER = (
    "campaign_lead_id", "lead_id", "name", "phone", "company", "status", "skip_reason", "error", "text", "sent",
    "delivery_status", "hold_reason", "replied_at", "reply", "processed_at", "attempt",
)  # fmt: skip


async def result_chunks(
    database: Database, campaign_id: int, statuses: Sequence[CampaignLeadStatus]
) -> AsyncGenerator[bytes, None]:
    """The file in pieces, one row per lead, from one snapshot."""
    async with database.transaction() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        chunks = rows.campaign_lead_chunks(session, campaign_id, statuses, ROWS_PER_CHUNK)
        async for chunk in csv_chunks(HEADER, ([_cells(row) for row in chunk] async for chunk in chunks)):
            yield chunk


async def result_rows(database: Database, campaign_id: int, most: int) -> list[list[Any]]:
    """The file's rows without its header, from one snapshot; no more than `most`."""
    async with database.transaction() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        found: list[list[Any]] = []
        async for chunk in rows.campaign_lead_chunks(session, campaign_id, [], ROWS_PER_CHUNK):
            found += [_cells(row) for row in chunk]
            if len(found) >= most:
                break
        return found[:most]


def _cells(row: Row[Any]) -> list[Any]:
    lead: CampaignLead = row.CampaignLead
    return [
        lead.id,
        lead.lead_id,
        row.name,
        row.phone,
        row.company,
        lead.status,
        lead.skip_reason,
        lead.error_message,
        lead.sms_message,
        "yes" if row.sent else "no",
        row.delivery_status,
        row.hold_reason,
        lead.replied_at and lead.replied_at.isoformat(),
        row.response,
        lead.processed_at and lead.processed_at.isoformat(),
        lead.attempt,
    ]
