"""Queries of figures over many runs of a workflow: each statement reads what it counts once.

The steps are the largest table: the scans may be parallel, nothing is sorted that can be counted by classes, and runs are joined
only where a single version is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import exp

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.notices import QUALIFIED
from outrider.db.engine import raw_connection
from outrider.workflows.nodes.split import SPECIFICATION as SPLIT

CAMPAIGNS = "SELECT id FROM campaigns WHERE workflow_version_id = ANY($1::bigint[]) ORDER BY id"
"""Campaigns that run a version of the workflow: every run of theirs does, also one that was replayed on another version."""

STATUSES = """
    SELECT r.status, count(*) AS runs FROM runs AS r WHERE r.campaign_id = ANY($1::bigint[]) AND {runs} GROUP BY r.status
"""

STEPS_PER_E = 20
"""Classes of times per factor of e: a time is known to 2.5 %, and no sort of all steps is needed for a median."""

NODES = f"""
    SELECT s.node_id, s.outcome, floor(ln(greatest(coalesce(s.waited_ms, s.ms), 0.01)) * {STEPS_PER_E})::int AS time_class,
        count(*) AS visits, count(s.error) AS failed, sum(s.tokens) AS tokens, sum(s.cost) AS cost
    FROM processing_logs AS s
    WHERE s.campaign_id = ANY($1::bigint[]) AND {{steps}} AND NOT (s.outcome = '' AND s.node_name = ANY($2::text[]))
    GROUP BY 1, 2, 3
"""  # noqa: S608  (built from constants)
"""Every visit that was left, of kinds that pause without the rows of the pauses; `$2` names these kinds."""

WAITING = """
    SELECT w.node_id, count(*) AS runs FROM run_waits AS w JOIN runs AS r ON r.id = w.run_id
    WHERE w.campaign_id = ANY($1::bigint[]) AND {runs} AND r.status = 'waiting' GROUP BY w.node_id
"""

STOPPED = """
    SELECT s.node_id, s.outcome = '' AS was_waiting, count(*) AS runs
    FROM runs AS r JOIN processing_logs AS s
        ON s.campaign_lead_id = r.subject_id AND s.run_id = r.id AND s.seq = r.steps - 1
    WHERE r.campaign_id = ANY($1::bigint[]) AND {runs} AND r.status IN ('stopped', 'cancelled')
    GROUP BY s.node_id, s.outcome = ''
"""

SPLITS = f"""
    WITH shown AS (
        SELECT DISTINCT ON (s.node_id, cl.lead_id) s.node_id, s.outcome, cl.lead_id, cl.replied_at, s.created_at AS at
        FROM processing_logs AS s JOIN campaign_leads AS cl ON cl.id = s.campaign_lead_id
        WHERE s.node_name = '{SPLIT.name}' AND s.campaign_id = ANY($1::bigint[]) AND {{steps}}
        ORDER BY s.node_id, cl.lead_id, s.created_at
    ), qualified AS MATERIALIZED (
        SELECT lead_id, max(created_at) AS at FROM qualifications
        WHERE source = 'conversation' AND tier IN ({", ".join(f"'{tier}'" for tier in QUALIFIED)}) GROUP BY lead_id
    ), booked AS MATERIALIZED (
        SELECT lead_id, max(created_at) AS at FROM bookings WHERE status = 'booked' AND lead_id IS NOT NULL GROUP BY lead_id
    ), opted_out AS MATERIALIZED (
        SELECT l.id AS lead_id, max(x.created_at) AS at FROM suppressions AS x JOIN leads AS l ON l.phone = x.phone
        WHERE x.reason IN ('stop', 'carrier') AND x.lifted_at IS NULL GROUP BY l.id
    )
    SELECT node_id, outcome, count(*) AS leads,
        count(*) FILTER (WHERE replied_at >= shown.at) AS replied,
        count(*) FILTER (WHERE qualified.at >= shown.at) AS qualified,
        count(*) FILTER (WHERE booked.at >= shown.at) AS booked,
        count(*) FILTER (WHERE opted_out.at >= shown.at) AS opted_out
    FROM shown LEFT JOIN qualified USING (lead_id) LEFT JOIN booked USING (lead_id) LEFT JOIN opted_out USING (lead_id)
    GROUP BY node_id, outcome
"""  # noqa: S608  (built from constants)
"""Each lead counts once, from when it came to the split. What few leads did is gathered first: that spares a look for each."""

NOT_DRY = {
    "runs": "NOT r.is_dry",
    "steps": "s.run_id IS NOT NULL AND NOT EXISTS (SELECT FROM runs AS r WHERE r.id = s.run_id AND r.is_dry)",
}
OF_VERSION = {
    "runs": "NOT r.is_dry AND r.workflow_version_id = {version}",
    "steps": "EXISTS (SELECT FROM runs AS r WHERE r.id = s.run_id AND NOT r.is_dry AND r.workflow_version_id = {version})",
}


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
    """Which runs: of these campaigns, all or only those of one version."""

    campaign_ids: tuple[int, ...]
    version_id: int | None = None


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


async def campaigns_of(session: AsyncSession, version_ids: list[int]) -> list[int]:
    """Campaigns whose runs run one of these versions of a workflow."""
    connection = await raw_connection(session)
    return [row["id"] for row in await connection.fetch(CAMPAIGNS, version_ids)]


async def read(session: AsyncSession, statement: str, scope: Scope, *more: object) -> list[asyncpg.Record]:
    """The rows of one of the statements above.

    Args:
        more: of `NODES` the names of kinds that pause.
    """
    connection = await raw_connection(session)
    given: list[object] = [list(scope.campaign_ids), *more]
    conditions = NOT_DRY
    if scope.version_id is not None:
        given.append(scope.version_id)
        conditions = {name: condition.format(version=f"${len(given)}") for name, condition in OF_VERSION.items()}
    return await connection.fetch(statement.format(**conditions), *given)
