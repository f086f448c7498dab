"""Tables of calendars and of the meetings in them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, INT8RANGE, JSONB, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base, HasId, HasTimes

AGENT = "agent"
"""Who booked, moved or cancelled, where it was no person."""
CALENDAR_SPAN = 2**34
"""Seconds that each calendar has in `Booking.span`; from 1970 they last until the year 2514."""


class CalendarKind(StrEnum):
    BUILT_IN = "built_in"
    """Our own bookings are all there is."""
    CALDAV = "caldav"
    GOOGLE = "google"


class Calendar(HasId, HasTimes, Base):
    """When somebody takes meetings, and where they are kept."""

    __tablename__ = "calendars"

    name: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[CalendarKind] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(Text)
    """Name of the operator's account that holds address and secret; None for the built-in calendar."""
    external_id: Mapped[str] = mapped_column(Text, server_default="")
    """The calendar at that account."""
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    """False: it offers no slots; its meetings stay."""
    time_zone: Mapped[str] = mapped_column(Text)
    working_hours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    slot_minutes: Mapped[int] = mapped_column(server_default="30")
    buffer_before_minutes: Mapped[int] = mapped_column(server_default="0")
    buffer_after_minutes: Mapped[int] = mapped_column(server_default="0")
    minimum_notice_minutes: Mapped[int] = mapped_column(server_default="120")
    horizon_days: Mapped[int] = mapped_column(server_default="14")
    most_per_day: Mapped[int | None]
    title_template: Mapped[str] = mapped_column(Text, server_default="")
    """Empty: the title that the agent gives."""
    location: Mapped[str] = mapped_column(Text, server_default="")
    """A place, or the link of a video call."""
    owner_name: Mapped[str] = mapped_column(Text, server_default="")
    owner_email: Mapped[str | None] = mapped_column(Text)
    """Organises the meetings and gets every invitation."""
    campaign_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    """The campaigns it serves; none: all that have no calendar of their own."""
    busy_fetched_at: Mapped[datetime | None]
    """When the copy of the outside calendar was made."""
    busy_problem: Mapped[str | None] = mapped_column(Text)
    """Why the latest copy could not be made."""

    __table_args__ = (
        CheckConstraint("kind IN ('built_in','caldav','google')", name="kind_is_known"),
        CheckConstraint("(kind = 'built_in') = (account IS NULL)", name="account_fits_kind"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 1440", name="slot_is_sensible"),
    )


class CalendarBusy(HasId, Base):
    """A time at which the owner of an outside calendar is busy, as it was when the copy was made."""

    __tablename__ = "calendar_busy"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    __table_args__ = (Index("ix_calendar_busy_calendar_id_ends_at", "calendar_id", "ends_at"),)


class BookingStatus(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    MOVED = "moved"
    """Another booking took its place: `moved_to_id`."""


class MeetingDelivery(StrEnum):
    """How far the outside calendar knows."""

    NOT_NEEDED = "not_needed"
    """The built-in calendar has no outside."""
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """It refused; a person has to see to it."""


class InvitationState(StrEnum):
    """How far the people know, by mail."""

    NOT_SENT = "not_sent"
    """Nobody to write to, or no mail is set up."""
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Booking(HasId, HasTimes, Base):
    """One meeting at one time. A move ends this row and begins another one of the same `uid`."""

    __tablename__ = "bookings"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="RESTRICT"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    status: Mapped[BookingStatus] = mapped_column(Text, server_default=BookingStatus.BOOKED)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    span: Mapped[Range[int]] = mapped_column(INT8RANGE)
    """Calendar and time with buffers as one range of numbers: no two meetings of a calendar may overlap in it."""
    time_zone: Mapped[str] = mapped_column(Text)
    """The lead's zone when it was booked."""
    title: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(Text, server_default="")
    note: Mapped[str] = mapped_column(Text, server_default="")
    attendee_name: Mapped[str | None] = mapped_column(Text)
    attendee_email: Mapped[str | None] = mapped_column(Text)
    booked_by: Mapped[str] = mapped_column(Text)
    """`agent`, or the person's name."""
    request_key: Mapped[str | None] = mapped_column(Text, unique=True)
    """Unique name of the request that made it: asked again, it is not made again."""
    uid: Mapped[str] = mapped_column(Text, index=True)
    sequence: Mapped[int] = mapped_column(server_default="0")
    """Grows with every move and cancellation."""
    external_id: Mapped[str | None] = mapped_column(Text)
    delivery_state: Mapped[MeetingDelivery] = mapped_column(Text)
    delivery_problem: Mapped[str | None] = mapped_column(Text)
    delivery_lease_until: Mapped[datetime | None]
    """Somebody speaks to the outside calendar about it until then."""
    invitation_state: Mapped[InvitationState] = mapped_column(Text)
    invitation_problem: Mapped[str | None] = mapped_column(Text)
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    """When it was cancelled or moved."""
    ended_by: Mapped[str | None] = mapped_column(Text)
    end_reason: Mapped[str | None] = mapped_column(Text)
    reminded_at: Mapped[datetime | None]
    """When it was told that the meeting is near."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (
        CheckConstraint("status IN ('booked','cancelled','moved')", name="status_is_known"),
        CheckConstraint("delivery_state IN ('not_needed','pending','delivered','failed')", name="delivery_state_is_known"),
        CheckConstraint("invitation_state IN ('not_sent','pending','sent','failed')", name="invitation_state_is_known"),
        CheckConstraint("starts_at < ends_at", name="ends_later"),
        # A range of numbers, for an exclusion of calendar *and* time needs an extension that not every server has.
        ExcludeConstraint(("span", "&&"), where=text("status = 'booked'"), name="ex_bookings_one_at_a_time", using="gist"),
        Index("uq_bookings_uid_booked", "uid", unique=True, postgresql_where=text("status = 'booked'")),
        Index("ix_bookings_starts_at_id", "starts_at", "id"),
        Index("ix_bookings_calendar_id_starts_at", "calendar_id", "starts_at"),
        Index("ix_bookings_undelivered", "id", postgresql_where=text("delivery_state = 'pending'")),
    )


def span_of(calendar_id: int, starts_at: datetime, ends_at: datetime) -> Range[int]:
    """A calendar's time as a range that no other calendar's can meet."""
    base = calendar_id * CALENDAR_SPAN
    return Range(base + int(starts_at.timestamp()), base + int(ends_at.timestamp()), bounds="[)")
