"""What must hold after every step: pure functions over our rows, the carrier's texts and what the model knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from outrider.channels.base import DeliveryStatus
from tests.integration.state_machine.carrier import Created

OPEN = ("queued", "held", "sending", "unknown")

TEXTS = """
    SELECT id, direction, phone, body, state, purpose, campaign_lead_id, carrier_sid, delivery_status FROM messages ORDER BY id
"""
CAMPAIGNS = """
    SELECT c.id, c.status, c.budget, c.spent, c.launched_at IS NOT NULL AS is_launched, coalesce(sum(m.estimated_cost) FILTER (
        WHERE m.admitted AND m.purpose <> 'compliance' AND m.state NOT IN ('failed', 'cancelled')), 0) AS reserved
    FROM campaigns AS c LEFT JOIN messages AS m ON m.campaign_id = c.id GROUP BY c.id
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Our rows at one moment."""

    outgoing: list[Row]
    inbound: list[Row]
    campaigns: list[Row]
    campaign_leads: list[Row]
    suppressed: frozenset[str]

    @property
    def open_texts(self) -> list[Row]:
        return [row for row in self.outgoing if row["state"] in OPEN]


async def read_snapshot(connection: asyncpg.Connection) -> Snapshot:
    texts = [dict(row) for row in await connection.fetch(TEXTS)]
    return Snapshot(
        outgoing=[row for row in texts if row["direction"] == "out"],
        inbound=[row for row in texts if row["direction"] == "in"],
        campaigns=[dict(row) for row in await connection.fetch(CAMPAIGNS)],
        campaign_leads=[dict(row) for row in await connection.fetch("SELECT id, campaign_id, status FROM campaign_leads")],
        suppressed=frozenset(
            row["phone"] for row in await connection.fetch("SELECT phone FROM suppressions WHERE lifted_at IS NULL")
        ),
    )


def check_created_once(ours: Snapshot, created: Sequence[Created]) -> None:
    meant = Counter((row["phone"], row["body"]) for row in ours.outgoing)
    there = Counter((text.to, text.body) for text in created)
    too_often = {text: count for text, count in there.items() if count > meant[text]}
    assert not too_often, f"created more often than meant: {too_often}"
    tokens = Counter(text.token for text in created)
    assert not tokens or max(tokens.values()) == 1, "one attempt was posted twice"


def check_opt_outs(ours: Snapshot, said_stop: set[str]) -> None:
    assert said_stop <= ours.suppressed, f"not suppressed: {said_stop - ours.suppressed}"
    waiting = [row for row in ours.outgoing if row["state"] in ("queued", "held") and row["purpose"] != "compliance"]
    still = [row["id"] for row in waiting if row["phone"] in said_stop]
    assert not still, f"messages {still} still wait for somebody who said stop"


def check_states(ours: Snapshot, audiences: dict[int, int]) -> None:
    counted = Counter(row["campaign_id"] for row in ours.campaign_leads)
    for campaign in ours.campaigns:
        if campaign["is_launched"]:
            assert counted[campaign["id"]] == audiences[campaign["id"]], f"campaign {campaign['id']} lost leads"
    sent = {row["campaign_lead_id"] for row in ours.outgoing if row["state"] == "sent"}
    open_ = {row["campaign_lead_id"] for row in ours.open_texts}
    for row in ours.campaign_leads:
        number, status = row["id"], row["status"]
        if status == "completed":
            assert number in sent, f"campaign lead {number} is completed and nothing was sent"
        elif status == "waiting":
            assert number in open_, f"campaign lead {number} waits for nothing"
        else:
            assert number not in sent, f"campaign lead {number} is {status} although its text was sent"


def check_completed_campaigns(ours: Snapshot) -> None:
    completed = {row["id"] for row in ours.campaigns if row["status"] == "completed"}
    open_ = [row for row in ours.campaign_leads if row["status"] in ("pending", "processing", "waiting")]
    early = completed & {row["campaign_id"] for row in open_}
    assert not early, f"campaigns {early} are completed and have open leads"


def check_budgets(ours: Snapshot) -> None:
    for row in ours.campaigns:
        if row["budget"] is not None:
            assert row["spent"] == row["reserved"], f"campaign {row['id']}: {row['spent']} spent, {row['reserved']} in the rows"
            assert row["spent"] <= row["budget"], f"campaign {row['id']} is over its budget"


def check_deliveries(ours: Snapshot, furthest: dict[str, DeliveryStatus]) -> None:
    """`furthest` is what was seen before, by sid; it is brought up to date."""
    for row in ours.outgoing:
        if row["carrier_sid"] and row["delivery_status"]:
            status = DeliveryStatus(row["delivery_status"])
            before = furthest.get(row["carrier_sid"], status)
            assert status == before or status.rank > before.rank, f"message {row['id']}: {before} became {status}"
            furthest[row["carrier_sid"]] = status


def check_inbound(ours: Snapshot, heard: set[str]) -> None:
    kept = Counter(row["carrier_sid"] for row in ours.inbound)
    assert kept.keys() == heard, "other texts are kept than were received"
    assert not kept or max(kept.values()) == 1, "a text is kept twice"
