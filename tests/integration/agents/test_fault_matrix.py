"""Every provider failing in every way, through a turn: the lead gets an answer or a person, and no budget is exceeded."""

from __future__ import annotations

from contextlib import AsyncExitStack
from decimal import Decimal

import pytest
from sqlalchemy import text

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.factory import AgentParts
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.agents.turn import answer_conversation
from outrider.campaigns.briefings import CampaignBriefings
from outrider.campaigns.budget import CampaignBudgets
from outrider.circuit import CircuitChanged, CircuitState
from outrider.config import Settings
from outrider.conversations.models import Author, Conversation, Message
from outrider.conversations.turns import TurnEnd
from outrider.db.engine import Database
from outrider.evals.judged import Judged, Purse
from outrider.evals.scratch import ZONE
from outrider.evals.scripts import ScriptBriefing, ScriptLead
from outrider.evals.stage import Stage
from outrider.llm.base import ChatReply, CircuitOpen, ModelError, Restarted, TextDelta
from outrider.llm.budgets.ledger import Ledger
from outrider.llm.build import ModelRegistry
from outrider.llm.offline import OfflineModel
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.clocks import Clock, LoopClock
from tests.contracts.providers import MODELS, ask, settings_for
from tests.stand_ins.models import DIALECTS, Dialect, Fail, ModelStandIn, Odd, Ollama, OpenAI, Say
from tests.worlds import OneModel

REFUSED = "connection refused"
FAILURES: dict[str, Fail | Odd | Say | None] = {
    REFUSED: None,
    "time-out": Odd("silent"),
    "401": Fail(401, "authentication_error"),
    "404": Fail(404, "not_found_error"),
    "429": Fail(429, "rate_limit_error"),
    "429 with Retry-After": Fail(429, "rate_limit_error", headers={"retry-after": "0"}),
    "500": Fail(500),
    "529": Fail(529, "overloaded_error"),
    "malformed JSON": Odd("malformed"),
    "other JSON": Odd("other"),
    "cut": Odd("cut"),
    "ends early": Odd("ends"),
    "a proxy's page": Odd("html"),
    "empty answer": Say(""),
    "wrong schema": Say('{"nonsense": 1}'),
    "content filter": Say("", finish="refused"),
}
PASSING = ("time-out", "429", "500", "529", "malformed JSON", "cut")
"""What makes the breaker open."""
LIMIT = Decimal("0.02")
NOBODY = "http://127.0.0.1:9"
LONG, SILENCE = 60.0, 0.15
"""Seconds until a provider that answers, and one that never does, is given up."""
PAUSE = 30.0
TEXTS = 60
SPENT = text("""
    SELECT coalesce(max(spent), 0) FROM (
        SELECT sum(greatest(cost, CASE WHEN state = 'reserved' THEN reserved ELSE 0 END)) AS spent
        FROM model_calls GROUP BY conversation_id
    ) AS each
""")
OPEN = text("SELECT count(*) FROM model_calls WHERE state = 'reserved'")


def settings_of(url: str, provider: str, **values: object) -> Settings:
    usual = {
        "model": f"{provider}:{MODELS[provider]}", "model_timeout": LONG, "model_max_retries": 1,
        "model_cache_seconds": 0, "breaker_failures": 1000, "breaker_pause_seconds": PAUSE, "budget_conversation": LIMIT,
        "time_zone": ZONE, "model_prices": [f"{provider}:*=1/2"],
    }  # fmt: skip
    return settings_for(url, **{**usual, **values})


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
async def test_a_turn_ends_well_however_the_provider_fails(database: Database, settings: Settings, dialect: Dialect) -> None:
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)
    settings.time_zone = ZONE
    stage = Stage(database, settings, Judged(OneModel(OfflineModel()), None, Purse()))
    cases = [(failure, has_other) for failure in FAILURES for has_other in (True, False)]
    rows = [{"phone": f"+1312557{number:04}"} for number in range(len(cases))]
    await stage.open(ScriptLead(name="Ann Lee"), ScriptBriefing(description="A roof check.", sender_name="Maya"), *rows)
    problems = []
    async with ModelStandIn(dialect) as server, AsyncExitStack() as opened:
        ledger = Ledger(database, settings_of(server.url, dialect.name), [CampaignBudgets()], patience=0.1)
        opened.push_async_callback(ledger.aclose)
        for (name, has_other), row in zip(cases, rows, strict=True):
            failure = FAILURES[name]
            server.script.clear()
            server.script.extend([failure or Say()] * TEXTS)
            own = settings_of(NOBODY if failure is None else server.url, dialect.name, offline_fallback=has_other)
            own.model_timeout = SILENCE if failure == Odd("silent") else LONG
            models = ModelRegistry(own, books=ledger, sleep=Clock().sleep)
            opened.push_async_callback(models.aclose)
            problems += [f"{name}, other model {has_other}: {one}" for one in await _turn(stage, models, row["phone"], has_other)]
        await ledger.flush()
        async with database.transaction() as session:
            spent, still_open = (await session.execute(SPENT)).scalar_one(), (await session.execute(OPEN)).scalar_one()
    assert not problems, "\n".join(problems)
    assert server.violations == []
    assert spent <= LIMIT and not still_open, f"spent {spent}, {still_open} still reserved"


async def _turn(stage: Stage, models: ModelRegistry, phone: str, has_other: bool) -> list[str]:
    """One turn of this lead; what is wrong with its end."""
    stage.phone = phone
    await stage.receive("What is this about?")
    thread = await stage.conversation()
    team = ConversationTeam(
        AgentParts(
            models=models, slots=SlotFinder(stage.database, stage.settings), database=stage.database, secrets=["sk-test-key"]
        )
    )
    ended = await answer_conversation(stage.database, team, CampaignBriefings(), thread.id, 8, is_last_try=True)
    (thread,) = await stage.rows(Conversation, Conversation.id == thread.id)
    answers = await stage.rows(Message, Message.conversation_id == thread.id, Message.author == Author.AGENT)
    wrong = [] if ended is TurnEnd.DONE else [f"the turn ended {ended}"]
    if len(answers) + (thread.handled_by == "person") == 0:
        wrong.append("neither an answer nor a person")
    if thread.run_token is not None:
        wrong.append("the turn is not free again")
    if thread.handled_by == "person" and not thread.needs_person_detail:
        wrong.append("nobody says why a person is needed")
    if any("{" in answer.body or "nonsense" in answer.body for answer in answers):
        wrong.append(f"the lead got {answers[0].body!r}")
    if has_other and not answers and thread.needs_person_reason == "model_failed":
        wrong.append(f"the other model was not asked: {thread.needs_person_detail}")
    return wrong


@pytest.mark.parametrize("name", PASSING)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
async def test_the_breaker_opens_and_recovers(dialect: Dialect, name: str) -> None:
    changes: list[CircuitChanged] = []
    clock, time_out = Clock(), LoopClock()
    async with ModelStandIn(dialect, on_silence=lambda: time_out.skip(LONG)) as server:
        failure = FAILURES[name]
        assert failure is not None
        server.script.extend([failure] * 2)
        own = settings_of(server.url, dialect.name, breaker_failures=2, model_max_retries=0)
        models = ModelRegistry(own, on_circuit=changes.append, now=clock)
        model = models.get()
        for _ in range(2):
            with pytest.raises(ModelError):
                await model.complete(ask(fresh=True))
        asked = len(server.requests)
        with pytest.raises(CircuitOpen):
            await model.complete(ask(fresh=True))
        clock.seconds += PAUSE - 0.1
        with pytest.raises(CircuitOpen):
            await model.complete(ask(fresh=True))
        assert len(server.requests) == asked, "an open circuit asks nobody"
        clock.seconds += 0.1
        for _ in range(3):
            assert (await model.complete(ask(fresh=True))).text
        await models.aclose()
    assert changes[0].state is CircuitState.OPEN and changes[-1].state is CircuitState.CLOSED


@pytest.mark.parametrize("how", ["cut", "ends", "error", "malformed"])
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
async def test_a_stream_that_breaks_is_begun_anew_by_another_model(dialect: Dialect, how: str) -> None:
    other = Ollama() if dialect.name != "ollama" else OpenAI()
    url = "OLLAMA_BASE_URL" if dialect.name != "ollama" else "OPENAI_BASE_URL"
    async with ModelStandIn(dialect) as server, ModelStandIn(other) as second:
        server.script.extend([Odd(how, after=4)] * 4)
        address = second.url if dialect.name != "ollama" else f"{second.url}/v1"
        fallback = [f"{other.name}:{MODELS[other.name]}"]
        own = settings_of(server.url, dialect.name, fallback_models=fallback, model_max_retries=0, **{url: address})
        models = ModelRegistry(own)
        *parts, reply = [part async for part in models.get().stream(ask(fresh=True))]
        await models.aclose()
    assert isinstance(reply, ChatReply) and reply.text == Say().text
    begins = [place for place, part in enumerate(parts) if isinstance(part, Restarted)]
    assert len(begins) <= 1 and (begins or len(server.requests) == 1)
    anew = parts[begins[0] + 1 :] if begins else parts
    assert "".join(part.text for part in anew if isinstance(part, TextDelta)) == reply.text
