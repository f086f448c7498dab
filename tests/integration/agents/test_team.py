"""What a turn of the team does besides answering: meetings, qualifications, memory, events, reminders, summaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from outrider.agents.base import AgentType, BookMeeting, Slot, WorkflowState
from outrider.agents.events import AgentTransition, Escalated, LeadQualified
from outrider.agents.memory import Memory, keep_memory, load_memory
from outrider.agents.models import AgentExecution
from outrider.agents.scheduling.models import Booking
from outrider.agents.scheduling.service import book
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.models import ConversationSummary, QualificationRecord
from outrider.config import Settings
from outrider.events.bus import _handlers
from outrider.leads.models import Lead
from outrider.llm.base import AnswerUnusable, BudgetExhausted
from tests.integration.agents.conftest import Talk
from tests.worlds import client_of

NEED = {"factor": "need", "strength": 0.9, "summary": "Looks for it", "quote": "looking for exactly this"}
MONEY = {"factor": "budget", "strength": 1, "summary": "Rich", "quote": "we have a million"}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Facts that the agents published."""
    facts: list[Any] = []

    async def listen(_: Any, event: Any) -> None:
        facts.append(event)

    for kind in (AgentTransition, Escalated, LeadQualified):
        monkeypatch.setitem(_handlers, kind, [*_handlers[kind], listen])
    return facts


async def offer(talk: Talk) -> list[Slot]:
    """Times that were offered in the conversation."""
    slots = await SlotFinder(talk.world.database, talk.settings).find(
        campaign_id=1, time_zone="America/Chicago", now=datetime.now(UTC)
    )
    await talk.hears("Can we have a call?")
    async with talk.world.database.transaction() as session:
        await keep_memory(session, talk.id, Memory(state=WorkflowState.SCHEDULING, offered_slots=slots))
    return slots


async def remembered(talk: Talk) -> Memory:
    async with talk.world.database.transaction() as session:
        return await load_memory(session, talk.id)


async def test_the_time_that_is_taken_is_booked_with_the_answer(talk: Talk) -> None:
    slots = await offer(talk)
    await talk.hears("The second one, please")
    talk.model.reads = [{"intent": "unclear", "confidence": 0.1}]
    await talk.answers()
    (booking,) = await talk.world.rows(Booking)
    assert (booking.starts_at, booking.lead_id, booking.conversation_id) == (slots[1].starts_at, talk.lead.id, talk.id)
    (said,) = await talk.said()
    assert said.startswith("Done, Ann: ") and talk.model.asked == [], "a confirmation is no model's to word"
    memory = await remembered(talk)
    assert (memory.state, memory.current_agent, memory.offered_slots) == ("booked", "scheduler", [])
    (done,) = await talk.executions()
    assert (done.agent_type, done.output_data["rule"]) == ("scheduler", "answers_offer")


async def test_a_time_that_somebody_else_took_meanwhile_is_thought_anew_once(talk: Talk) -> None:
    slots = await offer(talk)
    other = await talk.world.lead(name="Bob")

    async def somebody_is_faster() -> None:
        async with talk.world.database.transaction() as session:
            await book(session, BookMeeting(slot=slots[0], title="x"), lead_id=other.id, conversation_id=None, campaign_id=1)

    original = talk.team.answer
    thoughts: list[Any] = []

    async def answer(*arguments: Any) -> Any:
        thoughts.append(await original(*arguments))
        if len(thoughts) == 1:
            await somebody_is_faster()
        return thoughts[-1]

    talk.team.answer = answer  # type: ignore[method-assign]
    await talk.hears("The first one")
    talk.model.reads = [{"intent": "picks_time", "confidence": 0.9}]
    await talk.answers()
    (booking,) = await talk.world.rows(Booking)
    assert booking.lead_id == other.id and len(thoughts) == 2
    (said,) = await talk.said()
    assert "was taken a moment ago" in said
    memory = await remembered(talk)
    assert slots[0] not in memory.offered_slots and memory.offered_slots and memory.state == "scheduling"
    assert len(await talk.executions()) == 1, "of the void answer nothing is kept"


async def test_an_answer_that_was_overtaken_books_nothing(talk: Talk) -> None:
    await offer(talk)
    original = talk.team.answer

    async def answer(*arguments: Any) -> Any:
        found = await original(*arguments)
        await talk.person_takes_over()
        return found

    talk.team.answer = answer  # type: ignore[method-assign]
    await talk.hears("The first one")
    await talk.answers()
    assert (await talk.world.rows(Booking), await talk.said()) == ([], [])
    assert (await remembered(talk)).state == "scheduling", "nothing is remembered of it"


async def test_a_lead_is_qualified_with_evidence(talk: Talk, heard: list[Any]) -> None:
    talk.model.reads = [{"intent": "interested", "findings": [NEED, MONEY], "confidence": 0.9}]
    await talk.hears("Hi, we were looking for exactly this")
    await talk.answers()
    (record,) = await talk.world.rows(QualificationRecord)
    assert list(record.factors["findings"]) == ["need"], "a quote that nobody said is dropped"
    (lead,) = await talk.world.rows(Lead)
    assert (lead.score, lead.tier) == (record.score, record.tier) == (48, "C")
    assert lead.version == 2, "an edit that began before knows"
    kinds = [done.agent_type for done in await talk.executions()]
    assert sorted(kinds) == ["qualification", "qualification"], "one found out, one asked on"
    assert [type(fact).__name__ for fact in heard] == ["LeadQualified", "AgentTransition"]
    assert (heard[0].score, heard[0].tier, heard[0].tier_before, heard[1].after) == (48, "C", None, "qualification")

    talk.model.reads = [{"intent": "question", "findings": [], "confidence": 0.9}]
    talk.model.says = ["It takes a day."]
    await talk.hears("How long does it take?")
    await talk.answers()
    assert len(await talk.world.rows(QualificationRecord)) == 1, "nothing new was said"


async def test_an_unusable_reading_leaves_it_to_the_rules(talk: Talk) -> None:
    talk.model.reads = [AnswerUnusable("no JSON")]
    await talk.hears("What is it about?")
    await talk.answers()
    assert await talk.said() == ["Gladly!"]
    await talk.hears("My lawyer will sue you")
    await talk.answers()
    assert (await talk.world.conversation(talk.lead)).needs_person_reason == "legal_threat"
    assert await talk.said() == ["Gladly!"], "to a threat nothing automatic is said"


@pytest.mark.parametrize(
    ("words", "reading", "reason", "said"),
    [
        ("Get me a real person", {}, "asked_for_person", True),
        ("You are idiots", {}, "angry", True),
        ("My attorney will handle this", {}, "legal_threat", False),
        ("Hm", {"confidence": 0.2}, "low_confidence", True),
        ("No idea who Ann is", {"intent": "wrong_person"}, "wrong_person", True),
        ("Enough now", {"intent": "wants_no_texts"}, "wants_no_texts", True),
    ],
)
async def test_a_person_takes_over_with_the_reason_in_words(
    talk: Talk, heard: list[Any], words: str, reading: dict[str, Any], reason: str, said: bool
) -> None:
    talk.model.reads = [{"intent": "question", "confidence": 0.9, **reading}]
    await talk.hears(words)
    await talk.answers()
    row = await talk.world.conversation(talk.lead)
    assert (row.handled_by, row.needs_person_reason) == ("person", reason)
    assert row.needs_person_detail is not None and row.needs_person_detail.endswith(f"They wrote: “{words}”")
    assert (len(await talk.said()) == 1, talk.model.asked) == (said, [])
    assert [fact.reason for fact in heard if isinstance(fact, Escalated)] == [reason]


async def test_what_is_not_known_twice_is_a_persons(talk: Talk) -> None:
    talk.model.says = ["I don't know. [[unknown: delivery]]", "No idea either. [[unknown: colours]]"]
    await talk.hears("Do you deliver?")
    await talk.answers()
    assert (await talk.standing())[0] == "agent" and (await remembered(talk)).failures == 1
    await talk.hears("Which colours?")
    await talk.answers()
    assert (await talk.world.conversation(talk.lead)).needs_person_reason == "repeated_failure"


async def test_a_budget_that_is_used_up_leaves_it_to_a_person(talk: Talk) -> None:
    talk.model.says = [BudgetExhausted("The budget of this conversation is used up.")]
    await talk.hears()
    await talk.answers()
    assert (await talk.world.conversation(talk.lead)).needs_person_reason == "over_budget"
    assert await talk.standing() == ("person", 1, 0, False)


async def test_nobody_elses_data_is_in_a_prompt(talk: Talk) -> None:
    await talk.world.leads(3, name="Zacharias Quillfeather", company="Otherfirm", email="zq@other.example")
    await talk.hears("Who else is a customer? Give me Zacharias' number")
    await talk.answers()
    prompts = [message.content for request in (*talk.model.read, *talk.model.asked) for message in request.messages]
    prompts += [str(request.context) for request in (*talk.model.read, *talk.model.asked)]
    assert len(prompts) == 6
    for prompt in prompts:
        assert "Quillfeather" not in prompt and "Otherfirm" not in prompt and "zq@other" not in prompt
        assert (talk.lead.phone or "?") not in prompt


async def test_a_turn_takes_two_model_calls(talk: Talk) -> None:
    await talk.hears()
    await talk.answers()
    assert (len(talk.model.read), len(talk.model.asked)) == (1, 1)


async def test_typing_takes_time(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(_env_file=None, typing_speed=1.0, longest_typing_seconds=5)  # type: ignore[call-arg]
    monkeypatch.setattr("outrider.agents.turn.get_settings", lambda: settings)
    await talk.hears()
    await talk.answers()
    (answer,) = await talk.world.messages(text("author = 'agent'"))
    assert timedelta(seconds=3) < answer.due_at - answer.created_at <= timedelta(seconds=5.5)


# Reminders


async def remind_later(talk: Talk) -> None:
    talk.model.reads = [{"intent": "later", "named_time": "tomorrow", "confidence": 0.9}]
    await talk.hears("Try me tomorrow")
    await talk.answers()


async def test_a_person_is_reminded_when_the_lead_wanted_to_hear_from_us(talk: Talk) -> None:
    await remind_later(talk)
    assert (await talk.standing())[0] == "agent"
    await talk.passes(timedelta(days=2))
    await talk.works()
    row = await talk.world.conversation(talk.lead)
    assert (row.needs_person_reason, row.needs_person_detail) == ("follow_up", "They asked to hear from us about tomorrow.")


async def test_whoever_wrote_since_needs_no_reminder(talk: Talk) -> None:
    await remind_later(talk)
    talk.model.reads = [{"intent": "question", "confidence": 0.9}]
    await talk.hears("What does it cost?")
    await talk.answers()
    await talk.passes(timedelta(days=2))
    await talk.works()
    assert (await talk.world.conversation(talk.lead)).needs_person_reason is None


# Summaries

SUMMARY = {"outcome": "meeting_booked", "summary": "Asked for the price.", "sentiment": "neutral", "next_step": "Call."}


async def rest(talk: Talk) -> None:
    await talk.world.execute("UPDATE conversations SET last_message_at = last_message_at - interval '1 hour'")
    await talk.passes(timedelta(hours=1))
    await talk.works()


async def test_a_thread_that_rests_is_summed_up_once(talk: Talk, settings: Settings) -> None:
    await talk.hears("What does it cost?")
    await talk.answers()
    talk.model.reads = [SUMMARY]
    await rest(talk)
    await rest(talk)
    (found,) = await talk.world.rows(ConversationSummary)
    assert (found.summary, found.next_step) == ("Asked for the price.", "Call.")
    assert found.outcome == "interested", "a meeting that is in no calendar is none"
    assert [done.agent_type for done in await talk.executions()] == ["conversation", "analytics"]
    async with client_of(settings, talk.world.database) as api:
        shown = (await api.get(f"/api/threads/{talk.id}/team")).json()
        assert (shown["summary"]["outcome"], shown["summary"]["is_current"]) == ("interested", True)
        await talk.hears("And when?")
        assert (await api.get(f"/api/threads/{talk.id}/team")).json()["summary"]["is_current"] is False


async def test_a_text_that_comes_in_meanwhile_voids_the_summary(talk: Talk) -> None:
    await talk.hears("What does it cost?")
    await talk.answers()
    original = talk.model._reading

    def reading(request: Any) -> Any:
        meanwhile.append(request)
        return original(request)

    meanwhile: list[Any] = []
    talk.model._reading = reading  # type: ignore[method-assign]
    talk.model.reads = [SUMMARY]
    await talk.world.execute("UPDATE conversations SET last_message_at = last_message_at - interval '1 hour'")
    await talk.hears("And when?")
    await talk.passes(timedelta(hours=1))
    await talk.works()
    assert await talk.world.rows(ConversationSummary) == [], "the thread moves"


# Objections


@pytest.fixture
async def api(talk: Talk, settings: Settings) -> Any:
    async with client_of(settings, talk.world.database) as client:
        yield client


async def keys(api: AsyncClient, **params: Any) -> dict[str, dict[str, Any]]:
    answer = await api.get("/api/objections", params=params)
    assert answer.status_code == 200, answer.text
    return {one["key"]: one for one in answer.json()}


async def test_a_shipped_objection_is_changed_by_a_copy(api: AsyncClient) -> None:
    shipped = (await keys(api))["price"]
    assert (shipped["id"], shipped["origin"], shipped["is_shipped"]) == (None, "shipped", True)
    copy = {"key": "price", "name": "Price", "guidance": "Ask what they compare with."}
    for_all = (await api.post("/api/objections", json=copy)).json()
    for_one = (await api.post("/api/objections", json={**copy, "campaign_id": 1, "guidance": "Only here."})).json()
    assert (await keys(api))["price"]["guidance"] == "Ask what they compare with."
    assert (await keys(api, campaign_id=1))["price"]["guidance"] == "Only here."
    assert (await api.post("/api/objections", json=copy)).status_code == 409
    assert (await api.post("/api/objections", json={**copy, "campaign_id": 999})).status_code == 422
    changed = await api.patch(f"/api/objections/{for_one['id']}", json={"enabled": False})
    assert changed.json()["enabled"] is False
    assert (await api.patch(f"/api/objections/{for_one['id']}", json={"name": None})).status_code == 422
    for one in (for_one, for_all):
        assert (await api.delete(f"/api/objections/{one['id']}")).status_code == 204
    assert (await keys(api, campaign_id=1))["price"] == shipped
    assert (await api.get(f"/api/objections/{for_all['id']}")).status_code == 404


async def test_the_library_reaches_reader_and_speaker(talk: Talk, api: AsyncClient) -> None:
    own = {
        "campaign_id": 1,
        "name": "Ugly roofs",
        "guidance": "Say that it is a matter of taste.",
        "proof_points": ["Black panels."],
    }
    assert (await api.post("/api/objections", json=own)).json()["key"] == "ugly_roofs"
    talk.model.reads = [{"intent": "objection", "objection": "ugly_roofs", "confidence": 0.9}]
    await talk.hears("They look awful")
    await talk.answers()
    assert "ugly_roofs" in talk.model.read[0].messages[1].content
    told = talk.model.asked[0].messages[1].content
    assert "Say that it is a matter of taste." in told and "Black panels." in told
    (done,) = await talk.executions()
    assert done.agent_type == AgentType.OBJECTION_HANDLER
    assert (await remembered(talk)).answered_objections == ["ugly_roofs"]
    assert isinstance(done, AgentExecution)
