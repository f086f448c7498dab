"""A small chaos run, to notice early that a promise is broken. `make chaos` is the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.harness import working_folder
from tests.chaos.plan import SMOKE
from tests.chaos.run import run


@pytest.mark.chaos
async def test_a_small_campaign_survives_kills_stops_and_outages() -> None:
    with working_folder() as folder:
        verdict = await run(SMOKE, Path(folder), print)
    assert [check for check in verdict.checks if not check.is_clean] == []
    assert verdict.landed == {
        "kills": SMOKE.kills,
        "stops": SMOKE.stops,
        "postgres_restarts": SMOKE.postgres_restarts,
        "outages": 1,
    }
