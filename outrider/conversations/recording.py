"""What becomes of a text after its POST: written for many texts in one transaction.

Accepted → sent. Refused → failed, or queued again where that is safe: a refusal means that the carrier surely does not
have the text. Unknown → parked until it is reconciled.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.channels.base import Accepted, ErrorClass, Refused, SendOutcome, Unknown
from outrider.conversations.claims import elapsed
from outrider.conversations.facts import Facts
from outrider.conversations.receipts import disable_senders, record_sent, suppress_refused
from outrider.conversations.repository import outcomes as rows
from outrider.conversations.repository.outcomes import FailedAttempt, RetriedAttempt, SentAttempt
from outrider.telemetry import SENDS

MAX_ATTEMPTS = 10
LONGEST_DELAY = 600.0
FAILURES_BEFORE_PAUSE = 5
SHORTEST_PAUSE = 0.25
LONGEST_PAUSE = 60.0
DAILY_LIMITS = frozenset({30023, 30027, 63038})
"""The carrier's daily caps: a later attempt succeeds, but not soon."""
DAILY_LIMIT_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Posted:
    """One attempt and its outcome."""

    message_id: int
    token: str
    sender_id: int
    phone: str = field(repr=False)
    attempts: int
    """Earlier ones."""
    outcome: SendOutcome


@dataclass(slots=True)
class _Sorted:
    """The outcomes of a group, by what has to be written."""

    sent: list[SentAttempt] = field(default_factory=list)
    failed: list[FailedAttempt] = field(default_factory=list)
    retried: list[RetriedAttempt] = field(default_factory=list)
    unknown: list[tuple[int, str, str]] = field(default_factory=list)
    refused: list[tuple[str, int, int]] = field(default_factory=list)
    """Number, error code and message id: the code may call for a suppression."""
    pauses: dict[int, float] = field(default_factory=dict)
    disable: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Pressure:
    """How a sender fares: refusals and unclear answers in a row make it pause, longer each time."""

    failures_in_a_row: int = 0
    pauses: int = 0
    until: float = 0.0

    def accepted(self) -> None:
        self.failures_in_a_row = self.pauses = 0

    def failed(self, retry_after: float | None) -> float | None:
        """Seconds to pause, or None: a single failure among acceptances says nothing about the next text."""
        self.failures_in_a_row += 1
        now = elapsed()
        if self.failures_in_a_row < FAILURES_BEFORE_PAUSE or now < self.until:
            return None
        self.pauses += 1
        pause = retry_after if retry_after is not None else min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**self.pauses)
        self.until = now + pause
        return pause


class Recorder:
    """Writes outcomes, and slows senders for which the carrier keeps failing."""

    def __init__(self) -> None:
        self._pressure: dict[int, _Pressure] = defaultdict(_Pressure)

    async def write(self, session: AsyncSession, posted: Sequence[Posted]) -> list[None]:
        """Write a group of outcomes and publish what they mean."""
        group, facts = self._sort(posted), Facts()
        await _write_attempts(session, group, facts)
        if group.pauses:
            await rows.pause_senders(session, sorted(group.pauses.items()))
        if group.disable:
            await disable_senders(session, group.disable)
        await suppress_refused(session, group.refused, facts)
        await facts.publish(session)
        return [None] * len(posted)

    def _sort(self, posted: Sequence[Posted]) -> _Sorted:
        group = _Sorted()
        for attempt in posted:
            match attempt.outcome:
                case Accepted() as accepted:
                    self._pressure[attempt.sender_id].accepted()
                    group.sent.append(_sent(attempt, accepted))
                case Refused() as refused:
                    self._sort_refusal(group, attempt, refused)
                case Unknown(reason):
                    group.unknown.append((attempt.message_id, attempt.token, reason))
                    self._slow_down(group, attempt.sender_id, None)
        return group

    def _sort_refusal(self, group: _Sorted, attempt: Posted, refused: Refused) -> None:
        match refused.error_class:
            case ErrorClass.RETRYABLE:
                self._retry(group, attempt, refused)
            case ErrorClass.SENDER:
                group.disable[attempt.sender_id] = refused.message
                group.retried.append(_retried(attempt, refused, delay=0.0, counts=False))
            case ErrorClass.OPT_OUT | ErrorClass.PERMANENT | ErrorClass.UNKNOWN_CODE:
                group.failed.append(_failed(attempt, refused))
                if refused.code is not None:
                    group.refused.append((attempt.phone, refused.code, attempt.message_id))

    def _retry(self, group: _Sorted, attempt: Posted, refused: Refused) -> None:
        """Try again later. An attempt that never reached the carrier is not counted against the text."""
        delay = refused.retry_after if refused.retry_after is not None else min(LONGEST_DELAY, 2.0**attempt.attempts)
        self._slow_down(group, attempt.sender_id, refused.retry_after)
        if refused.code in DAILY_LIMITS:
            group.pauses[attempt.sender_id] = delay = DAILY_LIMIT_PAUSE
        spread = delay * (1 + random.random() / 4)  # noqa: S311  (spreads load, decides nothing)
        counts = refused.code is not None and refused.code not in DAILY_LIMITS
        group.retried.append(_retried(attempt, refused, delay=spread, counts=counts))

    def _slow_down(self, group: _Sorted, sender_id: int, retry_after: float | None) -> None:
        pause = self._pressure[sender_id].failed(retry_after)
        if pause is not None:
            group.pauses[sender_id] = max(pause, group.pauses.get(sender_id, 0.0))


async def _write_attempts(session: AsyncSession, group: _Sorted, facts: Facts) -> None:
    if group.sent:
        await record_sent(session, group.sent, facts)
    if group.failed:
        facts.settled += await rows.mark_failed(session, group.failed)
    if group.retried:
        facts.settled += await rows.mark_retry(session, group.retried, MAX_ATTEMPTS)
    if group.unknown:
        await rows.mark_unknown(session, group.unknown)
    SENDS.labels("accepted").inc(len(group.sent))
    SENDS.labels("refused").inc(len(group.failed))
    SENDS.labels("retried").inc(len(group.retried))
    SENDS.labels("unknown").inc(len(group.unknown))


def _sent(attempt: Posted, accepted: Accepted) -> SentAttempt:
    return SentAttempt(
        attempt.token, accepted.carrier_sid, accepted.status, attempt.message_id, accepted.segments, accepted.price
    )


def _failed(attempt: Posted, refused: Refused) -> FailedAttempt:
    return FailedAttempt(attempt.message_id, attempt.token, refused.error_class, refused.code, refused.message)


def _retried(attempt: Posted, refused: Refused, *, delay: float, counts: bool) -> RetriedAttempt:
    return RetriedAttempt(attempt.message_id, attempt.token, delay, refused.code, refused.message, counts)
