"""What a run knew when it came to a step: where a replay of it begins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.runs import repository as rows
from outrider.errors import NotFound
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.models import Run, Step
from outrider.workflows.nodes.sub_workflow import KIND as SUB_WORKFLOW
from outrider.workflows.nodes.sub_workflow import pinned_definition
from outrider.workflows.shape import find_regions
from outrider.workflows.state import RunState, initialize_lead_state

MOST_REPLAYS = 20
"""Replays of replays whose earlier steps are looked up."""


class NoSuchVisit(NotFound):
    """The run never came to this step."""


async def read_history(session: AsyncSession, run: Run) -> list[Step]:
    """All steps that led a run to where it is, in their order: of a replay also those before it began."""
    steps = await rows.steps_of(session, run)
    for _ in range(MOST_REPLAYS):
        original = await session.get(Run, run.replay_of) if run.replay_of else None
        if original is None or run.replay_from is None:
            break
        earlier = await rows.steps_of(session, original)
        begun = _visits(earlier, run.replay_from)
        own = next((step.visit for step in steps if step.node_id == run.replay_from), 0)
        steps = [*earlier[: begun.get(own, max(begun.values(), default=len(earlier)))], *steps]
        run = original
    return steps


def state_before(steps: Sequence[Step], definition: WorkflowDefinition, path: str, visit: int | None) -> RunState:
    """What a run knew when it came to a node; everything, if it never came there.

    Of branches beside the node it knows what they did at any time: they are not run again.

    Args:
        steps: of the run, in their order.
        definition: that the replay is to run.
        path: of the node.
        visit: to this node; None is the latest.

    Raises:
        NoSuchVisit: there was none of this number.
    """
    begun = _visits(steps, path)
    if visit is not None and visit not in begun:
        raise NoSuchVisit(f"The run has no visit {visit} to step {path!r}.", remedy="Choose one of its visits.")
    begin = begun[visit or max(begun)] if begun else len(steps)
    return _state_after([*steps[:begin], *_steps_beside(steps[begin:], definition, path)])


def _visits(steps: Sequence[Step], path: str) -> dict[int, int]:
    """Where in the steps each visit to a node begins. One to a sub-workflow begins with the first step inside."""
    begun: dict[int, int] = {}
    inside: int | None = None
    for index, step in enumerate(steps):
        if step.node_id.startswith(f"{path}/"):
            inside = index if inside is None else inside
        elif step.node_id == path:
            begun.setdefault(step.visit, index if inside is None else inside)
            inside = None
    if inside is not None:
        # It was never left.
        begun[max(begun, default=0) + 1] = inside
    return begun


def _steps_beside(later: Sequence[Step], definition: WorkflowDefinition, path: str) -> list[Step]:
    """Those of the later steps that were taken in other branches, before the branches met."""
    beside, join = _beside(definition, path, "")
    end = next((index for index, step in enumerate(later) if step.node_id == join), len(later))
    return [step for step in later[:end] if any(step.node_id == node or step.node_id.startswith(f"{node}/") for node in beside)]


def _beside(definition: WorkflowDefinition, path: str, prefix: str) -> tuple[set[str], str | None]:
    """Paths of the nodes in branches beside a node, and of the join where the outermost of them meet.

    Args:
        prefix: path of the definition: `outer/`.
    """
    definition = definition.without_notes()
    head, _, rest = path.partition("/")
    regions = find_regions(definition)
    own = regions.scopes.get(head, ())
    beside = {
        f"{prefix}{node}"
        for node, scope in regions.scopes.items()
        for level, (parallel, handle) in enumerate(own[: len(scope)])
        if scope[:level] == own[:level] and scope[level][0] == parallel and scope[level][1] != handle
    }
    met = regions.joins.get(own[0][0]) if own else None
    join = None if met is None else f"{prefix}{met}"
    sub = next((node for node in definition.nodes if node.id == head and node.type == SUB_WORKFLOW), None)
    if rest and sub is not None:
        inner, inner_join = _beside(pinned_definition(sub), rest, f"{prefix}{head}/")
        beside, join = beside | inner, join or inner_join
    return beside, join


def _state_after(steps: Sequence[Step]) -> RunState:
    state = initialize_lead_state()
    for step in steps:
        if step.outcome:
            state["visits"][step.node_id] = step.visit
            state["outcome"] = step.outcome
        if step.output:
            state["steps"][step.node_id] = step.output
        if step.node_name == "validate":
            state["validation_passed"] = step.outcome == "passed"
        if isinstance(body := (step.output or {}).get("body"), str):
            state["sms_sent"], state["sms_message"] = True, body
    return state
