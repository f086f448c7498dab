"""The process that learns and scores, from the worker's side."""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from outrider.agents.scoring.features import Snapshot
from outrider.agents.scoring.process import LENGTH, Example, framed
from outrider.errors import OutriderError, Unavailable

PIPE_BUFFER = 4 * 1024 * 1024
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class ScoringProcessDied(Unavailable):
    """The process that learns or scores ended before its time."""


class Workshop:
    """Speaks to one process; one question at a time."""

    def __init__(self, process: asyncio.subprocess.Process):
        self._process = process

    async def look_at(self, examples: Sequence[Example]) -> int:
        """Hand over some examples to learn from; returns how many it has."""
        found: int = await self._ask("look_at", list(examples))
        return found

    async def train(self, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Learn; returns artifact and report as JSON.

        Raises:
            TooFewOutcomes
        """
        found: tuple[dict[str, Any], dict[str, Any]] = await self._ask("train", seed)
        return found

    async def take(self, artifact: dict[str, Any]) -> None:
        """
        Raises:
            ScorerUnusable
        """
        await self._ask("take", artifact)

    async def score(self, snapshots: Sequence[Snapshot]) -> list[tuple[int, dict[str, Any]]]:
        """`learning.artifact.Scored` as JSON, by lead."""
        found: list[tuple[int, dict[str, Any]]] = await self._ask("score", list(snapshots))
        return found

    async def _ask(self, name: str, *arguments: object) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(framed((name, arguments)))
            await self._process.stdin.drain()
            (length,) = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))
            answer = pickle.loads(await self._process.stdout.readexactly(length))  # noqa: S301  (from our own process)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            code = await self._process.wait()
            raise ScoringProcessDied(
                f"The process that learns and scores ended with {code}.", remedy="Read the log above it; it may lack memory."
            ) from error
        if isinstance(answer, OutriderError):
            raise answer
        return answer


@asynccontextmanager
async def workshop() -> AsyncIterator[Workshop]:
    """A process for as long as the block lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "outrider.agents.scoring.process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=PIPE_BUFFER,
        env={**os.environ, **ONE_THREAD},
    )
    try:
        yield Workshop(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
