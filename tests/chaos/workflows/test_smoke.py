"""A few deaths in a workflow that pauses in every way. `make chaos` is the real one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import asyncpg

from tests.chaos.workflows.audit import read_deeds
from tests.chaos.workflows.definitions import EVERY_PAUSE, definitions
from tests.chaos.workflows.laboratory import laboratory
from tests.chaos.workflows.run import Verdict, try_points

DEADLY = (
    "in hello#1",
    "before commit of a run at call#1",
    "after commit of a run at call#1",
    "after effect of call",
    "in answer#1",
)
"""Of each kind one: in a step, around a commit, in an effect after the outside call, in a step after a pause."""
DATABASE = "chaos_of_workflows"


async def test_a_worker_that_dies_again_and_again_does_nothing_twice_and_leaves_nothing_behind(postgres: str) -> None:
    config = definitions()[EVERY_PAUSE]
    server = await asyncpg.connect(postgres)
    folder = Path(tempfile.mkdtemp(prefix="outrider-chaos-"))
    try:
        await server.execute(f"CREATE DATABASE {DATABASE} TEMPLATE outrider_template")
        async with laboratory(folder, postgres.replace("/postgres?", f"/{DATABASE}?")) as place:
            expected = await read_deeds(place, calm := await place.trial(config, 2, ()))
            verdict, said = Verdict(EVERY_PAUSE), list[str]()
            await try_points(place, verdict, config, 2, [DEADLY], expected, said.append)
        assert calm.rested
        assert (verdict.broken, said) == ([], [])
        assert verdict.died_at == set(DEADLY)
    finally:
        await server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await server.close()
        shutil.rmtree(folder, ignore_errors=True)
