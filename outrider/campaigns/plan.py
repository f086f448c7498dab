"""What a campaign's runs have in common, read once per chunk."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType
from outrider.agents.library.configurations import configurations_of
from outrider.campaigns.models import Campaign
from outrider.campaigns.repository import campaigns as campaign_rows
from outrider.errors import Conflict
from outrider.workflows.context import CampaignFacts, ConversationFacts, LeadData, RunContext, Services, Subject
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.repository import find, find_by_name, find_version, find_versions
from outrider.workflows.service import STANDARD

log = structlog.get_logger(__name__)


class WorkflowMissing(Conflict):
    """The campaign has no workflow it could run."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """How the leads of one campaign are worked."""

    campaign_id: int
    workflow_version_id: int | None
    definition: WorkflowDefinition
    name: str
    description: str
    agent_type: str
    sms_system_prompt: str
    sms_temperature: float
    """0.0–1.0."""
    sms_template: str | None
    sender_name: str
    model: str | None
    sender_ids: tuple[int, ...]
    discloses_ai: bool = False
    """The guardrails of the agent that will answer want the first text to say that an automated assistant writes."""
    creative_agent_id: int | None = None
    deterministic_agent_id: int | None = None

    def context(
        self,
        *,
        campaign_lead_id: int,
        attempt: int,
        trace_id: str,
        lead: LeadData,
        services: Services,
        conversation: ConversationFacts | None = None,
        is_dry: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> RunContext:
        """What a segment of the run of one lead is given."""
        return RunContext(
            subject=Subject("campaign_lead", campaign_lead_id),
            campaign_id=self.campaign_id,
            lead_id=lead["id"],
            run_key=f"campaign_lead:{campaign_lead_id}/{attempt}",
            trace_id=trace_id,
            lead=lead,
            services=services,
            campaign=self.facts,
            conversation=conversation or ConversationFacts(),
            is_dry=is_dry,
            now=now,
        )

    @property
    def facts(self) -> CampaignFacts:
        return CampaignFacts(
            id=self.campaign_id,
            name=self.name,
            description=self.description,
            agent_type=self.agent_type,
            sms_system_prompt=self.sms_system_prompt,
            sms_temperature=self.sms_temperature,
            sms_template=self.sms_template,
            sender_name=self.sender_name,
            model=self.model,
            discloses_ai=self.discloses_ai,
            creative_agent_id=self.creative_agent_id,
            deterministic_agent_id=self.deterministic_agent_id,
        )


async def read_plan(session: AsyncSession, campaign: Campaign) -> CampaignPlan:
    """The plan of a campaign: of its own definition, of the version fixed at its start, or, of a draft, of its workflow.

    Raises:
        WorkflowMissing: it has none of these.
    """
    discloses = await _discloses_ai(session, {campaign.agent_id})
    return _plan(campaign, campaign.workflow_version_id, await _definition(session, campaign), discloses[campaign.agent_id])


async def read_run_plans(
    session: AsyncSession, wanted: Collection[tuple[int, int | None]]
) -> dict[tuple[int, int | None], CampaignPlan]:
    """The plans by which paused runs go on: as their campaign is now, by the version that they began with.

    Args:
        wanted: (campaign, workflow version); no version means the campaign's own definition. What has no definition any more,
            or one that can't be read, is left out.
    """
    campaigns = await campaign_rows.find_many(session, {campaign_id for campaign_id, _ in wanted})
    versions = await find_versions(session, {version_id for _, version_id in wanted if version_id is not None})
    discloses = await _discloses_ai(session, {campaign.agent_id for campaign in campaigns.values()})
    plans = {}
    for campaign_id, version_id in wanted:
        campaign, version = campaigns.get(campaign_id), versions.get(version_id or 0)
        of_campaign = campaign.workflow_config if campaign is not None and version_id is None else None
        if campaign is None or (config := version.definition if version else of_campaign) is None:
            continue
        try:
            definition = WorkflowDefinition.model_validate(config)
        except ValidationError as error:
            log.warning("workflow_unreadable", campaign_id=campaign_id, version_id=version_id, error=str(error))
            continue
        plans[campaign_id, version_id] = _plan(campaign, version_id, definition, discloses[campaign.agent_id])
    return plans


def _plan(campaign: Campaign, version_id: int | None, definition: WorkflowDefinition, discloses_ai: bool) -> CampaignPlan:
    return CampaignPlan(
        campaign_id=campaign.id,
        workflow_version_id=version_id,
        definition=definition,
        name=campaign.name,
        description=campaign.description,
        agent_type=campaign.agent_type,
        sms_system_prompt=campaign.sms_system_prompt,
        sms_temperature=campaign.sms_temperature / 100,
        sms_template=campaign.sms_template,
        sender_name=campaign.sender_name,
        model=campaign.model,
        sender_ids=tuple(campaign.sender_ids),
        discloses_ai=discloses_ai,
        creative_agent_id=campaign.creative_agent_id,
        deterministic_agent_id=campaign.deterministic_agent_id,
    )


async def _discloses_ai(session: AsyncSession, agent_ids: Collection[int | None]) -> dict[int | None, bool]:
    """Whether the first text says that an automated assistant writes, by the agent that a campaign chose; None chose none."""
    speakers = await configurations_of(session, AgentType.CONVERSATION, agent_ids)
    return {agent_id: speaker.guardrails.disclose_ai == "at_first_contact" for agent_id, speaker in speakers.items()}


async def _definition(session: AsyncSession, campaign: Campaign) -> WorkflowDefinition:
    if campaign.workflow_config is not None:
        return WorkflowDefinition.model_validate(campaign.workflow_config)
    if campaign.workflow_version_id is not None:
        version = await find_version(session, campaign.workflow_version_id)
        config = version.definition if version else None
    else:
        workflow = await find(session, campaign.workflow_id) if campaign.workflow_id else await find_by_name(session, STANDARD)
        config = workflow.config if workflow else None
    if config is None:
        raise WorkflowMissing(f"Campaign {campaign.id} has no workflow.", remedy="Choose a workflow and start it again.")
    return WorkflowDefinition.model_validate(config)
