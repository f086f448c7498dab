"""Agents used alone: `/api/langgraph/invoke`, their status, resets and executions."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY

from outrider.agents import factory
from outrider.agents.base import (
    Agent,
    AgentConfiguration,
    AgentResponse,
    AgentType,
    NotifyPerson,
    Qualification,
    QualificationFactors,
    Tier,
    WorkflowContext,
    WorkflowState,
)
from outrider.agents.factory import AgentParts
from outrider.agents.memory import Memory, keep_memory, load_memory
from outrider.agents.models import AgentExecution
from outrider.agents.tools.base import RunAuthority
from outrider.agents.tools.loop import think
from outrider.agents.variables import fill
from outrider.config import Settings
from outrider.conversations.models import Message
from outrider.db.engine import Database
from outrider.llm.base import (
    ChatMessage,
    ChatReply,
    ChatRequest,
    ModelTimeout,
    Restarted,
    StreamPart,
    TextDelta,
    ToolCall,
)
from tests.clocks import PATIENCE
from tests.worlds import World, application

ACME = {"company_name": "Acme", "industry": "Roofing", "company_size": "11-50", "contact_info": {"name": "Ann Lee"}}


class Model:
    """Uses a tool and then says this; or waits; or fails."""

    name = "spoken:1"

    def __init__(self) -> None:
        self.parts: list[TextDelta | Restarted] = [
            TextDelta("No, "),
            Restarted("another"),
            TextDelta("Glad "),
            TextDelta("to help"),
        ]
        self.tools = [ToolCall("1", "get_lead_facts", {}), ToolCall("2", "book_meeting", {"number": 1, "title": "x"})]
        self.error: Exception | None = None
        self.waits = False
        self.waiting = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.asked: list[ChatRequest] = []

    def get(self, name: str | None) -> Model:
        return self

    async def complete(self, request: ChatRequest) -> ChatReply:
        return await anext(part async for part in self.stream(request) if isinstance(part, ChatReply))

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        self.asked.append(request)
        if self.waits:
            self.waiting.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.cancelled.set()
                raise
        if self.error:
            raise self.error
        if self.tools and request.tools and not any(message.role == "tool" for message in request.messages):
            yield ChatReply("", "spoken-1", "spoken", 20, 2, tool_calls=self.tools)
            return
        for part in self.parts:
            yield part
        yield ChatReply("Glad to help", "spoken-1", "spoken", 30, 5)

    async def aclose(self) -> None: ...


class Talker(Agent):
    """Answers with what the model says."""

    agent_type = AgentType.CONVERSATION
    seconds_goal = 1.5

    def __init__(self, configuration: AgentConfiguration, parts: AgentParts):
        super().__init__(configuration)
        self._parts = parts

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        request = ChatRequest(
            [ChatMessage("system", self.get_system_prompt(context)), ChatMessage("user", user_input)], purpose="reply"
        )
        authority = RunAuthority(context, self.agent_type, database=self._parts.database)
        model = self._parts.models.get(self.configuration.model)
        thought = await think(model, request, self._parts.tools, authority, self.configuration.tools)
        return AgentResponse(
            agent_type=self.agent_type,
            text=thought.reply.text,
            intents=[NotifyPerson(subject="S", body="B")],
            tool_uses=thought.tool_uses,
            model=thought.reply.model,
            cost=thought.cost,
        )

    def can_handle(self, context: WorkflowContext) -> bool:
        return True

    def get_system_prompt(self, context: WorkflowContext) -> str:
        return fill(self.configuration.system_prompt, context)


class Judge(Talker):
    agent_type = AgentType.QUALIFICATION
    result_type = Qualification

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        fits = Qualification(score=80, tier=Tier.A, reasoning=f"{context.lead['company']} fits", factors=QualificationFactors())
        return AgentResponse(agent_type=self.agent_type, result=fits.model_dump(mode="json"))


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
async def app(database: Database, settings: Settings, model: Model, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The application with the test's model and agents."""
    monkeypatch.setattr(factory, "_CLASSES", {AgentType.CONVERSATION: Talker, AgentType.QUALIFICATION: Judge})
    app = application(settings.model_copy(update={"agent_calls_per_hour": ["qualification=2", "*=50"]}), database)
    async with app.router.lifespan_context(app):
        app.state.models = model
        app.state.invocations.parts = AgentParts(models=model, database=database)
        yield app


@pytest.fixture
async def client(app: Any) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


def talk(text: str = "What does it cost?", **more: Any) -> dict[str, Any]:
    return {"agent_type": "conversation", "input": {"text": text, **ACME}} | more


def events_of(body: str) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in body.strip().split("\n\n")]
    return [(block[0].removeprefix("event: "), json.loads(block[1].removeprefix("data: "))) for block in blocks]


async def test_an_agent_answers_and_nothing_happens(client: AsyncClient, world: World) -> None:
    answer = await client.post("/api/langgraph/invoke", json=talk())
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["text"], found["agent_type"], found["name"]) == ("Glad to help", "conversation", "Conversation")
    assert found["intents"] == [{"kind": "notify_person", "subject": "S", "body": "B"}]
    assert await world.rows(Message) == []
    (row,) = await world.rows(AgentExecution)
    assert (row.id, row.purpose, row.success, row.trace_id) == (found["execution_id"], "invoke", True, found["trace_id"])
    assert row.input_data["input"]["company_name"] == "Acme"
    assert (row.model, row.input_tokens, row.campaign_id) == ("spoken-1", found["cost"]["input_tokens"], None)


async def test_the_seeds_input_is_judged(api: AsyncClient) -> None:
    answer = (await api.post("/api/langgraph/invoke", json={"agent_type": "qualification", "input": ACME})).json()
    assert 0 <= answer["score"] <= 100 and answer["tier"] in "ABCD" and answer["reasoning"]
    assert answer["result"]["score"] == answer["score"]
    assert answer["processing_time"] >= 0


@pytest.mark.parametrize("kind", list(AgentType))
async def test_every_agent_that_ships_answers_offline(api: AsyncClient, kind: AgentType) -> None:
    """One answer, and the same as a stream."""
    history = [{"author": "us", "body": "Hi Ann, a free roof check?"}, {"author": "lead", "body": "What does it cost?"}]
    text = "We decide in May; can we talk tomorrow?"
    wanted = {"agent_type": kind, "input": {**ACME, "history": history, "text": text}}
    answer = await api.post("/api/langgraph/invoke", json=wanted)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["agent_type"] == kind
    assert found["text"] or found["result"] or found["person_reason"], found
    assert found["cost"]["model_calls"] == len(found["model_calls"])
    events = events_of((await api.post("/api/langgraph/invoke?stream=true", json=wanted)).text)
    assert (events[0][0], events[-1][0]) == ("agent", "result")
    assert "{{" not in events[0][1]["system_prompt"]
    assert (events[-1][1]["text"], events[-1][1]["agent_type"]) == (found["text"], kind)


@pytest.mark.parametrize("kind", ["conversation", "qualification", "objection_handler", "scheduler"])
async def test_an_agent_asked_for_alone_answers_itself_also_where_a_person_is_wanted(api: AsyncClient, kind: str) -> None:
    wanted = {"agent_type": kind, "input": {**ACME, "text": "I want to talk to a real person now!"}}
    answer = await api.post("/api/langgraph/invoke", json=wanted)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["agent_type"], answer.json()["person_reason"] is not None) == (kind, True)


async def test_a_talk_shows_what_was_found_out(api: AsyncClient) -> None:
    text = "I am the owner and we need a new roof before winter"
    wanted = {"agent_type": "qualification", "input": {**ACME, "text": text}}
    found = (await api.post("/api/langgraph/invoke", json=wanted)).json()
    findings = found["qualification_factors"]["findings"]
    assert findings and all(finding["quote"] in text for finding in findings.values())
    assert found["score"] == found["qualification"]["score"]
    assert found["reading"]["intent"]


async def test_a_stream_tells_what_happens(client: AsyncClient) -> None:
    agent = {"name": "Maya", "system_prompt": "For {{lead.first_name}}.", "tools": ["get_lead_facts"]}
    stored = (await client.post("/api/agents", json=agent)).json()
    answer = await client.post("/api/langgraph/invoke?stream=true", json=talk(agent_id=stored["id"]))
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = events_of(answer.text)
    assert [name for name, _ in events] == [
        "agent", "model", "tool", "tool", "text", "restarted", "text", "text", "model", "result",
    ]  # fmt: skip
    told = dict(events[:1])["agent"]
    assert (told["system_prompt"], told["version"], told["model"]) == ("For Ann.", 1, "spoken:1")
    facts, refused = (data for name, data in events if name == "tool")
    assert '"company":"Acme"' in facts["result"]
    assert refused["refused"] == "This agent may not use a tool of this name."
    assert events[1][1]["asked_for"] == ["get_lead_facts", "book_meeting"]
    result = events[-1][1]
    assert (result["text"], result["cost"]["model_calls"], len(result["model_calls"])) == ("Glad to help", 2, 2)


async def test_a_failure_is_an_event_and_is_recorded(client: AsyncClient, model: Model, world: World) -> None:
    model.error = ModelTimeout("It took too long.")
    count = REGISTRY.get_sample_value("agent_errors_total", {"agent_type": "conversation", "error_code": "model-timeout"}) or 0
    events = events_of((await client.post("/api/langgraph/invoke", json=talk(stream=True))).text)
    assert [name for name, _ in events] == ["agent", "error"]
    assert events[1][1]["type"] == "urn:outrider:problem:model-timeout"
    plain = await client.post("/api/langgraph/invoke", json=talk())
    assert (plain.status_code, plain.json()["type"]) == (502, "urn:outrider:problem:model-timeout")
    rows = await world.rows(AgentExecution)
    assert [(row.success, row.error_code) for row in rows] == [(False, "model-timeout")] * 2
    labels = {"agent_type": "conversation", "error_code": "model-timeout"}
    assert REGISTRY.get_sample_value("agent_errors_total", labels) == count + 2
    status = (await client.get("/api/agents/status")).json()["conversation"]
    assert (status["model_health"], status["runs"], status["success_rate"]) == ("failing", 2, 0)


@pytest.mark.parametrize("stream", [True, False])
async def test_whoever_goes_away_cancels_the_model(app: Any, model: Model, world: World, stream: bool) -> None:
    model.waits = True
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with AsyncClient(base_url=f"http://localhost:{port}") as client:
        asking = asyncio.create_task(client.post("/api/langgraph/invoke", json=talk(stream=stream)))
        await asyncio.wait_for(model.waiting.wait(), PATIENCE)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
            await asking
    await asyncio.wait_for(model.cancelled.wait(), PATIENCE)
    async with asyncio.timeout(PATIENCE):
        while not (rows := await world.rows(AgentExecution)):
            await asyncio.sleep(0.01)
    assert [(row.success, row.error_code) for row in rows] == [(False, "cancelled")]
    server.should_exit = True
    await serving


async def test_the_rate_of_a_type_is_limited_and_begins_anew(client: AsyncClient) -> None:
    judged = {"agent_type": "qualification", "input": {**ACME, "text": "Do we fit?"}}
    answers = await asyncio.gather(*[client.post("/api/langgraph/invoke", json=judged) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["type"] == "urn:outrider:problem:too-many-calls"
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert (await client.get("/api/agents/status")).json()["qualification"]["calls_left"] == 0
    report = await client.post("/api/agents/qualification/reset")
    assert "began anew" in report.json()["done"][0]
    assert (await client.post("/api/langgraph/invoke", json=judged)).status_code == 200
    assert (await client.post("/api/agents/astrology/reset")).status_code == 422


async def test_memory_of_a_conversation_is_used_and_forgotten(client: AsyncClient, world: World, model: Model) -> None:
    await world.sender()
    lead = await world.lead(name="Ann Lee")
    conversation_id = await world.hears(lead, "Hello?")
    async with world.database.transaction() as session:
        await keep_memory(session, conversation_id, Memory(state=WorkflowState.SCHEDULING, failures=1))
    asked = {"agent_type": "conversation", "input": {"conversation_id": conversation_id, "text": "Hello?"}}
    answer = (await client.post("/api/langgraph/invoke", json=asked)).json()
    (row,) = await world.rows(AgentExecution)
    assert (row.conversation_id, row.lead_id) == (conversation_id, lead.id)
    assert answer["text"] == "Glad to help"
    other = await world.lead(phone="+12025550199", name="Bo")
    assert (await client.post("/api/agents/conversation/reset", json={"lead_id": other.id})).json()["memories_cleared"] == 0
    report = (await client.post("/api/agents/conversation/reset", json={"conversation_id": conversation_id})).json()
    assert report["memories_cleared"] == 1
    async with world.database.transaction() as session:
        assert await load_memory(session, conversation_id) == Memory()
    wrong = asked | {"input": {"conversation_id": conversation_id, "lead_id": other.id, "text": "x"}}
    refused = await client.post("/api/langgraph/invoke", json=wrong)
    assert refused.json()["fields"][0]["field"] == "body.input.lead_id"


async def test_a_version_or_the_draft_is_asked_for(client: AsyncClient, model: Model) -> None:
    stored = (await client.post("/api/agents", json={"name": "Maya", "system_prompt": "One."})).json()
    await client.patch(f"/api/agents/{stored['id']}", json={"system_prompt": "Two."})
    for version, prompt, number in ((None, "One.", 1), (1, "One.", 1), ("draft", "Two.", None)):
        answer = await client.post("/api/langgraph/invoke", json=talk(agent_id=stored["id"], version=version))
        assert answer.json()["version"] == number
        assert model.asked[-1].messages[0].content == prompt
    listed = (await client.get(f"/api/agents/{stored['id']}/executions", params={"limit": 2})).json()
    assert [row["agent_version"] for row in listed["items"]] == [None, 1]
    rest = (await client.get(f"/api/agents/{stored['id']}/executions", params={"cursor": listed["next_cursor"]})).json()
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)
    detail = (await client.get(f"/api/agents/executions/{rest['items'][0]['id']}")).json()
    assert detail["output_data"]["text"] == "Glad to help"
    assert detail["output_data"]["model_calls"][0]["purpose"] == "reply"
    assert (await client.get("/api/agents/executions/999")).status_code == 404
    assert len((await client.get("/api/agents/executions", params={"agent_type": "conversation"})).json()["items"]) == 3


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"agent_type": "conversation", "input": {}}, "text"), ({"agent_type": "bdr", "input": {}}, "input"),
        ({"agent_type": "analytics", "input": {"text": "x"}}, "input"), ({"agent_type": "nobody", "input": {}}, "body"),
        (talk(version=3), "body"), (talk(agent_id=9), "agent_id"), (talk("a\x00"), "input"),
        ({"agent_type": "conversation", "input": {"text": "x", "lead_id": 99}}, "lead_id"),
        ({"agent_type": "conversation", "input": {"text": "x", "campaign_id": 99}}, "campaign_id"),
    ],
)  # fmt: skip
async def test_what_can_not_be_asked_is_named(client: AsyncClient, wanted: dict[str, Any], field: str) -> None:
    answer = await client.post("/api/langgraph/invoke", json=wanted)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["fields"][0]["field"]


async def test_a_provider_that_is_left_alone_shows_in_the_status(client: AsyncClient, world: World) -> None:
    provider = (await client.get("/api/agents/status")).json()["conversation"]["model"].partition(":")[0]
    await world.execute(
        "INSERT INTO model_health (provider, process, state, until)"
        " VALUES (:provider, 'worker', 'open', now() + interval '1 min')",
        provider=provider,
    )
    status = (await client.get("/api/agents/status")).json()["conversation"]
    assert status["model_health"] == "failing" and "is left alone until" in status["model_problem"]
    await world.execute("UPDATE model_health SET until = now() - interval '1 min'")
    assert (await client.get("/api/agents/status")).json()["conversation"]["model_health"] == "healthy"


async def test_each_type_has_a_status(client: AsyncClient, world: World) -> None:
    await client.post("/api/langgraph/invoke", json=talk())
    status = (await client.get("/api/agents/status")).json()
    assert set(status) == {kind.value for kind in AgentType}
    talking = status["conversation"]
    assert (talking["runs"], talking["successes"], talking["success_rate"], talking["goal_ms"]) == (1, 1, 1, 1500)
    assert talking["p95_ms"] is not None and talking["last_run"] is not None
    assert (talking["within_goal"], status["scheduler"]["within_goal"]) == (1, None)
    assert (talking["model"], talking["model_health"], talking["is_available"]) == ("spoken:1", "healthy", True)
    assert status["bdr"]["is_available"] is False
    await world.execute(
        "INSERT INTO agent_executions (agent_type, trace_id, input_data, output_data, processing_time_ms, success)"
        " VALUES ('conversation', 'slow', '{}', '{}', 1501, true)"
    )
    assert (await client.get("/api/agents/status")).json()["conversation"]["within_goal"] == 0.5
    assert REGISTRY.get_sample_value("agent_success_total", {"agent_type": "conversation"})
    assert REGISTRY.get_sample_value("agent_processing_seconds_bucket", {"agent_type": "conversation", "le": "0.5"})


async def test_the_inputs_and_answers_of_each_type_are_in_the_description(client: AsyncClient) -> None:
    schemas = (await client.get("/openapi.json")).json()["components"]["schemas"]
    assert {"TalkInput", "QualificationInput", "CompanyInput", "ThreadInput"} <= set(schemas)
    assert schemas["QualificationAnswer"]["properties"]["agent_type"]["const"] == "qualification"
