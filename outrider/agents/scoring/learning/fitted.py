"""Fitted models as plain numbers: JSON in, JSON out, nothing that could run when it is read.

A pickled estimator is a program; a database that somebody else may write to is no place for programs. What scikit-learn
learned is therefore copied out as coefficients and trees, and evaluated here.

Both kinds answer in log-odds that are the sum of a base (the average row) and one part per column: a coefficient times the
distance from the column's mean; in a tree, the change of the average outcome at each branch on the way to the leaf (Saabas,
"Interpreting random forests").
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from outrider.agents.scoring.learning.encoding import Matrix

LEAF = -1


class Linear(BaseModel):
    """Logistic regression."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["logistic"] = "logistic"
    weights: list[float]
    means: list[float]
    intercept: float

    @model_validator(mode="after")
    def _fits(self) -> Linear:
        if len(self.weights) != len(self.means):
            raise ValueError("there must be one mean per weight")
        return self

    @property
    def width(self) -> int:
        return len(self.weights)

    @property
    def base(self) -> float:
        return float(np.dot(self.means, self.weights) + self.intercept)

    def parts(self, matrix: Matrix) -> Matrix:
        """What each column adds to the base, in log-odds."""
        return np.asarray((matrix - np.asarray(self.means)) * np.asarray(self.weights))

    def raw(self, matrix: Matrix) -> Matrix:
        """Log-odds."""
        return np.asarray(matrix @ np.asarray(self.weights) + self.intercept)


class Tree(BaseModel):
    """One tree as lists by node. Children stand after their parent, so that every way through it ends."""

    model_config = ConfigDict(extra="forbid")

    column: list[int]
    """`LEAF`, or the column that the node asks for."""
    threshold: list[float]
    left: list[int]
    """Where rows go whose value is at most the threshold."""
    right: list[int]
    value: list[float]
    """Of a leaf what it adds; of a branch the average of the rows below it."""

    @model_validator(mode="after")
    def _ends(self) -> Tree:
        size = len(self.column)
        if size == 0 or any(len(other) != size for other in (self.threshold, self.left, self.right, self.value)):
            raise ValueError("all lists of a tree must have one entry per node")
        for node, column in enumerate(self.column):
            if column != LEAF and not (node < self.left[node] < size and node < self.right[node] < size):
                raise ValueError("a node's children must stand after it")
        return self


class Boosted(BaseModel):
    """Gradient boosting of trees."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["boosting"] = "boosting"
    width: int
    start: float
    trees: list[Tree]

    @model_validator(mode="after")
    def _fits(self) -> Boosted:
        if any(not LEAF <= column < self.width for tree in self.trees for column in tree.column):
            raise ValueError("a tree asks for a column that there is not")
        return self

    @property
    def base(self) -> float:
        return self.start + sum(tree.value[0] for tree in self.trees)

    def parts(self, matrix: Matrix) -> Matrix:
        """What each column adds to the base, in log-odds."""
        parts = np.zeros_like(matrix)
        for tree in self.trees:
            _walk(tree, matrix, parts)
        return parts

    def raw(self, matrix: Matrix) -> Matrix:
        """Log-odds."""
        total = np.full(len(matrix), self.start)
        for tree in self.trees:
            total += _walk(tree, matrix, None)
        return total


Fitted = Annotated[Linear | Boosted, Field(discriminator="kind")]


def linear_of(estimator: Any, matrix: Matrix) -> Linear:
    """scikit-learn's `LogisticRegression`, and the means of what it learned from."""
    return Linear(
        weights=[float(weight) for weight in estimator.coef_[0]],
        means=[float(mean) for mean in matrix.mean(axis=0)],
        intercept=float(estimator.intercept_[0]),
    )


def boosted_of(estimator: Any, width: int) -> Boosted:
    """scikit-learn's `HistGradientBoostingClassifier` for two classes without its own treatment of categories."""
    trees = [_tree_of(stage[0].nodes) for stage in estimator._predictors]
    return Boosted(width=width, start=float(estimator._baseline_prediction[0, 0]), trees=trees)


def _tree_of(nodes: npt.NDArray[Any]) -> Tree:
    is_leaf = nodes["is_leaf"].astype(bool)
    values, counts = nodes["value"].astype(float), nodes["count"].astype(float)
    left, right = nodes["left"].astype(int), nodes["right"].astype(int)
    # Children stand after their parents, so that from the last node to the first every average is there when it is needed.
    for node in range(len(nodes) - 1, -1, -1):
        if not is_leaf[node]:
            a, b = left[node], right[node]
            values[node] = (values[a] * counts[a] + values[b] * counts[b]) / (counts[a] + counts[b])
    return Tree(
        column=[LEAF if leaf else int(column) for leaf, column in zip(is_leaf, nodes["feature_idx"], strict=True)],
        threshold=[float(one) for one in nodes["num_threshold"]],
        left=[int(one) for one in left],
        right=[int(one) for one in right],
        value=[float(one) for one in values],
    )


def _walk(tree: Tree, matrix: Matrix, parts: Matrix | None) -> Matrix:
    """The leaf's value of each row; `parts`, if given, gets what each branch on the way changed."""
    column, threshold, value = np.asarray(tree.column), np.asarray(tree.threshold), np.asarray(tree.value)
    left, right = np.asarray(tree.left), np.asarray(tree.right)
    at = np.zeros(len(matrix), dtype=np.intp)
    moving = np.arange(len(matrix)) if tree.column[0] != LEAF else np.empty(0, dtype=np.intp)
    while len(moving):
        here = at[moving]
        asked = column[here]
        goes_left = matrix[moving, asked] <= threshold[here]
        there = np.where(goes_left, left[here], right[here])
        if parts is not None:
            # A row is at one node at a time, so that no entry is meant twice.
            parts[moving, asked] += value[there] - value[here]
        at[moving] = there
        moving = moving[column[there] != LEAF]
    return np.asarray(value[at])
