"""Which agent answers: an ordered list of named rules, of which the first that applies decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from outrider.agents.base import AgentType, LeadIntent, Tier, WorkflowContext, WorkflowState
from outrider.agents.team.qualifying import next_to_ask
from outrider.agents.team.scheduler import wish_of
from outrider.agents.team.speaking import reading_of, slots_ahead
from outrider.agents.team.times import TimeWish, zone_of

MOST_QUESTIONS = 2
"""Questions of ours in one conversation before a call is offered: people text to get something, not to be interviewed."""
SHORT = 4
"""A text of so few words that agrees to something is no more than that."""
QUESTIONS = frozenset(
    {
        LeadIntent.QUESTION, LeadIntent.PRICE_QUESTION, LeadIntent.WHO_ARE_YOU, LeadIntent.WHERE_FROM,
        LeadIntent.WANTS_IN_WRITING,
    }
)  # fmt: skip
FIRST_THINGS = QUESTIONS | {LeadIntent.OBJECTION, LeadIntent.NOT_INTERESTED, LeadIntent.LATER}
"""What is answered before anything about a time."""
TOLD_US = frozenset({LeadIntent.INTERESTED, LeadIntent.TELLS})
CALL = re.compile(r"\b(?:calls?|meeting|llamada|cita|appel|rendez-vous)\b")
OVER = frozenset({WorkflowState.BOOKED, WorkflowState.CLOSED})


@dataclass(frozen=True, slots=True)
class Route:
    """Who answers, and by which rule."""

    agent: AgentType | None
    """None: nobody needs to."""
    rule: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A turn as the rules look at it."""

    context: WorkflowContext
    heard: str
    wish: TimeWish

    @property
    def intent(self) -> LeadIntent:
        return reading_of(self.context).intent

    @property
    def is_short_yes(self) -> bool:
        return self.wish.accepts and not self.wish.says_anything and len(self.heard.split()) <= SHORT


Condition = Callable[[Seen], bool]


def _asks_whether_ai(seen: Seen) -> bool:
    return reading_of(seen.context).asks_whether_ai


def _changes_meeting(seen: Seen) -> bool:
    return seen.intent in (LeadIntent.MOVES_MEETING, LeadIntent.CANCELS_MEETING)


def _moves_by_naming_a_time(seen: Seen) -> bool:
    return seen.context.meeting is not None and seen.intent is LeadIntent.PICKS_TIME and seen.wish.says_anything


def _answers_offer(seen: Seen) -> bool:
    if not seen.context.offered_slots or seen.intent in FIRST_THINGS:
        return False
    if seen.intent is LeadIntent.THANKS:
        # “Great, thanks!” takes it; “thanks” alone, or after they declined, takes nothing.
        return seen.wish.accepts and seen.context.current_state is not WorkflowState.CLOSED
    return seen.wish.says_anything or seen.wish.accepts or seen.wish.declines or seen.intent is LeadIntent.PICKS_TIME


def _lost_the_slot(seen: Seen) -> bool:
    return bool(seen.context.taken_slots)


def _agrees_to_call(seen: Seen) -> bool:
    """We asked in the conversation whether they would like a call, and they say yes. A first text does not ask: it opens."""
    ours = next((message.body for message in reversed(seen.context.conversation_history) if message.author == "us"), "")
    has_asked = ours.rstrip().endswith("?") and CALL.search(ours.lower()) is not None
    is_answer = seen.intent in (*TOLD_US, LeadIntent.UNCLEAR, LeadIntent.THANKS)
    return has_asked and is_answer and seen.wish.accepts and seen.context.current_state is not WorkflowState.GREETING


def _wants_time(seen: Seen) -> bool:
    return seen.intent in (LeadIntent.WANTS_MEETING, LeadIntent.PICKS_TIME)


def _nothing_is_left(seen: Seen) -> bool:
    if not any(character.isalnum() or character == "?" for character in seen.heard):
        return True
    is_over = seen.context.current_state in OVER
    return is_over and (seen.intent is LeadIntent.THANKS or seen.is_short_yes) and not seen.heard.rstrip().endswith("?")


def _is_ready(seen: Seen) -> bool:
    """There is no more to ask, or enough is known for a call."""
    context = seen.context
    if seen.intent not in TOLD_US or context.meeting is not None:
        return False
    is_good = context.qualification is not None and context.qualification.tier in (Tier.A, Tier.B)
    has_nothing_to_ask = next_to_ask(context.qualification_factors, context.asked_factor) is None
    return is_good or has_nothing_to_ask or context.questions_asked >= MOST_QUESTIONS


def _tells_while_offered(seen: Seen) -> bool:
    """They tell us something while times are on offer: it is noted, and the offer put to them again."""
    return seen.intent in TOLD_US and seen.context.meeting is None and bool(slots_ahead(seen.context))


def _can_be_asked(seen: Seen) -> bool:
    return seen.intent in TOLD_US and seen.context.meeting is None


RULES: tuple[tuple[str, Condition, AgentType | None], ...] = (
    ("lost_the_slot", _lost_the_slot, AgentType.SCHEDULER),
    ("asks_whether_ai", _asks_whether_ai, AgentType.CONVERSATION),
    ("changes_meeting", _changes_meeting, AgentType.SCHEDULER),
    ("moves_by_naming_a_time", _moves_by_naming_a_time, AgentType.SCHEDULER),
    ("answers_offer", _answers_offer, AgentType.SCHEDULER),
    ("nothing_is_left", _nothing_is_left, None),
    ("agrees_to_call", _agrees_to_call, AgentType.SCHEDULER),
    ("wants_time", _wants_time, AgentType.SCHEDULER),
    ("later", lambda seen: seen.intent is LeadIntent.LATER, AgentType.SCHEDULER),
    ("objection", lambda seen: seen.intent is LeadIntent.OBJECTION, AgentType.OBJECTION_HANDLER),
    ("question", lambda seen: seen.intent in QUESTIONS, AgentType.CONVERSATION),
    ("tells_while_offered", _tells_while_offered, AgentType.SCHEDULER),
    ("ready_for_a_call", _is_ready, AgentType.SCHEDULER),
    ("find_out_more", _can_be_asked, AgentType.QUALIFICATION),
)
OTHERWISE = Route(AgentType.CONVERSATION, "otherwise")


def route(context: WorkflowContext, heard: str) -> Route:
    """Who answers `heard`, the texts that `context.reading` is of."""
    seen = Seen(context, heard, wish_of(context, heard, zone_of(context.time_zone)))
    return next((Route(agent, name) for name, applies, agent in RULES if applies(seen)), OTHERWISE)
