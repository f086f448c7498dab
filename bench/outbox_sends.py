"""Texts per second that two workers' deliverers hand to a carrier which takes everything at once.

`python -m bench.outbox_sends DSN CARRIER COUNT` is the plain loop that it is compared with: one text after the other through
Twilio's synchronous SDK, each outcome committed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

import asyncpg
import httpx
import psycopg
from twilio.rest import Client

from bench.baselines.sequential import LocalTwilio
from bench.harness import Context, Measurement, Stack, stack
from bench.processes import announced_port, process, python
from bench.world import Person, insert_leads, people
from outrider.conversations.outbox import TextIntent, queue_texts

SENDS_PER_SECOND = 1_000
WORKERS = 2
ROUNDS = 3
FAST_ENOUGH = 100_000.0
"""Segments per second of a sender: its rate must not be what bounds."""
QUEUED_AT_ONCE = 1_000
PATIENCE = 60.0
BODY = "Hi {name}, would {company} like to win back an hour a day? Reply STOP to opt out."


async def run(context: Context) -> dict[str, Measurement]:
    count = context.scaled(20_000, 1_000)
    log = context.folder / "carrier.log"
    async with process(*python("bench.stand_ins.carrier", "--port", "0"), log=log) as carrier:
        carrier_url = f"http://127.0.0.1:{await announced_port(carrier)}"
        async with stack(context.folder, workers=WORKERS, environment={"TWILIO_API_BASE_URL": carrier_url}) as running:
            await running.sql.execute("UPDATE senders SET segments_per_second = $1", FAST_ENOUGH)
            everybody = people(count)
            lead_ids = await insert_leads(running.sql, everybody)
            rates = [await _round(running, number, lead_ids, everybody) for number in range(ROUNDS)]
            context.say(f"{', '.join(f'{rate:,.0f}' for rate in rates)} sends/s")
            counts = await _counters(carrier_url)
            plain = await _plain_loop(context, running, carrier_url, context.scaled(1_000, 100))
    return {
        "outbox_sends": Measurement(
            samples=rates,
            unit="sends/s",
            goal=SENDS_PER_SECOND,
            baseline=plain,
            baseline_name="synchronous SDK loop",
            details={
                "workers": WORKERS,
                "texts_a_round": count,
                "accepted": counts["accepted"],
                "duplicates": counts["duplicates"],
            },
        )
    }


async def _round(running: Stack, number: int, lead_ids: Sequence[int], everybody: Sequence[Person]) -> float:
    """Queue one text for everybody, all due at once; sends per second from the first to the last, by the database's clock."""
    began = await running.sql.fetchval("SELECT clock_timestamp()")
    async with running.database.transaction() as session:
        for first in range(0, len(lead_ids), QUEUED_AT_ONCE):
            chosen = range(first, min(first + QUEUED_AT_ONCE, len(lead_ids)))
            await queue_texts(session, [_intent(lead_ids[i], everybody[i], number) for i in chosen])
    await _until_sent(running.sql, len(lead_ids) * (number + 1))
    query = "SELECT extract(epoch FROM max(sent_at) - min(sent_at)) FROM messages WHERE sent_at >= $1"
    return len(lead_ids) / float(await running.sql.fetchval(query, began))


def _intent(lead_id: int, person: Person, number: int) -> TextIntent:
    body = BODY.format(name=person.name.split()[0], company=person.company) + f" ({number})"
    return TextIntent(lead_id=lead_id, phone=person.phone, body=body, dedupe_key=f"bench:{number}:{lead_id}")


async def _until_sent(sql: asyncpg.Connection, total: int) -> None:
    last, moved = -1, time.monotonic()
    while (sent := await sql.fetchval("SELECT count(*) FROM messages WHERE state = 'sent'")) < total:
        if sent != last:
            last, moved = sent, time.monotonic()
        elif time.monotonic() - moved > PATIENCE:
            states = await sql.fetch("SELECT state, hold_reason, count(*) FROM messages GROUP BY 1, 2")
            raise TimeoutError(f"sending stands still at {[tuple(row) for row in states]}")
        await asyncio.sleep(0.2)


async def _counters(carrier_url: str) -> dict[str, int]:
    async with httpx.AsyncClient() as client:
        counts: dict[str, int] = (await client.get(f"{carrier_url}/counters")).json()
        return counts


async def _plain_loop(context: Context, running: Stack, carrier_url: str, count: int) -> float:
    """Sends per second of the plain loop, by its own clock."""
    arguments = (running.database.dsn, carrier_url, str(count))
    async with process(*python("bench.outbox_sends", *arguments), log=context.folder / "baseline.log") as loop:
        assert loop.stdout is not None
        return float(await loop.stdout.readline())


def send_one_by_one(dsn: str, carrier_url: str, count: int) -> float:
    client = Client("AC" + "5" * 32, "token", http_client=LocalTwilio(carrier_url))
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS baseline")
        connection.execute("CREATE TABLE baseline.texts (phone text PRIMARY KEY, body text, sid text)")
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO baseline.texts (phone, body) VALUES (%s, %s)", [(one.phone, one.name) for one in people(count)]
            )
        connection.commit()
        began = time.perf_counter()
        for phone, body in connection.execute("SELECT phone, body FROM baseline.texts").fetchall():
            message = client.messages.create(to=phone, from_="+12025550143", body=f"Hi {body}")
            connection.execute("UPDATE baseline.texts SET sid = %s WHERE phone = %s", (message.sid, phone))
            connection.commit()
        return count / (time.perf_counter() - began)


if __name__ == "__main__":
    print(send_one_by_one(sys.argv[1], sys.argv[2], int(sys.argv[3])), flush=True)
