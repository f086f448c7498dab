"""The process that normalises rows, and what goes over the wire: plain tuples, which are pickled fastest.

python -m outrider.leads.importing.frames        (started by `normalisers`)
"""

from __future__ import annotations

import gc
import pickle
import signal
import struct
import sys
from typing import Any, BinaryIO

from outrider.leads.importing.normalise import Normaliser
from outrider.leads.importing.plan import Batch, Grant, Normalised, Plan, Rejected
from outrider.leads.person import Person

LENGTH = struct.Struct(">Q")
OBJECTS_BETWEEN_COLLECTIONS = 1_000_000
"""Rows hold no cycles; looking for some after every few hundred tuples would take a tenth of the time."""


def packed_batch(batch: Batch) -> tuple[Any, ...]:
    rows = [(row.line, tuple(row.person), tuple(map(tuple, row.grants))) for row in batch.rows]
    return rows, list(map(tuple, batch.rejected)), batch.read, batch.duplicates, batch.refused


def unpacked(wire: tuple[Any, ...]) -> Batch:
    rows, rejected, read, duplicates, refused = wire
    return Batch(
        [Normalised(line, Person._make(person), tuple(map(Grant._make, grants))) for line, person, grants in rows],
        list(map(Rejected._make, rejected)),
        read,
        duplicates,
        refused,
    )


def main() -> None:
    # Ctrl-C reaches the whole group of processes; whoever started us decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    plan = _read(questions)
    assert isinstance(plan, Plan)
    normaliser = Normaliser(plan)
    while (rows := _read(questions)) is not None:
        content = pickle.dumps(packed_batch(normaliser.batch(rows)), pickle.HIGHEST_PROTOCOL)
        answers.write(LENGTH.pack(len(content)))
        answers.write(content)
        answers.flush()


def _read(stream: BinaryIO) -> Any:
    """The next frame; None at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    return pickle.loads(stream.read(length))  # noqa: S301  (from the process that started us)


if __name__ == "__main__":
    main()
