"""Every query on calendars and bookings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from outrider.agents.scheduling.hours import OFFICE_HOURS, Span
from outrider.agents.scheduling.models import (
    CALENDAR_SPAN,
    Booking,
    BookingStatus,
    Calendar,
    CalendarBusy,
    CalendarKind,
    MeetingDelivery,
)
from outrider.agents.scheduling.openings import Taken
from outrider.db.pages import SortKey, read_order, read_rows
from outrider.leads.models import Lead

DEFAULT_NAME = "Meetings"
SORTS = {
    "starts_at": SortKey(Booking.starts_at.expression, datetime),
    "created_at": SortKey(Booking.created_at.expression, datetime),
}


async def ensure_one(session: AsyncSession, time_zone: str) -> None:
    """The built-in calendar, if there is no calendar at all."""
    values = [
        literal(DEFAULT_NAME),
        literal(CalendarKind.BUILT_IN.value),
        literal(time_zone),
        literal(OFFICE_HOURS.model_dump(), Calendar.working_hours.type),
    ]
    row = select(*values).where(~exists(select(Calendar.id)))
    await session.execute(
        upsert(Calendar).from_select(["name", "kind", "time_zone", "working_hours"], row).on_conflict_do_nothing()
    )


async def calendars(session: AsyncSession) -> Sequence[Calendar]:
    return (await session.scalars(select(Calendar).order_by(Calendar.name, Calendar.id))).all()


async def calendar_named(session: AsyncSession, name: str) -> int | None:
    return await session.scalar(select(Calendar.id).where(Calendar.name == name))


async def count_calendars(session: AsyncSession) -> int:
    return int(await session.scalar(select(func.count()).select_from(Calendar)) or 0)


async def serving(session: AsyncSession, campaign_id: int | None) -> Sequence[Calendar]:
    """Enabled calendars of the campaign; those of no campaign, if it has none of its own."""
    enabled = select(Calendar).where(Calendar.enabled).order_by(Calendar.id)
    if campaign_id is not None:
        own = (await session.scalars(enabled.where(Calendar.campaign_ids.contains([campaign_id])))).all()
        if own:
            return own
    return (await session.scalars(enabled.where(func.cardinality(Calendar.campaign_ids) == 0))).all()


async def lock_calendar(session: AsyncSession, calendar_id: int) -> Calendar | None:
    """The calendar, for whoever books in it next waits until this transaction ends."""
    query = select(Calendar).where(Calendar.id == calendar_id).with_for_update(key_share=True)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def taken(
    session: AsyncSession, calendar_ids: Sequence[int], since: datetime, until: datetime, *, besides: int | None = None
) -> Mapping[int, Taken]:
    """What the calendars have between two moments, and on the days around them.

    Args:
        besides: a booking that does not count.
    """
    margin = timedelta(days=2)
    meetings: dict[int, list[Span]] = defaultdict(list)
    starts: dict[int, list[datetime]] = defaultdict(list)
    busy: dict[int, list[Span]] = defaultdict(list)
    own = select(Booking.calendar_id, Booking.starts_at, Booking.span).where(
        Booking.calendar_id.in_(calendar_ids), Booking.status == BookingStatus.BOOKED,
        Booking.ends_at > since - margin, Booking.starts_at < until + margin,
    )  # fmt: skip
    if besides is not None:
        own = own.where(Booking.id != besides)
    for calendar_id, starts_at, span in await session.execute(own):
        meetings[calendar_id].append(_time_of(span, calendar_id))
        starts[calendar_id].append(starts_at)
    outside = select(CalendarBusy.calendar_id, CalendarBusy.starts_at, CalendarBusy.ends_at).where(
        CalendarBusy.calendar_id.in_(calendar_ids), CalendarBusy.ends_at > since - margin, CalendarBusy.starts_at < until + margin
    )
    for calendar_id, starts_at, ends_at in await session.execute(outside):
        busy[calendar_id].append(Span(starts_at, ends_at))
    return {id: Taken(meetings[id], busy[id], starts[id]) for id in calendar_ids}


def _time_of(span: Any, calendar_id: int) -> Span:
    base = calendar_id * CALENDAR_SPAN
    return Span(datetime.fromtimestamp(span.lower - base, UTC), datetime.fromtimestamp(span.upper - base, UTC))


HELD = text("""
    SELECT DISTINCT (slot->>'calendar_id')::bigint AS calendar_id, (slot->>'starts_at')::timestamptz AS starts_at
    FROM conversation_memories AS memory
    JOIN conversations AS thread ON thread.id = memory.conversation_id
    CROSS JOIN LATERAL jsonb_array_elements(memory.offered_slots) AS slot
    WHERE memory.updated_at > :since AND memory.offered_slots <> '[]' AND thread.lead_id <> :lead_id
""")


async def held(session: AsyncSession, lead_id: int, since: datetime) -> set[tuple[int, datetime]]:
    """What other leads were offered since then and have not settled, as (calendar, begin)."""
    return {(row.calendar_id, row.starts_at) for row in await session.execute(HELD, {"since": since, "lead_id": lead_id})}


async def replace_busy(session: AsyncSession, calendar_id: int, spans: Sequence[Span]) -> None:
    await session.execute(delete(CalendarBusy).where(CalendarBusy.calendar_id == calendar_id))
    if spans:
        rows = [{"calendar_id": calendar_id, "starts_at": span.starts_at, "ends_at": span.ends_at} for span in spans]
        await session.execute(insert(CalendarBusy), rows)


async def outside_meetings(session: AsyncSession, calendar_id: int, since: datetime) -> tuple[list[Span], set[str]]:
    """Times and ids of our meetings that the outside calendar may show as busy: also ended ones that it has yet to forget."""
    may_show = or_(
        Booking.status == BookingStatus.BOOKED,
        Booking.external_id.is_not(None),
        Booking.delivery_state == MeetingDelivery.PENDING,
    )
    query = select(Booking.starts_at, Booking.ends_at, Booking.uid).where(
        Booking.calendar_id == calendar_id,
        Booking.ends_at > since,
        Booking.delivery_state != MeetingDelivery.NOT_NEEDED,
        may_show,
    )
    rows = (await session.execute(query)).all()
    return [Span(row.starts_at, row.ends_at) for row in rows], {row.uid for row in rows}


async def booking(session: AsyncSession, booking_id: int, *, lock: bool = False) -> Booking | None:
    query = select(Booking).where(Booking.id == booking_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def same_booking(session: AsyncSession, calendar_id: int, lead_id: int, starts_at: datetime) -> Booking | None:
    """The lead's meeting in this calendar at this time."""
    query = select(Booking).where(
        Booking.calendar_id == calendar_id, Booking.lead_id == lead_id, Booking.starts_at == starts_at,
        Booking.status == BookingStatus.BOOKED,
    )  # fmt: skip
    return (await session.scalars(query)).one_or_none()


async def requested(session: AsyncSession, key: str) -> Booking | None:
    """What the request of this name brought, as it was booked then."""
    return (await session.scalars(select(Booking).where(Booking.request_key == key))).one_or_none()


async def meeting_ahead(session: AsyncSession, conversation_id: int, now: datetime, *, lock: bool = False) -> Booking | None:
    """The conversation's next meeting that is not over."""
    query = (
        select(Booking)
        .where(Booking.conversation_id == conversation_id, Booking.status == BookingStatus.BOOKED, Booking.ends_at > now)
        .order_by(Booking.starts_at)
        .limit(1)
    )
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def leads_with_meeting(session: AsyncSession, lead_ids: Collection[int], now: datetime) -> set[int]:
    """Those of the leads that have a meeting ahead."""
    query = select(Booking.lead_id).where(
        Booking.lead_id.in_(lead_ids), Booking.status == BookingStatus.BOOKED, Booking.ends_at > now
    )
    return {lead_id for lead_id in await session.scalars(query) if lead_id is not None}


async def has_meetings_ahead(session: AsyncSession, calendar_id: int) -> bool:
    ahead = exists().where(
        Booking.calendar_id == calendar_id, Booking.status == BookingStatus.BOOKED, Booking.ends_at > func.now()
    )
    return bool(await session.scalar(select(ahead)))


def shown() -> Any:
    """Bookings with the names that people know them by."""
    return (
        select(
            Booking,
            Calendar.name.label("calendar_name"),
            func.coalesce(func.nullif(Lead.name, ""), Lead.phone).label("lead_name"),
        )
        .join(Calendar, Calendar.id == Booking.calendar_id)
        .outerjoin(Lead, Lead.id == Booking.lead_id)
    )


async def page(
    session: AsyncSession, conditions: Sequence[Any], sort: str, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    return await read_rows(session, shown().where(*conditions), read_order(sort, SORTS, Booking.id.expression), cursor, limit)


async def shown_one(session: AsyncSession, booking_id: int) -> Any:
    return (await session.execute(shown().where(Booking.id == booking_id))).one_or_none()


async def claim_delivery(session: AsyncSession, booking_id: int, lease: timedelta) -> Booking | None:
    """The booking, for the caller to bring outside; None if nothing waits, or somebody speaks about this meeting already."""
    other = aliased(Booking)
    in_hand = exists().where(other.uid == Booking.uid, other.id != Booking.id, other.delivery_lease_until > func.now())
    query = (
        update(Booking)
        .where(
            Booking.id == booking_id, Booking.delivery_state == MeetingDelivery.PENDING,
            or_(Booking.delivery_lease_until.is_(None), Booking.delivery_lease_until <= func.now()), ~in_hand,
        )
        .values(delivery_lease_until=func.now() + lease)
        .returning(Booking)
    )  # fmt: skip
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def settle_delivery(session: AsyncSession, booking_id: int, sequence: int, **values: Any) -> bool:
    """End a delivery; False if the meeting changed meanwhile: what was delivered is old, and another delivery waits."""
    await session.execute(update(Booking).where(Booking.id == booking_id).values(delivery_lease_until=None))
    settled = await session.execute(
        update(Booking).where(Booking.id == booking_id, Booking.sequence == sequence).values(**values).returning(Booking.id)
    )
    return settled.one_or_none() is not None


async def forget_earlier(session: AsyncSession, booking: Booking) -> None:
    """The outside calendar shows the meeting at its new time: nothing of the earlier ones is there any more."""
    earlier = (Booking.uid == booking.uid, Booking.id != booking.id, Booking.calendar_id == booking.calendar_id)
    await session.execute(update(Booking).where(*earlier).values(external_id=None))


async def settle_invitation(session: AsyncSession, booking_id: int, sequence: int, **values: Any) -> None:
    await session.execute(update(Booking).where(Booking.id == booking_id, Booking.sequence == sequence).values(**values))


UNDELIVERED = text("""
    SELECT id FROM bookings
    WHERE delivery_state = 'pending' AND ends_at > now() AND updated_at < now() - interval '5 minutes'
      AND (delivery_lease_until IS NULL OR delivery_lease_until <= now())
    ORDER BY id LIMIT 500
""")


async def undelivered(session: AsyncSession) -> Sequence[int]:
    """Bookings of meetings ahead that have waited for a while: their jobs gave up."""
    return (await session.scalars(UNDELIVERED)).all()


async def outside_ids(session: AsyncSession) -> Sequence[int]:
    return (await session.scalars(select(Calendar.id).where(Calendar.enabled, Calendar.kind != CalendarKind.BUILT_IN))).all()


async def remind(session: AsyncSession, within: timedelta) -> Sequence[Booking]:
    """Meetings that became near, each once."""
    query = (
        update(Booking)
        .where(
            Booking.status == BookingStatus.BOOKED, Booking.reminded_at.is_(None), Booking.starts_at > func.now(),
            Booking.starts_at <= func.now() + within,
        )
        .values(reminded_at=func.now())
        .returning(Booking)
    )  # fmt: skip
    return (await session.scalars(query)).all()


async def ahead_of_leads(session: AsyncSession, lead_ids: Sequence[int]) -> Sequence[Booking]:
    """Meetings ahead of these leads, in the order of their ids."""
    query = select(Booking).where(
        Booking.lead_id.in_(lead_ids), Booking.status == BookingStatus.BOOKED, Booking.ends_at > func.now()
    )
    return (await session.scalars(query.order_by(Booking.id).with_for_update(key_share=True))).all()


async def forget_people(session: AsyncSession, lead_ids: Sequence[int]) -> None:
    """Nothing in the bookings of these leads says who they were."""
    nobody = {"title": "Meeting", "note": "", "attendee_name": None, "attendee_email": None}
    await session.execute(update(Booking).where(Booking.lead_id.in_(lead_ids)).values(**nobody))
