"""Learns and scores as a process of its own: what NumPy and scikit-learn need ends with it, and nobody waits for it.

    python -m outrider.agents.scoring.process        (started by `workshop`)

It reads frames from its standard input and answers each with one on its standard output: eight bytes of length, then a pickle
of what was asked or found. It ends with its input.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from outrider.agents.scoring.features import LATE_SHARE, PLANNED, Snapshot, features_of
from outrider.errors import OutriderError

LENGTH = struct.Struct(">Q")
NICENESS = 5
Example = tuple[Snapshot, bool]
"""A lead before the first contact, and what they did after it."""


class Apprentice:
    """What the process can be asked for, and what it keeps between two questions."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._labels: list[bool] = []
        self._dates: list[float] = []
        self._late: Counter[str] = Counter()
        self._corrected = 0
        self._artifact: Any = None

    def look_at(self, examples: Sequence[Example]) -> int:
        """Keep some examples to learn from; returns how many there are."""
        for snapshot, did in examples:
            assert snapshot.contacted_at is not None
            self._rows.append(features_of(snapshot))
            self._labels.append(did)
            self._dates.append(snapshot.contacted_at.timestamp())
            self._late.update(snapshot.late_facts)
            self._corrected += snapshot.is_corrected
        return len(self._rows)

    def train(self, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Learn from what was looked at; returns artifact and report.

        Raises:
            TooFewOutcomes
        """
        from outrider.agents.scoring.learning.table import Table, columns_of
        from outrider.agents.scoring.learning.training import Options, train

        refused = {
            f"fact.{name}": f"recorded only after the first contact for {count} of {len(self._rows)} leads"
            for name, count in sorted(self._late.items())
            if count > LATE_SHARE * len(self._rows)
        }
        columns = {name: values for name, values in columns_of(self._rows).items() if name not in refused}
        trained = train(Table(columns, self._labels, dates=self._dates), Options(seed=seed, planned=list(PLANNED)))
        report = trained.report
        report.left_out |= refused
        if self._corrected:
            report.notes.append(
                f"{self._corrected} leads were changed after their first contact; they count as they were before."
            )
        if late := sum(self._late.values()):
            report.notes.append(f"{late} facts of providers were recorded after the first contact, and do not count.")
        return trained.artifact.model_dump(mode="json"), report.model_dump(mode="json")

    def take(self, artifact: object) -> None:
        """The scorer to score by.

        Raises:
            ScorerUnusable
        """
        from outrider.agents.scoring.learning.artifact import read_artifact

        self._artifact = read_artifact(artifact)

    def score(self, snapshots: Sequence[Snapshot]) -> list[tuple[int, dict[str, Any]]]:
        """What the scorer says of each lead, in their order."""
        from outrider.agents.scoring.learning.table import columns_of

        columns = columns_of([features_of(snapshot) for snapshot in snapshots])
        scored = self._artifact.score(columns, len(snapshots))
        return [(snapshot.lead_id, one.model_dump()) for snapshot, one in zip(snapshots, scored, strict=True)]


def read_frame(stream: BinaryIO) -> Any:
    """The next frame.

    Raises:
        EOFError: there is none.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return pickle.loads(stream.read(*LENGTH.unpack(head)))  # noqa: S301  (from the process that started us)


def framed(content: object) -> bytes:
    pickled = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(pickled)) + pickled


def main() -> None:
    # Ctrl-C reaches the whole group of processes; whoever started us decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000)
    os.nice(NICENESS)
    apprentice = Apprentice()
    while True:
        try:
            name, arguments = read_frame(sys.stdin.buffer)
        except EOFError:
            return
        answer: object
        try:
            ask: Callable[..., object] = getattr(apprentice, name)
            answer = ask(*arguments)
        except OutriderError as error:
            answer = error
        sys.stdout.buffer.write(framed(answer))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
