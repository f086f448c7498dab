from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from outrider_good_hour import GoodHourParams, run

from outrider.workflows.nodes.base import NodeCall, NodeFailed


def call(zone: str | None, hour: int = 12) -> NodeCall:
    """What the node is given; it looks at the clock and the lead's zone only."""
    context = SimpleNamespace(lead={"time_zone": zone}, now=lambda: datetime(2026, 1, 5, hour, tzinfo=UTC))
    return NodeCall("here", 1, GoodHourParams(), cast(Any, {}), cast(Any, context))


async def test_the_hour_is_the_leads_own() -> None:
    result = await run(call("America/New_York"))
    assert (result.handle, result.output) == ("bad", {"hour": 7})
    assert (await run(call("Europe/Berlin"))).handle == "good"


async def test_without_a_zone_it_fails_with_its_reason() -> None:
    with pytest.raises(NodeFailed, match="time zone"):
        await run(call(None))
