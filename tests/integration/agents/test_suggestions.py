"""Answers that the agent drafts for a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from outrider.config import Settings
from outrider.conversations.models import Message
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.llm.base import ModelRefused, ModelUnavailable
from tests.integration.agents.conftest import Talk
from tests.worlds import application

OPEN_TRANSACTIONS = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'
""")


@pytest.fixture
async def api(talk: Talk, settings: Settings) -> AsyncIterator[AsyncClient]:
    """The application with the talk's model."""
    app = application(settings, talk.world.database)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), AsyncClient(transport=transport, base_url="http://localhost") as client:
        app.state.conversation_team = talk.team
        yield client


async def test_a_draft_is_neither_sent_nor_a_turn(api: AsyncClient, talk: Talk) -> None:
    await talk.hears("What does it cost?")
    before = await talk.world.conversation(talk.lead)
    answer = await api.post(f"/api/threads/{talk.id}/suggestion")
    assert answer.status_code == 200, answer.text
    draft = answer.json()
    assert {key: draft[key] for key in ("text", "reason", "model", "input_tokens", "output_tokens", "segments", "encoding")} == {
        "text": "Gladly!", "reason": "answered", "model": "spoken-1", "input_tokens": 30, "output_tokens": 5,
        "segments": 1, "encoding": "GSM-7",
    }  # fmt: skip
    after = await talk.world.conversation(talk.lead)
    assert (after.answered_count, after.run_token, after.updated_at) == (0, None, before.updated_at)
    assert await talk.said() == []
    (done,) = await talk.executions()
    assert (done.id, done.agent_type, done.conversation_id, done.campaign_id, done.message_id) == (
        draft["execution_id"], "suggestion", talk.id, 1, None,
    )  # fmt: skip
    assert (done.trace_id, done.output_data["text"]) == (draft["trace_id"], "Gladly!")


async def test_no_transaction_is_open_while_the_model_thinks(api: AsyncClient, talk: Talk) -> None:
    await talk.hears()
    seen: list[int] = []

    async def look() -> None:
        async with talk.world.database.transaction() as session:
            seen.append((await session.execute(OPEN_TRANSACTIONS)).scalar_one())

    talk.model.meanwhile.append(look)
    assert (await api.post(f"/api/threads/{talk.id}/suggestion")).status_code == 200
    assert seen == [0]


async def test_a_draft_that_may_not_be_sent_says_why(api: AsyncClient, talk: Talk) -> None:
    await talk.hears()
    talk.model.says = ["See www.invented.example/offer"]
    draft = (await api.post(f"/api/threads/{talk.id}/suggestion")).json()
    assert (draft["text"], draft["segments"], draft["needs_person_reason"]) == (None, 0, "answer_refused")
    assert (await talk.world.conversation(talk.lead)).needs_person_reason is None, "a draft hands nothing over"


async def test_the_agent_reads_the_texts_and_no_notes(api: AsyncClient, talk: Talk) -> None:
    await talk.hears("What does it cost?")
    await api.post(f"/api/threads/{talk.id}/notes", json={"body": "SECRET: rude person"})
    await api.post(f"/api/threads/{talk.id}/take-over")
    assert (await api.post(f"/api/threads/{talk.id}/suggestion")).status_code == 200, "a person in charge may ask for drafts"
    (request,) = talk.model.asked
    said = "".join(message.content for message in request.messages)
    assert "What does it cost?" in said
    assert "SECRET" not in said


async def test_a_failing_model_is_said_clearly(api: AsyncClient, talk: Talk) -> None:
    await talk.hears()
    talk.model.says = [ModelUnavailable("overloaded")]
    answer = await api.post(f"/api/threads/{talk.id}/suggestion")
    assert (answer.status_code, answer.json()["type"]) == (502, "urn:outrider:problem:model-unavailable")


async def test_nobody_drafts_for_whom_nobody_may_text(api: AsyncClient, talk: Talk) -> None:
    await talk.hears()
    assert (await api.post("/api/threads/999999/suggestion")).status_code == 404
    async with talk.world.database.transaction() as session:
        await suppress(session, [NewSuppression(str(talk.lead.phone), "manual", "test")])
    answer = await api.post(f"/api/threads/{talk.id}/suggestion")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:outrider:problem:number-is-suppressed")
    assert talk.model.asked == []


async def test_an_empty_thread_has_nothing_to_answer(api: AsyncClient, talk: Talk) -> None:
    await talk.world.execute("DELETE FROM messages")
    conversation = await talk.world.conversation(talk.lead)
    answer = await api.post(f"/api/threads/{conversation.id}/suggestion")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:outrider:problem:nothing-said-yet")


# Why a text was written


async def insights(api: AsyncClient, talk: Talk, **params: Any) -> dict[str, Any]:
    answer = await api.get(f"/api/threads/{talk.id}/insights", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_agents_text_tells_how_it_came_about(api: AsyncClient, talk: Talk) -> None:
    await talk.hears("What does it cost?")
    await talk.answers()
    (reply,) = await talk.world.messages(Message.author == "agent")
    (execution,) = await talk.executions()
    (insight,) = (await insights(api, talk))["items"]
    assert {name: insight[name] for name in ("message_id", "kind", "agent_type", "name", "reason", "model", "input_tokens")} == {
        "message_id": reply.id, "kind": "agent", "agent_type": "conversation", "name": None, "reason": "answered",
        "model": "spoken-1", "input_tokens": 30,
    }  # fmt: skip
    assert (insight["execution_id"], insight["trace_id"], insight["processing_time_ms"]) == (
        execution.id, execution.trace_id, execution.processing_time_ms,
    )  # fmt: skip


async def test_drafts_people_and_dropped_answers_have_no_insight(api: AsyncClient, talk: Talk) -> None:
    await talk.hears()
    await api.post(f"/api/threads/{talk.id}/suggestion")
    talk.model.meanwhile.append(lambda: talk.person_writes("Maya here"))
    await talk.answers()
    assert [one.message_id for one in await talk.executions()] == [None, None]
    assert (await insights(api, talk))["items"] == []
    assert (await api.get("/api/threads/999999/insights")).status_code == 404


async def test_a_workflows_text_tells_how_it_came_about(api: AsyncClient, talk: Talk) -> None:
    await talk.hears()
    await talk.world.execute("""
        WITH flow AS (INSERT INTO workflows (name, config) VALUES ('Gentle start', '{}') RETURNING id),
        version AS (
            INSERT INTO workflow_versions (workflow_id, version, definition, fingerprint)
            SELECT id, 1, '{}', 'f' FROM flow RETURNING id
        ), place AS (
            INSERT INTO campaign_leads (campaign_id, lead_id, status) SELECT 1, id, 'completed' FROM leads RETURNING id
        ), logged AS (
            INSERT INTO processing_logs (campaign_lead_id, campaign_id, level, node_name, message, node_id, ms)
            SELECT id, 1, 'info', 'sms_agent', said, node, ms FROM place,
                (VALUES ('Lead is valid', 'check', 1), ('SMS generated', 'write', 1500)) AS said (said, node, ms) RETURNING id
        ), run AS (
            INSERT INTO runs (workflow_version_id, subject_kind, subject_id, campaign_id, trace_id, status, model, input_tokens,
                output_tokens, cost, started_at, finished_at)
            SELECT version.id, 'campaign_lead', place.id, 1, 'trace', 'completed', 'gpt', 200, 20, 0.002, now(),
                now() + interval '1.5 s' FROM version, place RETURNING id, subject_id
        )
        UPDATE messages SET run_id = run.id, campaign_lead_id = run.subject_id,
            dedupe_key = 'campaign_lead:' || run.subject_id || ':write:1'
        FROM run WHERE direction = 'out'
    """)
    await talk.answers()
    first = await insights(api, talk, limit=1)
    assert [one["kind"] for one in first["items"]] == ["agent"], "the newest first"
    (insight,) = (await insights(api, talk, cursor=first["next_cursor"]))["items"]
    assert {name: insight[name] for name in ("kind", "name", "reason", "model", "processing_time_ms", "trace_id")} == {
        "kind": "workflow", "name": "Gentle start", "reason": "sms_agent: SMS generated", "model": "gpt",
        "processing_time_ms": 1500, "trace_id": "trace",
    }  # fmt: skip
    assert (float(insight["cost"]), insight["run_id"] is not None, insight["campaign_lead_id"] is not None) == (0.002, True, True)


# Why a person is needed


@pytest.mark.parametrize(
    ("says", "reason", "detail"),
    [
        (
            "A colleague will call. [[person: they ask for a contract, which I do not know]]",
            "asked_for_person",
            "They ask for a contract, which I do not know. They wrote: “Tell me more”",
        ),
        (
            "A colleague will call. [[person]]",
            "asked_for_person",
            "The agent wants a person to answer and did not say why. They wrote: “Tell me more”",
        ),
        (
            "See www.invented.com",
            "answer_refused",
            "The agent's answer named “www.invented.com”, which nobody told it, so it was not sent. They wrote: “Tell me more”",
        ),
        ("", "answer_refused", "The model wrote nothing. They wrote: “Tell me more”"),
    ],
)
async def test_the_agent_says_why_a_person_is_needed(talk: Talk, says: str, reason: str, detail: str) -> None:
    await talk.hears()
    talk.model.says = [says]
    await talk.answers()
    row = await talk.world.conversation(talk.lead)
    assert (row.handled_by, row.needs_person_reason, row.needs_person_detail) == ("person", reason, detail)


async def test_the_limit_counts_anew_after_a_hand_back(talk: Talk) -> None:
    talk.settings.most_automated_replies = 1
    talk.model.says = ["One", "Two", "Three"]
    await talk.hears()
    await talk.answers()
    await talk.hears("And?")
    await talk.answers()
    assert (await talk.world.conversation(talk.lead)).needs_person_reason == "reply_limit"
    assert await talk.said() == ["One"]
    await talk.person_hands_back()
    await talk.answers()
    assert await talk.said() == ["One", "Two"]


async def test_a_campaign_that_answers_nothing_itself_needs_a_person(talk: Talk) -> None:
    await talk.campaign(auto_reply=False)
    await talk.hears()
    await talk.answers()
    row = await talk.world.conversation(talk.lead)
    assert (row.handled_by, row.needs_person_reason) == ("person", "no_auto_reply")


async def test_a_failed_model_needs_a_person(talk: Talk) -> None:
    await talk.hears()
    talk.model.says = [ModelRefused("overloaded")]
    await talk.answers()
    row = await talk.world.conversation(talk.lead)
    assert (row.needs_person_reason, "overloaded" in str(row.needs_person_detail)) == ("model_failed", True)
