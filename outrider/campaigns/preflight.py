"""The pre-flight: what would happen if the campaign were started now, what to know, and what stands in the way.

Audience, places and reasons are counted set-based; texts, segments and tokens come from a rehearsal on a sample.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns import findings
from outrider.campaigns.audience import audience_parts
from outrider.campaigns.dry_runs.repository import read_people
from outrider.campaigns.estimate import estimate_timing
from outrider.campaigns.models import Campaign, SkipReason
from outrider.campaigns.plan import CampaignPlan, WorkflowMissing, read_plan
from outrider.campaigns.rehearsal import Rehearsal, rehearse
from outrider.campaigns.repository import preflight as rows
from outrider.campaigns.repository.audience import AudienceParts
from outrider.campaigns.repository.preflight import Survey
from outrider.campaigns.schemas import (
    PreflightAudience,
    PreflightCost,
    PreflightFinding,
    PreflightReport,
    SampleText,
)
from outrider.config import Settings
from outrider.conversations.quiet_hours import parse_hours
from outrider.errors import OutriderError
from outrider.llm.build import OFFLINE
from outrider.llm.pricing import price
from outrider.workflows.addresses import ensure_addresses
from outrider.workflows.context import Models
from outrider.workflows.credentials import ensure_credentials
from outrider.workflows.validation import InvalidWorkflow

SAMPLE = 20
SHOWN = 5


async def check_before_start(
    session: AsyncSession, campaign: Campaign, settings: Settings, models: Models, now: datetime | None = None
) -> PreflightReport:
    """The report on a draft, at `now`."""
    now = max(now or datetime.now(UTC), campaign.scheduled_at or datetime.min.replace(tzinfo=UTC))
    parts = audience_parts(campaign)
    survey = await rows.survey(session, parts, campaign.require_consent, campaign.id)
    audience = audience_of(survey)
    rehearsal, blockers = await _rehearsal(session, campaign, parts)
    rates = await rows.sender_rates(session, campaign.sender_ids)
    timing = estimate_timing(
        survey.places,
        rehearsal.segments_per_lead or 1.0,
        sum(rates),
        now,
        parse_hours(campaign.quiet_hours),
        is_enforced=settings.quiet_hours == "enforced",
        waits=rehearsal.waits,
    )
    model, model_blockers = _model(campaign, models)
    cost = _cost(campaign, audience, rehearsal, model, settings)
    blockers += model_blockers
    blockers += findings.blockers(campaign, audience, timing, rehearsal, senders=len(rates))
    return PreflightReport(
        can_start=not blockers,
        blockers=blockers,
        warnings=findings.warnings(campaign, audience, timing, cost, rehearsal, is_offline=model == OFFLINE),
        audience=audience,
        timing=timing,
        cost=cost,
        senders=len(rates),
        segments_per_second=sum(rates),
        samples=[
            SampleText(lead_id=text.lead_id, body=text.body, encoding=text.count.encoding, segments=text.count.segments)
            for text in rehearsal.texts[:SHOWN]
        ],
        uses_template=rehearsal.uses_template,
    )


def audience_of(survey: Survey) -> PreflightAudience:
    """The counts of a survey."""
    excluded = {SkipReason(reason): count for reason, count in survey.reasons.items() if reason}
    return PreflightAudience(
        total=sum(survey.reasons.values()),
        reachable=survey.reasons.get(None, 0),
        excluded=excluded,
        duplicates=survey.duplicates,
        in_other_campaigns=survey.in_other_campaigns,
        without_name=survey.without_name,
    )


async def _rehearsal(session: AsyncSession, campaign: Campaign, parts: AudienceParts) -> tuple[Rehearsal, list[PreflightFinding]]:
    try:
        plan: CampaignPlan = await read_plan(session, campaign)
        ensure_addresses(plan.definition, "workflow_config")
        await ensure_credentials(session, plan.definition, "workflow_config")
        lead_ids = await rows.sample(session, parts, campaign.require_consent, SAMPLE)
        return await rehearse(plan, list((await read_people(session, lead_ids)).values())), []
    except (WorkflowMissing, InvalidWorkflow) as error:
        field = "workflow_config" if campaign.workflow_config else "workflow_id"
        remedy = error.remedy or "Correct the workflow."
        finding = PreflightFinding(code="workflow_unusable", message=error.detail, remedy=remedy, field=field)
        return Rehearsal(leads=0), [finding]


def _model(campaign: Campaign, models: Models) -> tuple[str, list[PreflightFinding]]:
    """Name of the campaign's model, and what stands in its way."""
    try:
        return models.get(campaign.model).name, []
    except OutriderError as error:
        finding = PreflightFinding(code="model_unusable", message=error.detail, remedy=error.remedy, field="model")
        return campaign.model or "", [finding]


def _cost(campaign: Campaign, audience: PreflightAudience, rehearsal: Rehearsal, model: str, settings: Settings) -> PreflightCost:
    segments = round(rehearsal.segments_per_lead * audience.reachable)
    texts = segments * settings.sms_segment_price
    per_lead = _model_price(model, rehearsal)
    models_cost = ((per_lead or Decimal(0)) * audience.reachable).quantize(Decimal("0.0001"))
    return PreflightCost(
        segments_per_lead=round(rehearsal.segments_per_lead, 2),
        segments=segments,
        texts=texts,
        models=models_cost,
        total=texts + models_cost,
        budget=campaign.budget,
        model_price_known=per_lead is not None,
    )


def _model_price(model: str, rehearsal: Rehearsal) -> Decimal | None:
    """US dollars of the model calls for one lead; None if nobody has told us the model's price."""
    if model == OFFLINE or not rehearsal.leads:
        return Decimal(0)
    provider, _, name = model.partition(":")
    total = price(provider, name, rehearsal.input_tokens, rehearsal.output_tokens)
    return None if total is None else total / rehearsal.leads
