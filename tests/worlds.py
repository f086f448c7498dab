"""The rows that tests start from, short ways to look at what became of them, and a worker that takes one job at a time."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import select, text
from starlette.routing import BaseRoute

from outrider.channels.base import InboundText
from outrider.config import Settings
from outrider.conversations.inbound import receive_text
from outrider.conversations.models import Conversation, Message, Sender, SenderKind, Suppression
from outrider.conversations.outbox import TextIntent, queue_texts
from outrider.db.engine import Database
from outrider.jobs import JobContext
from outrider.jobs.definition import registry
from outrider.leads.models import Lead
from outrider.llm.base import ChatModel

NEXT_JOB = text("""
    DELETE FROM pgqueuer WHERE id = (
        SELECT id FROM pgqueuer WHERE status = 'queued' AND execute_after <= now() AND entrypoint <> ALL(:besides)
        ORDER BY priority DESC, id LIMIT 1
    ) RETURNING entrypoint, payload
""")

_sids = itertools.count(1)


def inbound(person: str, body: str, *, sid: str | None = None, **values: Any) -> InboundText:
    """A text that `person` wrote to us."""
    known = {
        "carrier_sid": sid or f"SM{next(_sids):032x}", "from_": person, "to": "+12025550143", "body": body,
        "messaging_service_sid": None,
        "media_urls": (), "opt_out_type": None, "city": None, "state": None, "zip": None, "country": None, "segments": 1,
    }  # fmt: skip
    return InboundText(**(known | values))


class OneModel:
    """A registry that has one model, whatever it is asked for."""

    def __init__(self, model: ChatModel):
        self.model = model

    def get(self, name: str | None = None) -> ChatModel:
        return self.model


async def run_due_jobs(context: JobContext, most: int = 1000, besides: Sequence[str] = ()) -> int:
    """Run due jobs one after the other until there are none `besides` some kinds; returns how many. One that raises is gone."""
    for done in range(most):
        async with context.transaction() as session:
            job = (await session.execute(NEXT_JOB, {"besides": list(besides)})).one_or_none()
        if job is None:
            return done
        await registry[job.entrypoint].run(context, job.payload)
    return most


class World:
    """What a test sets up and looks at."""

    def __init__(self, database: Database):
        self.database = database
        self._numbers = itertools.count(1)

    async def sender(self, address: str = "+12025550143", rate: float = 1000.0, **values: Any) -> Sender:
        return await self._add(Sender(address=address, segments_per_second=rate, **({"kind": SenderKind.NUMBER} | values)))

    async def leads(self, count: int, **values: Any) -> list[Lead]:
        usual = [{"name": f"Lead {n}", "phone": f"+1312{5550000 + next(self._numbers):07}"} for n in range(count)]
        leads = [Lead(**(one | values)) for one in usual]
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
        return await self.rows(Message, *conditions)

    async def message(self, message_id: int | None) -> Message:
        return (await self.messages(Message.id == message_id))[0]

    async def states(self) -> Counter[str]:
        return Counter(str(message.state) for message in await self.messages(Message.direction == "out"))

    async def conversation(self, lead: Lead) -> Conversation:
        async with self.database.transaction() as session:
            return (await session.scalars(select(Conversation).where(Conversation.lead_id == lead.id))).one()

    async def suppressions(self) -> list[Suppression]:
        return await self.rows(Suppression)

    async def rows(self, model: Any, *conditions: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.scalars(select(model).where(*conditions).order_by(model.id))).all())

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.transaction() as session:
            await session.execute(text(statement), values)

    async def hears(self, lead: Lead, body: str, **values: Any) -> int:
        """The lead writes to us; returns the conversation."""
        assert lead.phone is not None
        async with self.database.transaction() as session:
            received = await receive_text(session, inbound(lead.phone, body, **values))
        assert received is not None
        return received.conversation_id

    async def _add(self, row: Any) -> Any:
        async with self.database.transaction() as session:
            session.add(row)
            await session.flush()
        return row


@cache
def _routes() -> list[BaseRoute]:
    from outrider.app.build import create_app

    return create_app(Settings(_env_file=None), Database("postgresql://nobody@127.0.0.1:1/none")).router.routes


def application(settings: Settings, database: Database) -> FastAPI:
    """An application of the test's own but for its routes: they are the same in all, and take long to put together."""
    from outrider.app.build import create_app

    app = create_app(settings, database)
    app.router.routes = _routes()
    return app


@asynccontextmanager
async def client_of(settings: Settings, database: Database) -> AsyncIterator[AsyncClient]:
    """A client that speaks to an application with these settings as the local operator."""
    app = application(settings, database)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://localhost") as client,
    ):
        yield client
