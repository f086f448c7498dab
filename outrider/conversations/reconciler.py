"""Finds out what became of attempts without a clear answer.

The carrier's message list is asked. A text found there was accepted. A text that is not there counts as not accepted
only after the settle time: the longest pause of a process between its last look at the lease and its POST, plus the
time-out of the POST, plus the lag of the list. If the carrier can't be asked, nothing is decided: a person may.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import structlog

from outrider.channels.base import Carrier, CarrierError, CarrierMessage, DeliveryStatus
from outrider.config import Settings
from outrider.conversations.facts import Facts
from outrider.conversations.matching import CLOCK_SKEW, is_same_text, match
from outrider.conversations.models import SenderKind
from outrider.conversations.receipts import advance_deliveries, read_receipt, record_sent, sweep_strays
from outrider.conversations.repository import reconciliation as rows
from outrider.conversations.repository.outbox import notify_deliverers
from outrider.conversations.repository.outcomes import SentAttempt
from outrider.conversations.repository.reconciliation import OpenAttempt
from outrider.conversations.waiting import first_of
from outrider.db.engine import Database
from outrider.telemetry import SENDS

log = structlog.get_logger(__name__)

ROUND_SECONDS = 1.0
BATCH = 200
MOST_REQUESTS = 8
"""Lists read side by side."""
BUSY_SECONDS = 60.0
"""Longer than reading a list takes: a process that dies over it leaves the attempt to another."""
SOONEST_CHECK = 1.0
UNAVAILABLE_CHECK = 3.0
PAGE = 200
"""Texts on one page of the carrier's list."""
SWEEP_ROUNDS = 30


class Reconciler:
    """Any number of processes may run one."""

    def __init__(self, database: Database, carrier: Carrier, settings: Settings):
        self._database = database
        self._carrier = carrier
        self._settle_seconds = settings.settle_seconds
        self._requests = asyncio.Semaphore(MOST_REQUESTS)

    async def run(self, stop: asyncio.Event) -> None:
        """Reconcile until `stop` is set."""
        rounds = 0
        while not stop.is_set():
            has_more = await self.reconcile()
            if rounds % SWEEP_ROUNDS == 0:
                async with self._database.transaction() as session:
                    await sweep_strays(session)
            rounds += 1
            if not has_more:
                await first_of(stop.wait(), timeout=ROUND_SECONDS)

    async def reconcile(self) -> bool:
        """One round: ended leases, then the attempts that are due for a look; True if there may be more."""
        async with self._database.transaction() as session:
            expired = await rows.expire_leases(session, BATCH)
        async with self._database.transaction() as session:
            attempts = await rows.pick_open(session, BATCH, BUSY_SECONDS, self._settle_seconds)
        if attempts:
            await asyncio.gather(*[self._look_up(*group) for group in _questions(attempts)])
        return max(expired, len(attempts)) == BATCH

    async def _look_up(self, question: Mapping[str, str], attempts: Sequence[OpenAttempt]) -> None:
        """Read one list and decide the attempts it is about."""
        since = min(attempt.attempted_at for attempt in attempts) - CLOCK_SKEW
        try:
            async with self._requests:
                listed = [text async for text in self._carrier.list_messages(since=since, **question) if not text.is_inbound]
        except CarrierError as error:
            await self._postpone(attempts, error)
            return
        by_phone: dict[str, list[CarrierMessage]] = defaultdict(list)
        for text in listed:
            by_phone[text.to].append(text)
        for phone, group in _by_phone(attempts).items():
            await self._decide(phone, group, by_phone[phone])

    async def _decide(self, phone: str, asked: Sequence[OpenAttempt], listed: Sequence[CarrierMessage]) -> None:
        facts = Facts()
        async with self._database.transaction() as session:
            await rows.lock_phone(session, phone)
            attempts = await rows.open_attempts_of(session, phone)
            being_sent = await rows.bodies_being_sent(session, phone)
            taken = await rows.taken_sids(session, [text.carrier_sid for text in listed])
            # While an equal text is on its way, a listed one may be its own, whose sid is not written down yet.
            clear = [one for one in attempts if not any(is_same_text(one.body, body) for body in being_sent)]
            found = match(clear, [text for text in listed if text.carrier_sid not in taken])
            await record_sent(session, [_sent(attempt, text) for attempt, text in found], facts)
            await advance_deliveries(session, [receipt for _, text in found if (receipt := read_receipt(text))], facts)
            open_still = {one.token for one in clear} - {attempt.token for attempt, _ in found}
            gone = [(one.message_id, one.token) for one in asked if one.is_settled and one.token in open_still]
            released = await rows.release(session, gone) if gone else []
            later = [(one.message_id, one.token) for one in asked if (one.message_id, one.token) not in gone]
            await rows.check_later(session, later, at_least=SOONEST_CHECK, settle_seconds=self._settle_seconds)
            if released:
                await notify_deliverers(session)
            await facts.publish(session)
        SENDS.labels("found").inc(len(found))
        SENDS.labels("not_accepted").inc(len(released))
        if found or released:
            log.info("attempts_reconciled", found=len(found), not_accepted=len(released))

    async def _postpone(self, attempts: Sequence[OpenAttempt], error: CarrierError) -> None:
        log.warning("message_list_unavailable", attempts=len(attempts), error=error.detail)
        async with self._database.transaction() as session:
            await rows.check_later(
                session,
                [(one.message_id, one.token) for one in attempts],
                at_least=error.retry_after or UNAVAILABLE_CHECK,
                settle_seconds=self._settle_seconds,
                reason="list_unavailable",
                message=error.detail,
            )


def _questions(attempts: Sequence[OpenAttempt]) -> Iterable[tuple[Mapping[str, str], list[OpenAttempt]]]:
    """The lists to read: one per number, or one per sender where that is fewer pages."""
    by_sender: dict[tuple[SenderKind, str], list[OpenAttempt]] = defaultdict(list)
    for attempt in attempts:
        by_sender[attempt.kind, attempt.address].append(attempt)
    for (kind, address), group in by_sender.items():
        span = max(one.attempted_at for one in group) - min(one.attempted_at for one in group) + 2 * CLOCK_SKEW
        numbers = _by_phone(group)
        if kind == SenderKind.NUMBER and 1 + _pages(group[0].rate, span) < len(numbers):
            yield {"from_": address}, group
        else:
            yield from (({"to": phone}, theirs) for phone, theirs in numbers.items())


def _pages(rate: float, span: timedelta) -> float:
    """How many pages of the list a sender can fill in a time."""
    return rate * span.total_seconds() / PAGE


def _by_phone(attempts: Iterable[OpenAttempt]) -> dict[str, list[OpenAttempt]]:
    groups: dict[str, list[OpenAttempt]] = defaultdict(list)
    for attempt in attempts:
        groups[attempt.phone].append(attempt)
    return groups


def _sent(attempt: OpenAttempt, text: CarrierMessage) -> SentAttempt:
    return SentAttempt(attempt.token, text.carrier_sid, DeliveryStatus.ACCEPTED, attempt.message_id, text.segments, text.price)
