"""How long sending takes: segments against the senders' rates, inside the sending windows of the leads' places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outrider.campaigns.repository.preflight import Place
from outrider.campaigns.schemas import PreflightTiming
from outrider.conversations.quiet_hours import Hours, SendingWindow, sending_window

DAY = timedelta(days=1)
HORIZON = timedelta(days=60)
"""Longer sending is not estimated."""


@dataclass(slots=True)
class _Group:
    """Leads in the same places, with what is left to send to them."""

    place: Place
    custom: Hours | None
    segments: float
    opens_at: datetime
    closes_at: datetime

    def move_on(self) -> bool:
        """Go to the next window; False if there is none."""
        window = _window(self.closes_at, self.place, self.custom)
        if window.opens_at is None or window.closes_at is None:
            return False
        self.opens_at, self.closes_at = window.opens_at, window.closes_at
        return True


def estimate_timing(
    places: Sequence[Place],
    segments_per_lead: float,
    rate: float,
    now: datetime,
    custom: Hours | None,
    *,
    is_enforced: bool,
    waits: timedelta = timedelta(0),
) -> PreflightTiming:
    """When the leads can be texted, and when all texts have left.

    Args:
        rate: segments per second of all senders together.
        waits: for how long the workflow waits between its texts.
        custom: the campaign's own hours.
        is_enforced: False when this installation sends at any hour.
    """
    total = sum(place.leads for place in places)
    if not is_enforced:
        seconds = total * segments_per_lead / rate if rate else None
        return _timing(now, waits, sendable=total, today=0, later=0, never=0, next_opening=None, seconds=seconds)
    groups, never, openings = [], 0, []
    sendable = today = later = 0
    for place in places:
        window = _window(now, place, custom)
        if window.opens_at is None or window.closes_at is None:
            never += place.leads
            continue
        groups.append(_Group(place, custom, place.leads * segments_per_lead, window.opens_at, window.closes_at))
        if window.is_open:
            sendable += place.leads
            continue
        openings.append(window.opens_at)
        if window.opens_at <= now + DAY:
            today += place.leads
        else:
            later += place.leads
    seconds = _seconds_to_send(groups, rate, now) if rate else None
    opening = min(openings, default=None)
    return _timing(now, waits, sendable=sendable, today=today, later=later, never=never, next_opening=opening, seconds=seconds)


def _window(now: datetime, place: Place, custom: Hours | None) -> SendingWindow:
    return sending_window(now, place.time_zones, place.country, place.region, custom)


def _timing(
    now: datetime,
    waits: timedelta,
    *,
    sendable: int,
    today: int,
    later: int,
    never: int,
    next_opening: datetime | None,
    seconds: float | None,
) -> PreflightTiming:
    return PreflightTiming(
        sendable_now=sendable,
        later_today=today,
        later=later,
        never=never,
        next_opening=next_opening,
        seconds=None if seconds is None else round(seconds),
        waits_seconds=round(waits.total_seconds()),
        finished_at=None if seconds is None else now + timedelta(seconds=seconds) + waits,
    )


def _seconds_to_send(groups: list[_Group], rate: float, now: datetime) -> float | None:
    """Seconds until every group is sent to, the one whose window closes first before the others; None beyond the horizon."""
    moment = now
    while groups:
        if moment > now + HORIZON:
            return None
        group = min(groups, key=lambda g: (max(g.opens_at, moment), g.closes_at))
        moment = max(moment, group.opens_at)
        # Another group may open meanwhile; whose turn it is then is looked at again.
        until = min([group.closes_at, *(g.opens_at for g in groups if g.opens_at > moment)])
        needed = timedelta(seconds=group.segments / rate)
        if moment + needed <= until:
            moment += needed
            groups.remove(group)
            continue
        group.segments -= (until - moment).total_seconds() * rate
        moment = until
        groups = [g for g in groups if g.closes_at > moment or g.move_on()]
    return (moment - now).total_seconds()
