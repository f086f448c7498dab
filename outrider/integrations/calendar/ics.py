"""Meetings as iCalendar data (RFC 5545), and as invitations and cancellations by mail (iTIP, RFC 5546)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, TimezoneDaylight, TimezoneStandard, vCalAddress, vDatetime
from icalendar import Timezone as VTimezone

from outrider.integrations.calendar.base import CalendarEvent, Person

PRODUCT = "-//Outrider//Scheduling//EN"
DOMAIN = "outrider"
YEAR = timedelta(days=366)

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


def render(event: CalendarEvent, *, method: Method | None = None, stamp: datetime | None = None) -> bytes:
    """The meeting as an `.ics` file.

    Args:
        method: of an invitation; without one it is what a CalDAV server stores.
        stamp: when it was written; now without it.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method is not None:
        calendar.add("method", method)
    zone = ZoneInfo(event.time_zone)
    starts_at, ends_at = _written(event.starts_at, zone), _written(event.ends_at, zone)
    if starts_at.tzinfo is zone or ends_at.tzinfo is zone:
        calendar.add_component(time_zone(event.time_zone, event.starts_at - YEAR, event.ends_at + YEAR))
    calendar.add_component(_event(event, starts_at, ends_at, method, stamp or datetime.now(UTC)))
    return bytes(calendar.to_ical())


def ics_uid(uid: str) -> str:
    """The id that calendars of the world know the meeting by."""
    return f"{uid}@{DOMAIN}"


def own_uid(written: str) -> str | None:
    """Our id in a calendar's; None for meetings of others."""
    uid, _, domain = written.rpartition("@")
    return uid if domain == DOMAIN and uid else None


def _written(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment on the zone's clock; in UTC where that clock shows the same time twice, for it names the first one only."""
    local = at.astimezone(zone)
    return local if local.fold == 0 and local.tzinfo is not None and local.tzname() != "UTC" else at.astimezone(UTC)


def _event(event: CalendarEvent, starts_at: datetime, ends_at: datetime, method: Method | None, stamp: datetime) -> Event:
    entry = Event()
    entry.add("uid", ics_uid(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("dtstart", starts_at)
    entry.add("dtend", ends_at)
    entry.add("summary", event.title)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    entry.add("transp", "OPAQUE")
    if event.description:
        entry.add("description", event.description)
    if event.location:
        entry.add("location", event.location)
        if event.location.startswith("https://"):
            entry.add("url", event.location)
    if event.organizer is not None:
        entry.add("organizer", _address(event.organizer))
    if event.attendee is not None:
        attendee = _address(event.attendee)
        attendee.params["PARTSTAT"] = "NEEDS-ACTION"
        attendee.params["ROLE"] = "REQ-PARTICIPANT"
        attendee.params["RSVP"] = "TRUE"
        if method is None:
            # We write to the person ourselves; a server that plans meetings (RFC 6638) must not write a second time.
            attendee.params["SCHEDULE-AGENT"] = "CLIENT"
        entry.add("attendee", attendee)
    return entry


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    if person.name:
        address.params["CN"] = " ".join("".join(c if c.isprintable() else " " for c in person.name).replace('"', "'").split())
    return address


def time_zone(name: str, since: datetime, until: datetime) -> VTimezone:
    """The zone's clock changes between two moments, as RFC 5545 §3.6.5 wants them: each observance begins at the time that
    the clock before it shows."""
    zone = ZoneInfo(name)
    component = VTimezone()
    component.add("tzid", name)
    begin = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    component.add_component(_observance(zone, begin, _offset(zone, begin)))
    for change in _changes(zone, begin, until.astimezone(UTC)):
        component.add_component(_observance(zone, change, _offset(zone, change - timedelta(seconds=1))))
    return component


def _observance(zone: ZoneInfo, at: datetime, before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    local = at.astimezone(zone)
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    observance.add("dtstart", vDatetime((at + before).replace(tzinfo=None)))
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", _offset(zone, at))
    observance.add("tzname", local.tzname() or zone.key)
    return observance


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _changes(zone: ZoneInfo, since: datetime, until: datetime) -> list[datetime]:
    """Moments at which the zone's offset changes, to the second."""
    found = []
    step = timedelta(days=1)
    at = since
    while at < until:
        if _offset(zone, at) != _offset(zone, at + step):
            low, high = at, at + step
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, at) else (low, middle)
            found.append(high)
        at += step
    return found


def moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A time of a calendar as a moment; a date, or a time without a zone, is one of the calendar's own clock."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(UTC)
