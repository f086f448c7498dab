"""A scratch installation with one campaign and one lead, on which a conversation goes the way of a real one.

From the carrier's webhook to the text that waits to be sent, everything is the product's own; only the sending is left out.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from outrider.agents.base import BookMeeting
from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentFactory, AgentParts
from outrider.agents.memory import load_memory
from outrider.agents.scheduling.repository import ensure_one
from outrider.agents.scheduling.service import book
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.campaigns import control
from outrider.campaigns.briefings import CampaignBriefings
from outrider.campaigns.runner import CampaignRunner
from outrider.campaigns.schemas import CampaignIn
from outrider.campaigns.service import create_campaign
from outrider.channels.base import InboundText
from outrider.config import Settings, secrets_of
from outrider.conversations.handling import hand_back, take_over
from outrider.conversations.inbox import WebhookInbox
from outrider.conversations.models import Conversation, Direction, Message, OutboxState, Sender, SenderKind
from outrider.db.engine import Database
from outrider.evals.judged import Judged
from outrider.evals.scripts import Event, ScriptBriefing, ScriptLead
from outrider.jobs import JobContext
from outrider.jobs.definition import registry
from outrider.leads.models import ConsentChannel, ConsentKind, Lead, LeadConsent
from outrider.workflows.context import Services

PHONE = "+13125550001"
ANOTHER_PHONE = "+13125550002"
SENDER = "+12025550143"
"""Of the ranges that no subscriber has."""
WORKED = ["agents.reply", "campaigns.launch", "campaigns.process_chunk", "campaigns.note_reply", "conversations.wake"]
"""Jobs that run on the stage: none that speaks to anybody outside."""
MOST_JOBS = 200
COLLEAGUE = "colleague"
WORKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
}
NEXT_JOB = text("""
    DELETE FROM pgqueuer WHERE id = (
        SELECT id FROM pgqueuer WHERE status = 'queued' AND execute_after <= now() AND entrypoint = ANY(:worked)
        ORDER BY priority DESC, id LIMIT 1
    ) RETURNING entrypoint, payload
""")
ANSWER_NOW = text("UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued' AND entrypoint = 'agents.reply'")
SEND_ALL = text("UPDATE messages SET state = 'sent', sent_at = now() WHERE direction = 'out' AND state IN ('queued', 'held')")


@dataclass(slots=True)
class Said:
    """What became of one turn."""

    heard: Sequence[str]
    written: list[Message]
    """What we wrote thereupon."""
    seconds: float
    model_seconds: float


@dataclass(slots=True)
class Stage:
    """One lead whom a campaign has written to, and the agents that answer."""

    database: Database
    settings: Settings
    judged: Judged
    language: str = "en"
    zone: str = "America/Chicago"
    phone: str = PHONE
    parts: dict[type, Any] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def open(self, lead: ScriptLead, briefing: ScriptBriefing, *rows: Mapping[str, Any]) -> list[int]:
        """Let a campaign write to the lead; returns the ids of the leads.

        Args:
            rows: columns of further leads that the campaign writes to as well, `phone` among them; of each that is not named
                the first lead's are taken.
        """
        self.language, self.zone = (lead.language or "en")[:2], lead.time_zone
        parts = AgentParts(
            models=self.judged,
            slots=SlotFinder(self.database, self.settings),
            database=self.database,
            secrets=secrets_of(self.settings),
        )
        services = Services(self.judged, AgentFactory(parts), slots=parts.slots, database=self.database)
        self.parts = {
            Settings: self.settings,
            CampaignRunner: CampaignRunner(self.database, self.judged, self.settings, services),
            ConversationTeam: ConversationTeam(parts),
            Briefings: CampaignBriefings(),
        }
        async with self.database.transaction() as session:
            await ensure_one(session, self.settings.time_zone)
            if await session.scalar(select(Sender.id).limit(1)) is None:
                session.add(Sender(kind=SenderKind.NUMBER, address=SENDER, segments_per_second=100.0))
            usual = {
                "name": lead.name, "company": lead.company, "language": lead.language, "phone": self.phone, "country": "US",
                "time_zones": [lead.time_zone],
            }  # fmt: skip
            leads = [Lead(**{**usual, **row}) for row in ({}, *rows)]
            session.add_all(leads)
            await session.flush()
            session.add_all(LeadConsent(lead_id=row.id, channel=ConsentChannel.SMS, kind=ConsentKind.WRITTEN) for row in leads)
            await session.flush()
            wanted = CampaignIn(
                name="Spring",
                description=briefing.description,
                sender_name=briefing.sender_name,
                sms_system_prompt=briefing.system_prompt,
                lead_ids=[row.id for row in leads],
            )
            created = await create_campaign(session, wanted)
        async with self.database.transaction() as session:
            await control.start(session, created.id, self.settings, self.judged)
        await self._work()
        await self._send()
        return [row.id for row in leads]

    async def writes(self, *texts: str) -> Said:
        """The lead writes; what we write thereupon leaves at once."""
        spoken = [self.spoken(body) for body in texts]
        await self.receive(*spoken)
        began, model_before = time.perf_counter(), self.judged.seconds
        await self._answer()
        seconds = time.perf_counter() - began
        written = await self.rows(Message, Message.state == OutboxState.QUEUED)
        await self._send()
        return Said(spoken, written, seconds, self.judged.seconds - model_before)

    async def receive(self, *texts: str) -> None:
        """Texts of the lead come in through the carrier's webhook."""
        inbox = WebhookInbox(self.database)
        for body in texts:
            heard = InboundText(
                carrier_sid=f"SM{next(self._numbers):032x}", from_=self.phone, to=SENDER, body=body, segments=1,
                messaging_service_sid=None, media_urls=(), opt_out_type=None, city=None, state=None, zip=None, country=None,
            )  # fmt: skip
            await inbox.receive(heard)

    async def happen(self, event: Event, adds: str = "") -> None:
        """Let others do something to the conversation."""
        match event:
            case Event.PERSON_TAKES_OVER | Event.PERSON_HANDS_BACK:
                thread = await self.conversation()
                do = take_over if event is Event.PERSON_TAKES_OVER else hand_back
                async with self.database.transaction() as session:
                    await do(session, thread.id, COLLEAGUE)
            case Event.SLOTS_ARE_TAKEN:
                await self._take_slots()
            case Event.LEAD_WRITES_AGAIN:
                await self.receive(self.spoken(adds))
            case Event.BUDGET_IS_USED_UP:
                self.judged.is_broke = True
            case Event.MODEL_FAILS:
                self.judged.fails = True

    def spoken(self, body: str) -> str:
        return body.replace("{workday}", workday(self.language, self.zone))

    async def conversation(self) -> Conversation:
        async with self.database.transaction() as session:
            query = select(Conversation).join(Lead, Lead.id == Conversation.lead_id).where(Lead.phone == self.phone)
            return (await session.scalars(query)).one()

    async def texts(self) -> list[Message]:
        """What we have written in the conversation."""
        thread = await self.conversation()
        return await self.rows(Message, Message.conversation_id == thread.id, Message.direction == Direction.OUT)

    async def rows(self, model: Any, *conditions: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.scalars(select(model).where(*conditions).order_by(model.id))).all())

    async def _answer(self) -> None:
        """Answers that are due, also those of texts that came while an answer was thought about."""
        for _ in range(MOST_JOBS):
            async with self.database.transaction() as session:
                await session.execute(ANSWER_NOW)
            if not await self._work():
                return

    async def _work(self) -> int:
        context = JobContext(self.database, self.parts)
        for done in range(MOST_JOBS):
            async with self.database.transaction() as session:
                job = (await session.execute(NEXT_JOB, {"worked": WORKED})).one_or_none()
            if job is None:
                return done
            await registry[job.entrypoint].run(context, job.payload)
        return MOST_JOBS

    async def _send(self) -> None:
        async with self.database.transaction() as session:
            await session.execute(SEND_ALL)

    async def _take_slots(self) -> None:
        thread = await self.conversation()
        async with self.database.transaction() as session:
            memory = await load_memory(session, thread.id)
            somebody = Lead(name="Somebody Else", phone=ANOTHER_PHONE, country="US", time_zones=[self.zone])
            session.add(somebody)
            await session.flush()
            for slot in memory.offered_slots[:-1]:
                meeting = BookMeeting(slot=slot, title="Another call")
                await book(session, meeting, lead_id=somebody.id, conversation_id=None, campaign_id=None)


def workday(language: str, zone: str) -> str:
    """A Tuesday, Wednesday or Thursday that is two to six days ahead."""
    today = datetime.now(ZoneInfo(zone)).date()
    day = next(day for ahead in range(2, 7) if (day := today + timedelta(days=ahead)).weekday() in (1, 2, 3))
    return WORKDAYS[language][day.weekday()]
