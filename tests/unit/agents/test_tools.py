"""Tools: what a model may ask for, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outrider.agents.base import AgentType, BookMeeting, CancelMeeting, Meeting, NotifyPerson, Slot, UpdateLead, WorkflowContext
from outrider.agents.contract import Briefing
from outrider.agents.defaults import BUILT_IN
from outrider.agents.tools.base import TOOLS, NoArguments, RunAuthority, Tool, ToolResult
from outrider.agents.tools.box import LONGEST_RESULT, ToolBox
from outrider.agents.tools.loop import MOST_CALLS, MOST_ROUNDS, think, think_as
from outrider.llm.base import ChatMessage, ChatReply, ChatRequest, StreamPart, ToolCall

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SLOTS = [Slot(calendar_id=1, starts_at=NOW + timedelta(days=d), ends_at=NOW + timedelta(days=d, minutes=30)) for d in (1, 2)]
EVERY = list(TOOLS)


class Calendar:
    """Has these slots and remembers what it was asked."""

    def __init__(self, slots: list[Slot]):
        self.slots = slots
        self.asked: list[dict[str, Any]] = []

    async def find(self, **asked: Any) -> list[Slot]:
        self.asked.append(asked)
        return self.slots


def authority(agent_type: AgentType = AgentType.SCHEDULER, calendar: Calendar | None = None, **context: Any) -> RunAuthority:
    facts = "A check is free. Repairs cost 90 dollars an hour. We work in Texas."
    briefing = Briefing(campaign_id=5, name="Roofs", description=facts)
    given = {"call_id": "1", "now": NOW, "time_zone": "America/Chicago", "briefing": briefing, "lead": {"id": 7, "name": "Ann"}}
    return RunAuthority(WorkflowContext(**{**given, **context}), agent_type, slots=calendar)


def call(name: str, /, **arguments: Any) -> ToolCall:
    return ToolCall(id=f"call-{name}", name=name, arguments=arguments)


async def test_slots_are_found_for_the_runs_own_lead_and_booked_by_number() -> None:
    calendar = Calendar(SLOTS)
    run = authority(calendar=calendar)
    found = await ToolBox().run(call("find_slots", part_of_day="morning", after="2026-03-04T09:00"), run, EVERY)
    assert '"in words":"Wednesday, 4 March at 06:00"' in found.said
    assert calendar.asked[0]["campaign_id"] == 5
    assert calendar.asked[0]["time_zone"] == "America/Chicago"
    assert calendar.asked[0]["after"] == datetime(2026, 3, 4, 15, tzinfo=UTC), "a time without a zone is the lead's own"
    booked = await ToolBox().run(call("book_meeting", number=2, title="Roof"), run, EVERY)
    assert booked.intents == [BookMeeting(slot=SLOTS[1], title="Roof")]
    again = await ToolBox().run(call("book_meeting", number=1, title="Roof"), run, EVERY)
    assert again.use.refused and not again.intents, "one meeting in one answer"


async def test_only_offered_times_are_booked() -> None:
    assert (await ToolBox().run(call("book_meeting", number=1, title="x"), authority(), EVERY)).use.refused
    run = authority(offered_slots=SLOTS)
    assert (await ToolBox().run(call("book_meeting", number=3, title="x"), run, EVERY)).use.refused
    assert (await ToolBox().run(call("book_meeting", number=1, title="x"), run, EVERY)).intents
    late = authority(offered_slots=SLOTS, now=NOW + timedelta(days=9))
    assert "passed" in ((await ToolBox().run(call("book_meeting", number=1, title="x"), late, EVERY)).use.refused or "")


async def test_a_meeting_is_called_off_that_is_the_leads_own() -> None:
    assert (await ToolBox().run(call("cancel_meeting"), authority(), EVERY)).use.refused
    run = authority(meeting=Meeting(booking_id=4, slot=SLOTS[0], status="confirmed"))
    assert (await ToolBox().run(call("cancel_meeting"), run, EVERY)).intents == [CancelMeeting(booking_id=4)]
    named = await ToolBox().run(call("cancel_meeting", booking_id=99), run, EVERY)
    assert named.use.refused and not named.intents, "no argument names a booking"


@pytest.mark.parametrize(
    "arguments",
    [{"phone": "+12025550100"}, {"email": "x@example.com"}, {"lead_id": 8, "name": "Bob"}, {"score": 100}, {}, {"name": 5}],
)
async def test_a_lead_is_changed_only_where_agents_may(arguments: dict[str, Any]) -> None:
    outcome = await ToolBox().run(call("update_lead", **arguments), authority(), EVERY)
    assert outcome.use.refused and not outcome.intents


async def test_what_the_lead_told_is_an_intent() -> None:
    outcome = await ToolBox().run(call("update_lead", company=" Leeworks ", language="es"), authority(), EVERY)
    assert outcome.intents == [UpdateLead(changes={"company": "Leeworks", "language": "es"})]
    told = await ToolBox().run(call("notify_person", subject="Call", body="She asks for Tom"), authority(), EVERY)
    assert told.intents == [NotifyPerson(subject="Call", body="She asks for Tom")]


async def test_what_the_campaign_says_is_found() -> None:
    found = await ToolBox().run(call("search_campaign_facts", question="what do repairs cost?"), authority(), EVERY)
    assert found.said.startswith('["Repairs cost 90 dollars an hour."')
    nothing = await ToolBox().run(call("search_campaign_facts", question="zebra"), authority(), EVERY)
    assert "nothing" in nothing.said


async def test_an_agent_uses_only_what_it_was_given() -> None:
    for name, allowed, kind in (
        ("notify_person", [], AgentType.CONVERSATION),
        ("drop_tables", EVERY, AgentType.CONVERSATION),
        ("book_meeting", EVERY, AgentType.MARKETING),
    ):
        outcome = await ToolBox().run(call(name, number=1, title="x", subject="x", body="x"), authority(kind), allowed)
        assert outcome.use.refused == "This agent may not use a tool of this name."
        assert not outcome.intents
    offered = ToolBox().specifications(authority(AgentType.MARKETING), EVERY)
    assert "book_meeting" not in {specification.name for specification in offered}
    assert {specification.name for specification in offered} >= {"lookup_company", "get_lead_facts"}


def test_the_shipped_agents_have_tools_that_there_are() -> None:
    for kind, shipped in BUILT_IN.items():
        for name in shipped.tools:
            assert kind in TOOLS[name].agent_types, (kind, name)


def test_tools_with_effects_say_so() -> None:
    effects = {"book_meeting", "cancel_meeting", "update_lead", "notify_person"}
    assert {tool.name for tool in TOOLS.values() if tool.has_effects} == effects


async def test_time_and_length_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(_: RunAuthority, __: NoArguments) -> ToolResult:
        await asyncio.sleep(3600)
        return ToolResult("late")

    async def long(_: RunAuthority, __: NoArguments) -> ToolResult:
        return ToolResult("x" * 100_000)

    for name, run in (("slow", slow), ("long", long)):
        monkeypatch.setitem(TOOLS, name, Tool(name, name, NoArguments, run, False, frozenset(AgentType)))
    seen: list[str] = []
    hasty = ToolBox(seconds=0.02, watch=lambda use: seen.append(use.name))
    assert "longer than" in (await hasty.run(call("slow"), authority(), ["slow", "long"])).said
    box = ToolBox(watch=lambda use: seen.append(use.name))
    assert len((await box.run(call("long"), authority(), ["slow", "long"])).said) == LONGEST_RESULT
    huge = await box.run(call("long", x="y" * 10_000), authority(), ["slow", "long"])
    assert huge.use.refused == "The arguments are too long."
    assert len(str(huge.use.arguments)) < 1000
    assert seen == ["slow", "long", "long"]


class Asking:
    """A model that answers in this order, and then with words."""

    name = "asking:1"

    def __init__(self, *rounds: Sequence[ToolCall], data: Mapping[str, Any] | None = None):
        self.rounds = list(rounds)
        self.data = data
        self.asked: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        calls = self.rounds.pop(0) if self.rounds and request.tool_choice != "none" else ()
        data = self.data if request.output else None
        return ChatReply("" if calls else "Done", "m", "p", input_tokens=10, output_tokens=2, tool_calls=calls, data=data)

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        raise NotImplementedError

    async def aclose(self) -> None: ...


REQUEST = ChatRequest([ChatMessage("user", "When?")], purpose="reply")


async def test_the_model_is_told_what_its_tools_found() -> None:
    model = Asking([call("find_slots"), call("lookup_company")], [call("book_meeting", number=1, title="Roof")])
    thought = await think(model, REQUEST, ToolBox(), authority(calendar=Calendar(SLOTS)), ["find_slots", "book_meeting"])
    assert thought.reply.text == "Done"
    assert [use.name for use in thought.tool_uses] == ["find_slots", "lookup_company", "book_meeting"]
    assert [bool(use.refused) for use in thought.tool_uses] == [False, True, False]
    assert thought.intents == [BookMeeting(slot=SLOTS[0], title="Roof")]
    assert thought.offered_slots == SLOTS
    assert (thought.cost.model_calls, thought.cost.input_tokens) == (3, 30)
    roles = [(message.role, message.tool_call_id) for message in model.asked[-1].messages]
    assert roles[1:4] == [("assistant", ""), ("tool", "call-find_slots"), ("tool", "call-lookup_company")]
    assert {tool.name for tool in model.asked[0].tools} == {"find_slots", "book_meeting"}


async def test_a_model_that_never_stops_asking_is_stopped() -> None:
    endless = [[call("get_lead_facts")] * 9 for _ in range(50)]
    model = Asking(*endless)
    thought = await think(model, REQUEST, ToolBox(), authority(), ["get_lead_facts"])
    assert thought.reply.text == "Done"
    assert len(model.asked) == MOST_ROUNDS + 1
    assert model.asked[-1].tool_choice == "none"
    assert sum(not use.refused for use in thought.tool_uses) == MOST_ROUNDS * MOST_CALLS


async def test_an_object_is_asked_for_after_the_tools() -> None:
    model = Asking([call("find_slots")], data={"booking_id": 3})
    thought = await think_as(model, REQUEST, CancelMeeting, ToolBox(), authority(calendar=Calendar(SLOTS)), ["find_slots"])
    assert thought.value == CancelMeeting(booking_id=3)
    assert [request.output is not None for request in model.asked] == [False, False, True]
    assert any(message.role == "tool" for message in model.asked[-1].messages)
    assert thought.cost.model_calls == 3
    direct = Asking(data={"booking_id": 3})
    assert (await think_as(direct, REQUEST, CancelMeeting, ToolBox(), authority())).value == CancelMeeting(booking_id=3)
    assert len(direct.asked) == 1
