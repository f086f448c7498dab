"""Fetches from the carrier what its webhooks did not bring: texts that people wrote, and ends of deliveries.

A carrier tries a webhook for seconds, so whatever happens while we are unreachable is in its list only. The list of each
sender is read from its watermark on, a little earlier than that because texts appear in the list late; what is known
already is skipped by its sid.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from math import inf

import structlog

from outrider.channels.base import Carrier, CarrierError, CarrierMessage, InboundText
from outrider.config import Settings
from outrider.conversations.claims import elapsed
from outrider.conversations.facts import Facts
from outrider.conversations.inbound import Arrival, receive_texts
from outrider.conversations.models import SenderKind
from outrider.conversations.receipts import advance_deliveries, read_receipt
from outrider.conversations.repository import inbound as inbound_rows
from outrider.conversations.repository import pulling as rows
from outrider.conversations.repository import receipts as receipt_rows
from outrider.conversations.repository.pulling import PulledSender
from outrider.conversations.waiting import first_of
from outrider.db.engine import Database

log = structlog.get_logger(__name__)

ADVISORY_LOCK = 0x0_07_21_DE_13
"""Any constant that nothing else in the database uses."""
GROUP = 50
MOST_REQUESTS = 8
HEALS_PER_OVERDUE = 3
"""Deliveries are looked over this often within the time after which they count as overdue."""
SILENT_UNTIL = timedelta(days=2)
"""After this nobody will know any more."""
LOOK_UP = 200
LARGEST_MARGIN = timedelta(seconds=60)
"""Most that the carrier's clock may be behind ours."""


class InboundPuller:
    """Any number of processes may run one; one of them works at a time."""

    def __init__(self, database: Database, carrier: Carrier, settings: Settings):
        self._database = database
        self._carrier = carrier
        self._interval = settings.poll_inbound_seconds
        self._overlap = timedelta(seconds=settings.settle_seconds) + LARGEST_MARGIN
        self._overdue = timedelta(seconds=settings.receipt_overdue_seconds)
        self._requests = asyncio.Semaphore(MOST_REQUESTS)

    async def run(self, stop: asyncio.Event) -> None:
        """Pull until `stop` is set."""
        healed_at = -inf
        while not stop.is_set():
            async with self._alone() as is_mine:
                if is_mine:
                    await self.pull()
                if is_mine and elapsed() - healed_at >= self._overdue.total_seconds() / HEALS_PER_OVERDUE:
                    healed_at = elapsed()
                    await self.heal()
            await first_of(stop.wait(), timeout=self._interval)

    async def pull(self) -> int:
        """Take in every text that is in the carrier's lists and not here; returns how many."""
        async with self._database.transaction() as session:
            senders = await rows.senders_to_pull(session)
        return sum(await asyncio.gather(*[self._pull_sender(sender) for sender in senders]))

    async def heal(self) -> None:
        """Look up deliveries whose callbacks never came."""
        async with self._database.transaction() as session:
            silent = await rows.silent_deliveries(session, self._overdue, SILENT_UNTIL, LOOK_UP)
        if not silent:
            return
        looked_up = await asyncio.gather(*[self._fetch(sid) for sid in silent])
        texts = [text for text in looked_up if text is not None]
        facts = Facts()
        async with self._database.transaction() as session:
            await receipt_rows.lock_known(session, list(silent))
            await advance_deliveries(session, [receipt for text in texts if (receipt := read_receipt(text))], facts)
            await rows.set_prices(session, [(silent[text.carrier_sid], text.price) for text in texts if text.price is not None])
            await rows.look_later(session, list(silent.values()))
            await facts.publish(session)

    async def _pull_sender(self, sender: PulledSender) -> int:
        began = datetime.now(UTC)
        try:
            async with self._requests:
                listed = await self._list(sender)
        except CarrierError as error:
            log.warning("inbound_list_unavailable", sender_id=sender.sender_id, error=error.detail)
            return 0
        taken = await self._take_in(listed)
        async with self._database.transaction() as session:
            await rows.advance_watermark(session, sender.sender_id, began)
        if taken:
            log.info("missed_texts_taken_in", sender_id=sender.sender_id, texts=taken)
        return taken

    async def _list(self, sender: PulledSender) -> list[CarrierMessage]:
        """What people wrote to a sender since its watermark, the oldest first."""
        since = sender.complete_until - self._overlap
        if sender.kind == SenderKind.MESSAGING_SERVICE:
            listed = self._carrier.list_messages(since=since)
        else:
            listed = self._carrier.list_messages(to=sender.address, since=since)
        texts = [text async for text in listed if text.is_inbound]
        if sender.kind == SenderKind.MESSAGING_SERVICE:
            texts = [text for text in texts if text.messaging_service_sid == sender.address]
        return sorted(texts, key=lambda text: text.created_at)

    async def _take_in(self, listed: Sequence[CarrierMessage]) -> int:
        taken = 0
        for start in range(0, len(listed), GROUP):
            group = listed[start : start + GROUP]
            async with self._database.transaction() as session:
                known = await inbound_rows.known_sids(session, [text.carrier_sid for text in group])
                missed = [_arrival(text) for text in group if text.carrier_sid not in known]
                taken += sum(received is not None for received in await receive_texts(session, missed))
        return taken

    async def _fetch(self, sid: str) -> CarrierMessage | None:
        try:
            async with self._requests:
                return await self._carrier.fetch_message(sid)
        except CarrierError as error:
            log.warning("delivery_not_looked_up", carrier_sid=sid, error=error.detail)
            return None

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[bool]:
        """True for the one process that holds the lock; a process that dies gives it back with its connection."""
        connection = await self._database.connect()
        try:
            yield await connection.fetchval("SELECT pg_try_advisory_lock($1)", ADVISORY_LOCK)
        finally:
            await connection.close(timeout=5)


def _arrival(text: CarrierMessage) -> Arrival:
    inbound = InboundText(
        carrier_sid=text.carrier_sid,
        from_=text.from_,
        to=text.to,
        body=text.body,
        messaging_service_sid=text.messaging_service_sid,
        media_urls=(),
        opt_out_type=None,
        city=None,
        state=None,
        zip=None,
        country=None,
        segments=text.segments,
    )
    return Arrival(inbound, "puller", text.created_at)
