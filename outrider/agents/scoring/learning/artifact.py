"""A trained scorer as one JSON document, and what it says about rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from outrider.agents.scoring.learning.calibration import Calibration
from outrider.agents.scoring.learning.encoding import FeatureSpec, Matrix, encode, said
from outrider.agents.scoring.learning.fitted import Fitted
from outrider.agents.scoring.learning.metrics import balanced_scores
from outrider.agents.scoring.learning.table import Columns, Value
from outrider.errors import OutriderError

LEAST_POINTS = 0.5
"""Parts that move the score by less are not told."""
MOST_TOLD = 8
STEP = 1e-6


class ScorerUnusable(OutriderError):
    """A stored scorer is not what a training writes."""


class Part(BaseModel):
    """What one feature does to the score of one lead."""

    feature: str
    value: str
    points: float
    """How far it moves the score, up or down."""


class Scored(BaseModel):
    """One row's prediction. The base and all parts, told or not, add up to the score."""

    probability: float
    score: int
    """0 to 100; see `metrics.balanced_scores`."""
    base: float
    """Score of the average row."""
    parts: list[Part]
    """Those that matter, the strongest first."""
    rest: float
    """Points of the parts that are not told."""


class Artifact(BaseModel):
    """Everything that is needed to score: features, model, calibration."""

    model_config = ConfigDict(extra="forbid")

    spec: FeatureSpec
    model: Fitted
    calibration: Calibration
    prevalence: float

    @model_validator(mode="after")
    def _fits(self) -> Artifact:
        if self.spec.width != self.model.width:
            raise ValueError("the model was not made for these features")
        return self

    def probabilities(self, columns: Columns, size: int) -> Matrix:
        return self.calibration.probabilities(self.model.raw(encode(self.spec, columns, size)))

    def score(self, columns: Columns, size: int) -> list[Scored]:
        """What the scorer says of each row, and why."""
        matrix = encode(self.spec, columns, size)
        by_feature = self._by_feature(self.model.parts(matrix))
        base = self.model.base
        raw = base + by_feature.sum(axis=1)
        probabilities = self.calibration.probabilities(raw)
        scores = self._scores(raw)
        points = by_feature * self._slopes(raw, scores, base)[:, None]
        base_score = float(self._scores(np.asarray([base]))[0])
        return [
            self._scored(columns, row, float(probabilities[row]), float(scores[row]), base_score, points[row])
            for row in range(size)
        ]

    def _scores(self, raw: Matrix) -> Matrix:
        return balanced_scores(self.calibration.probabilities(raw), self.prevalence)

    def _slopes(self, raw: Matrix, scores: Matrix, base: float) -> Matrix:
        """Points per log-odds on the straight way from the average row to each row.

        For a sum behind a curve this is the Shapley value of each part along that way (Aumann and Shapley): the parts add
        up to exactly what the score differs from the average's.
        """
        away = raw - base
        is_near = np.abs(away) < STEP
        ends = np.where(is_near, base + STEP, raw)
        reached = np.where(is_near, self._scores(ends), scores)
        return np.asarray((reached - self._scores(np.asarray([base]))[0]) / (ends - base))

    def _by_feature(self, parts: Matrix) -> Matrix:
        summed = np.zeros((len(parts), len(self.spec.features)))
        np.add.at(summed.T, np.asarray(self.spec.owners, dtype=int), parts.T)
        return summed

    def strengths(self, columns: Columns, size: int) -> dict[str, float]:
        """How much each feature moves the log-odds on average, as a share of all."""
        moved = np.abs(self._by_feature(self.model.parts(encode(self.spec, columns, size)))).mean(axis=0)
        total = float(moved.sum()) or 1.0
        return {feature.name: float(one) / total for feature, one in zip(self.spec.features, moved, strict=True)}

    def _scored(self, columns: Columns, row: int, probability: float, score: float, base: float, points: Matrix) -> Scored:
        strongest = sorted(range(len(points)), key=lambda index: -abs(points[index]))[:MOST_TOLD]
        told = []
        for index in strongest:
            if abs(points[index]) < LEAST_POINTS:
                break
            feature = self.spec.features[index]
            values: Sequence[Value] = columns.get(feature.name) or ()
            value = values[row] if row < len(values) else None
            told.append(Part(feature=feature.name, value=said(feature, value), points=round(float(points[index]), 1)))
        rest = float(points.sum()) - sum(float(points[index]) for index in strongest[: len(told)])
        return Scored(probability=probability, score=round(score), base=round(base, 1), parts=told, rest=round(rest, 1))


def read_artifact(stored: object) -> Artifact:
    """A stored scorer, checked.

    Raises:
        ScorerUnusable: it is not what a training writes; nothing of it was run.
    """
    try:
        return Artifact.model_validate(stored)
    except ValidationError as error:
        problem = error.errors(include_input=False)[0]
        raise ScorerUnusable(
            f"The stored scorer can't be used: {problem['msg']} at {'.'.join(map(str, problem['loc']))}.",
            remedy="Train a new one, or activate another one.",
        ) from error
