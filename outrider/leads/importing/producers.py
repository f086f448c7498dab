"""Starts whoever produces the batches of an import: processes of our own for large files, a thread for small ones.

(The standard library's process pools run the caller's main module again in each child; for a server that would be most of
the product, for nothing.)
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import cycle

from outrider.errors import OutriderError, Unavailable
from outrider.leads.importing.copying import PreparedBatch
from outrider.leads.importing.production import LENGTH, Frame, Production, batches

SMALL_FILE = 2 * 1024 * 1024
"""Bytes below which starting a process costs more than it saves."""
MOST_PROCESSES = 2
PIPE_BUFFER = 4 * 1024 * 1024


class ProducerDied(Unavailable):
    """A process that reads rows ended before its time."""


def produced(work: Production) -> AsyncGenerator[PreparedBatch, None]:
    """The batches of a file, the next ones made while one is used. Close the generator: that ends its processes.

    Raises:
        ProducerDied, UnreadableWorkbook
    """
    size = work.path.stat().st_size
    return _in_thread(work) if size < SMALL_FILE else _in_processes(work)


async def _in_thread(work: Production) -> AsyncGenerator[PreparedBatch, None]:
    making = batches(work)
    try:
        while (batch := await asyncio.to_thread(next, making, None)) is not None:
            yield batch
    finally:
        making.close()  # type: ignore[attr-defined]  # a generator


async def _in_processes(work: Production) -> AsyncGenerator[PreparedBatch, None]:
    # A workbook takes longer to read than to normalise, which can't be shared.
    parts = 1 if work.shape.format == "xlsx" else min(MOST_PROCESSES, max(1, (os.cpu_count() or 2) - 1))
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(_process(replace(work, part=part, parts=parts))) for part in range(parts)]
        # The batches are dealt out in turn, so the first process without one has reached the end.
        for process in cycle(processes):
            batch = await _read(process)
            if batch is None:
                return
            yield batch


async def _read(process: asyncio.subprocess.Process) -> PreparedBatch | None:
    assert process.stdout is not None
    try:
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        content = await process.stdout.readexactly(length)
    except asyncio.IncompleteReadError as error:
        code = await process.wait()
        raise ProducerDied(f"A process that reads rows ended with {code}.", remedy="Read the log above it.") from error
    frame: Frame = pickle.loads(content)  # noqa: S301  (from our own process)
    if isinstance(frame, OutriderError):
        raise frame
    return frame


@asynccontextmanager
async def _process(work: Production) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "outrider.leads.importing.production",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=PIPE_BUFFER,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
        process.stdin.close()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
