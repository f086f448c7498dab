"""Features that know the outcome because they came after it.

A leak makes a model look brilliant and worthless: at the time of the decision the feature is not there. Nothing in the
figures of a model shows it, so that features are looked at one by one, before anything is learned:

- one that alone tells the outcome almost perfectly (`PERFECT`): nothing that is known before the contact does that;
- one that is strong (`STRONG`) and far ahead of all others (`AHEAD`): the usual sign of something measured during the contact;
- one that is named like something that exists only after a contact, and tells more than chance (`NAMED`).

Each is named with its reason and left out; who knows better may keep it. Named features that tell nothing are only mentioned.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
from pydantic import BaseModel

from outrider.agents.scoring.learning.encoding import Matrix, is_number
from outrider.agents.scoring.learning.metrics import auc
from outrider.agents.scoring.learning.table import Table, Value

PERFECT = 0.95
STRONG = 0.80
AHEAD = 0.05
NAMED = 0.60
GROUPS = 20
"""Groups of as many rows each that a number is cut into, so that any shape of its effect is seen."""
LATE_WORDS = frozenset({
    "answer", "answered", "booked", "booking", "callback", "clicked", "closed", "conversion", "converted", "deal", "delivered",
    "disposition", "duration", "lost", "meeting", "opened", "outcome", "paid", "purchased", "qualified", "replied", "replies",
    "reply", "responded", "response", "result", "revenue", "sentiment", "stage", "status", "talk", "transcript", "unsubscribed",
    "won",
})  # fmt: skip
LATE_PHRASES = (("call", "length"), ("call", "time"), ("opted", "out"))
MOST_VALUES = 200


class Suspicion(BaseModel):
    """A feature that may know the outcome."""

    feature: str
    auc: float
    """How well it alone tells the outcome; 0.5 is chance."""
    reason: str
    is_left_out: bool


def single_aucs(table: Table) -> dict[str, float]:
    """How well each feature alone tells the outcome, on the half of the rows that it was not read from; 0.5 is chance."""
    labels = np.asarray(table.labels, dtype=float)
    return {name: _single_auc(values, labels) for name, values in table.columns.items()}


def suspicions(table: Table, keep: Collection[str] = ()) -> list[Suspicion]:
    """The features that may know the outcome, the strongest first.

    Args:
        keep: stay in whatever is found.
    """
    alone = single_aucs(table)
    ranked = sorted(alone.items(), key=lambda one: (-one[1], one[0]))
    found = []
    for index, (name, value) in enumerate(ranked):
        following = ranked[index + 1][1] if index + 1 < len(ranked) else 0.5
        reason = _reason(name, value, following)
        if reason is not None:
            is_left_out = value >= NAMED and name not in keep
            found.append(Suspicion(feature=name, auc=round(value, 4), reason=reason, is_left_out=is_left_out))
    return found


def is_named_late(name: str) -> bool:
    """Whether the name is that of something that exists only after a contact: `call_duration`, `reply time`."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    pairs = set(pairwise(words))
    return any(word in LATE_WORDS for word in words) or any(phrase in pairs for phrase in LATE_PHRASES)


def _reason(name: str, value: float, following: float) -> str | None:
    if value >= PERFECT:
        return "It alone tells the outcome almost perfectly; nothing known before the contact does that."
    if is_named_late(name):
        if value >= NAMED:
            return "It is named like something that exists only after the contact, and alone it tells much of the outcome."
        return "It is named like something that exists only after the contact; it tells little, and stays."
    if value >= STRONG and value - following >= AHEAD:
        return "It alone is far stronger than every other feature, as what is measured during the contact is."
    return None


def _single_auc(values: Sequence[Value], labels: Matrix) -> float:
    """Two halves, each judged by the rates of the other: a feature with many values can't know its own rows."""
    groups = _groups(values)
    half = np.arange(len(labels)) % 2 == 0
    rates = np.zeros(len(labels))
    for learned, judged in ((half, ~half), (~half, half)):
        rates[judged] = _rates(groups[learned], labels[learned], groups[judged])
    # Each half has rates of its own, so that they are not ranked together.
    return max(0.5, (auc(rates[half], labels[half]) + auc(rates[~half], labels[~half])) / 2)


def _rates(learned: Matrix, labels: Matrix, judged: Matrix) -> Matrix:
    """The share of positives of each row's group, drawn to the average where the group is small."""
    average = float(labels.mean()) if len(labels) else 0.0
    size = int(max(learned.max(initial=0), judged.max(initial=0))) + 1
    at = learned.astype(int)
    hits, counts = np.bincount(at, weights=labels, minlength=size), np.bincount(at, minlength=size)
    return np.asarray(((hits + 5 * average) / (counts + 5))[judged.astype(int)])


def _groups(values: Sequence[Value]) -> Matrix:
    """A number per row: the same for rows with the same category, or with similar numbers; unknown is a group of its own."""
    if is_number(values):
        known = np.asarray([value for value in values if value is not None], dtype=float)
        numbers = np.asarray([np.nan if value is None else float(value) for value in values])
        cuts = np.unique(np.quantile(known, np.linspace(0, 1, GROUPS + 1)[1:-1])) if len(known) else np.empty(0)
        return np.where(np.isnan(numbers), len(cuts) + 1, np.searchsorted(cuts, numbers, side="right")).astype(float)
    counts: dict[Value, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    frequent = sorted(counts, key=lambda value: (-counts[value], str(value)))[:MOST_VALUES]
    at = {value: index for index, value in enumerate(frequent)}
    return np.asarray([at.get(value, MOST_VALUES) for value in values], dtype=float)
