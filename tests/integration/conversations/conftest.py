"""The rows that tests of conversations start from, and short ways to look at what became of them."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from outrider.channels.base import Carrier
from outrider.channels.build import build_carrier
from outrider.config import Settings
from outrider.conversations.events import DeliveryFailed, NumberSuppressed, TextReceived, TextsSettled
from outrider.conversations.models import Conversation, Message, Sender, SenderKind, Suppression
from outrider.conversations.outbox import TextIntent, queue_texts
from outrider.db.engine import Database
from outrider.events import bus
from outrider.leads.models import Lead
from simulator.testing import RunningSimulator, running_simulator


class World:
    """What a test sets up and looks at."""

    def __init__(self, database: Database):
        self.database = database
        self._numbers = itertools.count(1)

    async def sender(self, address: str = "+12025550143", rate: float = 1000.0, **values: Any) -> Sender:
        return await self._add(Sender(address=address, segments_per_second=rate, **({"kind": SenderKind.NUMBER} | values)))

    async def leads(self, count: int, **values: Any) -> list[Lead]:
        leads = [Lead(name=f"Lead {n}", phone=f"+1312{5550000 + next(self._numbers):07}", **values) for n in range(count)]
        async with self.database.transaction() as session:
            session.add_all(leads)
            await session.flush()
        return leads

    async def lead(self, **values: Any) -> Lead:
        return (await self.leads(1, **values))[0]

    def intent(self, lead: Lead, body: str = "Hello from Acme", *, key: str | None = None, **values: Any) -> TextIntent:
        assert lead.phone is not None
        return TextIntent(lead_id=lead.id, phone=lead.phone, body=body, dedupe_key=key or f"test:{lead.id}", **values)

    async def queue(self, *intents: TextIntent) -> list[int | None]:
        async with self.database.transaction() as session:
            return await queue_texts(session, intents)

    async def messages(self, *conditions: Any) -> list[Message]:
        async with self.database.transaction() as session:
            return list((await session.scalars(select(Message).where(*conditions).order_by(Message.id))).all())

    async def message(self, message_id: int | None) -> Message:
        return (await self.messages(Message.id == message_id))[0]

    async def states(self) -> Counter[str]:
        return Counter(str(message.state) for message in await self.messages(Message.direction == "out"))

    async def conversation(self, lead: Lead) -> Conversation:
        async with self.database.transaction() as session:
            return (await session.scalars(select(Conversation).where(Conversation.lead_id == lead.id))).one()

    async def suppressions(self) -> list[Suppression]:
        async with self.database.transaction() as session:
            return list((await session.scalars(select(Suppression).order_by(Suppression.id))).all())

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.transaction() as session:
            await session.execute(text(statement), values)

    async def _add(self, row: Any) -> Any:
        async with self.database.transaction() as session:
            session.add(row)
            await session.flush()
        return row


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


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
        facts.append(fact)

    for kind in (TextsSettled, DeliveryFailed, TextReceived, NumberSuppressed):
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
    """Settings for sending to the simulator with short times; keywords change them."""

    def build(**values: Any) -> Settings:
        short = {
            "home": tmp_path,
            "TWILIO_API_BASE_URL": simulator.base_url,
            "carrier_timeout": 1.0,
            "send_lease_seconds": 4.0,
            "settle_seconds": 1.0,
            "quiet_hours": "off",
        }
        return Settings(_env_file=None, **(short | values))

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
        await asyncio.wait_for(asyncio.gather(*tasks), 15)


@pytest.fixture
def run() -> Any:
    return running


@pytest.fixture
def until() -> Any:
    """`await until(condition)` polls an async condition, for at most `seconds`."""

    async def wait(condition: Callable[[], Awaitable[Any]], seconds: float = 10.0) -> Any:
        deadline = asyncio.get_running_loop().time() + seconds
        while not (met := await condition()):
            assert asyncio.get_running_loop().time() < deadline, "condition not met in time"
            await asyncio.sleep(0.02)
        return met

    return wait
