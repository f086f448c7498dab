from __future__ import annotations

from collections import Counter

from outrider.conversations.routing import SenderRate, choose_sender

SENDERS = [SenderRate(1, 1.0), SenderRate(2, 2.0), SenderRate(3, 5.0)]


def test_the_same_lead_always_gets_the_same_sender() -> None:
    chosen = [choose_sender(lead, SENDERS) for lead in range(500)]
    assert chosen == [choose_sender(lead, list(reversed(SENDERS))) for lead in range(500)]


def test_leads_are_shared_by_rate() -> None:
    counts = Counter(choose_sender(lead, SENDERS) for lead in range(8000))
    assert all(abs(counts[sender.sender_id] - 1000 * sender.segments_per_second) < 150 for sender in SENDERS)


def test_taking_a_sender_away_moves_only_its_leads() -> None:
    before = {lead: choose_sender(lead, SENDERS) for lead in range(1000)}
    after = {lead: choose_sender(lead, SENDERS[:2]) for lead in range(1000)}
    assert all(after[lead] == sender for lead, sender in before.items() if sender != 3)


def test_only_allowed_senders_are_chosen() -> None:
    assert {choose_sender(lead, SENDERS, [2]) for lead in range(50)} == {2}
    assert choose_sender(1, SENDERS, [9]) is None
    assert choose_sender(1, []) is None
