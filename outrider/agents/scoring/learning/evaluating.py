"""Judge a scorer by a table that it was not learned from."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel

from outrider.agents.scoring.learning.artifact import Artifact
from outrider.agents.scoring.learning.metrics import (
    Metrics,
    ReliabilityBin,
    TierRow,
    balanced_scores,
    metrics_of,
    reliability,
    tier_rows,
)
from outrider.agents.scoring.learning.table import Table


class Evaluation(BaseModel):
    baseline: Metrics
    """Says the average of the rows that were learned from to everybody."""
    metrics: Metrics
    reliability: list[ReliabilityBin]
    tiers: list[TierRow]
    missing: list[str]
    """Features that the table lacks."""
    probabilities: list[float]
    scores: list[int]


def evaluated(scorer: Artifact, table: Table) -> Evaluation:
    labels = np.asarray(table.labels, dtype=float)
    probabilities = scorer.probabilities(table.columns, table.size)
    scores = balanced_scores(probabilities, scorer.prevalence)
    return Evaluation(
        baseline=metrics_of(np.full(len(labels), scorer.prevalence), labels),
        metrics=metrics_of(probabilities, labels),
        reliability=reliability(probabilities, labels),
        tiers=tier_rows(scores, labels),
        missing=[feature.name for feature in scorer.spec.features if feature.name not in table.columns],
        probabilities=[float(one) for one in probabilities],
        scores=[round(float(one)) for one in scores],
    )
