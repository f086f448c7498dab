"""Senders that the carrier keeps refusing are slowed; a single refusal says nothing."""

from __future__ import annotations

import pytest

from outrider.channels.base import Accepted, DeliveryStatus, ErrorClass, Refused, SendOutcome, Unknown
from outrider.conversations.recording import Posted, Recorder

BUSY = Refused(20429, ErrorClass.RETRYABLE, "busy")
FINE = Accepted("SM1", DeliveryStatus.QUEUED, 1, None)


def posted(*outcomes: SendOutcome, sender_id: int = 1, attempts: int = 0) -> list[Posted]:
    return [Posted(number, f"t{number}", sender_id, "+12025550101", attempts, one) for number, one in enumerate(outcomes)]


def test_refusals_among_acceptances_pause_nothing() -> None:
    assert Recorder()._sort(posted(BUSY, FINE, BUSY, BUSY, FINE, BUSY, BUSY, BUSY, BUSY, FINE)).pauses == {}


def test_five_in_a_row_pause_the_sender_once() -> None:
    recorder = Recorder()
    assert recorder._sort(posted(*[BUSY] * 60)).pauses == {1: 0.5}
    assert recorder._sort(posted(*[BUSY] * 60)).pauses == {}


def test_unclear_answers_slow_down_too() -> None:
    assert Recorder()._sort(posted(*[Unknown("500")] * 5)).pauses == {1: 0.5}


def test_pauses_grow_until_something_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("outrider.conversations.recording.elapsed", lambda: now[0])
    recorder, pauses = Recorder(), []
    for _ in range(10):
        pauses += recorder._sort(posted(*[BUSY] * 5)).pauses.values()
        now[0] += 1000
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    recorder._sort(posted(FINE))
    assert recorder._sort(posted(*[BUSY] * 5)).pauses == {1: 0.5}


def test_the_carriers_own_waiting_time_counts() -> None:
    told = Refused(20429, ErrorClass.RETRYABLE, "busy", retry_after=7.0)
    group = Recorder()._sort(posted(*[told] * 5))
    assert group.pauses == {1: 7.0}
    assert all(7.0 <= attempt.delay <= 8.75 for attempt in group.retried)


def test_texts_wait_longer_after_every_attempt() -> None:
    delays = [Recorder()._sort(posted(BUSY, attempts=attempts)).retried[0].delay for attempts in range(12)]
    assert all(2**attempts <= delay <= 1.25 * 2**attempts for attempts, delay in enumerate(delays[:9]))
    assert 600 <= delays[11] <= 750


def test_a_daily_limit_waits_an_hour_and_costs_no_attempt() -> None:
    group = Recorder()._sort(posted(Refused(63038, ErrorClass.RETRYABLE, "daily limit")))
    assert group.pauses == {1: 3600.0}
    assert not group.retried[0].counts
