"""What a turn was expected to bring about, held against what it did: every difference is one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import text

from outrider.agents.memory import Memory, load_memory
from outrider.agents.models import AgentExecution
from outrider.agents.scheduling.models import Booking, BookingStatus
from outrider.conversations.models import Author, Conversation, Message, Suppression
from outrider.evals.scripts import Expectation
from outrider.evals.stage import Said, Stage
from outrider.leads.models import Lead
from outrider.llm.offline.intents import is_in

SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n")
REMINDERS = text("SELECT count(*) FROM pgqueuer WHERE status = 'queued' AND entrypoint = 'agents.remind'")


@dataclass(slots=True)
class Standing:
    """A conversation after a turn."""

    thread: Conversation
    lead: Lead
    memory: Memory
    meetings: list[Booking]
    """Those of the lead that lie ahead."""
    reminders: int
    is_suppressed: bool
    answer: AgentExecution | None
    """The latest run of an agent that answered, or decided not to."""

    @property
    def agent(self) -> str | None:
        return self.answer.agent_type if self.answer else None

    @property
    def rule(self) -> str:
        return str(self.answer.output_data.get("rule", "")) if self.answer else ""


async def standing(stage: Stage) -> Standing:
    """How the stage's conversation stands."""
    thread = await stage.conversation()
    (lead,) = await stage.rows(Lead, Lead.id == thread.lead_id)
    async with stage.database.transaction() as session:
        memory = await load_memory(session, thread.id)
        reminders = (await session.execute(REMINDERS)).scalar_one()
    answers = await stage.rows(AgentExecution, AgentExecution.output_data.has_key("rule"))
    return Standing(
        thread=thread,
        lead=lead,
        memory=memory,
        meetings=await stage.rows(Booking, Booking.status == BookingStatus.BOOKED, Booking.lead_id == lead.id),
        reminders=reminders,
        is_suppressed=bool(await stage.rows(Suppression, Suppression.lifted_at.is_(None), Suppression.phone == stage.phone)),
        answer=answers[-1] if answers else None,
    )


def differences(expected: Expectation, said: Said, now: Standing, zone: str) -> list[str]:
    """What is not as expected."""
    return [*_texts(expected, said), *_effects(expected, now, zone), *_knowledge(expected, now)]


def _texts(expected: Expectation, said: Said) -> list[str]:
    body = "\n".join(message.body for message in said.written)
    found = [
        _count("answers", said, lambda one: one.author == Author.AGENT, expected.replied),
        _count("notices", said, lambda one: one.author == Author.SYSTEM, expected.notified),
    ]
    found += [f"{words!r} is not in {body!r}" for words in expected.contains if words.lower() not in body.lower()]
    found += [f"{words!r} is in {body!r}" for words in expected.lacks if words.lower() in body.lower()]
    if expected.language is not None:
        found += [f"{foreign!r} is not {expected.language}" for foreign in foreign_sentences(body, expected.language)]
    found += [f"{one.segments} segments: {one.body!r}" for one in said.written if one.segments > expected.segments]
    if expected.seconds is not None and said.seconds > expected.seconds:
        found.append(f"it took {said.seconds:.1f} s instead of at most {expected.seconds:g} s")
    return [problem for problem in found if problem]


def foreign_sentences(body: str, language: str) -> list[str]:
    """Sentences that tell that they are in another language."""
    return [sentence for sentence in SENTENCE.split(body) if not is_in(sentence, language)]


def _count(what: str, said: Said, is_one: Callable[[Message], bool], expected: bool) -> str:
    texts = [message.body for message in said.written if is_one(message)]
    return "" if len(texts) == expected else f"{what}: {len(texts)} instead of {int(expected)}: {texts}"


def _effects(expected: Expectation, now: Standing, zone: str) -> list[str]:
    begins = [f"{one.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for one in now.meetings]
    found = [
        _same("handled by a person", now.thread.handled_by == "person", expected.handed_over),
        _same("suppressed", now.is_suppressed, expected.suppressed),
        _same("meetings ahead", len(now.meetings), int(expected.booked)),
        _same("reminded", bool(now.reminders), expected.reminded),
    ]
    if expected.meeting_at is not None and begins != [expected.meeting_at]:
        found.append(f"the meeting begins at {begins or 'no time'} instead of {expected.meeting_at} in {zone}")
    if expected.reason is not None:
        found.append(_same("for a person because", now.thread.needs_person_reason, expected.reason))
    return [problem for problem in found if problem]


def _knowledge(expected: Expectation, now: Standing) -> list[str]:
    known = set(now.memory.factors.findings)
    found = [f"known: {sorted(known)}, without {fact}" for fact in expected.facts if fact not in known]
    if expected.agent is not None:
        found.append(_same("answered by", now.agent, expected.agent))
    if expected.tier is not None:
        found.append(_same("tier", now.lead.tier, expected.tier))
    if expected.email is not None:
        found.append(_same("e-mail address", now.lead.email, expected.email))
    return [problem for problem in found if problem]


def _same(what: str, found: object, expected: object) -> str:
    return "" if found == expected else f"{what}: {found} instead of {expected}"
