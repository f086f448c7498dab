"""A booking as an event of a calendar, and as mail to its people."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from outrider.agents.scheduling.mailer import CalendarPart, Mail
from outrider.agents.scheduling.models import Booking, BookingStatus, Calendar
from outrider.integrations.calendar.base import CalendarEvent, Person
from outrider.integrations.calendar.ics import render


def event_of(booking: Booking, calendar: Calendar, sender: str = "") -> CalendarEvent:
    """
    Args:
        sender: organises the meeting, where the calendar's owner has no address: an invitation needs somebody who does.
    """
    address = calendar.owner_email or sender
    organizer = Person(address, calendar.owner_name) if address else None
    attendee = Person(booking.attendee_email, booking.attendee_name or "") if booking.attendee_email else None
    return CalendarEvent(
        uid=booking.uid, sequence=booking.sequence, title=booking.title, starts_at=booking.starts_at, ends_at=booking.ends_at,
        time_zone=calendar.time_zone, description=booking.note, location=booking.location, organizer=organizer,
        attendee=attendee,
    )  # fmt: skip


def invitation(booking: Booking, calendar: Calendar, sender: str) -> Mail | None:
    """The mail about the meeting as it stands now; None without anybody to write to."""
    to = list(dict.fromkeys(address for address in (booking.attendee_email, calendar.owner_email) if address))
    if not to:
        return None
    is_cancelled = booking.status == BookingStatus.CANCELLED
    method: Literal["CANCEL", "REQUEST"] = "CANCEL" if is_cancelled else "REQUEST"
    what = "Cancelled" if is_cancelled else ("Invitation" if booking.sequence == 0 else "New time")
    content = render(event_of(booking, calendar, sender), method=method, stamp=booking.updated_at)
    return Mail(
        to=to,
        subject=f"{what}: {booking.title}, {_when(booking)}",
        text=_text(booking, calendar, is_cancelled=is_cancelled),
        key=f"meeting-{booking.uid}-{booking.sequence}",
        calendar=CalendarPart(method, content),
        reply_to=calendar.owner_email,
    )


def ics_file(booking: Booking, calendar: Calendar) -> bytes:
    """The meeting for somebody's own calendar."""
    is_booked = booking.status == BookingStatus.BOOKED
    return render(event_of(booking, calendar), method="PUBLISH" if is_booked else "CANCEL", stamp=booking.updated_at)


def _when(booking: Booking) -> str:
    zone = ZoneInfo(booking.time_zone)
    begin, end = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
    return f"{begin:%A, %-d %B %Y}, {begin:%H:%M}–{end:%H:%M} ({_zone_words(begin, booking.time_zone)})"


def _zone_words(at: datetime, name: str) -> str:
    offset = f"{at:%z}"
    return f"{name.replace('_', ' ')}, UTC{offset[:3]}:{offset[3:5]}"


def _text(booking: Booking, calendar: Calendar, *, is_cancelled: bool) -> str:
    lines = [
        "This meeting does not take place." if is_cancelled else "The meeting is agreed.",
        "",
        booking.title,
        _when(booking),
        *([f"Where: {booking.location}"] if booking.location else []),
        *([f"With: {calendar.owner_name}"] if calendar.owner_name else []),
        *(["", booking.note] if booking.note and not is_cancelled else []),
    ]
    return "\n".join(lines) + "\n"
