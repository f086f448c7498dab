"""Reads, normalises and prepares the rows of a file: as a process of its own, or in ours.

    python -m outrider.leads.importing.production        (started by `producers`)

The process reads a pickled `Production` from its standard input and writes frames to its standard output: eight bytes of
length, then a pickle of a batch, of an error, or of None at the end. It waits while nobody reads, and ends when its output
is closed. Several processes can share a file: each reads all of it and normalises every n-th batch, which is far the
larger part of the work.
"""

from __future__ import annotations

import gc
import pickle
import signal
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from outrider.errors import OutriderError
from outrider.leads.importing.copying import PreparedBatch, prepared
from outrider.leads.importing.normalise import Normaliser
from outrider.leads.importing.plan import Plan
from outrider.leads.importing.rows import FileShape, open_rows

LENGTH = struct.Struct(">Q")
OBJECTS_BETWEEN_COLLECTIONS = 1_000_000
"""Rows hold no cycles; looking for some after every few hundred tuples would take a tenth of the time."""

Frame = PreparedBatch | OutriderError | None


@dataclass(frozen=True, slots=True)
class Production:
    """Which rows to produce."""

    path: Path
    shape: FileShape
    plan: Plan
    skip: int
    """Rows at the beginning that are none of ours: the header, and what is imported already."""
    rows_per_batch: int
    part: int = 0
    parts: int = 1
    """Of every `parts` batches, the one with this place is ours."""


def batches(work: Production) -> Iterator[PreparedBatch]:
    """The batches of `work`, in the file's order."""
    normaliser = Normaliser(work.plan)
    source = open_rows(work.path, work.shape)
    try:
        rows = islice(source, work.skip, None)
        number = 0
        while chunk := list(islice(rows, work.rows_per_batch)):
            if number % work.parts == work.part:
                yield prepared(normaliser.batch(chunk), work.plan, source.done_bytes)
            number += 1
    finally:
        source.close()


def main() -> None:
    # Ctrl-C reaches the whole group of processes; whoever started us decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    work: Production = pickle.load(sys.stdin.buffer)  # noqa: S301  (from the process that started us)
    try:
        for batch in batches(work):
            _write(batch)
    except OutriderError as error:
        _write(error)
    else:
        _write(None)


def _write(frame: Frame) -> None:
    content = pickle.dumps(frame, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.write(LENGTH.pack(len(content)))
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
