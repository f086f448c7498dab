"""The facts of one transaction, gathered while it writes and published at its end.

Subscribers lock rows of upper folders (a campaign's budget). A transaction that published first and then waited for a
message's lock could wait for a claim that in turn waits for such a row; so all rows are written before anything is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import (
    DeliveriesMoved,
    DeliveryFailed,
    NumberSuppressed,
    TextOutcome,
    TextReceived,
    TextsReceived,
    TextsSettled,
)
from outrider.events.bus import publish


@dataclass(slots=True)
class Facts:
    settled: list[TextOutcome] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    """Conversations with news of a delivery."""
    undelivered: list[TextOutcome] = field(default_factory=list)
    suppressed: list[NumberSuppressed] = field(default_factory=list)
    received: list[TextReceived] = field(default_factory=list)

    async def publish(self, session: AsyncSession) -> None:
        """Tell the subscribers: how texts ended before what people wrote."""
        if self.settled:
            await publish(session, TextsSettled(self.settled))
        if self.moved:
            await publish(session, DeliveriesMoved(self.moved))
        if self.undelivered:
            await publish(session, DeliveryFailed(self.undelivered))
        for fact in self.suppressed:
            await publish(session, fact)
        if self.received:
            await publish(session, TextsReceived(self.received))
