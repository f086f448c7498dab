"""A CalDAV server for one user with one calendar, as strict as RFC 4791 lets a server be.

Radicale, the real server that comes closest, is under the GPL and wants a `python-dateutil` older than the one we lock; the
contract tests run against it too where one is named (`OUTRIDER_TEST_RADICALE`), as a process of its own.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from tests.stand_ins.http import Answer, Heard, HttpStandIn

D, C = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
USER, PASSWORD, PATH = "ann", "open sesame", "/dav/ann/work/"
UTC_FORMAT = "%Y%m%dT%H%M%SZ"


class CalDavServer(HttpStandIn):
    def __init__(self) -> None:
        super().__init__(self._answer)
        self.resources: dict[str, bytes] = {}
        self.expands = True
        self.privileges = "<d:privilege><d:read/></d:privilege><d:privilege><d:write/></d:privilege>"
        self.fails: list[Answer] = []
        """Answers given instead, one per request."""
        self.writes = 0

    def enter(self, name: str, *lines: str) -> None:
        """Something that the calendar's owner entered."""
        body = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Owner//EN",
            "BEGIN:VEVENT",
            f"UID:{name}@owner",
            "DTSTAMP:20260101T000000Z",
        ]
        self.resources[f"{name}.ics"] = "\r\n".join([*body, *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()

    def events(self) -> list[Event]:
        return [event for data in self.resources.values() for event in Calendar.from_ical(data.decode()).walk("VEVENT")]  # type: ignore[misc]

    def _answer(self, request: Heard) -> Answer:
        if self.fails:
            return self.fails.pop(0)
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != expected:
            return Answer(401, b"", {"www-authenticate": "Basic"})
        if not request.path.startswith(PATH):
            return Answer(404, b"")
        name = request.path.removeprefix(PATH)
        if request.method == "PUT":
            return self._put(name, request)
        if request.method == "DELETE":
            return Answer(204, b"") if self.resources.pop(name, None) else Answer(404, b"")
        if name:
            return Answer(405, b"")
        if request.method == "PROPFIND":
            return self._properties(request)
        return self._report(request) if request.method == "REPORT" else Answer(405, b"")

    def _put(self, name: str, request: Heard) -> Answer:
        """RFC 4791 §4.1 and §5.3.2: one event per resource, no METHOD, whole times zones."""
        if not name.endswith(".ics") or not request.headers.get("content-type", "").startswith("text/calendar"):
            return Answer(415, b"")
        try:
            calendar = Calendar.from_ical(request.body.decode())
            events = calendar.walk("VEVENT")
            event: Any = events[0]
            zones = {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
            used = {event[key].params.get("TZID") for key in ("DTSTART", "DTEND")} - {None}
            right = (
                "METHOD" not in calendar and len(events) == 1 and "DTSTAMP" in event and "UID" in event
                and event["DTEND"].dt > event["DTSTART"].dt and used <= zones and b"\r\n" in request.body
            )  # fmt: skip
        except (ValueError, KeyError, IndexError):
            right = False
        if not right:
            return Answer(
                403,
                b'<d:error xmlns:d="DAV:"><c:valid-calendar-object-resource xmlns:c="urn:ietf:params:xml:ns:caldav"/></d:error>',
            )
        known = self.resources.get(name)
        same_uid = [n for n, data in self.resources.items() if str(event["UID"]).encode() in data and n != name]
        if same_uid:
            return Answer(409, b"")
        self.writes += 1
        self.resources[name] = request.body
        return Answer(204 if known else 201, b"", {"etag": f'"{self.writes}"'})

    def _properties(self, request: Heard) -> Answer:
        assert request.headers["depth"] == "0"
        ElementTree.fromstring(request.body)
        return _multistatus(
            f"<d:response><d:href>{PATH}</d:href><d:propstat><d:prop><d:displayname>Ann’s work</d:displayname>"
            "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
            f"<d:current-user-privilege-set>{self.privileges}</d:current-user-privilege-set></d:prop>"
            "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
        )

    def _report(self, request: Heard) -> Answer:
        query = ElementTree.fromstring(request.body)
        window = query.find(f".//{C}time-range")
        assert window is not None
        since, until = (datetime.strptime(window.attrib[key], UTC_FORMAT).replace(tzinfo=UTC) for key in ("start", "end"))
        if query.tag == f"{C}free-busy-query":
            return self._free_busy(since, until)
        assert query.tag == f"{C}calendar-query" and request.headers["depth"] == "1"
        wants = query.find(f".//{C}expand") is not None and self.expands
        found = []
        for name, data in self.resources.items():
            if occurrences := _within(data, since, until):
                shown = _unrolled(data, occurrences) if wants else data
                found.append(
                    f"<d:response><d:href>{PATH}{name}</d:href><d:propstat><d:prop><c:calendar-data>{_escaped(shown)}</c:calendar-data>"
                    "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
                )
        return _multistatus("".join(found))

    def _free_busy(self, since: datetime, until: datetime) -> Answer:
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Server//EN",
            "BEGIN:VFREEBUSY",
            f"DTSTART:{since:{UTC_FORMAT}}",
            f"DTEND:{until:{UTC_FORMAT}}",
        ]
        for data in self.resources.values():
            lines += [f"FREEBUSY:{begin:{UTC_FORMAT}}/{end:{UTC_FORMAT}}" for begin, end in _within(data, since, until)]
        lines.append(f"FREEBUSY;FBTYPE=FREE:{since:{UTC_FORMAT}}/PT1H")
        return Answer(
            200, "\r\n".join([*lines, "END:VFREEBUSY", "END:VCALENDAR", ""]).encode(), {"content-type": "text/calendar"}
        )


def _multistatus(inside: str) -> Answer:
    whole = f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">{inside}</d:multistatus>'
    return Answer(207, whole.encode(), {"content-type": "application/xml; charset=utf-8"})


def _escaped(data: bytes) -> str:
    return data.decode().replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#13;")


def _event(data: bytes) -> Any:
    return Calendar.from_ical(data.decode()).walk("VEVENT")[0]


def _within(data: bytes, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    event = _event(data)
    begin, end = (
        one if isinstance(one, datetime) else datetime(one.year, one.month, one.day, tzinfo=UTC)
        for one in (event.start, event.end)
    )
    begin, end = (one if one.tzinfo else one.replace(tzinfo=UTC) for one in (begin, end))
    starts = rrulestr(event["RRULE"].to_ical().decode(), dtstart=begin) if "RRULE" in event else [begin]
    # A day of grace for times without a zone.
    spans = [(at.astimezone(UTC), (at + (end - begin)).astimezone(UTC)) for at in starts]
    grace = timedelta(days=1) if not isinstance(event.start, datetime) or event.start.tzinfo is None else timedelta(0)
    return [(at, to) for at, to in spans if at < until + grace and since - grace < to]


def _unrolled(data: bytes, occurrences: list[tuple[datetime, datetime]]) -> bytes:
    """RFC 4791 §9.6.5: every occurrence an event of its own, in UTC, without its rule; what does not recur stays."""
    if "RRULE" not in _event(data):
        return data
    whole = Calendar()
    for begin, end in occurrences:
        event = _event(data)
        for key in ("RRULE", "DTSTART", "DTEND"):
            event.pop(key, None)
        event.add("dtstart", begin)
        event.add("dtend", end)
        event.add("recurrence-id", begin)
        whole.add_component(event)
    return bytes(whole.to_ical())
