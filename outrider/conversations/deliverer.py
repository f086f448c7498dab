"""Hands texts to the carrier: claim, POST, write down what became of it.

At most one attempt of a text is open at any time. Between the claim and the POST stands a check of the lease, so that a
process that slept past its lease posts nothing; after a POST only the carrier's answer, its list, a callback or a person
decides. Nothing here, and nothing below, ever repeats a POST.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog

from outrider.channels.base import Carrier, OutgoingText, SendOutcome
from outrider.config import Settings
from outrider.conversations.alarms import Alarms
from outrider.conversations.claims import ClaimedText, Claimer, elapsed
from outrider.conversations.gates import SendGate
from outrider.conversations.models import Purpose, SenderKind
from outrider.conversations.quiet_hours import validity_seconds
from outrider.conversations.recording import Posted, Recorder
from outrider.conversations.rerouting import reroute_texts
from outrider.conversations.waiting import first_of
from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.db.group_commit import GroupCommit
from outrider.errors import ConfigurationError

log = structlog.get_logger(__name__)

IDLE_SECONDS = 1.0
"""How long an idle deliverer sleeps at most: texts may become due by the clock alone."""
CONTENDED_SECONDS = 0.02
"""Pause when another deliverer is looking at the only sender."""
REFILL_SECONDS = 0.1
"""Pause while every sender with due texts is out of tokens: a claim for each single token would cost more than it sends,
and a bucket holds a second's worth."""
TROUBLE_SECONDS = 1.0
REROUTE_SECONDS = 2.0
PREFETCH = 2
"""Texts claimed ahead per POST at once: enough that the carrier is never idle, few enough that even if every POST takes
the whole time-out none waits until its lease runs low."""
LEASE_MARGIN = 0.1
"""Share of the lease that must be left beyond the carrier's time-out when a POST begins."""
REPLY_GRACE = timedelta(minutes=10)
"""A reply may leave outside the sending window this long after the person's own text."""
STATUS_PATH = "/webhooks/twilio/status"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
RECORD_PAUSES = (0.0, 0.1, 0.5, 2.0, 5.0)
"""Seconds before each try to write an outcome down."""
RESULTS_GATHER_SECONDS = 0.02
"""How long outcomes gather for one transaction; the lease of their texts lasts far longer."""


class Deliverer:
    """Sends what is due, as fast as the senders' rates, the gates and the carrier allow.

    Args:
        gates: asked in the claiming transaction, in order.
        status_callback_base: address under which the carrier reaches us.
        now: the wall clock that sending windows are read on.

    Raises:
        ConfigurationError: the lease is too short for one request to the carrier.
    """

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        settings: Settings,
        gates: Sequence[SendGate],
        status_callback_base: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        margin = settings.carrier_timeout + LEASE_MARGIN * settings.send_lease_seconds
        if margin >= settings.send_lease_seconds:
            raise ConfigurationError(
                "OUTRIDER_SEND_LEASE_SECONDS is too short for OUTRIDER_CARRIER_TIMEOUT.",
                remedy="Make the lease at least twice the time-out.",
            )
        self._database = database
        self._carrier = carrier
        self._now = now
        self._batch = min(settings.send_batch, PREFETCH * settings.send_concurrency)
        self._concurrency = settings.send_concurrency
        self._callback = _callback_address(status_callback_base, settings)
        self._claimer = Claimer(
            database,
            gates,
            lease=timedelta(seconds=settings.send_lease_seconds),
            post_margin=timedelta(seconds=margin),
            reply_grace=REPLY_GRACE,
            quiet_hours=settings.quiet_hours == "enforced",
            now=now,
        )
        self._recorder = Recorder()
        self._results: GroupCommit[Posted, None] = GroupCommit(
            database, self._recorder.write, gather_seconds=RESULTS_GATHER_SECONDS
        )
        self._waiting: asyncio.Queue[ClaimedText] = asyncio.Queue()
        self._unrecorded = asyncio.Semaphore(4 * self._concurrency)
        self._recording: set[asyncio.Task[None]] = set()
        self._alarms = Alarms(database)
        self._has_room = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; then give back what was not posted and write down what was."""
        posters: list[asyncio.Task[None]] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(self._alarms.listen())
                posters = [tasks.create_task(self._post_forever()) for _ in range(self._concurrency)]
                rerouting = tasks.create_task(self._reroute_forever())
                await self._claim_until(stop)
                await self._drain()
                for task in (listening, rerouting, *posters):
                    task.cancel()
        finally:
            await self._finish()

    async def _claim_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if self._waiting.qsize() > self._batch:
                self._has_room.clear()
                await first_of(self._has_room.wait(), stop.wait())
                continue
            self._alarms.woken.clear()
            try:
                claimed = await self._claimer.claim(self._batch)
                pause = 0.0 if claimed else await self._claimer.seconds_until_ready()
            except DATABASE_TROUBLE as error:
                log.warning("claim_failed", error=repr(error))
                await first_of(stop.wait(), timeout=TROUBLE_SECONDS)
                continue
            for text in claimed:
                self._waiting.put_nowait(text)
            if not claimed:
                await self._sleep(pause, stop)

    async def _sleep(self, seconds_until_ready: float | None, stop: asyncio.Event) -> None:
        """Until senders have some tokens, texts were queued, or the idle time is over."""
        if seconds_until_ready is None:
            pause, wait = 0.0, IDLE_SECONDS
        else:
            pause = CONTENDED_SECONDS if seconds_until_ready == 0.0 else REFILL_SECONDS
            wait = min(IDLE_SECONDS, seconds_until_ready) - pause
        await asyncio.sleep(pause)
        if wait > 0:
            await first_of(self._alarms.woken.wait(), stop.wait(), timeout=wait)

    async def _post_forever(self) -> None:
        while True:
            text = await self._waiting.get()
            if self._waiting.qsize() <= self._batch:
                self._has_room.set()
            await self._unrecorded.acquire()
            request = self._request(text)
            if request is None:
                self._later(self._give_back(text))
            else:
                outcome = await self._carrier.send_text(request)
                self._later(self._record(text, outcome))
            self._waiting.task_done()

    def _request(self, text: ClaimedText) -> OutgoingText | None:
        """What to post; None if it must not be posted any more."""
        validity = validity_seconds(self._now(), text.closes_at)
        is_opted_out = text.due.purpose != Purpose.COMPLIANCE and self._alarms.suppressed_since(text.due.phone, text.claimed_at)
        if validity is None or is_opted_out or elapsed() >= text.post_before:
            return None
        is_service = text.sender.kind == SenderKind.MESSAGING_SERVICE
        return OutgoingText(
            to=text.due.phone,
            body=text.due.body,
            from_number=None if is_service else text.sender.address,
            messaging_service_sid=text.sender.address if is_service else None,
            status_callback=f"{self._callback}?token={text.token}" if self._callback else None,
            validity_seconds=validity,
        )

    def _later(self, work: Awaitable[None]) -> None:
        """Write to the database beside the POSTs; a slot is free again when it is written."""

        async def run() -> None:
            try:
                await work
            finally:
                self._unrecorded.release()

        task = asyncio.create_task(run())
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)

    async def _record(self, text: ClaimedText, outcome: SendOutcome) -> None:
        """Write the outcome down; if the database stays away, the lease ends and the text is reconciled."""
        due = text.due
        posted = Posted(due.message_id, text.token, due.sender_id, due.phone, due.attempts, outcome)
        for pause in RECORD_PAUSES:
            await asyncio.sleep(pause)
            try:
                if pause == 0.0:
                    await self._results.submit(posted)
                else:
                    await self._record_alone(posted)
            except DATABASE_TROUBLE as error:
                log.warning("outcome_not_written", message_id=due.message_id, error=repr(error))
            else:
                return
        log.error("outcome_lost", message_id=due.message_id, remedy="It is reconciled with the carrier's list.")

    async def _record_alone(self, posted: Posted) -> None:
        """One bad neighbour must not keep a whole group from being written."""
        async with self._database.transaction() as session:
            await self._recorder.write(session, [posted])

    async def _give_back(self, text: ClaimedText) -> None:
        try:
            await self._claimer.give_back([text])
        except DATABASE_TROUBLE as error:
            log.warning("text_not_given_back", message_id=text.due.message_id, error=repr(error))

    async def _reroute_forever(self) -> None:
        while True:
            has_more = False
            try:
                async with self._database.transaction() as session:
                    has_more = await reroute_texts(session)
            except DATABASE_TROUBLE as error:
                log.warning("rerouting_failed", error=repr(error))
            await asyncio.sleep(0 if has_more else REROUTE_SECONDS)

    async def _drain(self) -> None:
        """Give back what no poster has taken yet, and wait for the POSTs under way."""
        unposted = []
        while not self._waiting.empty():
            unposted.append(self._waiting.get_nowait())
            self._waiting.task_done()
        if unposted:
            await self._claimer.give_back(unposted)
        await self._waiting.join()

    async def _finish(self) -> None:
        while self._recording:
            await asyncio.gather(*self._recording, return_exceptions=True)


def _callback_address(base: str, settings: Settings) -> str | None:
    """Where the carrier reports; None where it could not reach us, so that it does not refuse the text for it."""
    is_unreachable = settings.carrier_base_url is None and urlsplit(base).hostname in LOOPBACK
    return None if is_unreachable else base.rstrip("/") + STATUS_PATH
