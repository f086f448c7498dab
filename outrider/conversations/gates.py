"""The port through which upper folders have the last word on a text before it leaves.

The deliverer asks every gate inside the transaction that claims the texts, so a gate may lock rows (the campaign's
status, FOR SHARE) and reserve money there: what it finds still holds when the claim commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Author, Purpose


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that would leave now: not suppressed, inside the sending window, within its sender's rate."""

    message_id: int
    lead_id: int
    phone: str
    time_zones: tuple[str, ...]
    campaign_id: int | None
    campaign_lead_id: int | None
    purpose: Purpose
    author: Author
    segments: int
    estimated_cost: Decimal
    admitted: bool
    """A gate let it pass at an earlier attempt, and what it reserved then is still reserved: reserve nothing again."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now. `until` None means until somebody releases it (`outbox.release_texts`)."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Never. The text is settled as cancelled with this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Until:
    """It may go, but must have left the carrier by `closes_at` (a campaign's own, narrower hours)."""

    closes_at: datetime


Verdict = Hold | Cancel | Until


class SendGate(Protocol):
    async def review(self, session: AsyncSession, candidates: Sequence[Candidate]) -> Mapping[int, Verdict]:
        """Verdict per message id; a candidate without one may go.

        A gate that reserves must reserve only for candidates it lets pass with `admitted` False, and releases the
        reservation when `TextsSettled` names the text as failed or cancelled with `admitted` True. A text that goes
        back to the queue after an attempt keeps its reservation. Gates are asked in order, each about what the ones
        before it let pass; so only the last one may reserve.
        """
        ...
