"""A carrier for tests of conversations, what they published, and ways to run and to wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from outrider.channels.base import Carrier
from outrider.channels.build import build_carrier
from outrider.config import Settings
from outrider.conversations.events import DeliveryFailed, NumberSuppressed, TextsReceived, TextsSettled
from outrider.events import bus
from simulator.testing import RunningSimulator, running_simulator
from tests.clocks import PATIENCE


class Heard(list[Any]):
    """Every fact that conversations published during the test."""

    def of(self, kind: type) -> list[Any]:
        return [fact for fact in self if isinstance(fact, kind)]

    def outcomes(self, kind: type = TextsSettled) -> list[Any]:
        return [outcome for fact in self.of(kind) for outcome in fact.outcomes]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    facts = Heard()

    async def remember(_: object, fact: object) -> None:
        facts.extend(fact.texts if isinstance(fact, TextsReceived) else [fact])

    for kind in (TextsSettled, DeliveryFailed, TextsReceived, NumberSuppressed):
        monkeypatch.setitem(bus._handlers, kind, [remember])
    return facts


@pytest.fixture(scope="session")
def simulator_process() -> Iterator[RunningSimulator]:
    """A carrier for the tests of this folder; nobody answers, nothing fails unless a test says so."""
    with running_simulator(rate=100_000) as simulator:
        yield simulator


@pytest.fixture
def simulator(simulator_process: RunningSimulator) -> RunningSimulator:
    simulator_process.reset()
    simulator_process.set_personas(mix={"silence": 1})
    return simulator_process


@pytest.fixture
def sending(simulator: RunningSimulator, tmp_path: Path) -> Callable[..., Settings]:
    """Settings for sending to the simulator; keywords change them."""

    def build(**values: Any) -> Settings:
        usual = {
            "home": tmp_path,
            "TWILIO_API_BASE_URL": simulator.base_url,
            "carrier_timeout": 15.0,
            "send_lease_seconds": 60.0,
            "settle_seconds": 1.0,
            "quiet_hours": "off",
        }
        return Settings(_env_file=None, **(usual | values))

    return build


@pytest.fixture
async def carrier(sending: Callable[..., Settings]) -> AsyncIterator[Carrier]:
    carrier = build_carrier(sending())
    yield carrier
    await carrier.aclose()


@asynccontextmanager
async def running(*loops: Any) -> AsyncIterator[None]:
    """Run deliverers and their like for the length of a block; each stops in good order."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(loop.run(stop)) for loop in loops]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)


@pytest.fixture
def run() -> Any:
    return running


@pytest.fixture
def until() -> Any:
    """`await until(condition)` polls an async condition, for at most `seconds`."""

    async def wait(condition: Callable[[], Awaitable[Any]], seconds: float = PATIENCE) -> Any:
        deadline = asyncio.get_running_loop().time() + seconds
        while not (met := await condition()):
            assert asyncio.get_running_loop().time() < deadline, "condition not met in time"
            await asyncio.sleep(0.02)
        return met

    return wait
