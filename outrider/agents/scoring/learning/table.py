"""A labelled table: what is learned from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Value = str | float | None
"""A category, a number, or nothing known."""
Columns = Mapping[str, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as columns; all of the same length."""

    columns: dict[str, list[Value]]
    labels: list[bool]
    ids: list[str] = field(default_factory=list)
    dates: list[float] | None = None
    """When each row began, in seconds; rows are then judged by models that know only earlier ones."""

    @property
    def size(self) -> int:
        return len(self.labels)

    @property
    def positives(self) -> int:
        return sum(self.labels)

    def without(self, names: Iterable[str]) -> Table:
        left_out = set(names)
        kept = {name: values for name, values in self.columns.items() if name not in left_out}
        return Table(kept, self.labels, self.ids, self.dates)

    def rows(self, indices: Sequence[int]) -> Table:
        return Table(
            {name: [values[i] for i in indices] for name, values in self.columns.items()},
            [self.labels[i] for i in indices],
            [self.ids[i] for i in indices] if self.ids else [],
            [self.dates[i] for i in indices] if self.dates is not None else None,
        )


def columns_of(rows: Sequence[Mapping[str, Value]]) -> dict[str, list[Value]]:
    """Rows of named values as columns; what a row does not name is unknown."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}
