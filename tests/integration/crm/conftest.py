"""A connection to HubSpot's stand-in, and a worker's parts to keep it in step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

import outrider.crm.jobs
import outrider.crm.sheets
import outrider.crm.subscribers  # noqa: F401  (registers the handlers of events)
from outrider.config import Settings
from outrider.crm.delivering import Deliverer
from outrider.crm.models import CrmConnection, CrmDelivery, CrmLink, CrmProblem
from outrider.crm.polling import Poller
from outrider.crm.schemas import CrmConnectionOptions, FieldMap, Taken
from outrider.db.engine import Database
from outrider.integrations.crm.accounts import HubSpotAccount, LocalAccount, WebhookAccount
from outrider.integrations.crm.build import Crms
from outrider.leads.models import Lead
from tests.stand_ins.http import HttpStandIn
from tests.stand_ins.hubspot import HubSpotStandIn
from tests.worlds import World

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
MAPPING = [
    {"remote": "firstname", "field": "first_name"},
    {"remote": "lastname", "field": "last_name"},
    {"remote": "email", "field": "email"},
    {"remote": "phone", "field": "phone"},
    {"remote": "company", "field": "company", "rule": "newest"},
    {"remote": "jobtitle", "field": "title", "rule": "ask"},
    {"remote": "consent", "field": "consent_sms", "direction": "in"},
    {"remote": "consent_date", "field": "consent_at", "direction": "in"},
    {"remote": "outrider_opt_out", "field": "do_not_contact", "direction": "in"},
]


class CrmWorld(World):
    """What a test of the sync sets up, does and looks at."""

    def __init__(self, database: Database, settings: Settings, there: HubSpotStandIn, url: str):
        super().__init__(database)
        self.there = there
        self.settings = settings
        self.crms = Crms(
            {
                "hubspot": HubSpotAccount(kind="hubspot", token="pat-test", api_url=url, requests_per_second=5000),
                "webhook": WebhookAccount(kind="webhook", url=url, secret=SECRET),
                "local": LocalAccount(),
            },
            database,
        )
        self.poller = Poller(database, self.crms, settings)
        self.deliverer = Deliverer(database, self.crms, settings)

    async def connect(
        self, account: str = "hubspot", mapping: list[dict[str, Any]] | None = None, **values: Any
    ) -> CrmConnection:
        await self.crms.get(account).prepare()
        options = CrmConnectionOptions(**values.pop("options", {})).model_dump()
        maps = [FieldMap(**one).model_dump() for one in (MAPPING if mapping is None else mapping)]
        kind = self.crms.settings_of(account).kind
        self.connection: CrmConnection = await self._add(
            CrmConnection(name="HubSpot", account=account, kind=kind, mapping=maps, options=options, **values)
        )
        # The stand-in's clock begins in January.
        await self.execute("UPDATE crm_connections SET watermark_at = '2025-12-31', gone_since = '2025-12-31'")
        return self.connection

    async def poll(self) -> Taken:
        taken = await self.poller.poll(self.connection.id)
        assert taken is not None
        return taken

    async def deliver(self) -> None:
        await self.execute("UPDATE crm_outbox SET due_at = now() WHERE state = 'waiting'")
        await self.deliverer.deliver(self.connection.id)

    async def sync(self) -> Taken:
        taken = await self.poll()
        await self.deliver()
        return taken

    async def outbox(self) -> list[CrmDelivery]:
        return await self.rows(CrmDelivery)

    async def links(self) -> list[CrmLink]:
        return await self.rows(CrmLink)

    async def problems(self) -> list[CrmProblem]:
        return await self.rows(CrmProblem, CrmProblem.resolved_at.is_(None))

    async def value(self, statement: str, **values: Any) -> Any:
        async with self.database.transaction() as session:
            return (await session.execute(text(statement), values)).scalar_one()

    def contact(self, contact_id: str) -> dict[str, str]:
        found: dict[str, str] = self.there.objects["contacts"][contact_id]["properties"]
        return found


@pytest.fixture
async def crm(database: Database, settings: Settings) -> AsyncIterator[CrmWorld]:
    there = HubSpotStandIn()
    async with HttpStandIn(there.respond) as server:
        world = CrmWorld(database, settings, there, server.url)
        yield world
        await world.crms.aclose()


class Crash(BaseException):
    """The process dies here."""


async def the_lead(crm: CrmWorld) -> Lead:
    (lead,) = await crm.rows(Lead)
    return lead  # type: ignore[no-any-return]
