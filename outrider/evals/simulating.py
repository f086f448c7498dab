"""Lets a simulated lead converse with the agents until one of them has nothing more to say."""

from __future__ import annotations

import time
from collections.abc import Sequence

from outrider.agents.base import WorkflowState
from outrider.config import Settings
from outrider.conversations.models import Author
from outrider.db.engine import Database
from outrider.errors import OutriderError
from outrider.evals.checking import Standing, standing
from outrider.evals.judged import EvalStopped, Judged
from outrider.evals.personas import Outcome, Persona, Voice
from outrider.evals.playing import Played, PlayedTurn
from outrider.evals.policy import Allowed, breaches, snapshot
from outrider.evals.stage import Said, Stage

MOST_TURNS = 12
MOST_SEGMENTS = 3


async def simulate(
    database: Database,
    settings: Settings,
    judged: Judged,
    persona: Persona,
    voice: Voice,
    *,
    most_turns: int = MOST_TURNS,
) -> Played:
    """Play a conversation with a persona. It passes if it ends as it may for this persona, and breaks no rule on the way.

    Raises:
        EvalStopped: the run may cost no more.
    """
    began, spent, calls = time.perf_counter(), judged.purse.spent, judged.purse.calls
    played = Played(name=persona.key, kind="persona")
    stage = Stage(database, settings, judged)
    try:
        await _converse(stage, persona, voice, most_turns, played)
    except EvalStopped:
        raise
    except OutriderError as error:
        played.problems.append(f"{error.title}: {error.detail}")
    played.passed = not played.all_problems
    played.seconds = time.perf_counter() - began
    played.cost, played.calls = float(judged.purse.spent - spent), judged.purse.calls - calls
    return played


async def _converse(stage: Stage, persona: Persona, voice: Voice, most_turns: int, played: Played) -> None:
    leads = await stage.open(persona.lead, persona.briefing)
    before = await snapshot(stage.database)
    opening = [message.body for message in await stage.texts()]
    thread = [("us", body) for body in opening]
    end: Outcome | None = None
    while end is None and len(played.turns) < most_turns:
        texts = await voice.next(thread)
        if not texts:
            end = Outcome.WENT_SILENT
            break
        was = await standing(stage)
        said = await stage.writes(*texts)
        now = await standing(stage)
        played.turns.append(_turn(said, was, now, [body for author, body in thread if author == "us"]))
        thread += [("lead", body) for body in said.heard] + [("us", message.body) for message in said.written]
        end = _end(now)
    played.outcome = end or Outcome.TURN_LIMIT
    if played.outcome not in persona.may_end:
        wanted = ", ".join(sorted(persona.may_end))
        played.problems.append(f"it ended with {played.outcome} instead of {wanted}")
    ours = " ".join([persona.briefing.description, persona.briefing.system_prompt, *opening])
    played.problems += await breaches(stage.database, before, Allowed(ours=ours, leads=frozenset(leads), is_suppressible=True))


def _turn(said: Said, was: Standing, now: Standing, before: Sequence[str]) -> PlayedTurn:
    answers = [message for message in said.written if message.author == Author.AGENT]
    problems = [f"{len(answers)} answers instead of one"] if len(answers) > 1 else []
    problems += [f"said again: {one.body!r}" for one in answers if one.body in before]
    problems += [f"{one.segments} segments: {one.body!r}" for one in said.written if one.segments > MOST_SEGMENTS]
    if answers and was.is_suppressed:
        problems.append("answered although the number must not be contacted")
    if answers and was.thread.handled_by == "person":
        problems.append("answered although a person has the conversation")
    if len(now.meetings) > 1:
        problems.append(f"{len(now.meetings)} meetings")
    return PlayedTurn.of(said, now, problems)


def _end(now: Standing) -> Outcome | None:
    if now.is_suppressed:
        return Outcome.OPTED_OUT
    if now.thread.handled_by == "person":
        return Outcome.HANDED_OVER
    if now.meetings and now.memory.state is WorkflowState.BOOKED:
        return Outcome.BOOKED
    return None
