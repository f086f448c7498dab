"""Tries definitions, single nodes and expressions on real leads.

The database is read before models are asked, and no transaction is open meanwhile. What the runs ask for is told and dropped;
only what the models cost is written down. Providers of enrichment are not asked: the lead's data stays here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import AgentExecution
from outrider.campaigns.dry_runs.clock import Happenings
from outrider.campaigns.dry_runs.repository import Person, read_people, sample
from outrider.campaigns.dry_runs.schemas import (
    DryIntent,
    DryRun,
    DryRunIn,
    DryRunReport,
    DryStep,
    DryText,
    ExpressionIn,
    ExpressionValue,
    NodeRun,
    NodeRunIn,
)
from outrider.campaigns.models import AgentType, Campaign
from outrider.campaigns.plan import CampaignPlan, read_plan
from outrider.campaigns.service import find_campaign
from outrider.campaigns.trials.repository import record
from outrider.channels.segments import count_segments
from outrider.db.engine import Database
from outrider.errors import InvalidInput, OutriderError
from outrider.workflows.compiler import CompiledWorkflow, Compiler
from outrider.workflows.context import Pin, RunContext, Services, StepRecord
from outrider.workflows.credentials import credential_names
from outrider.workflows.definition import WorkflowDefinition, WorkflowEdge, WorkflowNode, unwritable
from outrider.workflows.drafts import ready
from outrider.workflows.expressions.language import parse
from outrider.workflows.expressions.texts import has_expressions, read, said
from outrider.workflows.intents import RunEffect, SendText
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import ERROR
from outrider.workflows.shape import JOIN, PARALLEL
from outrider.workflows.state import RunState, initialize_lead_state
from outrider.workflows.telling import tell

log = structlog.get_logger(__name__)

SECONDS_AT_MOST = 90.0
"""For all leads of one request together."""
SIDE_BY_SIDE = 4
"""Runs that ask models at the same time."""
KIND = "workflow_dry_run"
OFFLINE = "offline:"
LAST = "finalize"
LAST_ID = "the end"


@dataclass(slots=True)
class Tried:
    """One run, over or broken off."""

    person: Person
    context: RunContext
    status: str
    state: RunState
    error: str | None
    seconds: float


async def dry_run(database: Database, services: Services, wanted: DryRunIn) -> DryRunReport:
    """Run a definition on some leads.

    Raises:
        InvalidWorkflow: the definition has problems.
        InvalidInput: there is no such lead or step, or nobody to try it on.
        CampaignNotFound
    """
    _ensure_known_steps(wanted)
    async with database.transaction() as session:
        plan = await _plan(session, await ready(session, wanted.config), wanted.campaign_id)
        people = await _people(session, await _chosen(session, wanted))
    workflow, pins = Compiler().compile(plan.definition), _pins(wanted)
    happenings = {path: answer.model_dump() for path, answer in wanted.answers.items()}
    deadline, slots = asyncio.get_running_loop().time() + SECONDS_AT_MOST, asyncio.Semaphore(SIDE_BY_SIDE)

    async def try_one(person: Person) -> Tried:
        async with slots:
            context = _context(plan, person, services, happenings, pins)
            return await _tried(workflow, person, context, initialize_lead_state(), deadline)

    tried = list(await asyncio.gather(*(try_one(person) for person in people)))
    names = await _write_down(database, tried, wanted.campaign_id)
    runs = [_shown(one, names) for one in tried]
    return DryRunReport(runs=runs, tokens=sum(run.tokens for run in runs), cost=sum((run.cost for run in runs), Decimal(0)))


async def run_node(database: Database, services: Services, kind: str, wanted: NodeRunIn) -> NodeRun:
    """Run one node on a lead.

    Raises:
        InvalidWorkflow: its parameters have problems.
        InvalidInput: there is no such node or lead, or the node does nothing by itself.
        CampaignNotFound
    """
    node_id = wanted.node_id or kind
    async with database.transaction() as session:
        definition = await ready(session, _alone(kind, node_id, wanted.data), field="body")
        plan = await _plan(session, definition, wanted.campaign_id)
        (person,) = await _people(session, [wanted.lead_id], "body.lead_id")
    happenings = {node_id: wanted.answer.model_dump()} if wanted.answer else {}
    context = _context(plan, person, services, happenings, {})
    state = initialize_lead_state()
    state["steps"] = dict(wanted.steps)
    deadline = asyncio.get_running_loop().time() + SECONDS_AT_MOST
    tried = await _tried(Compiler().compile(definition), person, context, state, deadline)
    names = await _write_down(database, [tried], wanted.campaign_id)
    shown = _shown(tried, names)
    own = [step for step in shown.steps if step.node_id == node_id]
    if not own:
        raise InvalidInput.on("body.data", tried.error or "the node came to nothing in time", "Try it again.")
    return NodeRun(step=own[-1], texts=shown.texts, intents=shown.intents)


async def preview_expression(session: AsyncSession, services: Services, wanted: ExpressionIn) -> ExpressionValue:
    """What an expression, or a text with some, comes to for a lead.

    Raises:
        BadExpression: it can't be read.
        InvalidInput: there is no such lead.
        CampaignNotFound
    """
    template = read(wanted.expression) if has_expressions(wanted.expression) else None
    expressions = [part.expression for part in template.parts] if template else [parse(wanted.expression)]
    nowhere = WorkflowDefinition(nodes=[WorkflowNode(id=LAST_ID, type=LAST)], edges=[])
    plan = await _plan(session, nowhere, wanted.campaign_id)
    (person,) = await _people(session, [wanted.lead_id], "body.lead_id")
    state = initialize_lead_state()
    state["steps"] = {path: output for path, output in wanted.steps.items() if output is not None}
    path = wanted.node_id or ""
    names = _context(plan, person, services, {}, {}).names(state, path[: path.rfind("/") + 1])
    known = None if wanted.config is None else {node.id for node in wanted.config.nodes}
    asked = {step for expression in expressions for step in expression.steps if step}
    warnings = [
        f"There is no step “{step}” in this workflow." for step in sorted(asked) if known is not None and step not in known
    ]
    if template is not None and not template.is_one_value:
        text, missing = template.fill(names)
        return ExpressionValue(value=text, type="text", text=text, warnings=[*warnings, *missing])
    found = template.parts[0].value(names) if template else expressions[0].evaluate(names)
    warnings += [found.warning] if found.warning else []
    return ExpressionValue(value=_plain(found.value), type=_type(found.value), text=said(found.value), warnings=warnings)


def _ensure_known_steps(wanted: DryRunIn) -> None:
    """What shall happen at a step that isn't there would not happen, without a word. Pins may outlive their step."""
    known = {node.id for node in wanted.config.nodes}
    for path in wanted.answers:
        if path.partition("#")[0].partition("/")[0] not in known:
            raise InvalidInput.on("body.answers", f"there is no step {path[:64]!r}", "Name steps of the workflow by their ids.")


def _alone(kind: str, node_id: str, data: Mapping[str, Any]) -> WorkflowDefinition:
    """A definition of this node only; all its ways lead to the end."""
    specification = SPECIFICATIONS.get(kind)
    if specification is None:
        raise InvalidInput.on(
            "path.node_type", f"there is no node type {kind[:64]!r}", f"Use one of: {', '.join(SPECIFICATIONS)}."
        )
    if kind in (PARALLEL, JOIN) or not (handles := specification.handles_of(data)):
        raise InvalidInput.on("path.node_type", f"{specification.label} does nothing by itself", "Run the whole workflow.")
    if (problem := unwritable(dict(data))) is not None:
        raise InvalidInput.on("body.data", problem, "Send texts, numbers, lists and objects of an ordinary size.")
    node = WorkflowNode(id=node_id, type=kind, data={**data, "disabled": False} if data.get("disabled") else dict(data))
    edges = [WorkflowEdge(source=node_id, target=LAST_ID, sourceHandle=way.name) for way in handles if way.name != ERROR]
    return WorkflowDefinition(nodes=[node, WorkflowNode(id=LAST_ID, type=LAST)], edges=edges)


async def _plan(session: AsyncSession, definition: WorkflowDefinition, campaign_id: int | None) -> CampaignPlan:
    if campaign_id is not None:
        return replace(await read_plan(session, await find_campaign(session, campaign_id)), definition=definition)
    nobody = Campaign(
        id=0,
        name="",
        description="",
        agent_type=AgentType.SMS,
        sms_system_prompt="",
        sms_temperature=70,
        sender_name="",
        sender_ids=[],
        workflow_config=definition.as_json(),
    )
    return await read_plan(session, nobody)


async def _chosen(session: AsyncSession, wanted: DryRunIn) -> list[int]:
    if wanted.lead_ids is not None:
        return list(dict.fromkeys(wanted.lead_ids))
    found = await sample(session, wanted.sample, list_id=wanted.list_id, campaign_id=wanted.campaign_id)
    if not found:
        raise InvalidInput.on("body.lead_ids", "there is no lead to try it on", "Add a lead, or name one.")
    return found


async def _people(session: AsyncSession, lead_ids: Sequence[int], field: str = "body.lead_ids") -> list[Person]:
    found = await read_people(session, lead_ids)
    if unknown := [str(lead_id) for lead_id in lead_ids if lead_id not in found]:
        raise InvalidInput.on(field, f"there is no lead {', '.join(unknown)}", "Name leads that exist.")
    return [found[lead_id] for lead_id in lead_ids]


def _pins(wanted: DryRunIn) -> dict[str, Pin]:
    return {path: Pin(output, wanted.pin_handles.get(path, "")) for path, output in wanted.pins.items()}


def _context(
    plan: CampaignPlan, person: Person, services: Services, happenings: Mapping[str, Mapping[str, Any]], pins: Mapping[str, Pin]
) -> RunContext:
    context = plan.context(
        campaign_lead_id=0,
        attempt=1,
        trace_id=uuid4().hex,
        lead=person.lead,
        services=services,
        conversation=person.conversation,
        is_dry=True,
    )
    happens = Happenings(happenings, context)
    context.run_key, context.pins, context.now, context.answer_wait = "dry_run", pins, happens.now, happens.answer
    return context


async def _tried(workflow: CompiledWorkflow, person: Person, context: RunContext, state: RunState, deadline: float) -> Tried:
    began = time.perf_counter()
    status, error = "failed", None
    try:
        async with asyncio.timeout_at(deadline):
            segment = await workflow.start(context, state=state, name="dry_run")
        status, state, error = segment.status, segment.state, segment.state["error_message"] or None
    except TimeoutError:
        error = f"It was broken off: a dry run may take {SECONDS_AT_MOST:g} s."
    except OutriderError as refused:
        error = f"{refused.detail} {refused.remedy}".strip()
    except Exception as broken:
        log.exception("dry_run_broke_down", lead_id=person.lead["id"])
        error = f"The run broke down: {type(broken).__name__}."
    return Tried(person, context, status, state, error, time.perf_counter() - began)


def _shown(one: Tried, credentials: Mapping[int, str]) -> DryRun:
    recorder, lead = one.context.recorder, one.person.lead
    lasting = recorder.lasting(failed=one.status == "failed")
    texts = [(asked.node_id, asked.intent.body) for asked in lasting if isinstance(asked.intent, SendText)]
    told = [(asked.node_id, tell(asked.intent, credentials)) for asked in lasting]
    return DryRun(
        lead_id=lead["id"],
        lead_name=lead["name"],
        status=one.status,
        error=one.error,
        error_node=one.state["error_node"] or None,
        steps=[_step(step) for step in recorder.steps],
        texts=[DryText(node_id=node, body=body, segments=count_segments(body).segments) for node, body in texts],
        intents=[DryIntent(node_id=node, kind=what.kind, title=what.title, details=what.details) for node, what in told],
        tokens=sum(step.tokens for step in recorder.steps),
        cost=recorder.cost,
        seconds=round(one.seconds, 3),
    )


def _step(step: StepRecord) -> DryStep:
    return DryStep(
        node_id=step.node_id,
        visit=step.visit,
        seq=step.seq,
        outcome=step.outcome,
        message=step.message,
        level=step.level,
        input=step.input,
        output=step.output,
        details=_plain(step.details),
        ms=step.ms,
        tokens=step.tokens,
        cost=step.cost,
        error=step.error["message"] if step.error else None,
        at=step.at,
    )


async def _write_down(database: Database, tried: Sequence[Tried], campaign_id: int | None) -> dict[int, str]:
    """Models were paid for it, so that its cost belongs to the figures. Returns the names of the credentials that calls carry."""
    intents = [asked.intent for one in tried for asked in one.context.recorder.intents]
    payloads = [intent.payload for intent in intents if isinstance(intent, RunEffect)]
    executions = [
        AgentExecution(
            agent_type=KIND,
            lead_id=one.person.lead["id"],
            campaign_id=campaign_id,
            trace_id=one.context.trace_id,
            input_data={},
            output_data={},
            processing_time_ms=round(one.seconds * 1000),
            success=one.status != "failed",
            error=one.error,
            model=one.state["model_used"],
            input_tokens=one.state["input_tokens"],
            output_tokens=one.state["output_tokens"],
            cost=one.context.recorder.cost,
        )
        for one in tried
        if one.context.recorder.cost or not (one.state["model_used"] or OFFLINE).startswith(OFFLINE)
    ]
    if not executions and not payloads:
        return {}
    async with database.transaction() as session:
        await record(session, executions)
        return await credential_names(session, payloads)


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else said(value)


def _type(value: Any) -> str:
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "yes or no"),
        ((int, float, Decimal), "number"),
        (str, "text"),
        (datetime, "time"),
        (timedelta, "duration"),
        (Mapping, "map"),
        ((list, tuple), "list"),
    )
    return "nothing" if value is None else next((name for kind, name in kinds if isinstance(value, kind)), "text")
