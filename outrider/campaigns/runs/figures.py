"""Queries of figures over many runs of a workflow: each statement reads the steps of all of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import exp

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import raw_connection

OF_RUNS = """
    NOT r.is_dry AND ($1::bigint IS NULL OR r.campaign_id = $1)
    AND ($2::bigint[] IS NULL OR r.workflow_version_id = ANY($2))
"""
OF_STEPS = f"""
    processing_logs AS s JOIN runs AS r ON r.id = s.run_id
    WHERE {OF_RUNS} AND ($1::bigint IS NULL OR s.campaign_id = $1)
"""

STATUSES = f"SELECT r.status, count(*) AS runs FROM runs AS r WHERE {OF_RUNS} GROUP BY r.status"  # noqa: S608  (constants)

STEPS_PER_E = 20
"""Classes of times per factor of e: a time is known to 2.5 %, and no sort of all steps is needed for a median."""

NODES = f"""
    SELECT s.node_id, s.outcome, floor(ln(greatest(s.ms, 0.01)) * {STEPS_PER_E})::int AS time_class, count(*) AS visits,
        count(s.error) AS failed, sum(s.tokens) AS tokens, sum(s.cost) AS cost
    FROM {OF_STEPS} AND NOT (s.outcome = '' AND s.node_name = ANY($3::text[]))
    GROUP BY 1, 2, 3
"""  # noqa: S608  (built from constants)
"""Every visit that was left, of kinds that pause without the rows of the pauses; `$3` names these kinds."""

WAITED = f"""
    SELECT node_id, percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY waited) AS ms
    FROM (
        SELECT s.node_id, extract(epoch FROM max(s.created_at) - min(s.created_at)) * 1000 AS waited
        FROM {OF_STEPS} AND s.node_name = ANY($3::text[])
        GROUP BY s.run_id, s.node_id, s.visit HAVING count(*) > 1
    ) AS visits
    GROUP BY node_id
"""  # noqa: S608  (built from constants)

WAITING = f"""
    SELECT w.node_id, count(*) AS runs FROM run_waits AS w JOIN runs AS r ON r.id = w.run_id
    WHERE {OF_RUNS} AND r.status = 'waiting' GROUP BY w.node_id
"""  # noqa: S608  (built from constants)

STOPPED = f"""
    SELECT s.node_id, s.outcome = '' AS was_waiting, count(*) AS runs
    FROM runs AS r JOIN processing_logs AS s ON s.run_id = r.id AND s.seq = r.steps - 1
    WHERE {OF_RUNS} AND r.status IN ('stopped', 'cancelled') GROUP BY s.node_id, s.outcome = ''
"""  # noqa: S608  (built from constants)

SPLITS = f"""
    WITH shown AS (
        SELECT DISTINCT ON (s.node_id, r.lead_id) s.node_id, s.outcome, r.lead_id, r.campaign_id, r.subject_id, s.created_at
        FROM {OF_STEPS} AND s.node_name = $3 AND s.outcome <> ''
        ORDER BY s.node_id, r.lead_id, s.created_at
    )
    SELECT shown.node_id, shown.outcome, count(*) AS leads,
        count(*) FILTER (WHERE cl.replied_at >= shown.created_at) AS replied,
        count(*) FILTER (WHERE l.tier = 'hot') AS qualified,
        count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM bookings AS b
            WHERE b.lead_id = shown.lead_id AND b.status = 'booked' AND b.created_at >= shown.created_at
        )) AS booked,
        count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM suppressions AS x WHERE x.phone = l.phone AND x.reason IN ('stop', 'carrier')
                AND x.created_at >= shown.created_at AND x.lifted_at IS NULL
        )) AS opted_out
    FROM shown LEFT JOIN campaign_leads AS cl ON cl.id = shown.subject_id LEFT JOIN leads AS l ON l.id = shown.lead_id
    GROUP BY shown.node_id, shown.outcome
"""  # noqa: S608  (built from constants)
"""Each lead counts once, from when it came to the split."""


def percentile(visits: Mapping[int, int], share: float) -> float:
    """Milliseconds that this share of the visits took at most, by their `time_class`."""
    wanted, seen = share * sum(visits.values()), 0
    for time_class in sorted(visits):
        seen += visits[time_class]
        if seen >= wanted:
            return round(exp((time_class + 0.5) / STEPS_PER_E), 2)
    return 0.0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which runs: of a campaign, of versions, or both."""

    campaign_id: int | None
    version_ids: Sequence[int] | None


@dataclass(slots=True)
class NodeSum:
    """The visits to one node that were left."""

    outcomes: Counter[str] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)
    failed: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)

    def add(self, row: asyncpg.Record) -> None:
        """Take a row of `NODES`."""
        self.outcomes[row["outcome"]] += row["visits"]
        self.times[row["time_class"]] += row["visits"]
        self.failed += row["failed"]
        self.tokens += row["tokens"]
        self.cost += row["cost"]


async def read(session: AsyncSession, statement: str, scope: Scope, *more: object) -> list[asyncpg.Record]:
    """The rows of one of the statements above.

    Args:
        more: of `NODES` and `WAITED` the names of kinds that pause, of `SPLITS` the name of its kind.
    """
    connection = await raw_connection(session)
    versions = None if scope.version_ids is None else list(scope.version_ids)
    return await connection.fetch(statement, scope.campaign_id, versions, *more)
