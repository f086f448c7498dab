"""Finds the slots that may be offered to a lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import Slot
from outrider.agents.scheduling import repository
from outrider.agents.scheduling.hours import WorkingHours
from outrider.agents.scheduling.models import Calendar, CalendarKind
from outrider.agents.scheduling.openings import PartOfDay, Rules, free_slots, offered
from outrider.config import Settings
from outrider.db.engine import Database

OLDEST_COPY = timedelta(hours=1)
"""Nobody is offered a slot by an older copy of an outside calendar: the owner may long be busy."""
HELD_FOR = timedelta(minutes=20)
"""A slot that somebody was offered is kept for them so long, as far as there are others to offer."""


class SlotFinder:
    """Free slots of the calendars that serve a campaign.

    Outside calendars are known by their copies, which jobs fetch; finding slots asks nobody.
    """

    def __init__(self, database: Database, settings: Settings):
        self._database = database
        self._settings = settings

    async def find(
        self,
        *,
        campaign_id: int | None,
        time_zone: str,
        now: datetime,
        after: datetime | None = None,
        before: datetime | None = None,
        part_of_day: PartOfDay | None = None,
        limit: int = 3,
        spread_by: int = 0,
        calendar_id: int | None = None,
    ) -> list[Slot]:
        """Up to `limit` free slots, by their begin, in the lead's zone; [] if there are none.

        Args:
            campaign_id: whose calendars; None for those of no campaign.
            time_zone: the lead's IANA zone; the installation's, if it is none.
            after, before: no slot begins earlier or ends later.
            part_of_day: of the lead's own day: before noon, noon to five, from five.
            spread_by: the lead's id: people who are asked at once are offered different slots. 0 for somebody who names a time.
        """
        async with self._database.transaction() as session:
            await repository.ensure_one(session, self._settings.time_zone)
            serving = [one for one in await repository.serving(session, campaign_id) if calendar_id in (None, one.id)]
            calendars = [one for one in serving if why_closed(one, now) is None]
            found = await _free(session, calendars, now, after, before)
            if spread_by and found:
                held = await repository.held(session, spread_by, datetime.now(UTC) - HELD_FOR)
                found = [slot for slot in found if (slot.calendar_id, slot.starts_at) not in held] or found
        return offered(found, read_zone(time_zone, self._settings.time_zone), part_of_day, limit, spread_by)


async def _free(
    session: AsyncSession, calendars: Sequence[Calendar], now: datetime, after: datetime | None, before: datetime | None
) -> list[Slot]:
    """Free slots of all calendars; of two at one time, the one of the calendar with fewer meetings comes first."""
    if not calendars:
        return []
    longest = max(timedelta(days=calendar.horizon_days) for calendar in calendars)
    taken = await repository.taken(session, [calendar.id for calendar in calendars], now, now + longest)
    found: list[Slot] = []
    for calendar in sorted(calendars, key=lambda one: (len(taken[one.id].starts), one.id)):
        rules = rules_of(calendar)
        window = rules.window(now)
        since, until = max(window.starts_at, after or window.starts_at), min(window.ends_at, before or window.ends_at)
        found += free_slots(rules, taken[calendar.id], since, until)
    return found


def why_closed(calendar: Calendar, now: datetime) -> str | None:
    """Why the calendar offers no slots whatever its hours are, in words for people; None if it does."""
    if not calendar.enabled:
        return "The calendar is switched off."
    if calendar.kind == CalendarKind.BUILT_IN:
        return None
    if calendar.busy_fetched_at is None:
        return calendar.busy_problem or "The outside calendar has not been read yet."
    if now - calendar.busy_fetched_at > OLDEST_COPY:
        return calendar.busy_problem or "The copy of the outside calendar is too old."
    return None


def rules_of(calendar: Calendar) -> Rules:
    return Rules(
        calendar_id=calendar.id,
        zone=ZoneInfo(calendar.time_zone),
        hours=WorkingHours.model_validate(calendar.working_hours),
        length=timedelta(minutes=calendar.slot_minutes),
        before=timedelta(minutes=calendar.buffer_before_minutes),
        after=timedelta(minutes=calendar.buffer_after_minutes),
        notice=timedelta(minutes=calendar.minimum_notice_minutes),
        horizon=timedelta(days=calendar.horizon_days),
        most_per_day=calendar.most_per_day,
    )


def read_zone(name: str, otherwise: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(otherwise)
