"""From named values to a matrix of numbers, by a specification that is learned once and stored as JSON.

A category becomes one column per frequent value and one for all others; a number becomes one standardised column (its
logarithm where it is skewed), and one that says that it is unknown. Values that were never seen when it was learned count as
one of the others. The same specification always gives the same matrix, when it is learned with and when leads are scored.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from outrider.agents.scoring.learning.table import Columns, Table, Value

Matrix = npt.NDArray[np.float64]

MOST_VALUES = 25
"""Values of a category that have a column of their own."""
LEAST_SHARE = 0.01
LEAST_ROWS = 10
MOST_FEATURES = 80
UNKNOWN = "unknown"
OTHER = "other"
SKEWED = 2.0
"""Skewness from which the logarithm of a number is used."""


class Feature(BaseModel):
    """One named value, and how it becomes columns."""

    model_config = ConfigDict(extra="forbid")

    name: str
    kind: Literal["number", "category"]
    values: list[str] = []
    """Of a category: those with columns of their own, in their order."""
    center: float = 0.0
    scale: float = 1.0
    is_logarithmic: bool = False
    has_unknown: bool = False
    """Of a number: it was unknown for some, which has a column of its own."""
    usual: str | float | None = None
    """What stands for it where it is not decided yet: the most frequent value, or the median. None: unknown stays unknown."""

    @property
    def width(self) -> int:
        return 1 + self.has_unknown if self.kind == "number" else len(self.values) + 2


class FeatureSpec(BaseModel):
    """All features in the order of their columns."""

    model_config = ConfigDict(extra="forbid")

    features: list[Feature]

    @property
    def width(self) -> int:
        return sum(feature.width for feature in self.features)

    @property
    def owners(self) -> list[int]:
        """By column: the index of the feature that it belongs to."""
        return [index for index, feature in enumerate(self.features) for _ in range(feature.width)]


def learn_spec(table: Table, planned: Sequence[str] = ()) -> FeatureSpec:
    """What the values of a table look like. The labels play no part.

    Args:
        planned: features that are decided with the contact (its hour, its campaign): what is usual stands for them before.
    """
    learned = [_learn(name, values, name in planned) for name, values in table.columns.items()]
    known = [feature for feature in learned if feature is not None]
    return FeatureSpec(features=sorted(known, key=lambda feature: feature.name)[:MOST_FEATURES])


def is_number(values: Sequence[Value]) -> bool:
    """Whether all values that are known are numbers."""
    return all(value is None or isinstance(value, float) for value in values)


def encode(spec: FeatureSpec, columns: Columns, size: int) -> Matrix:
    """The matrix of `size` rows; a feature that the columns lack is unknown for all."""
    matrix = np.zeros((size, spec.width))
    at = 0
    for feature in spec.features:
        values = columns.get(feature.name) or [None] * size
        _fill(matrix[:, at : at + feature.width], feature, values)
        at += feature.width
    return matrix


def said(feature: Feature, value: Value) -> str:
    """The value as a person reads it."""
    if value is None:
        return UNKNOWN if feature.usual is None else f"{_text(feature.usual)} (as usual)"
    return _text(value)


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _learn(name: str, values: Sequence[Value], is_planned: bool) -> Feature | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    if is_number(values):
        return _learn_number(name, [float(value) for value in known], len(values), is_planned)
    counts = Counter(str(value) for value in known)
    least = max(LEAST_ROWS, LEAST_SHARE * len(values))
    # By count and then by name: the same rows in another order give the same columns.
    frequent = [value for value, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])) if count >= least]
    if not frequent or (len(counts) == 1 and len(known) == len(values)):
        return None
    usual = frequent[0] if is_planned else None
    return Feature(name=name, kind="category", values=frequent[:MOST_VALUES], usual=usual)


def _learn_number(name: str, known: list[float], size: int, is_planned: bool) -> Feature | None:
    values = np.asarray(known)
    if np.ptp(values) == 0 and len(known) == size:
        return None
    is_logarithmic = bool(values.min() >= 0 and _skewness(values) > SKEWED)
    shaped = np.log1p(values) if is_logarithmic else values
    return Feature(
        name=name,
        kind="number",
        center=float(shaped.mean()),
        scale=float(shaped.std()) or 1.0,
        is_logarithmic=is_logarithmic,
        has_unknown=len(known) < size and not is_planned,
        usual=float(np.median(values)) if is_planned else None,
    )


def _skewness(values: Matrix) -> float:
    spread = values.std()
    return float((((values - values.mean()) / spread) ** 3).mean()) if spread else 0.0


def _fill(block: Matrix, feature: Feature, values: Sequence[Value]) -> None:
    if feature.kind == "category":
        at = {value: index for index, value in enumerate(feature.values)}
        other, unknown = len(feature.values), len(feature.values) + 1
        for row, value in enumerate(values):
            given = feature.usual if value is None else value
            block[row, unknown if given is None else at.get(str(given), other)] = 1.0
        return
    for row, value in enumerate(values):
        number = _number(feature.usual if value is None else value)
        if number is None:
            if feature.has_unknown:
                block[row, 1] = 1.0
            continue
        shaped = math.log1p(max(number, 0.0)) if feature.is_logarithmic else number
        block[row, 0] = max(-10.0, min(10.0, (shaped - feature.center) / feature.scale))


def _number(value: Value) -> float | None:
    """What the value is as a number; what is none counts as unknown."""
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
