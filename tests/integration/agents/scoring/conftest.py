"""Leads with a past: contacted weeks ago, some of whom replied, more of them where the industry is right."""

from __future__ import annotations

import pytest

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.jobs import JobContext
from tests.worlds import World

# A hash of the id instead of random(): the same past in every run.
LEADS = """
    INSERT INTO leads (id, name, phone, industry, company_size, source, region, country, time_zones, attributes, created_at,
        updated_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'Lead ' || n, '+1312' || (2000000 + n), CASE WHEN n % 3 = 0 THEN 'Manufacturing' ELSE 'Retail' END,
        (ARRAY['1-10', '11-50', '51-200', '201-1,000'])[1 + n % 4], (ARRAY['fair', 'web'])[1 + n % 2], 'IL', 'US',
        ARRAY['America/Chicago'], jsonb_build_object('plan', (ARRAY['free', 'pro', 'team'])[1 + n % 3 * (n % 2)]),
        now() - interval '90 days', now() - interval '90 days'
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n
"""
CONVERSATIONS = """
    INSERT INTO conversations (lead_id, last_message_at) SELECT id, now() FROM leads WHERE id BETWEEN :first AND :last
"""
TEXTS = """
    INSERT INTO messages (conversation_id, lead_id, direction, author, body, phone, state, sent_at, created_at)
    SELECT c.id, c.lead_id, 'out', 'workflow', 'Hello', '+13125550000', 'sent', at.at, at.at FROM conversations AS c
    CROSS JOIN LATERAL (SELECT now() - interval '60 days' + (c.lead_id % 40) * interval '1 day' AS at) AS at
    WHERE c.lead_id BETWEEN :first AND :last
"""
REPLIES = """
    INSERT INTO messages (conversation_id, lead_id, direction, author, body, phone, created_at)
    SELECT conversation_id, lead_id, 'in', 'lead', 'Tell me more', phone, sent_at + interval '1 day' FROM messages
    WHERE direction = 'out' AND lead_id BETWEEN :first AND :last
    AND abs(hashint4(lead_id::int)) % 100 < CASE WHEN lead_id % 3 = 0 THEN CAST(:much AS int) ELSE CAST(:little AS int) END
"""


class Past(World):
    """A world whose leads have been contacted."""

    async def contacted(self, first: int, last: int, *, much: int = 55, little: int = 12) -> None:
        """Leads with these ids, one in three of them in manufacturing, of whom `much` percent replied, `little` of the others."""
        await self.execute(LEADS, first=first, last=last)
        for statement in (CONVERSATIONS, TEXTS):
            await self.execute(statement, first=first, last=last)
        await self.execute(REPLIES, first=first, last=last, much=much, little=little)

    async def fresh(self, first: int, last: int) -> None:
        """Leads whom nobody has contacted."""
        await self.execute(LEADS, first=first, last=last)


@pytest.fixture
def past(database: Database) -> Past:
    return Past(database)


@pytest.fixture
def context(database: Database, settings: Settings) -> JobContext:
    return JobContext(database, {Settings: settings})
