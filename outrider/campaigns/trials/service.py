"""Tries a campaign out: counts its audience, and runs its workflow on a few leads with the campaign's own model.

The database is read before the models are asked and no transaction is open meanwhile. Nothing is queued: the intents of the
runs are looked at and dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.models import AgentExecution
from outrider.campaigns.audience import audience_parts, parts_of
from outrider.campaigns.dry_runs.repository import Person, read_people
from outrider.campaigns.models import Campaign, SkipReason
from outrider.campaigns.plan import CampaignPlan, read_plan
from outrider.campaigns.preflight import audience_of
from outrider.campaigns.rehearsal import broken_down, empty_placeholders, lead_context
from outrider.campaigns.repository import preflight as preflight_rows
from outrider.campaigns.repository.audience import AudienceParts
from outrider.campaigns.service import find_campaign
from outrider.campaigns.trials import repository as rows
from outrider.campaigns.trials.placeholders import templates_of, unknown_placeholders
from outrider.campaigns.trials.schemas import (
    AudienceIn,
    AudienceReport,
    LeadExample,
    Preview,
    PreviewIn,
    PromptMessage,
    TrialIn,
    TrialLead,
    TrialReport,
    TrialStep,
    TriedLead,
    TriedText,
)
from outrider.channels.segments import count_segments, to_gsm
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import ConfigurationError, InvalidInput, OutriderError
from outrider.leads.service import field_values
from outrider.llm.build import OFFLINE
from outrider.workflows.compiler import Compiler
from outrider.workflows.context import LeadData, Models, RunContext, Services
from outrider.workflows.intents import SendText
from outrider.workflows.pinning import resolve_definition
from outrider.workflows.state import CampaignLeadState, final_state, initialize_lead_state

log = structlog.get_logger(__name__)

EXAMPLES = 3
PREVIEW = "campaign_preview"
TEST = "campaign_test"


@dataclass(frozen=True, slots=True)
class Task:
    """Everything that a trial needs, read in one transaction."""

    plan: CampaignPlan
    people: Sequence[Person]
    excluded: dict[int, SkipReason]
    attributes: Sequence[str]
    """Names of attributes that leads have."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One lead's run."""

    context: RunContext
    state: CampaignLeadState
    seconds: float

    @property
    def bodies(self) -> list[str]:
        """The texts that would leave."""
        lasting = self.context.recorder.lasting(failed=self.state["status"] == "failed")
        return [asked.intent.body for asked in lasting if isinstance(asked.intent, SendText)]


async def audience(session: AsyncSession, wanted: AudienceIn) -> AudienceReport:
    """Count an audience as the pre-flight does, with examples."""
    parts = parts_of(wanted.audience)
    survey = await preflight_rows.survey(session, parts, wanted.require_consent, wanted.campaign_id or 0)
    found = await rows.examples(session, parts, wanted.require_consent, list(survey.reasons), EXAMPLES)
    shown: dict[str, list[LeadExample]] = {}
    for row in found:
        shown.setdefault(row.reason, []).append(LeadExample(id=row.id, name=row.name, phone=row.phone, company=row.company))
    reachable = shown.pop("", [])
    return AudienceReport(
        **audience_of(survey).model_dump(),
        examples={SkipReason(reason): leads for reason, leads in shown.items()},
        reachable_examples=reachable,
    )


async def preview(database: Database, services: Services, settings: Settings, wanted: PreviewIn) -> Preview:
    """What some leads would read.

    Raises:
        InvalidInput: there is no such lead.
        WorkflowMissing, InvalidWorkflow: there is nothing to run.
    """
    async with database.transaction() as session:
        plan = await read_plan(session, await _draft(session, wanted))
        if wanted.lead_ids is not None:
            task, more = await _chosen(session, plan, wanted.lead_ids, wanted.require_consent), False
        else:
            assert wanted.audience is not None
            parts = parts_of(wanted.audience)
            found = await preflight_rows.sample(session, parts, wanted.require_consent, wanted.count + 1, wanted.offset)
            task, more = await _task(session, plan, found[: wanted.count]), len(found) > wanted.count
    attempts = await _run(task, services, "preview")
    is_offline = _is_offline(services.models, plan.model)
    if not is_offline:
        await _record(database, attempts, PREVIEW, None)
    return Preview(
        leads=[TriedLead(**_tried(task, attempt, settings)) for attempt in attempts],
        next_offset=wanted.offset + wanted.count if more else None,
        unknown_placeholders=_unknown(task, attempts),
        is_offline=is_offline,
    )


async def test(database: Database, services: Services, settings: Settings, campaign_id: int, wanted: TrialIn) -> TrialReport:
    """Run a campaign's whole workflow on some leads.

    Raises:
        CampaignNotFound
        InvalidInput: there is no such lead, or the campaign has none that may be texted.
        WorkflowMissing, InvalidWorkflow: there is nothing to run.
    """
    async with database.transaction() as session:
        campaign = await find_campaign(session, campaign_id)
        plan = await read_plan(session, campaign)
        if wanted.lead_ids is not None:
            task = await _chosen(session, plan, wanted.lead_ids, campaign.require_consent)
        else:
            task = await _task(session, plan, await _sampled(session, audience_parts(campaign), campaign, wanted.sample))
    attempts = await _run(task, services, "test")
    is_offline = _is_offline(services.models, plan.model)
    if not is_offline:
        await _record(database, attempts, TEST, campaign_id)
    leads = [_tested(task, attempt, settings) for attempt in attempts]
    return TrialReport(
        leads=leads,
        completed=sum(lead.outcome == "completed" for lead in leads),
        failed=sum(lead.outcome == "failed" for lead in leads),
        input_tokens=sum(lead.input_tokens for lead in leads),
        output_tokens=sum(lead.output_tokens for lead in leads),
        model_cost=sum((lead.model_cost for lead in leads), Decimal(0)),
        texts_cost=sum((text.cost for lead in leads for text in lead.texts), Decimal(0)),
        is_offline=is_offline,
    )


async def _draft(session: AsyncSession, wanted: PreviewIn) -> Campaign:
    """The campaign that the form describes; it is never stored."""
    own = await resolve_definition(session, wanted.workflow_config) if wanted.workflow_config else None
    return Campaign(
        id=0,
        name=wanted.name,
        description=wanted.description,
        agent_type=wanted.agent_type,
        sms_system_prompt=wanted.sms_system_prompt,
        sms_temperature=wanted.sms_temperature,
        sms_template=wanted.sms_template,
        sender_name=wanted.sender_name,
        model=wanted.model,
        workflow_id=wanted.workflow_id,
        workflow_config=own.as_json() if own else None,
        sender_ids=[],
    )


async def _chosen(session: AsyncSession, plan: CampaignPlan, lead_ids: Sequence[int], require_consent: bool) -> Task:
    """
    Raises:
        InvalidInput: there is no such lead.
    """
    task = await _task(session, plan, list(dict.fromkeys(lead_ids)))
    found = {person.lead["id"] for person in task.people}
    if unknown := [str(lead_id) for lead_id in lead_ids if lead_id not in found]:
        raise InvalidInput.on("body.lead_ids", f"there is no lead {', '.join(unknown)}", "Name leads that exist.")
    reasons = await rows.excluded(session, lead_ids, require_consent)
    return replace(task, excluded={lead_id: SkipReason(reason) for lead_id, reason in reasons.items()})


async def _sampled(session: AsyncSession, parts: AudienceParts, campaign: Campaign, size: int) -> Sequence[int]:
    found = await preflight_rows.sample(session, parts, campaign.require_consent, size)
    if not found:
        raise InvalidInput.on(
            "body.lead_ids", "none of the campaign's leads may be texted", "Assign leads, or name some to try it with."
        )
    return found


async def _task(session: AsyncSession, plan: CampaignPlan, lead_ids: Sequence[int]) -> Task:
    people = await read_people(session, lead_ids)
    return Task(plan, list(people.values()), {}, (await field_values(session, "attributes")).values)


async def _run(task: Task, services: Services, name: str) -> list[Attempt]:
    workflow = Compiler().compile(task.plan.definition)

    async def attempt(person: Person) -> Attempt:
        began = time.perf_counter()
        context = lead_context(task.plan, person, services, uuid4().hex)
        try:
            state = (await workflow.start(context, name=name)).view(context)
        except OutriderError:
            raise
        except Exception as error:
            log.exception("trial_broke_down", lead_id=person.lead["id"])
            broken = initialize_lead_state()
            broken["status"], broken["error_message"] = "failed", broken_down(error)
            state = final_state(context, broken, context.recorder)
        return Attempt(context, state, time.perf_counter() - began)

    return list(await asyncio.gather(*(attempt(person) for person in task.people)))


def _is_offline(models: Models, name: str | None) -> bool:
    try:
        return models.get(name).name == OFFLINE
    except ConfigurationError:
        return False


def _unknown(task: Task, attempts: Sequence[Attempt]) -> list[str]:
    if not attempts:
        return []
    of_leads = {name for person in task.people for name in person.lead["attributes"]}
    templates = templates_of(task.plan.definition, task.plan.sms_template)
    return unknown_placeholders(templates, attempts[0].context, [*of_leads, *task.attributes])


def _tried(task: Task, attempt: Attempt, settings: Settings) -> dict[str, Any]:
    state = attempt.state
    template = "\n".join(templates_of(task.plan.definition, task.plan.sms_template))
    return {
        "lead": _example(attempt.context.lead),
        "excluded": task.excluded.get(attempt.context.lead_id),
        "outcome": "failed" if state["status"] == "failed" else "completed",
        "error": state["error_message"] or None,
        "texts": [_text(body, settings) for body in attempt.bodies],
        "empty_placeholders": empty_placeholders(template, [attempt.context]),
        "model": state["model_used"],
        "input_tokens": state["input_tokens"],
        "output_tokens": state["output_tokens"],
        "model_cost": state["sms_cost"],
        "seconds": round(attempt.seconds, 3),
    }


def _tested(task: Task, attempt: Attempt, settings: Settings) -> TrialLead:
    steps = [
        TrialStep(
            node=entry["node"],
            node_id=entry["node_id"],
            level=entry["level"],
            message=entry["message"],
            milliseconds=entry["ms"],
            tokens=entry["tokens"],
            cost=entry["cost"],
            details=entry["details"],
        )
        for entry in attempt.state["processing_logs"]
    ]
    said = [PromptMessage(role=entry["role"], content=entry["content"]) for entry in attempt.state["conversation_history"]]
    return TrialLead(**_tried(task, attempt, settings), steps=steps, transcript=said)


def _text(body: str, settings: Settings) -> TriedText:
    count, plain = count_segments(body), to_gsm(body)
    return TriedText(
        body=body,
        encoding=count.encoding,
        segments=count.segments,
        characters=len(body),
        units=count.units,
        remaining=count.remaining,
        cost=count.segments * settings.sms_segment_price,
        costly_characters=list(count.non_gsm),
        plain_body=plain,
        plain_segments=count_segments(plain).segments,
    )


def _example(lead: LeadData) -> LeadExample:
    return LeadExample(id=lead["id"], name=lead["name"], phone=lead["phone"], company=lead["company"])


async def _record(database: Database, attempts: Sequence[Attempt], kind: str, campaign_id: int | None) -> None:
    """Model calls cost money whether or not a text leaves, so they stay in the figures."""
    executions = [_execution(attempt, kind, campaign_id) for attempt in attempts]
    async with database.transaction() as session:
        await rows.record(session, executions)


def _execution(attempt: Attempt, kind: str, campaign_id: int | None) -> AgentExecution:
    state, campaign = attempt.state, attempt.context.campaign
    return AgentExecution(
        agent_type=kind,
        lead_id=attempt.context.lead_id,
        campaign_id=campaign_id,
        trace_id=state["trace_id"],
        input_data={"sms_template": campaign.sms_template, "sms_system_prompt": campaign.sms_system_prompt},
        output_data={"texts": attempt.bodies},
        processing_time_ms=round(attempt.seconds * 1000),
        success=state["status"] != "failed",
        error=state["error_message"] or None,
        model=state["model_used"],
        input_tokens=state["input_tokens"],
        output_tokens=state["output_tokens"],
        cost=state["sms_cost"],
    )
