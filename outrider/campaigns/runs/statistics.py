"""Where the runs of a workflow go, wait, fail and end; and what its A/B tests tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.plan import read_plan
from outrider.campaigns.runs import figures
from outrider.campaigns.runs.figures import NodeSum, Scope, percentile
from outrider.campaigns.runs.proportions import Share, judge, wilson
from outrider.campaigns.service import find_campaign
from outrider.db.kept_counts import KeptCounts
from outrider.workflows.comparing import title_of
from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.drafts import find_version, not_found
from outrider.workflows.models import RunStatus
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.split import SPECIFICATION as SPLIT
from outrider.workflows.repository import find, list_versions
from outrider.workflows.repository import find_version as find_version_by_id

Measure = Literal["replied", "qualified", "booked", "opted_out"]
DOES: dict[Measure, str] = {
    "replied": "gets answers",
    "qualified": "gets qualified leads",
    "booked": "gets meetings",
    "opted_out": "is opted out of",
}
BETTER_WITH_FEWER: frozenset[Measure] = frozenset({"opted_out"})


class RunCounts(BaseModel):
    total: int
    waiting: int = 0
    completed: int = 0
    failed: int = 0
    stopped: int = 0
    cancelled: int = 0


class NodeFigures(BaseModel):
    """One node, over all runs."""

    node_id: str
    entered: int
    """Visits."""
    waiting: int
    """Runs that stand still here now."""
    failed: int
    ended: int
    """Runs whose last step it is."""
    stopped: int
    """Of these, runs that were stopped or cancelled here."""
    outcomes: dict[str, int]
    """Visits by the way that they left by."""
    median_ms: float | None
    """Of the time in the node, to 2.5 %; of one that waits, with the wait."""
    p95_ms: float | None
    tokens: int
    cost: Decimal


class Variant(BaseModel):
    """One way of an A/B test. Leads count from when they came to it."""

    name: str
    label: str
    leads: int
    replied: int
    qualified: int
    """Leads whose answers made them tier A or B."""
    booked: int
    opted_out: int
    rate: float
    """Share of the leads that did what is measured."""
    low: float
    """Wilson's interval of 95 %."""
    high: float


class SplitVerdict(BaseModel):
    winner: str | None
    """Name of the variant that does best: with the largest rate, of opt-outs with the smallest."""
    is_clear: bool
    text: str


class SplitResult(BaseModel):
    node_id: str
    label: str
    measure: Measure
    variants: list[Variant]
    verdict: SplitVerdict


class FlowStatistics(BaseModel):
    """What became of the runs of a workflow, per node."""

    workflow_id: int | None
    version: int | None
    """None if the figures are of all versions."""
    counted_seconds_ago: float
    """Age of the figures. Where they take long to count they are shown for up to a minute, while the next ones are counted."""
    definition: dict[str, Any]
    """What to draw them on."""
    runs: RunCounts
    nodes: list[NodeFigures]
    splits: list[SplitResult]


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """What was counted, before anybody judges it."""

    as_of: datetime
    statuses: Mapping[str, int]
    nodes: list[NodeFigures]
    splits: Mapping[str, Mapping[str, Mapping[str, int]]]
    """Leads, and what they did, by node and outcome."""


async def workflow_statistics(
    session: AsyncSession, kept: KeptCounts, workflow_id: int, campaign_id: int | None, number: int | None, measure: Measure
) -> FlowStatistics:
    """
    Raises:
        WorkflowNotFound, NoSuchVersion
    """
    workflow = await find(session, workflow_id)
    if workflow is None:
        raise not_found(workflow_id)
    campaign_ids = await figures.campaigns_of(session, [known.id for known in await list_versions(session, workflow_id)])
    if campaign_id is not None:
        campaign_ids = [known for known in campaign_ids if known == campaign_id]
    definition, scope = workflow.config, Scope(tuple(campaign_ids))
    if number is not None:
        version = await find_version(session, workflow_id, number)
        definition, scope = version.definition, Scope(tuple(campaign_ids), version.id)
    return await _statistics(session, kept, scope, definition, workflow_id, number, measure)


async def campaign_statistics(session: AsyncSession, kept: KeptCounts, campaign_id: int, measure: Measure) -> FlowStatistics:
    """The same for one campaign, whose definition may be its own.

    Raises:
        CampaignNotFound, WorkflowMissing
    """
    campaign = await find_campaign(session, campaign_id)
    plan = await read_plan(session, campaign)
    version = await find_version_by_id(session, plan.workflow_version_id) if plan.workflow_version_id else None
    workflow_id, number = (version.workflow_id, version.version) if version else (None, None)
    scope = Scope((campaign_id,))
    return await _statistics(session, kept, scope, plan.definition.as_json(), workflow_id, number, measure)


async def count(session: AsyncSession, scope: Scope) -> FlowCounts:
    """Everything about the runs of a scope."""
    return FlowCounts(
        as_of=datetime.now(UTC),
        statuses={row["status"]: row["runs"] for row in await figures.read(session, figures.STATUSES, scope)},
        nodes=await _nodes(session, scope),
        splits=await _splits(session, scope),
    )


async def _statistics(
    session: AsyncSession,
    kept: KeptCounts,
    scope: Scope,
    definition: dict[str, Any],
    workflow_id: int | None,
    number: int | None,
    measure: Measure,
) -> FlowStatistics:
    counts = await kept.get(session, ("flow", scope), lambda own: count(own, scope))
    runs = {RunStatus(name).value: found for name, found in counts.statuses.items()}
    return FlowStatistics(
        workflow_id=workflow_id,
        version=number,
        counted_seconds_ago=round(max(0.0, (datetime.now(UTC) - counts.as_of).total_seconds()), 1),
        definition=definition,
        runs=RunCounts(total=sum(runs.values()), **runs),
        nodes=counts.nodes,
        splits=[
            _split(node.id, title_of(node), _variants(node), counts.splits.get(node.id, {}), measure)
            for node in WorkflowDefinition.model_validate(definition).nodes
            if node.type == SPLIT.kind
        ],
    )


async def _nodes(session: AsyncSession, scope: Scope) -> list[NodeFigures]:
    pausing = [known.name for known in SPECIFICATIONS.values() if known.pauses]
    left: dict[str, NodeSum] = defaultdict(NodeSum)
    for row in await figures.read(session, figures.NODES, scope, pausing):
        left[row["node_id"]].add(row)
    waiting = {row["node_id"]: row["runs"] for row in await figures.read(session, figures.WAITING, scope)}
    stopped: dict[str, int] = defaultdict(int)
    unleft: dict[str, int] = defaultdict(int, waiting)
    for row in await figures.read(session, figures.STOPPED, scope):
        stopped[row["node_id"]] += row["runs"]
        unleft[row["node_id"]] += row["runs"] if row["was_waiting"] else 0
    return [
        _figures(node_id, left[node_id], waiting=waiting.get(node_id, 0), stopped=stopped[node_id], unleft=unleft[node_id])
        for node_id in dict.fromkeys([*left, *waiting, *stopped])
    ]


def _figures(node_id: str, left: NodeSum, *, waiting: int, stopped: int, unleft: int) -> NodeFigures:
    median_ms, p95_ms = [percentile(left.times, share) for share in (0.5, 0.95)] if left.times else (None, None)
    return NodeFigures(
        node_id=node_id,
        entered=left.outcomes.total() + unleft,
        waiting=waiting,
        failed=left.failed,
        ended=left.outcomes[""] + stopped,
        stopped=stopped,
        outcomes={name: count for name, count in left.outcomes.items() if name},
        median_ms=median_ms,
        p95_ms=p95_ms,
        tokens=left.tokens,
        cost=left.cost,
    )


async def _splits(session: AsyncSession, scope: Scope) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for row in await figures.read(session, figures.SPLITS, scope):
        found[row["node_id"]][row["outcome"]] = {name: row[name] for name in ("leads", *DOES)}
    return found


def _variants(node: WorkflowNode) -> dict[str, str]:
    """Labels of the ways out of a split by their names; the last one, of errors, is none."""
    return {handle.name: handle.label for handle in SPLIT.handles_of(node.data)[:-1]}


def _split(
    node_id: str, title: str, labels: dict[str, str], found: Mapping[str, Mapping[str, int]], measure: Measure
) -> SplitResult:
    variants, shares = [], []
    for name, label in labels.items():
        counts = found.get(name) or dict.fromkeys(("leads", *DOES), 0)
        did, leads = counts[measure], counts["leads"]
        low, high = wilson(did, leads)
        shares.append(Share(name, did, leads))
        variants.append(Variant(name=name, label=label, **counts, rate=shares[-1].rate, low=low, high=high))
    verdict = judge(shares, labels, DOES[measure], fewest_win=measure in BETTER_WITH_FEWER)
    said = SplitVerdict(winner=verdict.winner, is_clear=verdict.is_clear, text=verdict.text)
    return SplitResult(node_id=node_id, label=title, measure=measure, variants=variants, verdict=said)
