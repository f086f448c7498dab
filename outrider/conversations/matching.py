"""Which of the carrier's texts belongs to which open attempt. No database, no carrier: only the rule.

The list shows neither our token nor any other mark of ours, so a text is recognised by recipient, sender, wording and
time. Every attempt is at most one POST and every POST at most one text, so the attribution is one to one; which of
several equal attempts gets which of several equal texts makes no difference to the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from outrider.channels.base import CarrierMessage
from outrider.conversations.models import SenderKind
from outrider.conversations.repository.reconciliation import OpenAttempt

CLOCK_SKEW = timedelta(seconds=60)
"""Most that the carrier's clock may be behind ours."""
TRIAL_PREFIX = "Sent from your Twilio trial account - "


def match(attempts: Sequence[OpenAttempt], texts: Sequence[CarrierMessage]) -> list[tuple[OpenAttempt, CarrierMessage]]:
    """Attribute each text to at most one attempt, the oldest to the oldest.

    Args:
        texts: those to the attempts' number that belong to no message yet.
    """
    free = sorted(texts, key=lambda text: text.created_at)
    found = []
    for attempt in sorted(attempts, key=lambda one: (one.attempted_at, one.message_id)):
        text = next((text for text in free if _may_be(attempt, text)), None)
        if text is not None:
            free.remove(text)
            found.append((attempt, text))
    return found


def is_same_text(ours: str, theirs: str) -> bool:
    """Equal but for white space, and for what a trial account puts in front."""
    return ours.split() == theirs.removeprefix(TRIAL_PREFIX).split()


def _may_be(attempt: OpenAttempt, text: CarrierMessage) -> bool:
    sender = text.messaging_service_sid if attempt.kind == SenderKind.MESSAGING_SERVICE else text.from_
    return (
        text.to == attempt.phone
        and sender == attempt.address
        and text.created_at >= attempt.attempted_at - CLOCK_SKEW
        and is_same_text(attempt.body, text.body)
    )
