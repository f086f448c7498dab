"""Agrees on a time: offers slots that are free, and has the one booked that the lead takes.

What must be true is said by code: a confirmation, a cancellation, the times on offer. A model writes the words around the
times, and only if it repeats each of them exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from outrider.agents.base import (
    AgentIntent,
    AgentResponse,
    AgentType,
    BookMeeting,
    CancelMeeting,
    LeadIntent,
    RemindPerson,
    Slot,
    WorkflowContext,
    WorkflowState,
)
from outrider.agents.factory import agent
from outrider.agents.team.sentences import day_label, listed_slots, say, speaks, time_label, zone_label
from outrider.agents.team.speaking import SpeakingAgent, has_said, reading_of, slots_ahead
from outrider.agents.team.times import TimeWish, pick, understand, zone_of
from outrider.conversations.models import PersonReason

TITLE = "Call with {name}"
MOST_OFFERED = 3
LENGTH_UNKNOWN = timedelta(minutes=30)
"""How long a slot may be that begins at a named time."""
REMIND_AT_HOUR = 9
"""Local hour at which a person is reminded on a day for which no hour was named."""
TELLS = frozenset({LeadIntent.TELLS, LeadIntent.INTERESTED})
PLANS = frozenset({LeadIntent.MOVES_MEETING, LeadIntent.CANCELS_MEETING})


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn with what follows from it at once."""

    context: WorkflowContext
    heard: str
    zone: ZoneInfo
    wish: TimeWish

    @property
    def name(self) -> str:
        return str(self.context.lead.get("name") or "")

    @property
    def language(self) -> str:
        return self.context.language

    def say(self, key: str, **values: str) -> str:
        return say(self.language, key, name=self.name, **values)

    def label(self, slot: Slot) -> str:
        return f"{time_label(slot, self.zone, self.language)} ({zone_label(self.zone, slot.starts_at)})"

    def labels(self, slots: Sequence[Slot]) -> list[str]:
        return [time_label(slot, self.zone, self.language) for slot in slots]

    def listed(self, slots: Sequence[Slot]) -> str:
        return listed_slots(slots, self.zone, self.language)


@agent
class SchedulerAgent(SpeakingAgent):
    """Offers real slots and books one."""

    agent_type: ClassVar[AgentType] = AgentType.SCHEDULER
    tools: ClassVar[tuple[str, ...]] = ("find_slots", "book_meeting", "cancel_meeting")
    intents = frozenset({LeadIntent.WANTS_MEETING, LeadIntent.PICKS_TIME, LeadIntent.LATER, *PLANS})

    async def speak(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        zone = zone_of(context.time_zone)
        turn = _Turn(context, user_input, zone, wish_of(context, user_input, zone))
        intent = reading_of(context).intent
        if intent is LeadIntent.CANCELS_MEETING:
            return self._cancelled(turn)
        if intent is LeadIntent.LATER or turn.wish.is_far(context.now):
            return self._later(turn)
        if self.parts.slots is None:
            return self._left_to_person(turn)
        if slot := await self._agreed(turn):
            return self._booked(turn, slot)
        return await self._offer(turn)

    async def _agreed(self, turn: _Turn) -> Slot | None:
        """The slot that the lead settled on, if it may be booked."""
        context = turn.context
        if context.taken_slots:
            return None
        if slot := pick(context.offered_slots, turn.wish, turn.zone):
            return slot if slot.starts_at > context.now else None
        exact = turn.wish.exact(turn.zone)
        if exact is None or exact <= context.now or turn.wish.declines:
            return None
        found = await self._find(turn, after=exact, before=exact + LENGTH_UNKNOWN * 4, limit=1)
        return next((slot for slot in found if slot.starts_at == exact), None)

    def _booked(self, turn: _Turn, slot: Slot) -> AgentResponse:
        label = turn.label(slot)
        if turn.context.is_draft:
            return self.said_by_code(turn.say("only_draft", time=label), "the time is free")
        meeting = turn.context.meeting
        intents: list[AgentIntent] = [BookMeeting(slot=slot, title=TITLE.format(name=turn.name or "a lead"))]
        return self.said_by_code(
            turn.say("moved" if meeting else "booked", time=label),
            f"agreed on {label}",
            intents=intents,
            offered_slots=[],
            next_state=WorkflowState.BOOKED,
        )

    def _cancelled(self, turn: _Turn) -> AgentResponse:
        meeting = turn.context.meeting
        if meeting is None:
            return self.said_by_code(turn.say("no_meeting"), "there is no meeting", next_state=WorkflowState.DISCOVERY)
        if turn.context.is_draft:
            return self.said_by_code(turn.say("person"), "a person cancels it")
        return self.said_by_code(
            turn.say("cancelled"),
            "the lead called the meeting off",
            intents=[CancelMeeting(booking_id=meeting.booking_id)],
            offered_slots=[],
            next_state=WorkflowState.DISCOVERY,
        )

    def _later(self, turn: _Turn) -> AgentResponse:
        """They want to hear from us another time: a person is reminded then."""
        moment = follow_up_at(turn.wish, turn.context.now, turn.zone)
        if moment is None:
            return self.said_by_code(turn.say("when_then"), "they name no time yet", next_state=WorkflowState.SCHEDULING)
        words = reading_of(turn.context).named_time or day_label(moment, turn.zone, turn.language)
        why = f"They asked to hear from us about {words}."
        return self.said_by_code(
            turn.say("later", time=words),
            "they want to hear from us later",
            intents=[RemindPerson(at=moment, why=why)],
            offered_slots=[],
            next_state=WorkflowState.CLOSED,
        )

    def _left_to_person(self, turn: _Turn) -> AgentResponse:
        named = reading_of(turn.context).named_time
        key, values = ("no_calendar_time", {"time": named}) if named else ("no_calendar", {})
        why = "Names or accepts a time, and there is no calendar to book it in."
        return self.said_by_code(turn.say(key, **values), why, person_reason=PersonReason.ASKED)

    async def _offer(self, turn: _Turn) -> AgentResponse:
        wish = turn.wish
        is_ambiguous = wish.accepts and not wish.says_anything and len(turn.context.offered_slots) > 1
        if is_ambiguous and not turn.context.taken_slots:
            # They agree and leave open to which: the earliest is put to them by itself.
            ahead = slots_ahead(turn.context)[:1]
            if ahead and not has_said(turn.context, one := turn.say("offer_one", times=turn.label(ahead[0]))):
                return self._offered(turn, ahead, one)
        if reading_of(turn.context).intent in TELLS and not (wish.says_anything or wish.accepts or wish.declines):
            ahead = slots_ahead(turn.context)
            if ahead and not turn.context.taken_slots:
                return await self._renewed(turn, ahead)
        fitting = await self._find(turn, after=wish.after, before=wish.before) if wish.says_anything else []
        slots = fitting or await self._find(turn)
        if not slots:
            return self.said_by_code(
                turn.say("none_free"), "no calendar has a free time", could_answer=False, next_state=WorkflowState.SCHEDULING
            )
        if turn.context.taken_slots:
            # They had settled on a time: one that they only have to say yes to, and not the same for all who were too late.
            slots = [slots[int(turn.context.lead.get("id") or 0) % len(slots)]]
        key = self._offer_key(turn, slots, is_fitting=bool(fitting))
        fixed = turn.say(key, times=turn.listed(slots))
        if has_said(turn.context, fixed):
            return await self._others(turn, slots)
        if key in ("just_taken", "not_free", "none_then") or (
            speaks(turn.language) and reading_of(turn.context).intent is LeadIntent.PICKS_TIME
        ):
            return self._offered(turn, slots, fixed)
        return await self._offered_by_model(turn, slots, fixed)

    def _offer_key(self, turn: _Turn, slots: list[Slot], *, is_fitting: bool) -> str:
        """The sentence with which the slots are offered."""
        if turn.context.taken_slots:
            return "just_taken"
        if turn.wish.exact(turn.zone) is not None:
            return "not_free"
        if turn.wish.says_anything and not is_fitting:
            return "none_then"
        return "offer" if len(slots) > 1 else "offer_one"

    async def _renewed(self, turn: _Turn, ahead: list[Slot]) -> AgentResponse:
        """They told something while times are on offer: the offer once more, in other words."""
        ways = [turn.say(key, times=turn.listed(ahead)) for key in ("renewed", "renewed_again")]
        fixed = next((way for way in ways if not has_said(turn.context, way)), None)
        if fixed is None:
            return await self._others(turn, ahead)
        do = "Take up in a few words what they told you, then ask which of these times suits them, in other words than before."
        return await self._offered_by_model(turn, ahead, fixed, do)

    async def _others(self, turn: _Turn, slots: list[Slot]) -> AgentResponse:
        """What would be said was said before: other times, or the question which day would be better."""
        wish, named = turn.wish, [*slots, *turn.context.offered_slots]
        windows = [(wish.after, wish.before)] if wish.says_anything else []
        for after, before in [*windows, (max(slot.ends_at for slot in named), None)]:
            found = await self._find(turn, after=after, before=before, limit=MOST_OFFERED + len(named))
            others = [slot for slot in found if slot not in named][:MOST_OFFERED]
            if others and not has_said(turn.context, text := turn.say("others", times=turn.listed(others))):
                return self._offered(turn, others, text)
        return self.said_by_code(turn.say("another_day"), "the same times again", next_state=WorkflowState.SCHEDULING)

    async def _offered_by_model(
        self, turn: _Turn, slots: list[Slot], fixed: str, do: str = "Answer what they asked, if anything, and offer these times."
    ) -> AgentResponse:
        """The offer in a model's words, as long as it names exactly these times or those that it found itself."""
        zone = zone_label(turn.zone, slots[0].starts_at)
        labels = turn.labels(slots)
        task = {
            "do": do,
            "times": labels,
            "zone": zone,
            "words": fixed,
        }
        tools = [name for name in self.configuration.tools if name == "find_slots"]
        response = await self.written(turn.context, turn.heard, task, tools)
        if response.offered_slots:
            slots = response.offered_slots
            labels = turn.labels(slots)
            fixed = turn.say("offer", times=turn.listed(slots))
        if not all(label in (response.text or "") for label in labels):
            response.text = fixed
        return response.model_copy(update={"offered_slots": slots, "next_state": WorkflowState.SCHEDULING})

    def _offered(self, turn: _Turn, slots: list[Slot], text: str) -> AgentResponse:
        return self.said_by_code(text, "offered free times", offered_slots=slots, next_state=WorkflowState.SCHEDULING)

    async def _find(
        self, turn: _Turn, *, after: datetime | None = None, before: datetime | None = None, limit: int = MOST_OFFERED
    ) -> list[Slot]:
        assert self.parts.slots is not None
        found = await self.parts.slots.find(
            campaign_id=turn.context.briefing.campaign_id,
            time_zone=turn.context.time_zone,
            now=turn.context.now,
            after=after,
            before=before,
            part_of_day=turn.wish.part_of_day if after or before else None,
            limit=limit,
            spread_by=int(turn.context.lead.get("id") or 0) if limit > 1 else 0,
        )
        return [slot for slot in found if slot not in turn.context.taken_slots]


def wish_of(context: WorkflowContext, heard: str, zone: ZoneInfo) -> TimeWish:
    """When the lead would like it: by the rules, and where they see nothing, by the model's reading."""
    wish = understand(heard, context.now, zone)
    reading = reading_of(context)
    if wish.says_anything or wish.declines:
        return wish
    if reading.picked_slot is not None and reading.intent is LeadIntent.PICKS_TIME:
        return TimeWish(place=reading.picked_slot)
    if reading.named_time:
        return understand(reading.named_time, context.now, zone)
    return wish


def follow_up_at(wish: TimeWish, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When a lead who said “next week” or “tomorrow at three” should hear from us; None if they named no day."""
    if wish.after is None:
        return None
    exact = wish.exact(zone)
    if exact is not None and exact > now:
        return exact
    morning = wish.after.astimezone(zone).replace(hour=REMIND_AT_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning > now else now + timedelta(hours=2)
