"""CalDAV (RFC 4791): Nextcloud, Fastmail, iCloud, Radicale and whatever else speaks it.

Busy times come from a `calendar-query` whose recurring events the server unrolls (`expand`, which §9.6.5 asks of every
server); where one does not, from its own `free-busy-query` (§7.10). A meeting is the resource `<uid>.ics`: writing it again
overwrites it, and removing what is gone is no error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import httpx
from icalendar import Calendar, Event, FreeBusy
from icalendar.error import IncompleteComponent, InvalidCalendar

from outrider.integrations.calendar.accounts import CalDavAccount
from outrider.integrations.calendar.base import Busy, CalendarAccess, CalendarError, CalendarEvent
from outrider.integrations.calendar.http import CalendarHttp
from outrider.integrations.calendar.ics import moment, own_uid, render

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
XML = {"content-type": "application/xml; charset=utf-8"}
UTC_FORMAT = "%Y%m%dT%H%M%SZ"

PROPERTIES = """<?xml version="1.0" encoding="utf-8"?>
<d:propfind xmlns:d="DAV:"><d:prop><d:displayname/><d:resourcetype/><d:current-user-privilege-set/></d:prop></d:propfind>"""
QUERY = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><c:calendar-data><c:expand start="{since}" end="{until}"/></c:calendar-data></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{since}" end="{until}"/>
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""
FREE_BUSY = """<?xml version="1.0" encoding="utf-8"?>
<c:free-busy-query xmlns:c="urn:ietf:params:xml:ns:caldav"><c:time-range start="{since}" end="{until}"/></c:free-busy-query>"""
WRITING = frozenset({f"{DAV}all", f"{DAV}write", f"{DAV}write-content", f"{DAV}bind"})
NOT_THERE = frozenset({404, 410})
UID = re.compile(r"[A-Za-z0-9-]{1,80}")


class CalDavCalendar:
    """One calendar of a CalDAV account.

    Args:
        path: the calendar below the account's address; empty if the address is the calendar's own.
        time_zone: clock of events that name none, and of whole days.

    Raises:
        CalendarError: the path leads out of the account's address.
    """

    def __init__(self, account: CalDavAccount, path: str, time_zone: str):
        self._url = collection_url(str(account.url), path)
        self._zone = ZoneInfo(time_zone)
        auth = httpx.BasicAuth(account.user, account.password.get_secret_value())
        self._http = CalendarHttp(f"The CalDAV server {account.url.host}", auth)

    async def reach(self) -> None:
        """
        Raises:
            CalendarError: the server is away, or refuses the sign-in.
        """
        await self._http.ask("PROPFIND", self._url, headers={**XML, "depth": "0"}, content=PROPERTIES)

    async def check(self) -> CalendarAccess:
        response = await self._http.ask("PROPFIND", self._url, headers={**XML, "depth": "0"}, content=PROPERTIES)
        properties = _xml(response).find(f".//{DAV}prop")
        if properties is None or properties.find(f"{DAV}resourcetype/{CALDAV}calendar") is None:
            remedy = "Enter the path of one calendar below the account's address."
            raise CalendarError("The address is no calendar.", retryable=False, remedy=remedy)
        privileges = {entry.tag for entry in properties.iterfind(f"{DAV}current-user-privilege-set/{DAV}privilege/*")}
        name = properties.findtext(f"{DAV}displayname") or urlsplit(self._url).path.rstrip("/").rpartition("/")[2]
        return CalendarAccess(name=name, can_write=bool(privileges & WRITING) if privileges else None)

    async def busy(self, since: datetime, until: datetime) -> Sequence[Busy]:
        window = {"since": f"{since.astimezone(UTC):{UTC_FORMAT}}", "until": f"{until.astimezone(UTC):{UTC_FORMAT}}"}
        response = await self._http.ask("REPORT", self._url, headers={**XML, "depth": "1"}, content=QUERY.format(**window))
        events = [event for data in _calendar_data(_xml(response)) for event in data.walk("VEVENT")]
        if any("RRULE" in event or "RDATE" in event for event in events):
            response = await self._http.ask(
                "REPORT", self._url, headers={**XML, "depth": "1"}, content=FREE_BUSY.format(**window)
            )
            found = list(_free_busy(_calendar(response.text)))
        else:
            found = [busy for event in events if (busy := self._busy(cast(Event, event))) is not None]
        return sorted((one for one in found if since < one.ends_at and one.starts_at < until), key=lambda one: one.starts_at)

    async def put(self, event: CalendarEvent) -> str:
        headers = {"content-type": "text/calendar; charset=utf-8"}
        await self._http.ask("PUT", self._resource(event.uid), headers=headers, content=render(event))
        return f"{event.uid}.ics"

    async def remove(self, uid: str) -> None:
        await self._http.ask("DELETE", self._resource(uid), accepts=NOT_THERE)

    async def aclose(self) -> None:
        await self._http.aclose()

    def _resource(self, uid: str) -> str:
        assert UID.fullmatch(uid)
        return f"{self._url}{uid}.ics"

    def _busy(self, event: Event) -> Busy | None:
        """The time that an event takes; None for one that takes none."""
        if str(event.get("transp", "")).upper() == "TRANSPARENT" or str(event.get("status", "")).upper() == "CANCELLED":
            return None
        try:
            # Where an event has neither end nor length, a date takes its whole day and a moment no time (RFC 5545 §3.6.1).
            starts_at, ends_at = moment(event.start, self._zone), moment(event.end, self._zone)
        except IncompleteComponent:
            return None
        except InvalidCalendar as error:
            raise CalendarError("The CalDAV server holds an event whose times contradict each other.", retryable=False) from error
        return Busy(starts_at, ends_at, own_uid(str(event.get("uid", "")))) if ends_at > starts_at else None


def collection_url(base: str, path: str) -> str:
    """The address of a calendar below an account's.

    Raises:
        CalendarError: it would be elsewhere.
    """
    parts = [unquote(part) for part in path.strip("/").split("/") if part]
    if "://" in path or "\\" in path or any(part in (".", "..") or "/" in part or not part.isprintable() for part in parts):
        remedy = "Enter what follows the account's address, as in `work/`."
        raise CalendarError("The path leads out of the account's address.", retryable=False, remedy=remedy)
    return "/".join([base.rstrip("/"), *(quote(part, safe="@:~+,=") for part in parts)]) + "/"


def _xml(response: httpx.Response) -> ElementTree.Element:
    """The answer's document. Definitions of entities, by which a small document grows without end, are refused."""
    if b"<!DOCTYPE" in response.content or b"<!ENTITY" in response.content:
        raise CalendarError("The CalDAV server answers with a document type.", retryable=False)
    try:
        return ElementTree.fromstring(response.content)  # noqa: S314  (has neither document type nor entities)
    except ElementTree.ParseError as error:
        remedy = "Check the account's address: it seems to be no CalDAV server."
        raise CalendarError("The answer is no CalDAV.", retryable=False, remedy=remedy) from error


def _calendar_data(answer: ElementTree.Element) -> Iterator[Calendar]:
    for data in answer.iter(f"{CALDAV}calendar-data"):
        if data.text:
            yield _calendar(data.text)


def _calendar(text: str) -> Calendar:
    try:
        return Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError) as error:
        raise CalendarError("The CalDAV server holds an event that can't be read.", retryable=False) from error


def _free_busy(calendar: Calendar) -> Iterator[Busy]:
    for component in calendar.walk("VFREEBUSY"):
        written = cast(FreeBusy, component).get("freebusy", [])
        for entry in written if isinstance(written, list) else [written]:
            if str(entry.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                starts_at, end = entry.dt
                yield Busy(starts_at, starts_at + end if isinstance(end, timedelta) else end)
