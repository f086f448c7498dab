"""What people decide about conversations, and what the lead's next text makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import outrider.wiring  # noqa: F401  (jobs take part)
from outrider.conversations.events import Change, ConversationChanged, TextsReceived
from outrider.conversations.models import Message, PersonReason
from outrider.conversations.turns import NoTurn, Turn, TurnEnd, begin_turn, end_turn, hand_over, leave_to_person
from outrider.events import bus
from outrider.jobs import JobContext
from tests.worlds import run_due_jobs

LEASE = timedelta(seconds=30)
ME = "local operator"


class Thread:
    """A conversation seen through the API."""

    def __init__(self, api: Any, world: Any, lead: Any):
        self.api, self.world, self.lead, self.id = api, world, lead, 0
        self.changes: list[Change] = []

    async def hears(self, body: str = "Tell me more", **values: Any) -> None:
        self.id = await self.world.hears(self.lead, body, **values)

    async def does(self, verb: str, status: int = 200, **body: Any) -> dict[str, Any]:
        answer = await self.api.post(f"/api/threads/{self.id}/{verb}", json=body or None)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def shows(self, *names: str) -> Any:
        shown = (await self.api.get(f"/api/threads/{self.id}")).json()
        return tuple(shown[name] for name in names) if len(names) > 1 else shown[names[0]]

    async def begins(self) -> Turn | NoTurn:
        async with self.world.database.transaction() as session:
            return await begin_turn(session, self.id, LEASE)

    async def ends(self, turn: Turn | NoTurn, body: str | None = "Gladly!") -> TurnEnd:
        assert isinstance(turn, Turn)
        reply = (
            None if body is None else self.world.intent(self.lead, body, key=f"r:{turn.token}", purpose="reply", author="agent")
        )
        async with self.world.database.transaction() as session:
            return (await end_turn(session, turn, reply))[0]


@pytest.fixture
async def thread(api: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> Thread:
    monkeypatch.setitem(bus._handlers, TextsReceived, [])
    await world.sender()
    thread = Thread(api, world, await world.lead(name="Ann Lee"))

    async def remember(_: object, fact: ConversationChanged) -> None:
        assert fact.conversation_id == thread.id
        thread.changes.append(fact.change)

    monkeypatch.setitem(bus._handlers, ConversationChanged, [remember])
    await thread.hears()
    return thread


async def test_a_new_conversation_is_open_unread_and_nobodys(thread: Thread) -> None:
    assert await thread.shows("status", "assignee", "unread_count", "needs_reply", "needs_person", "paused_by", "handled_by") == (
        "open", None, 1, True, False, None, "agent",
    )  # fmt: skip


async def test_reading_clears_what_is_unread(thread: Thread) -> None:
    await thread.hears("And?")
    assert await thread.shows("unread_count") == 2
    assert (await thread.does("read"))["unread_count"] == 0
    assert await thread.shows("read_at") is not None
    # A text that was missed is delivered late, with the date on which it was written: nobody has read it.
    async with thread.world.database.transaction() as session:
        from outrider.conversations.inbound import Arrival, receive_texts
        from tests.worlds import inbound

        written_at = datetime.now(UTC) - timedelta(hours=1)
        await receive_texts(session, [Arrival(inbound(thread.lead.phone, "Missed"), "puller", written_at)])
    assert await thread.shows("unread_count") == 1
    await thread.does("read")
    assert (await thread.does("unread"))["unread_count"] == 1
    assert thread.changes == [Change.READ] * 3


async def test_the_oldest_unanswered_text_says_since_when_the_lead_waits(thread: Thread) -> None:
    since = await thread.shows("first_unanswered_at")
    await thread.hears("Hello?")
    assert await thread.shows("first_unanswered_at") == since
    await thread.ends(await thread.begins())
    assert await thread.shows("first_unanswered_at", "needs_reply") == (None, False)
    await thread.hears("One more")
    assert await thread.shows("first_unanswered_at") > since
    await thread.does("messages", 201, body="Hi, Maya here")
    assert await thread.shows("first_unanswered_at", "needs_reply") == (None, False)


async def test_assigning(thread: Thread) -> None:
    assert (await thread.does("assign", assignee="  Maya "))["assignee"] == "Maya"
    assert (await thread.does("assign", assignee=None))["assignee"] is None
    await thread.does("assign", 422, assignee="  ")
    await thread.does("assign", 422, assignee="x" * 121)
    await thread.does("assign", 422, name="Maya")
    assert thread.changes == [Change.ASSIGNEE] * 2


async def test_resolved_until_the_lead_writes(thread: Thread) -> None:
    resolved = await thread.does("resolve")
    assert (resolved["status"], resolved["needs_reply"], resolved["first_unanswered_at"]) == ("resolved", False, None)
    assert (await thread.does("reopen"))["status"] == "open"
    await thread.does("resolve")
    await thread.hears("Wait")
    assert await thread.shows("status", "needs_reply") == ("open", True)
    assert thread.changes == [Change.STATUS] * 3


async def test_resolving_drops_the_answer_of_a_thinking_agent(thread: Thread) -> None:
    turn = await thread.begins()
    assert await thread.shows("agent_is_writing") is True
    assert (await thread.does("resolve"))["agent_is_writing"] is False
    assert await thread.ends(turn) is TurnEnd.OVERTAKEN
    assert await thread.begins() is NoTurn.NOTHING_TO_ANSWER
    assert await thread.world.messages(Message.direction == "out") == []


async def test_a_snooze_ends_by_the_clock(thread: Thread) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    snoozed = await thread.does("snooze", until=until.isoformat())
    assert (snoozed["status"], datetime.fromisoformat(snoozed["snoozed_until"])) == ("snoozed", until)
    later = until + timedelta(hours=2)
    await thread.does("snooze", until=later.isoformat())
    await _pass(thread, timedelta(hours=2, minutes=1))
    assert await thread.shows("status") == "snoozed", "it was snoozed anew"
    await _pass(thread, timedelta(hours=2))
    assert await thread.shows("status", "snoozed_until") == ("open", None)
    assert thread.changes == [Change.STATUS] * 3


async def test_a_snooze_ends_when_the_lead_writes(thread: Thread) -> None:
    await thread.does("snooze", until=(datetime.now(UTC) + timedelta(hours=2)).isoformat())
    await thread.hears("Hello?")
    assert await thread.shows("status", "snoozed_until") == ("open", None)
    await thread.does("resolve")
    await _pass(thread, timedelta(hours=3))
    assert await thread.shows("status") == "resolved", "an old snooze opens nothing"


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2026-01-01T00:00:00", "tomorrow", None])
async def test_a_snooze_needs_a_time_ahead(thread: Thread, until: str | None) -> None:
    await thread.does("snooze", 422, until=until)
    assert await thread.shows("status") == "open"


async def test_whoever_takes_over_is_named_and_has_to_answer(thread: Thread) -> None:
    turn = await thread.begins()
    taken = await thread.does("take-over")
    names = ("handled_by", "paused_by", "assignee", "needs_person", "needs_person_reason", "agent_is_writing")
    assert tuple(taken[name] for name in names) == ("person", ME, ME, True, "with_person", False)
    assert await thread.ends(turn) is TurnEnd.OVERTAKEN
    await thread.does("messages", 201, body="Hi, Maya here")
    assert await thread.shows("handled_by", "needs_person", "paused_by", "unread_count") == ("person", False, ME, 0)
    await thread.hears("Great")
    assert await thread.shows("needs_person", "needs_person_reason") == (True, "with_person")
    back = await thread.does("hand-back")
    assert tuple(back[name] for name in names) == ("agent", None, ME, False, None, False)
    assert isinstance(await thread.begins(), Turn)


async def test_taking_over_keeps_the_assignee(thread: Thread) -> None:
    await thread.does("assign", assignee="Maya")
    assert (await thread.does("take-over"))["assignee"] == "Maya"


async def test_a_persons_text_stops_the_agent_at_once(thread: Thread) -> None:
    await thread.does("snooze", until=(datetime.now(UTC) + timedelta(hours=2)).isoformat())
    turn = await thread.begins()
    sent = await thread.does("messages", 201, body="Hi, Maya here")
    assert (sent["author"], sent["author_name"]) == ("person", ME)
    assert await thread.ends(turn) is TurnEnd.OVERTAKEN
    assert [text.body for text in await thread.world.messages(Message.direction == "out")] == ["Hi, Maya here"]
    assert await thread.shows("handled_by", "paused_by", "assignee", "status") == ("person", ME, ME, "open")


async def test_an_agent_says_why_it_hands_over(thread: Thread) -> None:
    turn = await thread.begins()
    assert isinstance(turn, Turn)
    async with thread.world.database.transaction() as session:
        await leave_to_person(session, turn, PersonReason.MODEL_FAILED, "The model is overloaded")
    assert await thread.shows("handled_by", "needs_person_reason", "needs_person_detail", "needs_reply", "paused_by") == (
        "person", "model_failed", "The model is overloaded", True, None,
    )  # fmt: skip
    async with thread.world.database.transaction() as session:
        await hand_over(session, thread.id, PersonReason.NO_AUTO_REPLY)
    assert await thread.shows("needs_person_reason") == "model_failed", "the first reason stays"
    assert (await thread.does("resolve"))["needs_person"] is False
    assert thread.changes == [Change.HANDLING, Change.HANDLING, Change.STATUS]


async def test_an_opt_out_needs_nobody(thread: Thread) -> None:
    await thread.does("take-over")
    await thread.hears("STOP", opt_out_type="STOP")
    assert await thread.shows("status", "needs_person", "needs_reply", "first_unanswered_at", "is_suppressed") == (
        "resolved", False, False, None, True,
    )  # fmt: skip


async def test_help_needs_nobody_unless_something_else_does(thread: Thread) -> None:
    await thread.ends(await thread.begins(), None)
    await thread.does("take-over")
    await thread.hears("HELP", opt_out_type="HELP")
    assert await thread.shows("needs_person", "needs_reply") == (False, False)
    await thread.hears("What does it cost?")
    await thread.hears("HELP", opt_out_type="HELP")
    assert await thread.shows("needs_person", "needs_reply") == (True, True)


async def test_notes_are_for_colleagues(thread: Thread) -> None:
    first = await thread.does("notes", 201, body="Wants a discount; wife decides.")
    assert (first["author"], first["conversation_id"]) == (ME, thread.id)
    second = await thread.does("notes", 201, body="Call on Friday")
    listed = (await thread.api.get(f"/api/threads/{thread.id}/notes", params={"limit": 1})).json()
    assert [note["id"] for note in listed["items"]] == [second["id"]]
    rest = (await thread.api.get(f"/api/threads/{thread.id}/notes", params={"cursor": listed["next_cursor"]})).json()
    assert [note["body"] for note in rest["items"]] == ["Wants a discount; wife decides."]
    assert (await thread.api.delete(f"/api/threads/{thread.id}/notes/{first['id']}")).status_code == 204
    assert (await thread.api.delete(f"/api/threads/{thread.id}/notes/{first['id']}")).status_code == 404
    assert (await thread.api.delete(f"/api/threads/{thread.id + 1}/notes/{second['id']}")).status_code == 404
    for body in ("", " \n", "x" * 10_001, "nul\x00"):
        await thread.does("notes", 422, body=body)
    assert thread.changes == [Change.NOTES] * 3
    assert [message.body for message in await thread.world.messages()] == ["Tell me more"], "a note is no message"


async def test_verbs_need_a_conversation(thread: Thread) -> None:
    thread.id = 999_999
    for verb in ("read", "unread", "resolve", "reopen", "take-over", "hand-back"):
        await thread.does(verb, 404)
    await thread.does("assign", 404, assignee="Maya")
    await thread.does("snooze", 404, until=(datetime.now(UTC) + timedelta(hours=2)).isoformat())
    await thread.does("notes", 404, body="x")
    assert (await thread.api.get("/api/threads/999999/notes")).status_code == 404
    assert thread.changes == []


async def test_segments_are_counted_as_the_carrier_bills_them(api: Any) -> None:
    async def count(body: str) -> dict[str, Any]:
        answer = await api.post("/api/segments", json={"body": body})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert await count("It’s €5 – ok…") == {
        "encoding": "UCS-2", "segments": 1, "characters": 13, "units": 13, "per_segment": 70, "remaining": 57,
        "non_gsm": ["’", "–", "…"], "smart_quotes_replaced": "It's €5 - ok...",
    }  # fmt: skip
    plain = await count("x" * 161)
    assert (plain["encoding"], plain["segments"], plain["per_segment"], plain["remaining"]) == ("GSM-7", 2, 153, 145)
    assert (await count(""))["segments"] == 1
    assert (await api.post("/api/segments", json={"body": "x" * 10_001})).status_code == 422


async def _pass(thread: Thread, time: timedelta) -> None:
    """Let time pass for what waits in the queue, and run what is due."""
    await thread.world.execute("UPDATE pgqueuer SET execute_after = execute_after - CAST(:time AS interval)", time=time)
    await run_due_jobs(JobContext(thread.world.database))


async def test_decisions_are_kept_with_who_made_them(thread: Thread) -> None:
    await thread.does("take-over")
    await thread.does("take-over")
    await thread.does("hand-back")
    await thread.does("assign", assignee="Ada")
    await thread.does("assign", assignee=None)
    await thread.does("resolve")
    await thread.does("reopen")
    async with thread.world.database.transaction() as session:
        await hand_over(session, thread.id, PersonReason.ASKED)
        await hand_over(session, thread.id, PersonReason.NO_SENDER)
    listed = (await thread.api.get(f"/api/threads/{thread.id}/decisions")).json()["items"]
    assert [(item["decision"], item["actor"], item["detail"]) for item in reversed(listed)] == [
        ("taken_over", ME, None),
        ("handed_back", ME, None),
        ("assigned", ME, "Ada"),
        ("unassigned", ME, "Ada"),
        ("resolved", ME, None),
        ("reopened", ME, None),
        ("handed_over", None, "asked_for_person"),
    ]


async def test_a_persons_text_takes_over_once(thread: Thread) -> None:
    await thread.does("messages", status=201, body="Hello, it is me.")
    await thread.does("messages", status=201, body="Are you there?")
    listed = (await thread.api.get(f"/api/threads/{thread.id}/decisions")).json()["items"]
    assert [(item["decision"], item["actor"]) for item in listed] == [("taken_over", ME)]
