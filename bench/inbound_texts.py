"""Texts that people write, through the carrier's signed webhook: stored and obeyed with everything that subscribes to them.

All of them answer a campaign at once, from a number each, so that campaigns, agents and live views have their part in every
one. The agent's answers follow seconds later; what they cost is counted apart.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from statistics import median, quantiles
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator

from bench.harness import Context, Measurement, Stack, cpu_used, stack
from bench.world import create_campaign, insert_leads, people, raise_sender_rates
from outrider.config import Settings

TEXTS, QUICK_TEXTS = 3_000, 200
AT_ONCE = 32
PATIENCE = 120.0
ANSWERS = ("Sounds interesting, what does it cost?", "Who is this?", "Maybe next week", "Can you call me tomorrow at 10?")
SIMULATOR = {"speed": "20", "rate": "5000", "api-rate": "0", "persona": "silence=1"}
WRITTEN_TO = """
    WITH places AS (
        INSERT INTO campaign_leads (campaign_id, lead_id, status, processed_at)
        SELECT $1, id, 'completed', now() FROM unnest($2::bigint[]) AS id
        ON CONFLICT (campaign_id, lead_id) DO UPDATE SET status = 'completed', processed_at = now()
        RETURNING id, lead_id
    ), threads AS (
        INSERT INTO conversations (lead_id, sender_id, campaign_id)
        SELECT lead_id, (SELECT min(id) FROM senders), $1 FROM places RETURNING id, lead_id
    )
    INSERT INTO messages (conversation_id, lead_id, direction, author, body, phone, sender_id, campaign_id, campaign_lead_id,
                          dedupe_key, state, sent_at, delivery_status)
    SELECT threads.id, leads.id, 'out', 'workflow', 'Hi, would you like to win back an hour a day?', phone,
           (SELECT min(id) FROM senders), $1, places.id, 'campaign_lead:' || places.id || ':sms:1', 'sent', now(), 'delivered'
    FROM threads JOIN places USING (lead_id) JOIN leads ON leads.id = threads.lead_id
"""


async def run(context: Context) -> dict[str, Measurement]:
    count = context.scaled(TEXTS, QUICK_TEXTS)
    async with stack(context.folder, simulator_options=SIMULATOR) as running:
        await raise_sender_rates(running.sql, 5000)
        everybody = people(count)
        lead_ids = await insert_leads(running.sql, everybody)
        campaign_id = await create_campaign(running, lead_ids)
        await running.sql.execute(WRITTEN_TO, campaign_id, lead_ids)
        await running.sql.execute("UPDATE campaigns SET status = 'completed', started_at = now() WHERE id = $1", campaign_id)
        await running.sql.execute("ANALYZE")
        sender = await running.sql.fetchval("SELECT address FROM senders ORDER BY id LIMIT 1")
        requests = [_signed(running.settings, number, one.phone, sender) for number, one in enumerate(everybody)]
        began, before = time.perf_counter(), cpu_used(running)
        milliseconds = await _post_all(running.settings, requests)
        taken_in, cpu = time.perf_counter() - began, cpu_used(running).since(before)
        await _until_answered(running, count)
        answered, cpu_with_answers = time.perf_counter() - began, cpu_used(running).since(before)
    context.say(f"{count / taken_in:,.0f} texts/s, p99 {_p99(milliseconds):,.0f} ms; all answered after {answered:.0f} s")
    return {
        "inbound_texts": Measurement(
            samples=[count / taken_in],
            unit="texts/s",
            details={
                "texts": count,
                "at_once": AT_ONCE,
                "p50_ms": median(milliseconds),
                "p99_ms": _p99(milliseconds),
                **cpu.per_thousand(count),
                "answered_texts_per_second": count / answered,
                **{f"until_answered_{name}": used for name, used in cpu_with_answers.per_thousand(count).items()},
            },
        )
    }


def _signed(settings: Settings, number: int, phone: str, sender: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the carrier's request."""
    fields = {
        "MessageSid": f"SM{number:032x}",
        "AccountSid": settings.carrier_account_sid,
        "From": phone,
        "To": sender,
        "Body": ANSWERS[number % len(ANSWERS)],
        "NumSegments": "1",
        "NumMedia": "0",
        "FromCountry": "GB",
    }
    url = f"{settings.public_url}/webhooks/twilio/messages"
    signature = RequestValidator(settings.carrier_auth_token).compute_signature(url, fields)
    return urlencode(fields).encode(), {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
    }


async def _post_all(settings: Settings, requests: Sequence[tuple[bytes, dict[str, str]]]) -> list[float]:
    """Milliseconds that each request took."""
    waiting: list[tuple[bytes, dict[str, str]]] = list(reversed(requests))
    times: list[float] = []

    async def post() -> None:
        while waiting:
            body, headers = waiting.pop()
            began = time.perf_counter()
            async with session.post("/webhooks/twilio/messages", data=body, headers=headers) as answer:
                assert answer.status == 200, await answer.text()
            times.append((time.perf_counter() - began) * 1000)

    async with aiohttp.ClientSession(settings.public_url) as session:
        await asyncio.gather(*(post() for _ in range(AT_ONCE)))
    return times


async def _until_answered(running: Stack, count: int) -> None:
    query = "SELECT count(*) FROM conversations WHERE inbound_count > 0 AND answered_count >= inbound_count"
    waits = "SELECT count(*) FROM messages WHERE direction = 'out' AND state <> 'sent'"
    async with asyncio.timeout(PATIENCE):
        while await running.sql.fetchval(query) < count or await running.sql.fetchval(waits):
            await asyncio.sleep(0.2)


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]
