"""What conversations do about facts from below."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Message, OutboxState
from outrider.errors import Conflict
from outrider.events.bus import subscribe
from outrider.leads.events import LeadsLeaving


class TextUnderWay(Conflict):
    """A text to one of the leads is with the carrier and its outcome is not known yet."""


@subscribe(LeadsLeaving)
async def keep_leads_with_open_texts(session: AsyncSession, event: LeadsLeaving) -> None:
    """Deleting the row of a text whose outcome is open would lose the text: nobody could tell any more whether it left.

    Raises:
        TextUnderWay
    """
    open_texts = select(func.count(Message.lead_id.distinct())).where(
        Message.lead_id.in_(event.lead_ids), Message.state.in_([OutboxState.SENDING, OutboxState.UNKNOWN])
    )
    count = (await session.execute(open_texts)).scalar_one()
    if count:
        raise TextUnderWay(f"A text to {count} of these leads is under way.", remedy="Try again when its outcome is known.")
