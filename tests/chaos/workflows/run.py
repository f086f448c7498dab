"""Tries a workflow: once undisturbed, to learn its points and what it does, then with a death at each of its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.audit import Check
from tests.chaos.workflows.audit import Deeds, audit, read_deeds
from tests.chaos.workflows.laboratory import Laboratory

ROUNDS = 2
"""Deaths bring runs to points that they would not come to otherwise: these are tried in a second round."""

CALM_LEADS = 24
"""In the undisturbed trial of a workflow that draws lots, so that somebody goes each way."""

Say = Callable[[str], None]


@dataclass(slots=True)
class Verdict:
    """What became of one workflow."""

    name: str
    points: set[str] = field(default_factory=set)
    died_at: set[str] = field(default_factory=set)
    deaths: int = 0
    trials: int = 0
    runs: int = 0
    seconds: float = 0.0
    broken: list[Check] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        return {
            "workflow": self.name,
            "clean": self.is_clean,
            "points": len(self.points),
            "deaths": self.deaths,
            "never_died_at": sorted(self.points - self.died_at),
            "trials": self.trials,
            "runs": self.runs,
            "seconds": round(self.seconds, 1),
            "broken": [{"name": one.name, "found": one.found, "evidence": list(one.evidence)} for one in self.broken],
        }


async def try_all(
    laboratory: Laboratory, chosen: Mapping[str, Mapping[str, Any]], leads: int, trials: int, say: Say
) -> list[Verdict]:
    """Every workflow, one after the other."""
    verdicts = []
    for name, config in chosen.items():
        verdict = await try_one(laboratory, name, config, leads, trials, say)
        missed = sorted(verdict.points - verdict.died_at)
        say(
            f"{name}: {'clean' if verdict.is_clean else 'BROKEN'}; {verdict.deaths} deaths at {len(verdict.died_at)} of "
            f"{len(verdict.points)} points, {verdict.runs} runs, {verdict.seconds:.0f} s"
            + (f"; never at {', '.join(missed)}" if missed else "")
        )
        verdicts.append(verdict)
    return verdicts


async def try_one(laboratory: Laboratory, name: str, config: Mapping[str, Any], leads: int, trials: int, say: Say) -> Verdict:
    verdict = Verdict(name)
    calm = await laboratory.trial(config, leads, ())
    model = await laboratory.trial(config, CALM_LEADS, ()) if _draws_lots(config) else calm
    expected = await read_deeds(laboratory, model)
    await _judge(laboratory, verdict, calm, expected, say)
    if not verdict.is_clean:
        return verdict
    for _ in range(ROUNDS):
        await try_points(laboratory, verdict, config, leads, _shared(sorted_points(verdict), trials), expected, say)
    return verdict


async def try_points(
    laboratory: Laboratory,
    verdict: Verdict,
    config: Mapping[str, Any],
    leads: int,
    shares: Sequence[Sequence[str]],
    expected: Deeds,
    say: Say,
) -> None:
    """One campaign for each share of the points."""
    for deadly in shares:
        trial = await laboratory.trial(config, leads, deadly)
        await _judge(laboratory, verdict, trial, expected, say)


def _draws_lots(config: Mapping[str, Any]) -> bool:
    return any(node["type"] == "split" for node in config["nodes"])


def sorted_points(verdict: Verdict) -> list[str]:
    """Points at which nobody has died yet."""
    return sorted(verdict.points - verdict.died_at)


def _shared(points: Sequence[str], trials: int) -> list[Sequence[str]]:
    return [share for number in range(trials) if (share := points[number::trials])]


async def _judge(laboratory: Laboratory, verdict: Verdict, trial: Any, expected: Deeds, say: Say) -> None:
    checks = await audit(laboratory, trial, expected)
    verdict.points |= set(trial.passed)
    verdict.died_at |= set(trial.died)
    verdict.deaths += len(trial.died)
    verdict.trials += 1
    verdict.runs += len(trial.lead_ids)
    verdict.seconds += trial.seconds
    for check in checks:
        if not check.is_clean:
            verdict.broken.append(check)
            say(f"  {verdict.name}: {check.name}: {check.found}, e.g. {'; '.join(check.evidence)}; died {trial.died}")
