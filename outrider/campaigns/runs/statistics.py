"""Where the runs of a workflow go, wait, fail and end; and what its A/B tests tell."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.plan import read_plan
from outrider.campaigns.runs import figures
from outrider.campaigns.runs.figures import NodeSum, Scope, percentile
from outrider.campaigns.runs.proportions import Share, judge, wilson
from outrider.campaigns.service import find_campaign
from outrider.workflows.comparing import title_of
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.drafts import find_version, not_found
from outrider.workflows.models import RunStatus
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.split import SPECIFICATION as SPLIT
from outrider.workflows.repository import find, list_versions
from outrider.workflows.repository import find_version as find_version_by_id

Measure = Literal["replied", "qualified", "booked", "opted_out"]


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
    """Leads whose tier is hot."""
    booked: int
    opted_out: int
    rate: float
    """Share of the leads that the verdict is about."""
    low: float
    """Wilson's interval of 95 %."""
    high: float


class SplitVerdict(BaseModel):
    winner: str | None
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
    definition: dict[str, Any]
    """What to draw them on."""
    runs: RunCounts
    nodes: list[NodeFigures]
    splits: list[SplitResult]


async def workflow_statistics(
    session: AsyncSession, workflow_id: int, campaign_id: int | None, number: int | None
) -> FlowStatistics:
    """
    Raises:
        WorkflowNotFound, NoSuchVersion
    """
    workflow = await find(session, workflow_id)
    if workflow is None:
        raise not_found(workflow_id)
    if number is not None:
        version = await find_version(session, workflow_id, number)
        definition, version_ids = version.definition, [version.id]
    else:
        definition, version_ids = workflow.config, [known.id for known in await list_versions(session, workflow_id)]
    return await _statistics(session, Scope(campaign_id, version_ids), definition, workflow_id, number)


async def campaign_statistics(session: AsyncSession, campaign_id: int) -> FlowStatistics:
    """The same for one campaign, whose definition may be its own.

    Raises:
        CampaignNotFound, WorkflowMissing
    """
    campaign = await find_campaign(session, campaign_id)
    plan = await read_plan(session, campaign)
    version = await find_version_by_id(session, plan.workflow_version_id) if plan.workflow_version_id else None
    workflow_id, number = (version.workflow_id, version.version) if version else (None, None)
    return await _statistics(session, Scope(campaign_id, None), plan.definition.as_json(), workflow_id, number)


async def _statistics(
    session: AsyncSession, scope: Scope, definition: dict[str, Any], workflow_id: int | None, number: int | None
) -> FlowStatistics:
    by_status = {row["status"]: row["runs"] for row in await figures.read(session, figures.STATUSES, scope)}
    return FlowStatistics(
        workflow_id=workflow_id,
        version=number,
        definition=definition,
        runs=RunCounts(total=sum(by_status.values()), **{RunStatus(name).value: count for name, count in by_status.items()}),
        nodes=await _nodes(session, scope),
        splits=await _splits(session, scope, WorkflowDefinition.model_validate(definition)),
    )


async def _nodes(session: AsyncSession, scope: Scope) -> list[NodeFigures]:
    pausing = [known.name for known in SPECIFICATIONS.values() if known.pauses]
    left: dict[str, NodeSum] = defaultdict(NodeSum)
    for row in await figures.read(session, figures.NODES, scope, pausing):
        left[row["node_id"]].add(row)
    waited = {row["node_id"]: row["ms"] for row in await figures.read(session, figures.WAITED, scope, pausing)}
    waiting = {row["node_id"]: row["runs"] for row in await figures.read(session, figures.WAITING, scope)}
    stopped: dict[str, int] = defaultdict(int)
    unleft: dict[str, int] = defaultdict(int, waiting)
    for row in await figures.read(session, figures.STOPPED, scope):
        stopped[row["node_id"]] += row["runs"]
        unleft[row["node_id"]] += row["runs"] if row["was_waiting"] else 0
    return [
        _figures(
            node_id,
            left[node_id],
            waited.get(node_id),
            waiting=waiting.get(node_id, 0),
            stopped=stopped[node_id],
            unleft=unleft[node_id],
        )
        for node_id in dict.fromkeys([*left, *waiting, *stopped])
    ]


def _figures(node_id: str, left: NodeSum, waited: Any, *, waiting: int, stopped: int, unleft: int) -> NodeFigures:
    times = waited or ([percentile(left.times, share) for share in (0.5, 0.95)] if left.times else (None, None))
    return NodeFigures(
        node_id=node_id,
        entered=left.outcomes.total() + unleft,
        waiting=waiting,
        failed=left.failed,
        ended=left.outcomes[""] + stopped,
        stopped=stopped,
        outcomes={name: count for name, count in left.outcomes.items() if name},
        median_ms=times[0],
        p95_ms=times[1],
        tokens=left.tokens,
        cost=left.cost,
    )


async def _splits(session: AsyncSession, scope: Scope, definition: WorkflowDefinition) -> list[SplitResult]:
    nodes = [node for node in definition.nodes if node.type == SPLIT.kind]
    if not nodes:
        return []
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in await figures.read(session, figures.SPLITS, scope, SPLIT.name):
        found[row["node_id"]][row["outcome"]] = row
    return [
        _split(
            node.id, title_of(node), {handle.name: handle.label for handle in SPLIT.handles_of(node.data)[:-1]}, found[node.id]
        )
        for node in nodes
    ]


def _split(node_id: str, title: str, labels: dict[str, str], found: dict[str, Any]) -> SplitResult:
    """Judged by who replied."""
    variants = []
    for name, label in labels.items():
        row = found.get(name) or {}
        counts = {key: row.get(key, 0) for key in ("leads", "replied", "qualified", "booked", "opted_out")}
        low, high = wilson(counts["replied"], counts["leads"])
        rate = counts["replied"] / counts["leads"] if counts["leads"] else 0.0
        variants.append(Variant(name=name, label=label, **counts, rate=rate, low=low, high=high))
    verdict = judge([Share(known.name, known.replied, known.leads) for known in variants], labels, "answers")
    said = SplitVerdict(winner=verdict.winner, is_clear=verdict.is_clear, text=verdict.text)
    return SplitResult(node_id=node_id, label=title, measure="replied", variants=variants, verdict=said)
