"""The product's parts, driven one step at a time: nothing happens unless the test says so, and nothing runs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentParts
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.campaigns import control
from outrider.campaigns.briefings import CampaignBriefings
from outrider.campaigns.gate import CampaignGate
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.schemas import Audience, CampaignIn, CampaignPatch
from outrider.campaigns.service import change_campaign, create_campaign
from outrider.channels.base import InboundText, OutgoingText, StatusUpdate
from outrider.config import Settings
from outrider.conversations.claims import ClaimedText, Claimer
from outrider.conversations.inbound import receive_text
from outrider.conversations.models import Sender, SenderKind
from outrider.conversations.puller import InboundPuller
from outrider.conversations.receipts import apply_receipts, sweep_strays
from outrider.conversations.reconciler import Reconciler
from outrider.conversations.recording import Posted, Recorder
from outrider.db.base import Base
from outrider.db.engine import Database, raw_connection
from outrider.jobs import JobContext
from outrider.jobs.definition import registry, schedules
from outrider.llm.build import ModelRegistry
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.integration.state_machine.carrier import Created, MemoryCarrier

LEASE = timedelta(seconds=60)
TIMEOUT = timedelta(seconds=10)
LIST_LAG = timedelta(seconds=60)
SETTLE = timedelta(seconds=120)
OUR_NUMBER = "+12025550143"
BATCH = 10
CHUNK = 3

CLOCKED = {
    "messages": ("created_at", "due_at", "attempted_at", "lease_until", "next_check_at", "sent_at", "delivered_at"),
    "senders": ("created_at", "bucket_at", "inbound_watermark"),
    "conversations": ("last_message_at", "last_inbound_at", "run_lease_until"),
    "released_attempts": ("attempted_at", "released_at"),
    "stray_receipts": ("received_at",),
    "suppressions": ("created_at",),
    "campaigns": ("started_at", "launched_at", "scheduled_at"),
    "campaign_leads": ("updated_at", "processed_at"),
    "pgqueuer": ("created", "updated", "heartbeat", "execute_after"),
}
"""Every moment that a decision looks at. The database's clock can't be set, so time passes by making them older."""

NEXT_JOB = "SELECT id, entrypoint, payload FROM pgqueuer WHERE status = 'queued' AND execute_after <= now() ORDER BY id LIMIT 1"


class Installation:
    """One database, one carrier, one of each of the product's parts."""

    def __init__(self, database: Database, settings: Settings):
        self.database = database
        self.settings = settings
        self.carrier = MemoryCarrier(LIST_LAG)
        models = ModelRegistry(settings)
        self._jobs = JobContext(
            database,
            {
                Settings: settings,
                ConversationTeam: ConversationTeam(AgentParts(models=models, slots=SlotFinder(database, settings))),
                CampaignRunner: CampaignRunner(database, models, settings),
                Briefings: CampaignBriefings(),
            },
        )
        self._models = models
        self._recorder = Recorder()
        self._reconciler = Reconciler(database, self.carrier, settings)
        self._puller = InboundPuller(database, self.carrier, settings)
        self._claimer = Claimer(
            database,
            [CampaignGate()],
            lease=LEASE,
            post_margin=TIMEOUT,
            reply_grace=timedelta(minutes=10),
            quiet_hours=False,
            now=lambda: datetime.now(UTC),
        )

    async def reset(self) -> None:
        """Empty the database and the carrier."""
        tables = ", ".join([*(table.name for table in Base.metadata.sorted_tables), "pgqueuer", "pgqueuer_log"])
        async with self.database.transaction() as session:
            await session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
            await ensure_shipped_workflows(session)
            await session.execute(insert(Sender).values(kind=SenderKind.NUMBER, address=OUR_NUMBER, segments_per_second=1000))
        self.carrier.reset()

    async def start_campaign(self, name: str, lead_ids: Sequence[int], budget: str | None) -> int:
        wanted = CampaignIn(
            name=name,
            sms_template=f"Hi {{{{first_name}}}}, {name} speaking. Reply STOP to opt out.",
            audience=Audience(lead_ids=list(lead_ids)),
            budget=budget,
        )
        async with self.database.transaction() as session:
            campaign = await create_campaign(session, wanted)
            await control.start(session, campaign.id, self.settings, self._models)
        return campaign.id

    async def raise_budget(self, campaign_id: int) -> None:
        """As a person does whose campaign was paused because its budget is used up."""
        async with self.database.transaction() as session:
            await change_campaign(session, campaign_id, CampaignPatch(budget=Decimal(1000)))

    async def control(self, action: str, campaign_id: int) -> None:
        async with self.database.transaction() as session:
            match action:
                case "pause":
                    await control.pause(session, campaign_id)
                case "resume":
                    await control.resume(session, campaign_id, self.settings)
                case "cancel":
                    await control.cancel(session, campaign_id)
                case "retry":
                    await control.retry_failed(session, campaign_id, self.settings)

    async def work_job(self, *, delivered_again: bool) -> bool:
        """Run the oldest due job; with `delivered_again` it stays, as if its worker had died before saying that it is done."""
        rows = await self.rows(NEXT_JOB)
        if not rows:
            return False
        job = rows[0]
        await registry[job["entrypoint"]].run(self._jobs, job["payload"])
        if not delivered_again:
            await self.rows("DELETE FROM pgqueuer WHERE id = $1", job["id"])
        return True

    async def claim(self) -> list[ClaimedText]:
        return await self._claimer.claim(BATCH)

    async def give_back(self, claimed: ClaimedText) -> None:
        await self._claimer.give_back([claimed])

    async def post(self, claimed: ClaimedText) -> Posted:
        """The POST alone; what came of it is not written down."""
        due = claimed.due
        outcome = await self.carrier.send_text(
            OutgoingText(
                to=due.phone,
                body=due.body,
                from_number=claimed.sender.address,
                status_callback=f"http://127.0.0.1/webhooks/twilio/status?token={claimed.token}",
            )
        )
        return Posted(due.message_id, claimed.token, due.sender_id, due.phone, due.attempts, outcome)

    async def record(self, posted: Posted) -> None:
        async with self.database.transaction() as session:
            await self._recorder.write(session, [posted])

    async def report(self, updates: Sequence[StatusUpdate]) -> None:
        """Status callbacks reach us."""
        async with self.database.transaction() as session:
            await apply_receipts(session, updates)

    async def hear(self, text: Created) -> None:
        """A person's text reaches us by webhook."""
        keyword = text.body.strip().upper()
        async with self.database.transaction() as session:
            await receive_text(
                session,
                InboundText(
                    carrier_sid=text.sid,
                    from_=text.from_,
                    to=text.to,
                    body=text.body,
                    messaging_service_sid=None,
                    media_urls=(),
                    opt_out_type=keyword if keyword in ("STOP", "START", "HELP") else None,
                    city=None,
                    state=None,
                    zip=None,
                    country=None,
                    segments=1,
                ),
            )

    async def pull(self) -> None:
        """One round of the puller, with the look at silent deliveries."""
        await self._puller.pull()
        await self._puller.heal()

    async def reconcile(self) -> None:
        """One round of the reconciler, with its sweep."""
        await self._reconciler.reconcile()
        async with self.database.transaction() as session:
            await sweep_strays(session)

    async def complete_campaigns(self) -> None:
        """The schedule that completes what several transactions ended together."""
        await schedules["campaigns.complete"].function(self._jobs)

    async def advance(self, by: timedelta) -> None:
        """Let time pass for us and for the carrier."""
        async with self.database.transaction() as session:
            for table, columns in CLOCKED.items():
                changes = ", ".join(f"{column} = {column} - CAST(:by AS interval)" for column in columns)
                await session.execute(text(f"UPDATE {table} SET {changes}"), {"by": by})
        self.carrier.age(by)

    async def add_leads(self, people: Sequence[tuple[str, str]]) -> dict[int, str]:
        """Leads (name, phone) with written consent; those that are here already stay as they are. Returns the new ones."""
        added = await self.rows(
            """
            WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[]) AS t (name, phone)), new AS (
                INSERT INTO leads (name, phone, country) SELECT name, phone, 'US' FROM wanted
                ON CONFLICT (phone) WHERE phone IS NOT NULL DO NOTHING RETURNING id, phone
            ), consents AS (
                INSERT INTO lead_consents (lead_id, channel, kind) SELECT id, 'sms', 'written' FROM new
            )
            SELECT id, phone FROM new ORDER BY id
            """,
            [name for name, _ in people],
            [phone for _, phone in people],
        )
        return {row["id"]: row["phone"] for row in added}

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        async with self.database.transaction() as session:
            connection = await raw_connection(session)
            return list(await connection.fetch(query, *values))
