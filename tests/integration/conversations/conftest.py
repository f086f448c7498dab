"""The rows that tests of conversations start from, and short ways to look at what became of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import select, text

from outrider.conversations.events import DeliveryFailed, NumberSuppressed, TextReceived, TextsSettled
from outrider.conversations.models import Conversation, Message, Sender, SenderKind, Suppression
from outrider.conversations.outbox import TextIntent, queue_texts
from outrider.db.engine import Database
from outrider.events import bus
from outrider.leads.models import Lead

ALWAYS_OPEN = ("Etc/UTC",)


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
