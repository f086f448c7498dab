"""Conversations as scripts: each goes the way of a real one, from the carrier's webhook to the text that waits to be sent."""

from __future__ import annotations

import pytest

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.evals.checking import foreign_sentences
from outrider.evals.judged import Judged, Purse
from outrider.evals.playing import play_script
from outrider.evals.scratch import ZONE
from outrider.evals.scripts import BESIDE_THE_PACKAGE, Event, Script, read_scripts
from outrider.llm.offline import OfflineModel
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.worlds import OneModel

SCRIPTS = read_scripts(BESIDE_THE_PACKAGE)
LANGUAGES = ("en", "es", "fr")
LEAST_SITUATIONS = 40


@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_conversation_goes_by_its_script(database: Database, settings: Settings, name: str) -> None:
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)
    settings.time_zone = ZONE
    judged = Judged(OneModel(OfflineModel()), None, Purse())
    played = await play_script(database, settings, judged, SCRIPTS[name], name)
    assert played.passed, "\n".join(played.all_problems) + f"\n{played.turns}"
    for body in (body for turn in played.turns for body in turn.written):
        assert any(not foreign_sentences(body, language) for language in LANGUAGES), f"in two languages: {body}"


def test_every_situation_is_told_in_every_language() -> None:
    files = {path.stem for path in BESIDE_THE_PACKAGE.glob("*.yaml")}
    assert set(SCRIPTS) == {f"{file}-{language}" for file in files for language in LANGUAGES}
    assert len(files) >= LEAST_SITUATIONS


def test_the_situations_cover_every_agent_escalation_and_event() -> None:
    turns = [turn for script in SCRIPTS.values() for turn in script.turns]
    expected = [turn.expect for turn in turns]
    agents = {"conversation", "qualification", "objection_handler", "scheduler"}
    reasons = {
        "asked_for_person", "angry", "legal_threat", "low_confidence", "wrong_person", "over_budget", "model_failed",
        "repeated_failure",
    }  # fmt: skip
    assert {one.agent for one in expected} >= agents
    assert {one.reason for one in expected} >= reasons, f"missing: {reasons - {one.reason for one in expected}}"
    assert {event for turn in turns for event in (turn.before, turn.meanwhile)} >= set(Event)


def test_a_script_says_what_it_got_wrong(script: Script = SCRIPTS["price_objection-en"]) -> None:
    with pytest.raises(ValueError, match="IANA"):
        Script.model_validate({**script.model_dump(), "lead": {"name": "Ann", "time_zone": "Mars/Base"}})
