"""Runs of evals: what they find, what they cost, what the API says of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from httpx import AsyncClient

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.evals.personas import PERSONAS, ByRules, Moment, moment_of
from outrider.evals.report_page import report_page
from outrider.evals.running import EvalResults, Plan, run_evals
from outrider.evals.scripts import BESIDE_THE_PACKAGE, Expectation, read_scripts
from outrider.jobs import JobContext
from outrider.jobs.definition import registry
from outrider.leads.models import Lead
from outrider.llm.base import ChatReply
from outrider.llm.offline import OfflineModel
from tests.scripted_model import Scripted
from tests.worlds import OneModel, World

SCRIPTS = read_scripts(BESIDE_THE_PACKAGE)
QUESTION = {"question-en": SCRIPTS["question-en"]}


async def test_personas_end_as_they_may_and_the_same_each_time(settings: Settings) -> None:
    plan = Plan(personas=list(PERSONAS.values()))
    results = await run_evals(plan, OneModel(OfflineModel()), None, settings)
    assert results.is_good, [(one.name, one.outcome, one.all_problems) for one in results.played]
    again = await run_evals(Plan(personas=[PERSONAS["haggler"]]), OneModel(OfflineModel()), None, settings)
    (first,) = [one for one in results.played if one.name == "haggler"]
    assert [turn.written for turn in again.played[0].turns] == [turn.written for turn in first.turns]


async def test_what_goes_wrong_is_named_and_shown(settings: Settings) -> None:
    script = QUESTION["question-en"]
    turns = [script.turns[0].model_copy(update={"expect": Expectation(booked=True, contains=["<b>never said</b>"])})]
    wrong = {"wrong-en": script.model_copy(update={"turns": turns})}
    results = await run_evals(Plan(scripts=wrong), OneModel(OfflineModel()), None, settings)
    assert not results.is_good and results.failed == 1
    problems = " ".join(results.played[0].all_problems)
    assert "meetings ahead: 0 instead of 1" in problems and "never said" in problems
    page = report_page(results)
    assert "&lt;b&gt;never said" in page and "<b>never" not in page
    assert not any(outside in page for outside in ("http://", "https://", "src=", "@import", "<script"))


async def test_a_run_stops_at_its_cost_limit(settings: Settings) -> None:
    dear = Scripted([ChatReply("Hello", "m", "script", 10, 10, cost=Decimal("0.4"))])
    plan = Plan(scripts=QUESTION, repeat=5, most_cost=Decimal(1))
    results = await run_evals(plan, OneModel(dear), None, settings)
    assert results.stopped and not results.is_good and len(results.played) < plan.size
    assert results.cost == Decimal("1.2") and dear.calls == 3


def test_a_lead_tells_the_same_story_for_the_same_seed() -> None:
    persona = PERSONAS["sceptic"]
    assert ByRules(persona, 3)._left == ByRules(persona, 3)._left
    assert any(ByRules(persona, seed)._left != ByRules(persona, 0)._left for seed in range(1, 5))


@pytest.mark.parametrize(
    ("ours", "moment"),
    [
        ("How about Tue at 10:00 am or Wed at 2:00 pm?", Moment.TIMES),
        ("Would you like a short call?", Moment.CALL),
        ("What are you looking for?", Moment.QUESTION),
        ("Done: see you on Tuesday at 10:00 am.", Moment.STATEMENT),
    ],
)
def test_a_lead_knows_what_it_is_asked(ours: str, moment: Moment) -> None:
    assert moment_of(ours) is moment


async def test_a_run_over_the_api_touches_nothing(api: AsyncClient, database: Database, settings: Settings) -> None:
    lead = await World(database).lead(name="Real Person")
    answer = await api.post("/api/evals", json={"model": "offline", "only": "question-en"})
    assert answer.status_code == 202 and answer.json()["status"] == "waiting"
    run_id = answer.json()["id"]
    assert (await api.get(f"/api/evals/{run_id}/report")).status_code == 409
    assert (await api.post("/api/evals", json={})).status_code == 409

    await registry["evals.run"].run(JobContext(database, {Settings: settings}), f'{{"run_id": {run_id}}}'.encode())

    found = (await api.get(f"/api/evals/{run_id}")).json()
    assert (found["status"], found["played"], found["passed"], found["model"]) == (
        "passed",
        found["planned"],
        found["planned"],
        "offline",
    )
    assert EvalResults.model_validate(found["results"]).is_good and found["planned"] > 0
    page = await api.get(f"/api/evals/{run_id}/report")
    assert page.headers["content-type"].startswith("text/html") and "Evals of offline" in page.text
    assert [one["id"] for one in (await api.get("/api/evals")).json()] == [run_id]
    assert [row.id for row in await World(database).rows(Lead)] == [lead.id]


@pytest.mark.parametrize(
    "wanted", [{"personas": ["nobody"]}, {"only": "no-such-script"}, {"repeat": 0}, {"most_cost": -1}, {"unknown": 1}]
)
async def test_what_can_not_be_played_is_refused(api: AsyncClient, wanted: dict[str, object]) -> None:
    assert (await api.post("/api/evals", json=wanted)).status_code == 422


async def test_a_run_that_is_not_there(api: AsyncClient) -> None:
    assert (await api.get("/api/evals/999")).status_code == 404


async def test_what_can_be_played_is_told(api: AsyncClient) -> None:
    choices = (await api.get("/api/evals/choices")).json()
    assert choices["scripts"] == list(SCRIPTS) and [one["key"] for one in choices["personas"]] == list(PERSONAS)
    assert all(one["name"] and one["character"] for one in choices["personas"])
