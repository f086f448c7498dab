"""Plays one script on a stage of its own."""

from __future__ import annotations

import time
from functools import partial

import structlog
from pydantic import BaseModel

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import OutriderError
from outrider.evals.checking import Standing, differences, standing
from outrider.evals.judged import EvalStopped, Judged
from outrider.evals.scripts import Script, ScriptTurn
from outrider.evals.stage import Said, Stage

log = structlog.get_logger(__name__)


class PlayedTurn(BaseModel):
    """One turn as it went."""

    heard: list[str]
    written: list[str]
    agent: str | None = None
    rule: str = ""
    seconds: float = 0.0
    model_seconds: float = 0.0
    problems: list[str] = []
    """What was not as expected; none if all was."""

    @classmethod
    def of(cls, said: Said, now: Standing, problems: list[str]) -> PlayedTurn:
        """
        Args:
            now: how things stand after it.
        """
        return cls(
            heard=list(said.heard),
            written=[message.body for message in said.written],
            agent=now.agent,
            rule=now.rule,
            seconds=said.seconds,
            model_seconds=said.model_seconds,
            problems=problems,
        )


class Played(BaseModel):
    """A conversation as it went."""

    name: str
    kind: str = "script"
    """`script`, or `persona`."""
    repetition: int = 1
    passed: bool = False
    turns: list[PlayedTurn] = []
    outcome: str = ""
    """Of a persona: how the conversation ended."""
    problems: list[str] = []
    """Of the conversation as a whole."""
    seconds: float = 0.0
    cost: float = 0.0
    """US dollars."""
    calls: int = 0
    """Of models."""

    @property
    def all_problems(self) -> list[str]:
        """With the turns they belong to."""
        numbered = enumerate(self.turns, 1)
        return [*self.problems, *(f"turn {number}: {one}" for number, turn in numbered for one in turn.problems)]


async def play_script(database: Database, settings: Settings, judged: Judged, script: Script, name: str = "") -> Played:
    """Play the script to its end, or to its first turn that is not as expected: what follows stands on it.

    Raises:
        EvalStopped: the run may cost no more.
    """
    began, spent, calls = time.perf_counter(), judged.purse.spent, judged.purse.calls
    stage = Stage(database, settings, judged)
    played = Played(name=name)
    try:
        await stage.open(script.lead, script.briefing)
        for turn in script.turns:
            played.turns.append(await _play_turn(stage, turn))
            if played.turns[-1].problems:
                break
    except EvalStopped:
        raise
    except OutriderError as error:
        log.info("eval_script_failed", script=name, error=error.slug)
        played.problems.append(f"{error.title}: {error.detail}")
    played.passed = not played.all_problems
    played.seconds = time.perf_counter() - began
    played.cost, played.calls = float(judged.purse.spent - spent), judged.purse.calls - calls
    return played


async def _play_turn(stage: Stage, turn: ScriptTurn) -> PlayedTurn:
    if turn.before is not None:
        await stage.happen(turn.before)
    if turn.meanwhile is not None:
        stage.judged.meanwhile = partial(stage.happen, turn.meanwhile, turn.adds)
    said = await stage.writes(*turn.texts)
    problems = []
    if stage.judged.meanwhile is not None:
        stage.judged.meanwhile = None
        problems.append(f"“{turn.meanwhile}” did not happen: no model was asked")
    now = await standing(stage)
    return PlayedTurn.of(said, now, [*problems, *differences(turn.expect, said, now, stage.zone)])
