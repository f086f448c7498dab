"""Where the carrier's webhooks go: written in groups, answered after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.channels.base import InboundText, StatusUpdate
from outrider.conversations.arrivals import Arrivals, Webhook
from outrider.conversations.inbound import Arrival, Received, receive_texts
from outrider.conversations.receipts import apply_receipts
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.db.group_commit import GroupCommit
from outrider.errors import Unavailable

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

LARGEST_GROUP_OF_TEXTS = 50
"""Each text may set off several statements of subscribers."""
REPORTS_GATHER_SECONDS = 0.025
"""Nobody waits for a report; at some hundred a second this makes one transaction of a dozen."""


class WebhookInbox:
    """One per process."""

    def __init__(self, database: Database):
        self._texts: _Grouped[Arrival, Received | None] = _Grouped(database, receive_texts, max_group=LARGEST_GROUP_OF_TEXTS)
        self._reports: _Grouped[StatusUpdate, None] = _Grouped(database, apply_receipts, gather_seconds=REPORTS_GATHER_SECONDS)
        self._arrivals = Arrivals(database)

    async def receive(self, text: InboundText) -> Received | None:
        """Take in a text; when this returns it is stored and obeyed."""
        received = await self._texts.submit(Arrival(text, "webhook"))
        await self._arrivals.note(Webhook.MESSAGES)
        return received

    async def report(self, update: StatusUpdate) -> None:
        """Take in a status callback; when this returns it is stored."""
        await self._reports.submit(update)
        await self._arrivals.note(Webhook.STATUS)


class _Grouped(Generic[Item, Result]):
    """Group commit in which one bad item fails alone instead of with its whole group."""

    def __init__(
        self,
        database: Database,
        write: Callable[[AsyncSession, Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        max_group: int = 200,
        gather_seconds: float = 0.005,
    ):
        self._database = database
        self._write = write
        self._group: GroupCommit[Item, Result] = GroupCommit(database, write, max_group=max_group, gather_seconds=gather_seconds)

    async def submit(self, item: Item) -> Result:
        """
        Raises:
            Unavailable: the database does not take it; the carrier's list keeps it for the puller.
        """
        try:
            return await self._group.submit(item)
        except Exception as error:  # noqa: BLE001  (whatever one item did to its group, each is now tried alone)
            log.warning("group_failed", error=repr(error))
        try:
            async with self._database.transaction() as session:
                return (await self._write(session, [item]))[0]
        except DATABASE_TROUBLE as error:
            raise Unavailable("The database does not answer.", remedy="Try again in a moment.") from error
