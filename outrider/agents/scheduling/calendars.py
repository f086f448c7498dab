"""Calendars: list, create, change, delete, test the connection, look at the free slots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scheduling import repository
from outrider.agents.scheduling.delivery_jobs import refresh
from outrider.agents.scheduling.models import Calendar, CalendarKind
from outrider.agents.scheduling.openings import free_slots
from outrider.agents.scheduling.schemas import CalendarIn, CalendarPatch, ConnectionTest, FreeSlots
from outrider.agents.scheduling.slots import read_zone, rules_of, why_closed
from outrider.agents.variables import check_prompt
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import ConfigurationError, Conflict, InvalidInput, NotFound
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.calendar.base import CalendarError
from outrider.integrations.calendar.build import OutsideCalendars

CAN_BE_EMPTY = frozenset({"account", "most_per_day", "owner_email"})
MOST_SHOWN = 500


class CalendarNameTaken(Conflict):
    """Another calendar has this name."""


class CalendarInUse(Conflict):
    """The calendar has meetings, or is the only one."""


async def list_calendars(session: AsyncSession, settings: Settings) -> Sequence[Calendar]:
    """All calendars by name; there is always one."""
    await repository.ensure_one(session, settings.time_zone)
    return await repository.calendars(session)


async def get_calendar(session: AsyncSession, calendar_id: int) -> Calendar:
    """
    Raises:
        NotFound: no such calendar.
    """
    calendar = await session.get(Calendar, calendar_id)
    if calendar is None:
        raise NotFound(f"There is no calendar {calendar_id}.")
    return calendar


async def create_calendar(session: AsyncSession, given: CalendarIn, outside: OutsideCalendars, settings: Settings) -> Calendar:
    """
    Raises:
        CalendarNameTaken: choose another name.
        InvalidInput: the account, the path or a variable of the title is none.
    """
    await repository.ensure_one(session, settings.time_zone)
    values = given.model_dump()
    values["time_zone"] = given.time_zone or settings.time_zone
    calendar = Calendar(**values, kind=kind_of(given.account, outside))
    _check(calendar, outside)
    await _ensure_free(session, given.name)
    session.add(calendar)
    return await _stored(session, calendar, read_again=True)


async def change_calendar(session: AsyncSession, calendar_id: int, patch: CalendarPatch, outside: OutsideCalendars) -> Calendar:
    """
    Raises:
        NotFound: no such calendar.
        CalendarNameTaken: another calendar has the new name.
        InvalidInput: the account, the path or a variable of the title is none, or a field can't be empty.
        CalendarInUse: meetings ahead are kept at the account it has.
    """
    calendar = await repository.lock_calendar(session, calendar_id)
    if calendar is None:
        raise NotFound(f"There is no calendar {calendar_id}.")
    changes = patch.model_dump(exclude_unset=True)
    for field, value in changes.items():
        if value is None and field not in CAN_BE_EMPTY:
            raise InvalidInput.on(f"body.{field}", "can't be empty", "Leave it out to keep it.")
    if changes.get("name", calendar.name) != calendar.name:
        await _ensure_free(session, changes["name"])
    was = (calendar.account, calendar.external_id, calendar.horizon_days, calendar.time_zone)
    is_elsewhere = (changes.get("account", was[0]), changes.get("external_id", was[1])) != was[:2]
    if is_elsewhere and await repository.has_meetings_ahead(session, calendar_id):
        remedy = "Create another calendar for the new account, and switch this one off."
        raise CalendarInUse("Meetings ahead are kept at this account.", remedy=remedy)
    for field, value in changes.items():
        setattr(calendar, field, value)
    if is_elsewhere:
        calendar.kind = kind_of(calendar.account, outside)
        calendar.busy_fetched_at = calendar.busy_problem = None
        await repository.replace_busy(session, calendar_id, [])
    _check(calendar, outside)
    now = (calendar.account, calendar.external_id, calendar.horizon_days, calendar.time_zone)
    return await _stored(session, calendar, read_again=now != was or changes.get("enabled") is True)


async def delete_calendar(session: AsyncSession, calendar_id: int) -> None:
    """
    Raises:
        NotFound: no such calendar.
        CalendarInUse: it has meetings, or is the only one.
    """
    calendar = await get_calendar(session, calendar_id)
    if await repository.count_calendars(session) == 1:
        raise CalendarInUse("It is the only calendar.", remedy="Switch it off, or change it.")
    try:
        async with session.begin_nested():
            await session.delete(calendar)
    except IntegrityError as error:
        raise CalendarInUse(
            "The calendar has meetings.", remedy="Switch it off: it offers no slots, and its meetings stay."
        ) from error
    announce(session, Topic.BOOKINGS, "calendars", more=True)


async def test_connection(database: Database, outside: OutsideCalendars, calendar_id: int) -> ConnectionTest:
    """Reach the outside calendar now. What is wrong is the answer, not an error.

    Raises:
        NotFound: no such calendar.
    """
    async with database.transaction() as session:
        calendar = await get_calendar(session, calendar_id)
    now = datetime.now(UTC)
    try:
        opened = outside.open(calendar.account, calendar.external_id, calendar.time_zone)
        try:
            access = await opened.check()
            busy = await opened.busy(now, now + timedelta(days=calendar.horizon_days))
        finally:
            await opened.aclose()
    except (CalendarError, ConfigurationError) as error:
        return ConnectionTest(ok=False, problem=error.detail, remedy=error.remedy or None)
    async with database.transaction() as session:
        if calendar.account is not None:
            await refresh.enqueue(session, calendar_id)
    if access.can_write is False:
        remedy = "Give the account the right to change events."
        return ConnectionTest(
            ok=False,
            name=access.name,
            can_write=False,
            busy_times=len(busy),
            problem="The account may only read it.",
            remedy=remedy,
        )
    return ConnectionTest(ok=True, name=access.name, can_write=access.can_write, busy_times=len(busy))


async def preview(session: AsyncSession, calendar_id: int, time_zone: str | None, since: datetime | None, days: int) -> FreeSlots:
    """Every slot that may be booked now, in a zone: the calendar's own without one.

    Raises:
        NotFound: no such calendar.
        InvalidInput: no such zone.
    """
    calendar = await get_calendar(session, calendar_id)
    zone = read_zone(time_zone, "UTC") if time_zone else ZoneInfo(calendar.time_zone)
    if time_zone and zone.key != time_zone:
        raise InvalidInput.on("query.time_zone", "is no time zone", "Use an IANA name such as Europe/Berlin.")
    now = datetime.now(UTC)
    rules = rules_of(calendar)
    window = rules.window(now)
    begin = max(window.starts_at, since or now)
    end = min(window.ends_at, begin + timedelta(days=days))
    problem = why_closed(calendar, now)
    if problem is not None or end <= begin:
        return FreeSlots(time_zone=zone.key, slots=[], problem=problem)
    taken = (await repository.taken(session, [calendar.id], begin, end))[calendar.id]
    slots = [
        slot.model_copy(update={"starts_at": slot.starts_at.astimezone(zone), "ends_at": slot.ends_at.astimezone(zone)})
        for slot, _ in zip(free_slots(rules, taken, begin, end), range(MOST_SHOWN), strict=False)
    ]
    return FreeSlots(time_zone=zone.key, slots=slots)


def kind_of(account: str | None, outside: OutsideCalendars) -> CalendarKind:
    """
    Raises:
        InvalidInput: the operator named no such account.
    """
    if account is None:
        return CalendarKind.BUILT_IN
    for known in outside.accounts:
        if known.name == account:
            return CalendarKind(known.kind)
    names = ", ".join(known.name for known in outside.accounts)
    remedy = f"Use one of {names}." if names else "Name it in OUTRIDER_CALENDAR_ACCOUNTS and start again."
    raise InvalidInput.on("body.account", "is no account that is set up", remedy)


def _check(calendar: Calendar, outside: OutsideCalendars) -> None:
    """
    Raises:
        InvalidInput: the title has an unknown variable, or the path leads elsewhere.
    """
    check_prompt(calendar.title_template, "body.title_template")
    if calendar.kind == CalendarKind.CALDAV:
        try:
            outside.ensure_inside(calendar.account, calendar.external_id)
        except CalendarError as error:
            raise InvalidInput.on("body.external_id", "leads out of the account's address", error.remedy) from error


async def _ensure_free(session: AsyncSession, name: str) -> None:
    if await repository.calendar_named(session, name) is not None:
        raise CalendarNameTaken(f"There is a calendar named {name!r} already.", remedy="Choose another name.")


async def _stored(session: AsyncSession, calendar: Calendar, *, read_again: bool) -> Calendar:
    await session.flush()
    await session.refresh(calendar)
    if read_again and calendar.kind != CalendarKind.BUILT_IN:
        await refresh.enqueue(session, calendar.id)
    announce(session, Topic.BOOKINGS, "calendars", more=True)
    return calendar
