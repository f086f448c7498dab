"""From a model's log-odds to probabilities that mean what they say: of all leads at 20 %, one in five does it.

Fitted on rows that the model had not seen. Platt's method (a line through the log-odds, two parameters) for few rows; isotonic
regression (any rising curve) from `ISOTONIC_ROWS` rows with `ISOTONIC_EACH` of each kind on, below which it overfits
(Niculescu-Mizil and Caruana, "Predicting good probabilities with supervised learning", 2005).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from outrider.agents.scoring.learning.encoding import Matrix

ISOTONIC_ROWS = 2_000
ISOTONIC_EACH = 300


class Platt(BaseModel):
    """A sigmoid over slope × log-odds + intercept."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["platt"] = "platt"
    slope: float
    intercept: float

    def probabilities(self, raw: Matrix) -> Matrix:
        return _sigmoid(self.slope * raw + self.intercept)


class Isotonic(BaseModel):
    """A rising curve through points, straight between them."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["isotonic"] = "isotonic"
    at: list[float]
    probability: list[float]
    least: float
    """No probability is nearer to 0 or to 1 than this: nothing is certain after a finite number of rows."""

    @model_validator(mode="after")
    def _rises(self) -> Isotonic:
        if not self.at or len(self.at) != len(self.probability) or sorted(self.at) != self.at:
            raise ValueError("the points must be given in rising order")
        return self

    def probabilities(self, raw: Matrix) -> Matrix:
        return np.clip(np.interp(raw, self.at, self.probability), self.least, 1 - self.least)


Calibration = Annotated[Platt | Isotonic, Field(discriminator="method")]


def calibrate(raw: Matrix, labels: Matrix) -> Platt | Isotonic:
    """What fits the number of rows.

    Args:
        raw: log-odds of rows that the model did not learn from.
        labels: 0 or 1; both occur.
    """
    fewest = min(labels.sum(), len(labels) - labels.sum())
    return _isotonic(raw, labels) if len(labels) >= ISOTONIC_ROWS and fewest >= ISOTONIC_EACH else _platt(raw, labels)


def _platt(raw: Matrix, labels: Matrix) -> Platt:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3, solver="lbfgs").fit(raw.reshape(-1, 1), labels)
    slope = float(fitted.coef_[0, 0])
    if slope > 0:
        return Platt(slope=slope, intercept=float(fitted.intercept_[0]))
    # The model ranks no better than chance; turning it around would only fit the noise.
    share = float(np.clip(labels.mean(), 1e-6, 1 - 1e-6))
    return Platt(slope=0.0, intercept=float(np.log(share / (1 - share))))


def _isotonic(raw: Matrix, labels: Matrix) -> Isotonic:
    """Each step of the isotonic fit counts at its middle, with straight lines between (centred isotonic regression, Oron and
    Flournoy 2017): on a flat step leads that differ would get the same probability, and nothing could be said for or against.
    """
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(raw, kind="stable")
    steps = IsotonicRegression(out_of_bounds="clip").fit_transform(raw[order], labels[order])
    starts = np.concatenate([[0], np.flatnonzero(np.diff(steps) > 0) + 1])
    counts = np.diff(np.concatenate([starts, [len(steps)]]))
    return Isotonic(
        at=[float(one) for one in np.add.reduceat(raw[order], starts) / counts],
        probability=[float(one) for one in steps[starts]],
        least=1 / (len(labels) + 2),
    )


def _sigmoid(values: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))))
