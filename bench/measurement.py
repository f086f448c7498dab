"""A measured figure: its samples, its goal and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure of a bench. Its value is the median of the samples."""

    samples: Sequence[float]
    unit: str
    """`leads/s`, `ms`, `MB` …"""
    goal: float | None = None
    """What it should reach; None if it is only shown."""
    baseline: float | None = None
    """The same work done another way, measured in the same run."""
    baseline_name: str = ""
    higher_is_better: bool = True
    details: Mapping[str, Any] = field(default_factory=dict)
    """Further figures that explain it, with their unit in the name: `worker_rss_mb`."""

    @property
    def value(self) -> float:
        return median(self.samples)

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline."""
        if not self.baseline or not self.value:
            return None
        return self.value / self.baseline if self.higher_is_better else self.baseline / self.value

    @property
    def meets_goal(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.higher_is_better else self.value <= self.goal

    def as_json(self) -> dict[str, Any]:
        return {
            "value": rounded(self.value),
            "unit": self.unit,
            "goal": rounded(self.goal),
            "meets_goal": self.meets_goal,
            "baseline": rounded(self.baseline),
            "baseline_name": self.baseline_name,
            "ratio": rounded(self.ratio),
            "higher_is_better": self.higher_is_better,
            "samples": [rounded(sample) for sample in self.samples],
            "details": {name: rounded(value) if isinstance(value, float) else value for name, value in self.details.items()},
        }


def rounded(value: float | None) -> float | None:
    """Four significant digits: more than a shared machine can repeat."""
    return None if value is None else float(f"{value:.4g}")
