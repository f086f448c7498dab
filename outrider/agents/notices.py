"""What agents achieve, told to people outside: qualified leads and meetings."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import Tier
from outrider.agents.events import LeadQualified as TierWorkedOut
from outrider.agents.scheduling import events as meetings
from outrider.agents.scheduling.models import Booking
from outrider.events.bus import subscribe
from outrider.events.facts import Fact, Severity, notify
from outrider.leads.models import Lead

QUALIFIED = (Tier.A, Tier.B)
SOMEBODY = "Somebody"


class LeadQualified(Fact):
    """A lead reached tier A or B for the first time, or came from C or D."""

    name = "lead.qualified"
    label = "Lead qualified"
    severity = Severity.SUCCESS

    lead_id: int
    lead_name: str
    conversation_id: int | None
    campaign_id: int | None
    score: int
    tier: Tier

    def title(self) -> str:
        return f"{self.lead_name or SOMEBODY} is qualified: tier {self.tier}, score {self.score}"

    def link(self) -> str:
        return f"/leads/{self.lead_id}"


class _MeetingFact(Fact):
    """What all facts about a meeting tell."""

    booking_id: int
    lead_id: int | None
    lead_name: str
    conversation_id: int | None
    campaign_id: int | None
    starts_at: datetime
    time_zone: str
    """The lead's (IANA)."""

    def detail(self) -> str:
        return f"{_when(self.starts_at, self.time_zone)} on the lead's clock."

    def link(self) -> str | None:
        return None if self.lead_id is None else f"/leads/{self.lead_id}"


class MeetingBooked(_MeetingFact):
    """A meeting was agreed on, by an agent or a person."""

    name = "meeting.booked"
    label = "Meeting booked"
    severity = Severity.SUCCESS

    ends_at: datetime
    booked_by: str

    def title(self) -> str:
        return f"Meeting with {self.lead_name or SOMEBODY}"


class MeetingMoved(_MeetingFact):
    """A meeting has another time."""

    name = "meeting.moved"
    label = "Meeting moved"

    ends_at: datetime
    earlier_booking_id: int
    earlier_starts_at: datetime
    moved_by: str

    def title(self) -> str:
        return f"The meeting with {self.lead_name or SOMEBODY} was moved"

    def detail(self) -> str:
        now, before = _when(self.starts_at, self.time_zone), _when(self.earlier_starts_at, self.time_zone)
        return f"Now {now}, before {before}, on the lead's clock."


class MeetingCancelled(_MeetingFact):
    """A meeting does not take place."""

    name = "meeting.cancelled"
    label = "Meeting cancelled"
    severity = Severity.WARNING

    reason: str
    cancelled_by: str

    def title(self) -> str:
        return f"The meeting with {self.lead_name or SOMEBODY} was cancelled"

    def detail(self) -> str:
        return f"{_when(self.starts_at, self.time_zone)}. {self.reason}".strip()


@subscribe(TierWorkedOut)
async def tell_qualified(session: AsyncSession, event: TierWorkedOut) -> None:
    if event.tier not in QUALIFIED or event.tier_before in QUALIFIED:
        return
    fact = LeadQualified(
        lead_id=event.lead_id,
        lead_name=await _lead_name(session, event.lead_id),
        conversation_id=event.conversation_id,
        campaign_id=event.campaign_id,
        score=event.score,
        tier=event.tier,
    )
    await notify(session, fact)


@subscribe(meetings.MeetingBooked)
async def tell_booked(session: AsyncSession, event: meetings.MeetingBooked) -> None:
    name, zone = await _about(session, event.booking_id, event.lead_id)
    fact = MeetingBooked(
        booking_id=event.booking_id, lead_id=event.lead_id, lead_name=name, conversation_id=event.conversation_id,
        campaign_id=event.campaign_id, starts_at=event.starts_at, ends_at=event.ends_at, time_zone=zone,
        booked_by=event.booked_by,
    )  # fmt: skip
    await notify(session, fact)


@subscribe(meetings.MeetingMoved)
async def tell_moved(session: AsyncSession, event: meetings.MeetingMoved) -> None:
    name, zone = await _about(session, event.booking_id, event.lead_id)
    fact = MeetingMoved(
        booking_id=event.booking_id, lead_id=event.lead_id, lead_name=name, conversation_id=event.conversation_id,
        campaign_id=event.campaign_id, starts_at=event.starts_at, ends_at=event.ends_at, time_zone=zone,
        earlier_booking_id=event.earlier_booking_id, earlier_starts_at=event.earlier_starts_at, moved_by=event.moved_by,
    )  # fmt: skip
    await notify(session, fact)


@subscribe(meetings.MeetingCancelled)
async def tell_cancelled(session: AsyncSession, event: meetings.MeetingCancelled) -> None:
    name, zone = await _about(session, event.booking_id, event.lead_id)
    fact = MeetingCancelled(
        booking_id=event.booking_id, lead_id=event.lead_id, lead_name=name, conversation_id=event.conversation_id,
        campaign_id=event.campaign_id, starts_at=event.starts_at, time_zone=zone, reason=event.reason,
        cancelled_by=event.cancelled_by,
    )  # fmt: skip
    await notify(session, fact)


async def _about(session: AsyncSession, booking_id: int, lead_id: int | None) -> tuple[str, str]:
    """The name of whom one meets, and their time zone."""
    booking = await session.get_one(Booking, booking_id)
    name = await _lead_name(session, lead_id) if lead_id is not None else ""
    return name or booking.attendee_name or "", booking.time_zone


async def _lead_name(session: AsyncSession, lead_id: int) -> str:
    lead = await session.get(Lead, lead_id)
    return "" if lead is None else lead.name or ""


def _when(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%A %d %B %Y, %H:%M}"
