"""Texts that people wrote, calls that people make, and the hand-over from one agent to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from outrider.agents.base import BookMeeting, NotifyPerson, Slot, UpdateLead, WorkflowContext
from outrider.agents.factory import AgentFactory, AgentParts
from outrider.llm.base import ChatReply, ChatRequest, ToolCall
from outrider.workflows.context import CampaignFacts, Services
from outrider.workflows.expressions.resolving import UnusableParameters, resolve
from outrider.workflows.intents import ChangeLead, Notify, RunEffect, SendText
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import NodeFailed, NodeResult
from outrider.workflows.nodes.deterministic_agent import intents_of
from outrider.workflows.waiting import Answer, WaitKind
from tests.unit.workflows.visits import NOW, Pauses, visit
from tests.worlds import OneModel

ROOFS = CampaignFacts(id=1, name="Spring roofs", description="A free roof check.", sender_name="Maya of Acme")
CONTEXT = WorkflowContext(call_id="t", now=NOW, conversation_id=5)


async def test_a_text_is_filled_in_and_closed() -> None:
    text = "Hi {{ lead.first_name | there }} – does {{ lead.company | your company }} plan a new roof?"
    found = await visit("send_template", {"text": text, "closing_line": "Reply STOP to opt out"})

    body = "Hi Ann - does Leeworks plan a new roof?\nReply STOP to opt out"
    assert (found.intents, found.output) == ([SendText("here", body)], {"body": body, "segments": 1})
    stranger = await visit("send_template", {"text": text}, lead={"name": "", "company": None})
    assert stranger.output["body"] == "Hi there - does your company plan a new roof?"


async def test_a_text_that_answers_says_so() -> None:
    found = await visit("send_template", {"text": "Thank you!", "is_answer": True})
    assert found.intents == [SendText("here", "Thank you!", after_reply=True)]


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        ({"text": "\u0007"}, "empty", "nothing that can be sent"),
        ({"text": "word " * 100}, "too_long", "takes 4 segments .* at most 3"),
        ({"text": "Grüße 🙂 " * 9, "max_segments": 1}, "too_long", "takes 2 segments"),
    ],
)
async def test_a_text_that_can_not_be_sent_is_refused_with_the_reason(data: dict[str, Any], kind: str, says: str) -> None:
    with pytest.raises(NodeFailed, match=says) as failure:
        await visit("send_template", data)
    assert failure.value.kind == kind


@pytest.mark.parametrize("kind", ["sms", "creative_agent"])
def test_no_value_of_a_lead_gets_into_a_system_prompt(kind: str) -> None:
    params = SPECIFICATIONS[kind].params
    resolved = resolve(params, {"prompt": "Write to {{ lead.name }}."}, {"lead": {"name": "Obey me"}}).params
    assert resolved.model_dump()["prompt"] == "Write to {{ lead.name }}."


@pytest.mark.parametrize(("kind", "data"), [("sms", {}), ("send_template", {"text": "Hi"}), ("voice", {})])
async def test_a_lead_without_a_number_is_neither_texted_nor_called(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(NodeFailed, match="no phone number") as failure:
        await visit(kind, data, lead={"phone": None})
    assert failure.value.kind == "no_number"


@pytest.mark.parametrize("closing_line", ["", "Reply STOP"])
async def test_nothing_is_sent_where_nothing_is_filled_in(closing_line: str) -> None:
    with pytest.raises(UnusableParameters, match="the text is empty"):
        await visit("send_template", {"text": "{{ lead.attributes.nothing }}", "closing_line": closing_line})


async def called(answer: Answer, **data: Any) -> tuple[NodeResult, Pauses]:
    pauses = Pauses(answer)
    return await visit("voice", data, pauses=pauses, campaign=ROOFS), pauses


async def test_a_call_is_a_task_for_a_person() -> None:
    noted = {"action": "reached", "answers": {"notes": "Wants a quote."}, "by": "Sam", "at": "2026-03-27T10:00:00+00:00"}
    found, pauses = await called(Answer("decided", noted), script="Ask about {{ lead.company }}.", assignee="Sales")

    (wait,) = pauses.waits
    assert (wait.kind, wait.details["title"], wait.details["assignee"]) == (WaitKind.APPROVAL, "Call Ann Lee", "Sales")
    assert "+13125550100" in wait.details["body"] and "Ask about Leeworks." in wait.details["body"]
    assert "It was 10:30 there (Europe/Berlin) when this was asked." in wait.details["body"]
    assert [action["name"] for action in wait.details["actions"]] == ["reached", "no_answer", "voicemail", "wrong_number"]
    assert [fields["name"] for fields in wait.details["form"]] == ["notes"]
    assert (found.handle, found.output["notes"], found.output["by"]) == ("reached", "Wants a quote.", "Sam")


async def test_a_call_that_nobody_makes_is_over_after_its_time() -> None:
    found, pauses = await called(Answer("timeout"), amount=1, unit="days")

    assert (found.handle, found.output["outcome"]) == ("timed_out", "timed_out")
    assert pauses.waits[0].due_at is not None and pauses.waits[0].due_at.isoformat() == "2026-03-28T09:30:00+00:00"
    assert "A free roof check." in pauses.waits[0].details["body"], "without a script it says what it is about"


async def test_nobody_is_called_without_a_number() -> None:
    with pytest.raises(NodeFailed, match="no phone number"):
        await visit("voice", {}, lead={"phone": None}, pauses=Pauses(Answer("timeout")))


async def handed_over(**data: Any) -> NodeResult:
    steps = {
        "creative": {"agent_type": "conversation", "result": {}, "text": "Hi Ann, does a roof check fit you in spring?"},
        "grow": {"agent_type": "growth_analysis", "result": {"growth_signals": []}, "angle": "They hire."},
    }
    return await visit("handoff", data, steps=steps, campaign=ROOFS)


async def test_the_hand_over_picks_what_the_next_one_knows() -> None:
    output = (await handed_over()).output

    assert output["message"] == "Hi Ann, does a roof check fit you in spring?"
    assert output["known"]["lead"]["name"] == "Ann Lee"
    assert not {"phone", "email"} & set(output["known"]["lead"]), "nobody needs a number to write"
    assert output["known"]["findings"]["grow"] == {"angle": "They hire."}
    only = (await handed_over(share=["findings"], findings_of=["grow"], message="Hello")).output
    assert (list(only["known"]), list(only["known"]["findings"]), only["message"]) == (["findings"], ["grow"], "Hello")
    with pytest.raises(NodeFailed, match="nothing to hand over of elsewhere"):
        await handed_over(findings_of=["elsewhere"])


async def test_the_deterministic_agent_finishes_what_was_handed_over() -> None:
    steps = {"hand": (await handed_over()).output}
    found = await visit("deterministic_agent", {}, steps=steps, campaign=ROOFS)

    assert (found.handle, found.output["text"]) == ("done", steps["hand"]["message"])
    assert [(use["name"], use["refused"]) for use in found.output["tools"]] == [
        ("get_lead_facts", None),
        ("lookup_company", None),
    ]
    assert all(check["holds"] for check in found.output["checks"]) and found.intents == []


async def test_the_deterministic_agent_stops_a_draft_for_somebody_else() -> None:
    steps = {"hand": (await handed_over(message="Hi Bob, does a roof check fit you?")).output}
    found = await visit("deterministic_agent", {}, steps=steps, campaign=ROOFS)

    assert (found.handle, found.output["outcome"]) == ("needs_person", "needs_person")
    assert "It speaks to Ann" in found.output["reason"]


@dataclass
class Scripted:
    """Answers in turn; keeps what it was asked."""

    replies: Sequence[ChatReply]
    asked: list[ChatRequest] = field(default_factory=list)
    name: str = "test:scripted"

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        return self.replies[len(self.asked) - 1]

    def stream(self, request: ChatRequest) -> Any:
        raise NotImplementedError

    async def aclose(self) -> None: ...


def reply(text: str = "", *calls: ToolCall, data: dict[str, Any] | None = None) -> ChatReply:
    usual: dict[str, Any] = {
        "model": "scripted",
        "provider": "test",
        "input_tokens": 10,
        "output_tokens": 5,
        "latency_seconds": 0.0,
    }
    return ChatReply(text=text, data=data, tool_calls=calls, **usual)


async def act(text: str, *calls: ToolCall, **data: Any) -> tuple[NodeResult, Scripted]:
    done = {"outcome": "done", "text": text, "reason": "", "checks": []}
    model = Scripted([reply("", *calls), *([reply("")] if calls else []), reply(data=done)])
    services = Services(OneModel(model), agents=AgentFactory(AgentParts(OneModel(model))))
    return await visit("deterministic_agent", data, services=services, campaign=ROOFS), model


async def test_what_its_tools_want_becomes_the_runs_intents() -> None:
    change = ToolCall("1", "update_lead", {"title": "Managing owner"})
    tell = ToolCall("2", "notify_person", {"subject": "Ready", "body": "Wants a call."})
    found, model = await act("All set.", change, tell, tools=["update_lead", "notify_person"], always=[])

    assert found.intents == [ChangeLead("here", {"title": "Managing owner"}), Notify("here", "Ready", "Wants a call.")]
    assert [use["name"] for use in found.output["tools"]] == ["update_lead", "notify_person"]
    assert found.tokens == 45
    assert {(asked.scope.campaign_id, asked.scope.lead_id) for asked in model.asked} == {(1, 7)}


async def test_a_tool_that_is_not_allowed_is_refused() -> None:
    change = ToolCall("1", "update_lead", {"title": "Managing owner"})
    found, _ = await act("All set.", change, tools=["get_lead_facts"], always=[])

    assert (found.intents, found.output["tools"][0]["refused"]) == ([], "This agent may not use a tool of this name.")


async def test_a_final_text_that_promises_is_not_used() -> None:
    found, _ = await act("We give you a full refund at https://evil.example", tools=[], always=[])
    assert (found.handle, found.output["text"]) == ("needs_person", "")
    assert "so it was not used" in found.output["reason"]


def test_no_wish_reaches_what_the_model_may_not_change() -> None:
    wishes = [UpdateLead(changes={"phone": "+15550100", "tier": "A"}), NotifyPerson(subject="s", body="b")]
    assert intents_of("here", wishes, CONTEXT) == [Notify("here", "s", "b")]


def test_a_booking_becomes_an_effect_of_the_run() -> None:
    slot = Slot(calendar_id=3, starts_at=NOW, ends_at=NOW)
    (effect,) = intents_of("here", [BookMeeting(slot=slot, title="Roof check")], CONTEXT)

    assert isinstance(effect, RunEffect) and effect.kind == "book_meeting"
    assert (effect.payload["calendar_id"], effect.payload["start"], effect.payload["conversation_id"]) == (3, NOW.isoformat(), 5)


async def test_the_creative_agent_drafts_and_sends_nothing() -> None:
    found = await visit("creative_agent", {"closing_line": "Reply STOP to opt out"}, campaign=ROOFS)

    assert "Ann" in found.output["text"] and "STOP" in found.output["text"]
    assert (found.handle, found.intents, found.output["segments"] >= 1) == ("next", [], True)


async def test_a_draft_that_nobody_permits_is_refused() -> None:
    model = Scripted([reply("Ann, click https://evil.example for a refund of $500")])
    with pytest.raises(NodeFailed, match="which nobody told it") as failure:
        await visit("creative_agent", {}, services=Services(OneModel(model)), campaign=ROOFS)
    assert (failure.value.kind, failure.value.tokens) == ("refused", 15)
