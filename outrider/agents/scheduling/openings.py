"""Which slots of a calendar are free, and which of them to offer. Pure: rows in, slots out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from outrider.agents.base import Slot
from outrider.agents.scheduling.hours import Span, WorkingHours, working_slots

PartOfDay = Literal["morning", "afternoon", "evening"]
AFTERNOON, EVENING = 12, 17
EARLIEST_HOUR, LATEST_HOUR = 7, 21
"""Outside of these hours of their own day nobody is asked to meet, as long as there is another slot."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a calendar says about its meetings."""

    calendar_id: int
    zone: ZoneInfo
    hours: WorkingHours
    length: timedelta
    before: timedelta
    after: timedelta
    notice: timedelta
    horizon: timedelta
    most_per_day: int | None

    def window(self, now: datetime) -> Span:
        """When a meeting may begin and end that is agreed on now."""
        return Span(now + self.notice, now + self.horizon)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a calendar has already.

    Args:
        meetings: our meetings with their buffers.
        busy: what the outside calendar holds, without buffers.
        starts: when our meetings begin.
    """

    meetings: Sequence[Span] = ()
    busy: Sequence[Span] = ()
    starts: Sequence[datetime] = ()


def free_slots(rules: Rules, taken: Taken, since: datetime, until: datetime) -> Iterator[Slot]:
    """The calendar's free slots between two moments, in order."""
    blocked = merged([*taken.meetings, *taken.busy])
    begins = [span.starts_at for span in blocked]
    full = full_days(rules, taken)
    for span in working_slots(rules.hours, rules.zone, rules.length, since, until):
        with_buffers = Span(span.starts_at - rules.before, span.ends_at + rules.after)
        if rules.day_of(span.starts_at) not in full and not _overlaps(with_buffers, blocked, begins):
            yield Slot(calendar_id=rules.calendar_id, starts_at=span.starts_at, ends_at=span.ends_at)


def full_days(rules: Rules, taken: Taken) -> Collection[date]:
    """Days of the calendar's zone on which there are as many meetings as there may be."""
    if rules.most_per_day is None:
        return ()
    counts = Counter(rules.day_of(at) for at in taken.starts)
    return {day for day, count in counts.items() if count >= rules.most_per_day}


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same times without overlaps, in order."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.starts_at):
        if span.ends_at <= span.starts_at:
            continue
        if found and span.starts_at <= found[-1].ends_at:
            found[-1] = Span(found[-1].starts_at, max(found[-1].ends_at, span.ends_at))
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], cut: Iterable[Span]) -> list[Span]:
    """The parts of `spans` that lie in none of `cut`."""
    left: list[Span] = []
    cuts = merged(cut)
    for span in merged(spans):
        begin = span.starts_at
        for hole in cuts:
            if hole.ends_at <= begin or hole.starts_at >= span.ends_at:
                continue
            if hole.starts_at > begin:
                left.append(Span(begin, hole.starts_at))
            begin = max(begin, hole.ends_at)
        if begin < span.ends_at:
            left.append(Span(begin, span.ends_at))
    return left


def offered(slots: Iterable[Slot], zone: ZoneInfo, part_of_day: PartOfDay | None, limit: int, spread_by: int = 0) -> list[Slot]:
    """The slots to name to a person in `zone`, in order.

    Slots of the part of the day that they asked for; else those of hours at which people are up, where there are any.
    Different parts of different days come first: three slots of one morning are hardly a choice. `spread_by`, a number of
    the person's own, says which slot of a part that is: a hundred people who are asked at once are not all offered the
    first one.
    """
    known = sorted(slots, key=lambda slot: (slot.starts_at, slot.calendar_id))
    if part_of_day is not None:
        fitting = [slot for slot in known if part_of(slot.starts_at.astimezone(zone)) == part_of_day]
    else:
        fitting = [slot for slot in known if _is_civil(slot, zone)] or known
    by_time = {slot.starts_at: slot for slot in reversed(fitting)}
    chosen = _spread(sorted(by_time.values(), key=lambda slot: slot.starts_at), zone, limit, spread_by)
    return [slot.model_copy(update={"starts_at": slot.starts_at.astimezone(zone), "ends_at": slot.ends_at.astimezone(zone)})
            for slot in sorted(chosen, key=lambda slot: slot.starts_at)]  # fmt: skip


def part_of(local: datetime) -> PartOfDay:
    if local.hour < AFTERNOON:
        return "morning"
    return "afternoon" if local.hour < EVENING else "evening"


def _is_civil(slot: Slot, zone: ZoneInfo) -> bool:
    begin, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    return begin.hour >= EARLIEST_HOUR and end.date() == begin.date() and (end.hour, end.minute) <= (LATEST_HOUR, 0)


def _spread(slots: Sequence[Slot], zone: ZoneInfo, limit: int, spread_by: int) -> list[Slot]:
    """Up to `limit` slots: one per part of a day first, then the earliest of the rest."""
    parts: dict[tuple[date, PartOfDay], list[Slot]] = {}
    for slot in slots:
        local = slot.starts_at.astimezone(zone)
        parts.setdefault((local.date(), part_of(local)), []).append(slot)
    chosen = {slot.starts_at: slot for slot in (part[spread_by % len(part)] for part in parts.values())}
    chosen = dict(list(chosen.items())[:limit])
    for slot in slots:
        if len(chosen) < limit:
            chosen.setdefault(slot.starts_at, slot)
    return list(chosen.values())


def _overlaps(span: Span, blocked: Sequence[Span], begins: Sequence[datetime]) -> bool:
    """Whether one of `blocked` (in order, without overlaps) meets the span."""
    index = bisect_left(begins, span.ends_at)
    return index > 0 and blocked[index - 1].ends_at > span.starts_at
