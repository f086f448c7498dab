"""The people and the campaign that the benches work on."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from bench.harness import Stack

FIRST_NAMES = (
    "Ada",
    "Ben",
    "Carla",
    "Deniz",
    "Elena",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Keiko",
    "Liam",
    "Mona",
    "Nils",
)
LAST_NAMES = ("Abbott", "Brandt", "Chen", "Duarte", "Eriksen", "Fischer", "Gupta", "Haddad", "Ito", "Jensen", "Kowalski", "Lopez")
COMPANIES = (
    "Northwind",
    "Bluebird Dental",
    "Casa Verde",
    "Harbor Logistics",
    "Peak Fitness",
    "Lumen Labs",
    "Oak & Iron",
    "Riverside Clinic",
)
CITIES = ("Leeds", "York", "Bath", "Oxford", "Derby", "Hull")
COUNTRY = "GB"
NOON = 12
TEMPLATE = "Hi {{first_name}}, this is {{sender_name}}. Would {{company}} like to win back an hour a day? Reply STOP to opt out."
PROMPT = "You write short, friendly texts for a scheduling product. One text, at most 300 characters, no links."
SETTLED = ("completed", "failed", "skipped")
FINAL_DELIVERY = ("delivered", "undelivered", "failed", "read", "canceled")


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    phone: str
    company: str


def people(count: int, *, first: int = 0, seed: int = 7) -> list[Person]:
    """People with distinct British mobile numbers of the range that no subscriber has (Ofcom: 07700 900000–900999 and beyond)."""
    chance = random.Random(seed)
    return [
        Person(
            name=f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}",
            phone=f"+4477{first + number:08d}",
            company=chance.choice(COMPANIES),
        )
        for number in range(count)
    ]


def open_zone(now: datetime | None = None) -> str:
    """A zone in which it is about noon, so that quiet hours are checked for every text and hold none."""
    offset = NOON - (now or datetime.now(UTC)).hour
    return "Etc/GMT" + (f"-{offset}" if offset > 0 else f"+{-offset}" if offset else "")


async def insert_leads(sql: asyncpg.Connection, everybody: Sequence[Person]) -> list[int]:
    """The people as leads with written consent, by COPY; returns their ids in the same order."""
    zone, now = open_zone(), datetime.now(UTC)
    await sql.copy_records_to_table(
        "leads",
        columns=["name", "phone", "company", "city", "country", "time_zones", "source"],
        records=[
            (one.name, one.phone, one.company, CITIES[len(one.name) % len(CITIES)], COUNTRY, [zone], "bench") for one in everybody
        ],
    )
    rows = await sql.fetch("SELECT id, phone FROM leads WHERE phone = ANY($1)", [one.phone for one in everybody])
    by_phone = {row["phone"]: row["id"] for row in rows}
    ids = [by_phone[one.phone] for one in everybody]
    await sql.copy_records_to_table(
        "lead_consents",
        columns=["lead_id", "channel", "kind", "method", "source", "obtained_at"],
        records=[(number, "sms", "written", "web_form", "bench", now) for number in ids],
    )
    await sql.execute("ANALYZE leads; ANALYZE lead_consents")
    return ids


async def create_campaign(stack: Stack, lead_ids: Sequence[int], **fields: Any) -> int:
    """A draft campaign over these leads; returns its id."""
    created = await stack.api.post(
        "/api/campaigns",
        {
            "name": f"Bench {time.monotonic_ns()}",
            "agent_type": "sms",
            "sms_system_prompt": PROMPT,
            "sms_template": TEMPLATE,
            "sender_name": "Robin from Outrider",
            "audience": {"lead_ids": list(lead_ids)},
            **fields,
        },
    )
    return int(created["id"])


async def raise_sender_rates(sql: asyncpg.Connection, segments_per_second: float) -> None:
    """Let the senders be faster than what is measured."""
    await sql.execute("UPDATE senders SET segments_per_second = $1, bucket_tokens = 0", segments_per_second)


async def statuses(sql: asyncpg.Connection, campaign_id: int) -> dict[str, int]:
    """Campaign leads by status."""
    rows = await sql.fetch(
        "SELECT status, count(*) AS count FROM campaign_leads WHERE campaign_id = $1 GROUP BY status", campaign_id
    )
    return {row["status"]: row["count"] for row in rows}


def settled(counts: dict[str, int]) -> int:
    return sum(counts.get(status, 0) for status in SETTLED)


async def deliveries_missing(sql: asyncpg.Connection, campaign_id: int) -> int:
    """Texts of the campaign that were sent and have no final receipt yet."""
    missing = "campaign_id = $1 AND direction = 'out' AND state = 'sent' AND coalesce(delivery_status, '') <> ALL($2)"
    return int(await sql.fetchval(f"SELECT count(*) FROM messages WHERE {missing}", campaign_id, list(FINAL_DELIVERY)))


async def until_settled(sql: asyncpg.Connection, campaign_id: int, total: int, *, patience: float = 60.0) -> dict[str, int]:
    """Wait until every lead has its end; returns the counts.

    Raises:
        TimeoutError: nothing has moved for `patience` seconds; says where the leads are.
    """
    last, moved = -1, time.monotonic()
    while True:
        counts = await statuses(sql, campaign_id)
        done = settled(counts)
        if done == total:
            return counts
        if done != last:
            last, moved = done, time.monotonic()
        elif time.monotonic() - moved > patience:
            raise TimeoutError(f"the campaign stands still at {counts}")
        await asyncio.sleep(0.1)
