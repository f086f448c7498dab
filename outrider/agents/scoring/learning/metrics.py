"""How good probabilities are, on rows that the model had not seen."""

from __future__ import annotations

import math

import numpy as np
from pydantic import BaseModel

from outrider.agents.scoring.learning.encoding import Matrix

TIERS = ((75, "A"), (55, "B"), (30, "C"), (0, "D"))
"""Lowest score of each tier, as in a conversation's qualification."""
BINS = 10
RESAMPLES = 1_000
MOST_RESAMPLED = 20_000
"""Rows of one resample; an interval of more rows is narrower still."""
TINY = 1e-6


class Interval(BaseModel):
    """An estimate with its 95 % interval by the bootstrap."""

    value: float
    low: float
    high: float


class ReliabilityBin(BaseModel):
    """Rows with similar probabilities: what was said, and what came true."""

    rows: int
    predicted: float
    """Mean probability."""
    observed: float
    """Share that did it."""
    low: float
    high: float
    """95 % interval of the share (Wilson)."""


class TierRow(BaseModel):
    """What became of those whom the score put into a tier."""

    tier: str
    rows: int
    positives: int
    rate: float | None
    lift: float | None
    """How many times the average rate."""


class Confusion(BaseModel):
    """Tiers A and B taken as a yes."""

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int


class Metrics(BaseModel):
    """Figures of one model, or of the baseline that says the average to everybody."""

    rows: int
    positives: int
    log_loss: float
    brier: float
    auc: float
    calibration_error: float
    """Mean distance between what was said and what came true, over the bins of the reliability curve."""


def metrics_of(probabilities: Matrix, labels: Matrix) -> Metrics:
    return Metrics(
        rows=len(labels),
        positives=int(labels.sum()),
        log_loss=float(losses(probabilities, labels).mean()),
        brier=float(((probabilities - labels) ** 2).mean()),
        auc=auc(probabilities, labels),
        calibration_error=calibration_error(reliability(probabilities, labels)),
    )


def losses(probabilities: Matrix, labels: Matrix) -> Matrix:
    """The log loss of each row."""
    clipped = np.clip(probabilities, TINY, 1 - TINY)
    return -np.asarray(labels * np.log(clipped) + (1 - labels) * np.log(1 - clipped))


def auc(scores: Matrix, labels: Matrix) -> float:
    """How often a row that did it stands before one that did not; ties count half. 0.5 is chance."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        return 0.5
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def reliability(probabilities: Matrix, labels: Matrix, bins: int = BINS) -> list[ReliabilityBin]:
    """Bins of as many rows each, from the lowest probability to the highest."""
    order = np.argsort(probabilities, kind="stable")
    shown = []
    for part in np.array_split(order, min(bins, len(order))):
        rows, hits = len(part), float(labels[part].sum())
        low, high = _wilson(hits, rows)
        predicted = float(probabilities[part].mean())
        shown.append(ReliabilityBin(rows=rows, predicted=predicted, observed=hits / rows, low=low, high=high))
    return shown


def calibration_error(bins: list[ReliabilityBin]) -> float:
    rows = sum(one.rows for one in bins)
    return sum(one.rows * abs(one.predicted - one.observed) for one in bins) / rows if rows else 0.0


def balanced_scores(probabilities: Matrix, prevalence: float) -> Matrix:
    """Scores from 0 to 100: the chance that a lead would have if half of all leads did it. 50 is an average lead.

    By Bayes' rule the odds are divided by the average odds. Ranks stay, and tiers mean the same for an outcome of 40 % and
    one of 2 %, whose plain probabilities would all lie at the bottom.
    """
    chances = np.clip(probabilities, TINY, 1 - TINY)
    average = min(max(prevalence, TINY), 1 - TINY)
    odds = chances / (1 - chances) * (1 - average) / average
    return np.asarray(100 * odds / (1 + odds))


def tier_rows(scores: Matrix, labels: Matrix) -> list[TierRow]:
    prevalence = float(labels.mean()) if len(labels) else 0.0
    rows, top = [], math.inf
    for floor, tier in TIERS:
        within = (scores >= floor) & (scores < top)
        count, hits = int(within.sum()), int(labels[within].sum())
        rate = hits / count if count else None
        lift = rate / prevalence if rate is not None and prevalence else None
        rows.append(TierRow(tier=tier, rows=count, positives=hits, rate=rate, lift=lift))
        top = floor
    return rows


def confusion(scores: Matrix, labels: Matrix, floor: float = TIERS[1][0]) -> Confusion:
    said, did = scores >= floor, labels == 1
    return Confusion(
        true_positives=int((said & did).sum()),
        false_positives=int((said & ~did).sum()),
        true_negatives=int((~said & ~did).sum()),
        false_negatives=int((~said & did).sum()),
    )


def gain_interval(baseline: Matrix, model: Matrix, seed: int) -> Interval:
    """By how much the model's losses are lower than the baseline's, row by row; an interval above 0 beats it."""
    gains = baseline - model
    return _interval(gains, float(gains.mean()), seed)


def auc_interval(probabilities: Matrix, labels: Matrix, seed: int) -> Interval:
    generator = np.random.default_rng(seed)
    size = min(len(labels), MOST_RESAMPLED)
    found = []
    for _ in range(200):
        drawn = generator.integers(0, len(labels), size)
        found.append(auc(probabilities[drawn], labels[drawn]))
    low, high = np.quantile(found, [0.025, 0.975])
    return Interval(value=auc(probabilities, labels), low=float(low), high=float(high))


def _interval(values: Matrix, mean: float, seed: int) -> Interval:
    generator = np.random.default_rng(seed)
    size = min(len(values), MOST_RESAMPLED)
    means = [float(values[generator.integers(0, len(values), size)].mean()) for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(value=mean, low=float(low), high=float(high))


def _wilson(hits: float, rows: int, z: float = 1.96) -> tuple[float, float]:
    share, spread = hits / rows, z * z / rows
    center = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    return max(0.0, center - half), min(1.0, center + half)
