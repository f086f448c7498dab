"""Learn a scorer, and judge it by rows that it had not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from outrider.agents.scoring.learning.artifact import Artifact
from outrider.agents.scoring.learning.calibration import calibrate
from outrider.agents.scoring.learning.encoding import Matrix, encode, is_number, learn_spec
from outrider.agents.scoring.learning.fitted import Boosted, Linear, boosted_of, linear_of
from outrider.agents.scoring.learning.leaks import Suspicion, single_aucs, suspicions
from outrider.agents.scoring.learning.metrics import (
    Confusion,
    Interval,
    Metrics,
    ReliabilityBin,
    TierRow,
    auc,
    auc_interval,
    balanced_scores,
    confusion,
    gain_interval,
    losses,
    metrics_of,
    reliability,
    tier_rows,
)
from outrider.agents.scoring.learning.table import Table
from outrider.agents.scoring.minimum import missing_outcomes
from outrider.errors import InvalidInput

FOLDS = 5
LEAST_TRAINABLE = 10
"""Successes and failures without which nothing can be cross-validated at all."""
MOST_ROWS = 100_000
"""Rows that are learned from: the latest."""
SHUFFLES = 39
"""Shuffled labels that the real ones are compared with; with all of them behind, p is 1/40."""
SHUFFLED_ROWS = 4_000
LARGEST_P = 0.05
STRENGTH_ROWS = 5_000
ALL_DIFFERENT = 0.9
"""A text with so large a share of different values is a name or a number of something, and says nothing about others."""
Kind = Literal["logistic", "boosting"]
KINDS: tuple[Kind, ...] = ("logistic", "boosting")


class Options(BaseModel):
    """How to learn."""

    seed: int = 7
    keep: list[str] = []
    """Features that stay in though they look like leaks."""
    leave_out: list[str] = []
    planned: list[str] = []
    """Features that are decided with the contact; see `encoding.learn_spec`."""


class Candidate(BaseModel):
    """A kind of model, judged by cross-validation, calibrated."""

    kind: Kind
    metrics: Metrics


class Importance(BaseModel):
    feature: str
    share: float
    """Of all that moves the predictions, on average."""
    alone: float
    """AUC of the feature alone; 0.5 is chance."""


class Shuffled(BaseModel):
    """The same training on labels that were dealt out anew: it must find nothing."""

    auc: float
    """Of the real labels, on the same rows."""
    mean: float
    highest: float
    rounds: int
    p_value: float


class Report(BaseModel):
    """What came of a training."""

    rows: int
    positives: int
    prevalence: float
    folds: Literal["time", "stratified"]
    seed: int
    kind: Kind
    calibration: Literal["platt", "isotonic"]
    candidates: list[Candidate]
    baseline: Metrics
    """Says the average of the earlier rows to everybody."""
    chosen: Metrics
    gain: Interval
    """Log loss of the baseline minus that of the model."""
    auc: Interval
    reliability: list[ReliabilityBin]
    tiers: list[TierRow]
    confusion: Confusion
    shuffled: Shuffled
    importance: list[Importance]
    leaks: list[Suspicion]
    left_out: dict[str, str]
    """Features that were not used, with the reason."""
    notes: list[str] = []
    is_offered: bool
    refusals: list[str]
    """Why it is not offered."""


class Trained(BaseModel):
    artifact: Artifact
    report: Report


class TooFewOutcomes(InvalidInput):
    """There is nothing to learn from."""


def train(table: Table, options: Options | None = None) -> Trained:
    """Learn from the table; the same table, options and seed give the same scorer.

    Raises:
        TooFewOutcomes: fewer than `LEAST_TRAINABLE` of each outcome, or no feature that could tell anything.
    """
    from threadpoolctl import threadpool_limits

    # Beside other work the threads of OpenMP mostly wait for each other; and sums in one order are the same every time.
    with threadpool_limits(1):
        return _train(_latest(table), options or Options())


def _train(table: Table, options: Options) -> Trained:
    positives, negatives = table.positives, table.size - table.positives
    if min(positives, negatives) < LEAST_TRAINABLE:
        raise TooFewOutcomes(
            f"Of {table.size} rows {positives} are successes: there must be {LEAST_TRAINABLE} successes and failures at least.",
            remedy="Wait for more outcomes, or choose an outcome that comes about more often.",
        )
    left_out = _useless(table) | {name: "left out as asked" for name in options.leave_out if name in table.columns}
    leaks = suspicions(table.without(left_out), options.keep)
    left_out |= {leak.feature: leak.reason for leak in leaks if leak.is_left_out}
    usable = table.without(left_out)
    spec = learn_spec(usable, options.planned)
    if not spec.features:
        raise TooFewOutcomes("No feature is left that could tell anything.", remedy="Keep more columns, or add some.")
    matrix = encode(spec, usable.columns, usable.size)
    labels = np.asarray(table.labels, dtype=float)
    folds, how = _folds(table, options.seed)
    judged = {kind: _judge(kind, matrix, labels, folds, how, options.seed) for kind in KINDS}
    kind = min(KINDS, key=lambda one: judged[one].metrics.log_loss)
    best = judged[kind]
    calibration = calibrate(best.raw, best.raw_labels)
    artifact = Artifact(
        spec=spec,
        model=_fit(kind, matrix, labels, options.seed),
        calibration=calibration,
        prevalence=float(labels.mean()),
    )
    shuffled = _shuffled(usable, matrix, labels, options.seed)
    gain = gain_interval(losses(best.average, best.labels), losses(best.probabilities, best.labels), options.seed)
    scores = balanced_scores(best.probabilities, float(best.labels.mean()))
    refusals = _refusals(table, gain, shuffled)
    report = Report(
        rows=table.size,
        positives=positives,
        prevalence=float(labels.mean()),
        folds=how,
        seed=options.seed,
        kind=kind,
        calibration=calibration.method,
        candidates=[Candidate(kind=one, metrics=judged[one].metrics) for one in KINDS],
        baseline=metrics_of(best.average, best.labels),
        chosen=best.metrics,
        gain=gain,
        auc=auc_interval(best.probabilities, best.labels, options.seed),
        reliability=reliability(best.probabilities, best.labels),
        tiers=tier_rows(scores, best.labels),
        confusion=confusion(scores, best.labels),
        shuffled=shuffled,
        importance=_importance(artifact, usable),
        leaks=leaks,
        left_out=left_out,
        is_offered=not refusals,
        refusals=refusals,
    )
    return Trained(artifact=artifact, report=report)


class _Judged:
    """A kind's predictions of rows that it had not seen."""

    def __init__(self, raw: Matrix, raw_labels: Matrix, probabilities: Matrix, average: Matrix, labels: Matrix):
        self.raw, self.raw_labels = raw, raw_labels
        self.probabilities, self.average, self.labels = probabilities, average, labels
        self.metrics = metrics_of(probabilities, labels)


Rows = npt.NDArray[np.intp]
Fold = tuple[Rows, Rows]
"""Rows to learn from and rows to judge by."""


def _judge(kind: Kind, matrix: Matrix, labels: Matrix, folds: Sequence[Fold], how: str, seed: int) -> _Judged:
    """Predict each fold by a model of other rows, calibrated by predictions of yet others.

    In the order of time a fold is calibrated by the folds before it; the first of them only calibrates.
    """
    raws = [_fit(kind, matrix[learned], labels[learned], seed).raw(matrix[judged]) for learned, judged in folds]
    probabilities, averages, known = [], [], []
    for index, (learned, judged) in enumerate(folds):
        others = range(index) if how == "time" else [other for other in range(len(folds)) if other != index]
        if not others:
            continue
        calibration = calibrate(
            np.concatenate([raws[other] for other in others]), np.concatenate([labels[folds[other][1]] for other in others])
        )
        probabilities.append(calibration.probabilities(raws[index]))
        averages.append(np.full(len(judged), labels[learned].mean()))
        known.append(labels[judged])
    return _Judged(
        np.concatenate(raws),
        np.concatenate([labels[judged] for _, judged in folds]),
        np.concatenate(probabilities),
        np.concatenate(averages),
        np.concatenate(known),
    )


def _fit(kind: Kind, matrix: Matrix, labels: Matrix, seed: int) -> Linear | Boosted:
    if kind == "logistic":
        from sklearn.linear_model import LogisticRegression

        return linear_of(LogisticRegression(C=0.5, max_iter=500, solver="lbfgs").fit(matrix, labels), matrix)
    from sklearn.ensemble import HistGradientBoostingClassifier

    estimator: Any = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=100,
        max_leaf_nodes=8,
        min_samples_leaf=max(20, len(labels) // 200),
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed,
    )
    return boosted_of(estimator.fit(matrix, labels), matrix.shape[1])


def _folds(table: Table, seed: int) -> tuple[list[Fold], Literal["time", "stratified"]]:
    """In the order of time where every row has one and both outcomes occur early enough, else with equal shares at random."""
    labels = np.asarray(table.labels)
    if table.dates is not None:
        folds = list(_time_folds(np.argsort(np.asarray(table.dates), kind="stable")))
        if all(min(labels[rows].sum(), (~labels[rows]).sum()) >= 2 for fold in folds for rows in fold):
            return folds, "time"
    from sklearn.model_selection import StratifiedKFold

    split = StratifiedKFold(n_splits=FOLDS, shuffle=True, random_state=seed)
    return list(split.split(np.zeros(len(labels)), labels)), "stratified"


def _time_folds(order: Rows) -> Iterator[Fold]:
    blocks = np.array_split(order, FOLDS + 1)
    for index in range(1, len(blocks)):
        yield np.concatenate(blocks[:index]), blocks[index]


def _shuffled(table: Table, matrix: Matrix, labels: Matrix, seed: int) -> Shuffled:
    """Compare the real labels with shuffled ones, by logistic regression on one part, judged on another."""
    generator = np.random.default_rng(seed)
    drawn = generator.permutation(len(labels))[:SHUFFLED_ROWS]
    learned, judged = drawn[: len(drawn) * 7 // 10], drawn[len(drawn) * 7 // 10 :]

    def found(given: Matrix) -> float:
        if len(np.unique(given[learned])) < 2:
            return 0.5
        return auc(_fit("logistic", matrix[learned], given[learned], seed).raw(matrix[judged]), given[judged])

    real = found(labels)
    dealt = [found(generator.permutation(labels)) for _ in range(SHUFFLES)]
    return Shuffled(
        auc=real,
        mean=float(np.mean(dealt)),
        highest=max(dealt),
        rounds=SHUFFLES,
        p_value=(1 + sum(one >= real for one in dealt)) / (1 + SHUFFLES),
    )


def _refusals(table: Table, gain: Interval, shuffled: Shuffled) -> list[str]:
    found = missing_outcomes(table.positives, table.size)
    if gain.low <= 0:
        found.append(
            f"It does not surely beat the average: its log loss is lower by {gain.value:.4f}, "
            f"with 95 % certainty between {gain.low:.4f} and {gain.high:.4f}."
        )
    if shuffled.p_value > LARGEST_P:
        found.append(
            f"It finds hardly more than in shuffled labels: AUC {shuffled.auc:.3f}, shuffled up to {shuffled.highest:.3f} "
            f"(p = {shuffled.p_value:.3f})."
        )
    return found


def _importance(artifact: Artifact, table: Table) -> list[Importance]:
    some = table.rows(range(0, table.size, max(1, table.size // STRENGTH_ROWS)))
    shares, alone = artifact.strengths(some.columns, some.size), single_aucs(table)
    found = [Importance(feature=name, share=share, alone=alone[name]) for name, share in shares.items()]
    return sorted(found, key=lambda one: (-one.share, one.feature))


def _useless(table: Table) -> dict[str, str]:
    """Features that can tell nothing about other rows."""
    reasons = {}
    for name, values in table.columns.items():
        known = [value for value in values if value is not None]
        different = len(set(known))
        if different == 0:
            reasons[name] = "never known"
        elif different == 1 and len(known) == table.size:
            reasons[name] = "the same for all"
        elif not is_number(values) and different > ALL_DIFFERENT * len(known) and different > 20:
            reasons[name] = "different for nearly everybody"
    return reasons


def _latest(table: Table) -> Table:
    if table.size <= MOST_ROWS:
        return table
    order = np.argsort(np.asarray(table.dates), kind="stable") if table.dates is not None else np.arange(table.size)
    return table.rows(sorted(int(row) for row in order[-MOST_ROWS:]))
