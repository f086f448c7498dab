"""`/api/calendars` and `/api/bookings`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scheduling import calendars, repository, service
from outrider.agents.scheduling.invitations import ics_file
from outrider.agents.scheduling.models import Booking, BookingStatus, MeetingDelivery
from outrider.agents.scheduling.schemas import (
    AccountOut,
    BookingCancel,
    BookingIn,
    BookingMove,
    BookingOut,
    CalendarIn,
    CalendarOut,
    CalendarPatch,
    ConnectionTest,
    FreeSlots,
    Moment,
)
from outrider.auth.permissions import Actor, Permission, require
from outrider.config import Settings
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.errors import NotFound
from outrider.integrations.calendar.build import OutsideCalendars

calendar_router = APIRouter(prefix="/api/calendars", tags=["calendars"])
booking_router = APIRouter(prefix="/api/bookings", tags=["bookings"])
routers = [calendar_router, booking_router]

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
READ_BOOKINGS = [Depends(require(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Actor, Depends(require(Permission.CONVERSATIONS_WRITE))]
Id = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


def _outside(request: Request) -> OutsideCalendars:
    found: OutsideCalendars = request.app.state.outside_calendars
    return found


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Outside = Annotated[OutsideCalendars, Depends(_outside)]
Configured = Annotated[Settings, Depends(_settings)]


@calendar_router.get("", dependencies=READ)
async def list_calendars(session: Transaction, settings: Configured) -> list[CalendarOut]:
    """All calendars, by name. There is always one: the built-in calendar, from the start."""
    return [CalendarOut.model_validate(one) for one in await calendars.list_calendars(session, settings)]


@calendar_router.get("/accounts", dependencies=READ)
async def list_calendar_accounts(outside: Outside) -> list[AccountOut]:
    """Accounts at calendar servers that the operator set up. Their addresses and secrets are not shown."""
    return [AccountOut.model_validate(account) for account in outside.accounts]


@calendar_router.post("", status_code=201, dependencies=WRITE)
async def create_calendar(session: Transaction, outside: Outside, settings: Configured, calendar: CalendarIn) -> CalendarOut:
    return CalendarOut.model_validate(await calendars.create_calendar(session, calendar, outside, settings))


@calendar_router.get("/{calendar_id}", dependencies=READ)
async def get_calendar(session: Transaction, calendar_id: int) -> CalendarOut:
    return CalendarOut.model_validate(await calendars.get_calendar(session, calendar_id))


@calendar_router.patch("/{calendar_id}", dependencies=WRITE)
async def change_calendar(session: Transaction, outside: Outside, calendar_id: int, patch: CalendarPatch) -> CalendarOut:
    return CalendarOut.model_validate(await calendars.change_calendar(session, calendar_id, patch, outside))


@calendar_router.delete("/{calendar_id}", status_code=204, dependencies=WRITE)
async def delete_calendar(session: Transaction, calendar_id: int) -> None:
    """Delete a calendar that has no meetings and is not the only one."""
    await calendars.delete_calendar(session, calendar_id)


@calendar_router.post("/{calendar_id}/test", dependencies=WRITE)
async def check_calendar_connection(request: Request, outside: Outside, calendar_id: int) -> ConnectionTest:
    """Reach the outside calendar now, and say what came of it. Changes nothing there."""
    return await calendars.test_connection(request.app.state.database, outside, calendar_id)


@calendar_router.get("/{calendar_id}/slots", dependencies=READ_BOOKINGS)
async def list_free_slots(
    session: Transaction,
    calendar_id: int,
    time_zone: Annotated[str | None, Query(max_length=60, description="IANA zone; the calendar's without it.")] = None,
    since: Moment | None = None,
    days: Annotated[int, Query(ge=1, le=60)] = 14,
) -> FreeSlots:
    """The slots that may be booked now, as agents see them."""
    return await calendars.preview(session, calendar_id, time_zone, since, days)


@booking_router.get("", dependencies=READ_BOOKINGS)
async def list_bookings(
    session: Transaction,
    lead_id: Id = None,
    campaign_id: Id = None,
    conversation_id: Id = None,
    calendar_id: Id = None,
    status: Annotated[list[BookingStatus] | None, Query()] = None,
    delivery_state: Annotated[list[MeetingDelivery] | None, Query()] = None,
    since: Annotated[Moment | None, Query(description="Ends after it.")] = None,
    until: Annotated[Moment | None, Query(description="Begins before it.")] = None,
    sort: Annotated[str, Query(description="`starts_at` or `created_at`; `-` before it for descending.")] = "-starts_at",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BookingOut]:
    """Meetings, the latest first."""
    equal = {
        Booking.lead_id: lead_id, Booking.campaign_id: campaign_id, Booking.conversation_id: conversation_id,
        Booking.calendar_id: calendar_id,
    }  # fmt: skip
    conditions: list[Any] = [column == value for column, value in equal.items() if value is not None]
    conditions += [Booking.status.in_(status)] if status else []
    conditions += [Booking.delivery_state.in_(delivery_state)] if delivery_state else []
    conditions += [Booking.ends_at > since] if since else []
    conditions += [Booking.starts_at < until] if until else []
    rows, next_cursor = await repository.page(session, conditions, sort, cursor, limit)
    return Page(items=[_present(row) for row in rows], next_cursor=next_cursor)


@booking_router.post("", status_code=201)
async def create_booking(session: Transaction, actor: Writer, wish: BookingIn) -> BookingOut:
    """Book a meeting at any time at which the calendar has nothing else, also outside its working hours."""
    booking = await service.book_by_person(
        session, wish.calendar_id, wish.starts_at, wish.minutes, lead_id=wish.lead_id, by=actor.name, title=wish.title,
        note=wish.note, conversation_id=wish.conversation_id, campaign_id=wish.campaign_id,
    )  # fmt: skip
    return await _shown(session, booking.id)


@booking_router.get("/{booking_id}", dependencies=READ_BOOKINGS)
async def get_booking(session: Transaction, booking_id: int) -> BookingOut:
    return await _shown(session, booking_id)


@booking_router.post("/{booking_id}/move")
async def move_booking(session: Transaction, actor: Writer, booking_id: int, wish: BookingMove) -> BookingOut:
    """Give a meeting another time. Answers with the booking of the new time; the earlier one says `moved`."""
    moved = await service.move(session, booking_id, wish.starts_at, by=actor.name, calendar_id=wish.calendar_id)
    return await _shown(session, moved.id)


@booking_router.post("/{booking_id}/cancel")
async def cancel_booking(session: Transaction, actor: Writer, booking_id: int, wish: BookingCancel) -> BookingOut:
    """Cancel a meeting; calendar and people are told."""
    await service.cancel(session, booking_id, lead_id=None, reason=wish.reason, by=actor.name)
    return await _shown(session, booking_id)


@booking_router.post("/{booking_id}/deliver", dependencies=[Depends(require(Permission.CONVERSATIONS_WRITE))])
async def deliver_booking(session: Transaction, booking_id: int) -> BookingOut:
    """Tell calendar and people once more, as far as that failed."""
    await service.deliver_again(session, booking_id)
    return await _shown(session, booking_id)


@booking_router.get(
    "/{booking_id}/ics",
    dependencies=READ_BOOKINGS,
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def download_booking(session: Transaction, booking_id: int) -> Response:
    """The meeting as a file for somebody's own calendar."""
    booking = await service.get_booking(session, booking_id)
    calendar = await calendars.get_calendar(session, booking.calendar_id)
    headers = {"content-disposition": f'attachment; filename="meeting-{booking.id}.ics"'}
    return Response(ics_file(booking, calendar), media_type="text/calendar; charset=utf-8", headers=headers)


async def _shown(session: AsyncSession, booking_id: int) -> BookingOut:
    row = await repository.shown_one(session, booking_id)
    if row is None:
        raise NotFound(f"There is no booking {booking_id}.")
    return _present(row)


def _present(row: Any) -> BookingOut:
    known = {name: getattr(row.Booking, name) for name in BookingOut.model_fields if hasattr(row.Booking, name)}
    return BookingOut(**known, calendar_name=row.calendar_name, lead_name=row.lead_name)
