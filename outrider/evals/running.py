"""Runs scripts and simulated leads, one after the other, each on a database of its own."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel

from outrider import __version__
from outrider.agents.factory import Models
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.evals.judged import EvalStopped, Halt, Judged, Paid, Purse
from outrider.evals.personas import ByModel, ByRules, Persona, Voice
from outrider.evals.playing import Played, play_script
from outrider.evals.scratch import scratch_server, scratch_settings
from outrider.evals.scripts import Script
from outrider.evals.simulating import MOST_TURNS, simulate
from outrider.llm.base import ChatModel
from outrider.llm.budgeted import Books
from outrider.llm.build import ModelRegistry


class EvalResults(BaseModel):
    """What a run of evals found."""

    model: str
    """`provider:model` that was judged."""
    version: str = __version__
    began_at: datetime
    seconds: float = 0.0
    played: list[Played] = []
    stopped: str | None = None
    """Why the rest was not played."""
    planned: int = 0
    """Conversations that were to be played."""
    cost: Decimal = Decimal(0)
    """US dollars."""
    calls: int = 0

    @property
    def passed(self) -> int:
        return sum(one.passed for one in self.played)

    @property
    def failed(self) -> int:
        return len(self.played) - self.passed

    @property
    def is_good(self) -> bool:
        """Everything was played, and all of it went as it should."""
        return not self.failed and self.stopped is None and len(self.played) == self.planned > 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played."""

    scripts: Mapping[str, Script] = field(default_factory=dict)
    personas: Sequence[Persona] = ()
    repeat: int = 1
    """Each so many times; a persona tells its story differently each time."""
    most_turns: int = MOST_TURNS
    """Of a persona."""
    most_cost: Decimal | None = None
    """US dollars for all of it."""
    lead_model: str | None = None
    """Plays the personas in place of their own lines."""

    @property
    def size(self) -> int:
        return (len(self.scripts) + len(self.personas)) * self.repeat


@dataclass(frozen=True, slots=True)
class Act:
    """One conversation of a plan."""

    name: str
    what: Script | Persona
    repetition: int


Tell = Callable[[EvalResults], Awaitable[None]]
"""Hears of each conversation as it ends: it is the last one of those played."""


def judged_models(settings: Settings, books: Books | None = None) -> ModelRegistry:
    """The installation's models as evals ask them: no answer is from a cache or of another model.

    Raises:
        ConfigurationError: a setting of them can't be used.
    """
    own = {"model_cache_seconds": 0.0, "fallback_models": [], "offline_fallback": False}
    return ModelRegistry(settings.model_copy(update=own), books=books)


async def run_evals(
    plan: Plan, models: Models, model: str | None, settings: Settings, tell: Tell | None = None, halt: Halt | None = None
) -> EvalResults:
    """Play the plan on the model of this name; None is the installation's default.

    Nothing of the installation is read or written, and nothing is sent: all happens in a scratch database.

    Args:
        halt: ends the run early; what was played until then is told.

    Raises:
        ConfigurationError: there is no such model.
        Unavailable: the scratch database does not start.
    """
    purse, began = Purse(plan.most_cost, halt=halt or Halt()), time.perf_counter()
    results = EvalResults(model=models.get(model).name, began_at=datetime.now(UTC), planned=plan.size)
    lead_model = Paid(models.get(plan.lead_model), purse) if plan.lead_model else None
    async with scratch_server() as (server, folder):
        scratch = scratch_settings(settings, folder)
        for act in _acts(plan):
            try:
                purse.halt.ensure_open()
                async with server.database() as database:
                    played = await _play(act, database, scratch, Judged(models, model, purse), plan, lead_model)
            except EvalStopped as error:
                results.stopped = error.detail
                break
            results.played.append(played)
            _take_stock(results, purse, began)
            if tell is not None:
                await tell(results)
    _take_stock(results, purse, began)
    return results


def _take_stock(results: EvalResults, purse: Purse, began: float) -> None:
    results.seconds, results.cost, results.calls = time.perf_counter() - began, purse.spent, purse.calls


def _acts(plan: Plan) -> Iterator[Act]:
    for repetition in range(1, plan.repeat + 1):
        yield from (Act(name, script, repetition) for name, script in plan.scripts.items())
        yield from (Act(persona.key, persona, repetition) for persona in plan.personas)


async def _play(
    act: Act, database: Database, settings: Settings, judged: Judged, plan: Plan, lead_model: ChatModel | None
) -> Played:
    if isinstance(act.what, Script):
        played = await play_script(database, settings, judged, act.what, act.name)
    else:
        persona = act.what
        voice: Voice = ByModel(persona, lead_model) if lead_model else ByRules(persona, act.repetition - 1)
        played = await simulate(database, settings, judged, persona, voice, most_turns=plan.most_turns)
    played.repetition = act.repetition
    return played
