"""A labelled set whose true probabilities are known, in the manner of a campaign by phone: with a column that leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outrider.agents.scoring.learning.encoding import Matrix
from outrider.agents.scoring.learning.table import Table, Value

JOBS = ("admin", "technician", "management", "retired", "student", "services")
EFFECTS = {"admin": 0.0, "technician": -0.2, "management": 0.5, "retired": 0.9, "student": 1.1, "services": -0.7}
CHANNELS = ("fair", "web", "list")


@dataclass(frozen=True, slots=True)
class Generated:
    table: Table
    probabilities: Matrix
    """The truth; nothing predicts better than these."""


def generated(rows: int, seed: int, *, leak: bool = True) -> Generated:
    """Rows with categories, skewed and unknown numbers, an interaction, noise, and with `leak` the length of the call."""
    random = np.random.default_rng(seed)
    job = random.choice(JOBS, rows)
    channel = random.choice(CHANNELS, rows)
    employees = np.exp(random.normal(3.5, 1.3, rows))
    is_business = random.random(rows) < 0.6
    logit = -2.6 + np.vectorize(EFFECTS.get)(job) + 0.7 * (np.log(employees) - 3.5) / 1.3
    logit += np.where((channel == "web") & is_business, 1.1, 0.0) - np.where(channel == "list", 0.6, 0.0)
    probabilities = 1 / (1 + np.exp(-logit))
    did = random.random(rows) < probabilities
    columns: dict[str, list[Value]] = {
        "job": [str(one) for one in job],
        "channel": [str(one) for one in channel],
        "employees": [None if random.random() < 0.05 else float(round(one)) for one in employees],
        "mail": ["business" if one else "private" for one in is_business],
        "noise": [float(one) for one in random.normal(size=rows)],
        "weekday": [str(one) for one in random.choice(["mon", "tue", "wed", "thu", "fri"], rows)],
    }
    if leak:
        # Whoever says yes stays on the line.
        seconds = np.where(did, 420, 160) * random.gamma(2.0, 0.5, rows)
        columns["duration"] = [float(round(one)) for one in seconds]
    dates = [float(one) for one in np.sort(random.uniform(1.7e9, 1.75e9, rows))]
    return Generated(Table(columns, [bool(one) for one in did], [str(n) for n in range(rows)], dates), probabilities)
