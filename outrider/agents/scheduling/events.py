"""Facts that scheduling publishes, in the transaction in which they become true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MeetingBooked:
    booking_id: int
    calendar_id: int
    lead_id: int | None
    conversation_id: int | None
    campaign_id: int | None
    starts_at: datetime
    ends_at: datetime
    booked_by: str
    """`agent`, or the person's name."""


@dataclass(frozen=True, slots=True)
class MeetingMoved:
    booking_id: int
    """The booking of the new time."""
    earlier_booking_id: int
    calendar_id: int
    lead_id: int | None
    conversation_id: int | None
    campaign_id: int | None
    starts_at: datetime
    ends_at: datetime
    earlier_starts_at: datetime
    moved_by: str


@dataclass(frozen=True, slots=True)
class MeetingCancelled:
    booking_id: int
    calendar_id: int
    lead_id: int | None
    conversation_id: int | None
    campaign_id: int | None
    starts_at: datetime
    reason: str
    cancelled_by: str


@dataclass(frozen=True, slots=True)
class MeetingNear:
    """A meeting begins soon (`OUTRIDER_MEETING_REMINDER_MINUTES`); told once for each time that was agreed on."""

    booking_id: int
    calendar_id: int
    lead_id: int | None
    conversation_id: int | None
    campaign_id: int | None
    starts_at: datetime
