"""Normalising rows beside the writing: in processes of our own for large files, in a thread for small ones.

A process speaks in frames over its standard input and output: eight bytes of length, then a pickle. The first frame is the
plan, each further one a list of rows, answered by their batch. It ends when its input does, so that it never outlives us.
(The standard library's process pools run the caller's main module again in each child: for a server that is most of the
product, for nothing.)
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from typing import Protocol

from outrider.errors import Unavailable
from outrider.leads.importing.frames import LENGTH, unpacked
from outrider.leads.importing.normalise import Normaliser, Row
from outrider.leads.importing.plan import Batch, Plan

SMALL_FILE = 2 * 1024 * 1024
"""Bytes below which starting a process costs more than it saves."""
MOST_PROCESSES = 2
PIPE_BUFFER = 4 * 1024 * 1024


class NormaliserDied(Unavailable):
    """A process that normalises rows ended before its time."""


class Normalising(Protocol):
    async def normalise(self, rows: Sequence[Row]) -> Batch: ...


@asynccontextmanager
async def normalising(plan: Plan, file_size: int) -> AsyncIterator[Normalising]:
    """Something that normalises rows by `plan`; its processes end with the block."""
    if file_size < SMALL_FILE:
        yield _InThread(plan)
        return
    async with AsyncExitStack() as stack:
        count = min(MOST_PROCESSES, max(1, (os.cpu_count() or 2) - 1))
        yield _InTurn([await stack.enter_async_context(_process(plan)) for _ in range(count)])


class _InThread:
    def __init__(self, plan: Plan):
        self._normaliser = Normaliser(plan)

    async def normalise(self, rows: Sequence[Row]) -> Batch:
        return await asyncio.to_thread(self._normaliser.batch, rows)


class _InTurn:
    """Several processes, asked one after the other."""

    def __init__(self, processes: Sequence[Normalising]):
        self._next = cycle(processes)

    async def normalise(self, rows: Sequence[Row]) -> Batch:
        return await next(self._next).normalise(rows)


class _Process:
    """One process; answers in the order of the questions."""

    def __init__(self, process: asyncio.subprocess.Process):
        self._process = process
        self._turn = asyncio.Lock()

    async def send(self, message: object) -> None:
        stream = self._process.stdin
        assert stream is not None
        content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        stream.write(LENGTH.pack(len(content)))
        stream.write(content)
        await stream.drain()

    async def normalise(self, rows: Sequence[Row]) -> Batch:
        """
        Raises:
            NormaliserDied
        """
        stream = self._process.stdout
        assert stream is not None
        async with self._turn:
            try:
                await self.send(rows)
                (length,) = LENGTH.unpack(await stream.readexactly(LENGTH.size))
                answer = await stream.readexactly(length)
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                code = await self._process.wait()
                raise NormaliserDied(f"A process that reads rows ended with {code}.", remedy="Read the log above it.") from error
        return unpacked(pickle.loads(answer))  # noqa: S301  (from our own process)


@asynccontextmanager
async def _process(plan: Plan) -> AsyncIterator[_Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "outrider.leads.importing.frames",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=PIPE_BUFFER,
    )
    try:
        ours = _Process(process)
        await ours.send(plan)
        yield ours
    finally:
        assert process.stdin is not None
        process.stdin.close()
        if process.returncode is None:
            process.kill()
        await process.wait()
