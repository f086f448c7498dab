"""When a lead may be texted, for whoever looks at the lead."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.quiet_hours import sending_window
from outrider.conversations.schemas import ContactWindow
from outrider.errors import NotFound
from outrider.leads.models import Lead


async def contact_window(session: AsyncSession, lead_id: int, *, is_enforced: bool) -> ContactWindow:
    """The hours of the lead's place that are open now, or the next ones; a campaign's own hours may be narrower.

    Args:
        is_enforced: quiet hours hold; without them every hour is open.

    Raises:
        NotFound: no such lead.
    """
    lead = await session.get(Lead, lead_id)
    if lead is None:
        raise NotFound(f"There is no lead {lead_id}.")
    if not is_enforced:
        return ContactWindow(is_open=True, opens_at=None, closes_at=None)
    window = sending_window(datetime.now(UTC), lead.time_zones, lead.country, lead.region)
    return ContactWindow(is_open=window.is_open, opens_at=window.opens_at, closes_at=window.closes_at)
