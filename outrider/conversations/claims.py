"""The claim: which due texts may leave now, decided and written in one transaction.

Asked in this order, the cheapest and most final first: suppression, sending window, sender's rate, gates. Whatever may
not leave is cancelled or moved in the same transaction; the rest gets an attempt token and a lease.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.gates import Cancel, Candidate, Hold, SendGate, Until, Verdict
from outrider.conversations.models import Purpose
from outrider.conversations.outbox import settle
from outrider.conversations.places import country_of, zones_of
from outrider.conversations.quiet_hours import MAX_VALIDITY, sending_window, validity_seconds
from outrider.conversations.repository import claims as rows
from outrider.conversations.repository.claims import DueText, ReadySender
from outrider.db.engine import Database

MAX_SENDERS = 50
"""Senders looked at in one claim."""
LOOKAHEAD = 20
"""Texts beyond a sender's tokens that a claim looks at, because some are cancelled or moved and cost none."""
NO_WINDOW_PAUSE = timedelta(hours=12)
"""After this a text is looked at again whose person's hours never overlap."""
STALLED_CLAIM = timedelta(seconds=10)
"""The server ends the transaction of a claim that stands still this long."""
QUIET_HOURS = "quiet_hours"
SUPPRESSED = "suppressed"


def elapsed() -> float:
    """Seconds on a clock that nobody sets and that runs on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class ClaimedText:
    """A text whose next POST belongs to this process, until `post_before`."""

    due: DueText
    sender: ReadySender
    token: str
    closes_at: datetime
    """It must have left the carrier by then."""
    claimed_at: float
    """Like `post_before`."""
    post_before: float
    """On the clock of `elapsed`: a POST that begins later might still run when the lease has ended."""


@dataclass(slots=True)
class _Decision:
    """What a claim does with the texts it looked at."""

    may_leave: list[tuple[DueText, datetime]] = field(default_factory=list)
    holds: list[tuple[int, datetime | None, str]] = field(default_factory=list)
    cancels: list[tuple[int, str]] = field(default_factory=list)


class Claimer:
    """Claims texts for one deliverer.

    Args:
        gates: asked in order, inside the claiming transaction.
        lease: how long a claimed text belongs to this process.
        post_margin: the part of the lease that must be left when a POST begins.
        reply_grace: a reply may leave outside the window this long after the person's own text.
        quiet_hours: False lets texts leave at any hour.
        now: the wall clock that sending windows are read on.
    """

    def __init__(
        self,
        database: Database,
        gates: Sequence[SendGate],
        *,
        lease: timedelta,
        post_margin: timedelta,
        reply_grace: timedelta,
        quiet_hours: bool,
        now: Callable[[], datetime],
    ):
        self._database = database
        self._gates = gates
        self._lease = lease
        self._post_margin = post_margin
        self._reply_grace = reply_grace
        self._quiet_hours = quiet_hours
        self._now = now

    async def claim(self, most: int) -> list[ClaimedText]:
        """Take about `most` texts that may leave now; fewer or none if the rules or the rates allow no more."""
        claimed_at = elapsed()
        post_before = claimed_at + (self._lease - self._post_margin).total_seconds()
        async with self._database.transaction() as session:
            await rows.limit_idleness(session, STALLED_CLAIM)
            senders = await rows.lock_ready_senders(session, MAX_SENDERS)
            if not senders:
                return []
            due = await rows.lock_due_texts(session, _limits(senders, most))
            decision = self._judge(due)
            by_id = {sender.sender_id: sender for sender in senders}
            decision.may_leave = _affordable(decision.may_leave, by_id)
            await self._ask_gates(session, decision)
            claimed = [
                ClaimedText(text, by_id[text.sender_id], uuid4().hex, closes_at, claimed_at, post_before)
                for text, closes_at in decision.may_leave
            ]
            await self._write(session, claimed, decision, senders)
        return claimed

    async def seconds_until_ready(self) -> float | None:
        """See `repository.claims.seconds_until_ready`."""
        async with self._database.transaction() as session:
            return await rows.seconds_until_ready(session)

    async def give_back(self, claimed: Sequence[ClaimedText]) -> None:
        """Queue texts again that this process claimed and surely did not post."""
        async with self._database.transaction() as session:
            await rows.return_texts(session, [(text.due.message_id, text.token) for text in claimed])

    def _judge(self, due: Sequence[DueText]) -> _Decision:
        decision, now = _Decision(), self._now()
        for text in due:
            if text.suppressed and text.purpose != Purpose.COMPLIANCE:
                decision.cancels.append((text.message_id, SUPPRESSED))
            elif (closes_at := self._open_until(text, now)) is not None:
                decision.may_leave.append((text, closes_at))
            else:
                decision.holds.append((text.message_id, self._next_opening(text, now), QUIET_HOURS))
        return decision

    def _open_until(self, text: DueText, now: datetime) -> datetime | None:
        """When the window closes that the text may leave in now; None if it has to wait."""
        if not self._quiet_hours:
            return now + timedelta(seconds=2 * MAX_VALIDITY)
        window = sending_window(now, *_place(text))
        if window.is_open and window.closes_at and validity_seconds(now, window.closes_at):
            return window.closes_at
        if text.purpose == Purpose.CAMPAIGN or text.last_inbound_at is None:
            return None
        grace_ends = text.last_inbound_at + self._reply_grace
        return grace_ends + self._reply_grace if now < grace_ends else None

    @staticmethod
    def _next_opening(text: DueText, now: datetime) -> datetime:
        window = sending_window(now, *_place(text))
        if window.is_open and window.closes_at:
            window = sending_window(window.closes_at, *_place(text))
        return window.opens_at or now + NO_WINDOW_PAUSE

    async def _ask_gates(self, session: AsyncSession, decision: _Decision) -> None:
        for gate in self._gates:
            if not decision.may_leave:
                return
            verdicts = await gate.review(session, [_candidate(text) for text, _ in decision.may_leave])
            decision.may_leave = [
                passed for text, closes_at in decision.may_leave if (passed := self._heed(text, closes_at, verdicts, decision))
            ]

    def _heed(
        self, text: DueText, closes_at: datetime, verdicts: Mapping[int, Verdict], decision: _Decision
    ) -> tuple[DueText, datetime] | None:
        match verdicts.get(text.message_id):
            case Hold(until, reason):
                decision.holds.append((text.message_id, until, reason))
            case Cancel(reason):
                decision.cancels.append((text.message_id, reason))
            case Until(earlier):
                if validity_seconds(self._now(), min(earlier, closes_at)):
                    return text, min(earlier, closes_at)
                decision.holds.append((text.message_id, earlier, QUIET_HOURS))
            case None:
                return text, closes_at
        return None

    async def _write(
        self, session: AsyncSession, claimed: Sequence[ClaimedText], decision: _Decision, senders: Sequence[ReadySender]
    ) -> None:
        if claimed:
            await rows.start_attempts(session, [(text.due.message_id, text.token) for text in claimed], self._lease)
        if decision.holds:
            await rows.hold_due(session, decision.holds)
        if decision.cancels:
            await settle(session, await rows.cancel_due(session, decision.cancels))
        spent: dict[int, int] = defaultdict(int)
        for text in claimed:
            spent[text.due.sender_id] += text.due.segments
        await rows.spend_tokens(session, [(sender, sender.tokens - spent[sender.sender_id]) for sender in senders])


def _limits(senders: Sequence[ReadySender], most: int) -> list[tuple[int, int]]:
    share = max(1, most // len(senders))
    return [(sender.sender_id, min(share, int(sender.tokens) + LOOKAHEAD)) for sender in senders]


def _affordable(texts: Sequence[tuple[DueText, datetime]], senders: Mapping[int, ReadySender]) -> list[tuple[DueText, datetime]]:
    """The texts that their senders' tokens pay for, in order: a short text does not overtake a long one.

    A text longer than the bucket is wide leaves once the bucket is full and puts it into debt.
    """
    tokens = {sender_id: sender.tokens for sender_id, sender in senders.items()}
    exhausted: set[int] = set()
    chosen = []
    for text, closes_at in texts:
        sender_id = text.sender_id
        if sender_id in exhausted or tokens[sender_id] < min(text.segments, senders[sender_id].burst):
            exhausted.add(sender_id)
            continue
        tokens[sender_id] -= text.segments
        chosen.append((text, closes_at))
    return chosen


def _place(text: DueText) -> tuple[Sequence[str], str | None, str | None]:
    return text.time_zones or zones_of(text.phone), text.country or country_of(text.phone), text.region


def _candidate(text: DueText) -> Candidate:
    return Candidate(
        message_id=text.message_id,
        lead_id=text.lead_id,
        phone=text.phone,
        time_zones=text.time_zones,
        campaign_id=text.campaign_id,
        campaign_lead_id=text.campaign_lead_id,
        purpose=text.purpose,
        author=text.author,
        segments=text.segments,
        estimated_cost=text.estimated_cost,
        admitted=text.admitted,
    )
