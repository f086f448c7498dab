"""Leads, senders and campaigns to start from, and a small worker that runs the queue's jobs one after the other."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

import outrider.agents.jobs
import outrider.campaigns.jobs
import outrider.campaigns.subscribers  # noqa: F401  (registers the handlers of events)
from outrider.campaigns import control, service
from outrider.campaigns.budget import CampaignBudgets
from outrider.campaigns.models import Campaign, CampaignLead
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.schemas import CampaignIn, CampaignOut
from outrider.config import Settings, get_settings
from outrider.conversations.events import TextOutcome, TextsSettled
from outrider.conversations.models import Message, OutboxState, Sender, SenderKind
from outrider.db.engine import Database
from outrider.events.bus import publish
from outrider.jobs import JobContext
from outrider.jobs.definition import registry
from outrider.leads.models import ConsentChannel, ConsentKind, Lead, LeadConsent
from outrider.llm.base import ChatModel
from outrider.llm.budgeted import Budgeted, Metered
from outrider.llm.budgets.ledger import Ledger
from outrider.llm.offline import OfflineModel
from outrider.llm.pricing import Tariff
from outrider.workflows.context import Models
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.integration.campaigns.time_machine import TimeMachine
from tests.worlds import OneModel, run_due_jobs

PATIENCE = 5.0
"""Seconds that a call waits for money that is reserved for others."""


@pytest.fixture
def own_network() -> Iterator[None]:
    """Workflows may have addresses of this machine called, as receivers of the tests are."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OUTRIDER_WEBHOOK_PRIVATE_HOSTS", "true")
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


class World:
    """What a test sets up, does and looks at."""

    def __init__(self, database: Database, settings: Settings):
        self.database = database
        self.settings = settings
        self._numbers = itertools.count(1)
        self.ledger = Ledger(database, settings, [CampaignBudgets()], patience=PATIENCE)
        self.use(OneModel(OfflineModel()))

    def use_paid(self, model: ChatModel, tariff: Tariff) -> None:
        """Let this model write from now on, at a price."""
        self.use(OneModel(Budgeted(Metered(model, tariff), self.ledger, tariff)))

    def use(self, models: Models) -> None:
        """Let these models write from now on."""
        self.models = models
        self.context = JobContext(
            self.database,
            {Settings: self.settings, CampaignRunner: CampaignRunner(self.database, models, self.settings)},
        )

    async def sender(self, **values: Any) -> Sender:
        usual = {"kind": SenderKind.NUMBER, "address": f"+1202555{next(self._numbers):04}", "segments_per_second": 100.0}
        return await self._add(Sender(**{**usual, **values}))

    async def leads(self, count: int, *, consent: ConsentKind | None = ConsentKind.WRITTEN, **values: Any) -> list[Lead]:
        leads = []
        for _ in range(count):
            number = next(self._numbers)
            usual = {
                "name": f"Lead {number}",
                "phone": f"+1312{5550000 + number:07}",
                "country": "US",
                "region": "IL",
                "time_zones": ["America/Chicago"],
            }
            leads.append(Lead(**{**usual, **values}))
        async with self.database.transaction() as session:
            session.add_all(leads)
            await session.flush()
            if consent:
                session.add_all(LeadConsent(lead_id=lead.id, channel=ConsentChannel.SMS, kind=consent) for lead in leads)
        return leads

    async def campaign(self, leads: Sequence[Lead] = (), **values: Any) -> int:
        wanted = {"name": "Spring", "description": "A free roof check.", "sender_name": "Maya"} | values
        async with self.database.transaction() as session:
            created = await service.create_campaign(session, CampaignIn(lead_ids=[lead.id for lead in leads], **wanted))
            return created.id

    async def start(self, campaign_id: int) -> None:
        async with self.database.transaction() as session:
            await control.start(session, campaign_id, self.settings, self.models)

    async def started(self, count: int = 3, **values: Any) -> int:
        """A campaign of so many leads whose chunks wait on the queue."""
        campaign_id = await self.campaign(await self.leads(count), **values)
        await self.start(campaign_id)
        await self.work(most=1)
        return campaign_id

    async def pause(self, campaign_id: int) -> None:
        async with self.database.transaction() as session:
            await control.pause(session, campaign_id)

    async def resume(self, campaign_id: int) -> None:
        async with self.database.transaction() as session:
            await control.resume(session, campaign_id, self.settings)

    async def cancel(self, campaign_id: int) -> None:
        async with self.database.transaction() as session:
            await control.cancel(session, campaign_id)

    async def retry(self, campaign_id: int) -> int:
        async with self.database.transaction() as session:
            return await control.retry_failed(session, campaign_id, self.settings)

    async def work(self, most: int = 1000) -> int:
        """Run due jobs until there are none; returns how many. What agents answer is not the campaigns' to test."""
        return await run_due_jobs(self.context, most, besides=["agents.reply"])

    async def queue(self) -> Counter[str]:
        async with self.database.transaction() as session:
            return Counter((await session.execute(text("SELECT entrypoint FROM pgqueuer WHERE status = 'queued'"))).scalars())

    async def chunk(self) -> dict[str, Any]:
        """Arguments of the oldest chunk on the queue; it stays there."""
        async with self.database.transaction() as session:
            statement = text("SELECT payload FROM pgqueuer WHERE entrypoint = 'campaigns.process_chunk' ORDER BY id LIMIT 1")
            payload = (await session.execute(statement)).scalar_one()
        job = registry["campaigns.process_chunk"]
        arguments: dict[str, Any] = job._arguments.model_validate_json(payload).model_dump()
        return arguments

    async def shown(self, campaign_id: int) -> CampaignOut:
        async with self.database.transaction() as session:
            return await service.get_campaign(session, campaign_id)

    async def status(self, campaign_id: int) -> str:
        return (await self.shown(campaign_id)).status

    async def statuses(self, campaign_id: int) -> Counter[str]:
        """Leads by status; skipped ones by their reason."""
        leads = await self.rows(CampaignLead, CampaignLead.campaign_id == campaign_id)
        return Counter(str(lead.skip_reason or lead.status) for lead in leads)

    async def rows(self, model: Any, *conditions: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.execute(select(model).where(*conditions).order_by(model.id))).scalars())

    async def texts(self, campaign_id: int) -> list[Message]:
        return await self.rows(Message, Message.campaign_id == campaign_id)

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.transaction() as session:
            await session.execute(text(statement), values)

    async def settle(self, campaign_id: int, state: OutboxState = OutboxState.SENT, **values: Any) -> None:
        """Let all texts of the campaign that are under way end so, as the deliverer does it."""
        async with self.database.transaction() as session:
            waiting = select(Message).where(Message.campaign_id == campaign_id, Message.state.in_(["queued", "held", "sending"]))
            await settle_texts(session, list((await session.execute(waiting)).scalars()), state, **values)

    async def campaign_row(self, campaign_id: int) -> Campaign:
        return (await self.rows(Campaign, Campaign.id == campaign_id))[0]

    async def _add(self, row: Any) -> Any:
        async with self.database.transaction() as session:
            session.add(row)
            await session.flush()
        return row


async def settle_texts(session: AsyncSession, messages: Sequence[Message], state: OutboxState, **values: Any) -> None:
    for message in messages:
        message.state = state
    await session.flush()
    usual = {"reason": None, "error_code": None, "error_message": None, "admitted": False}
    outcomes = [
        TextOutcome(
            message_id=message.id,
            conversation_id=message.conversation_id,
            campaign_id=message.campaign_id,
            campaign_lead_id=message.campaign_lead_id,
            lead_id=message.lead_id,
            state=state,
            estimated_cost=message.estimated_cost,
            **{**usual, **values},
        )
        for message in messages
    ]
    await publish(session, TextsSettled(outcomes))


@pytest.fixture
async def world(database: Database, settings: Settings) -> World:
    async with database.transaction() as session:
        await ensure_shipped_workflows(session)
    world = World(database, settings)
    await world.sender()
    return world


@pytest.fixture
async def clock(world: World) -> TimeMachine:
    """PostgreSQL's clock, which can be moved."""
    return await TimeMachine.built(world.database)
