"""What a campaign's runs have in common, read once per chunk."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType
from outrider.agents.library.configurations import configurations_for
from outrider.campaigns.models import Campaign
from outrider.errors import Conflict
from outrider.workflows.context import CampaignFacts, LeadData, RunContext, Services, Subject
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.repository import find, find_by_name, find_version
from outrider.workflows.service import STANDARD


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

    def context(
        self, *, campaign_lead_id: int, attempt: int, trace_id: str, lead: LeadData, services: Services, is_dry: bool = False
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
            is_dry=is_dry,
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
        )


async def read_plan(session: AsyncSession, campaign: Campaign) -> CampaignPlan:
    """The plan of a campaign: of its own definition, of the version fixed at its start, or, of a draft, of its workflow.

    Raises:
        WorkflowMissing: it has none of these.
    """
    return CampaignPlan(
        campaign_id=campaign.id,
        workflow_version_id=campaign.workflow_version_id,
        definition=await _definition(session, campaign),
        name=campaign.name,
        description=campaign.description,
        agent_type=campaign.agent_type,
        sms_system_prompt=campaign.sms_system_prompt,
        sms_temperature=campaign.sms_temperature / 100,
        sms_template=campaign.sms_template,
        sender_name=campaign.sender_name,
        model=campaign.model,
        sender_ids=tuple(campaign.sender_ids),
        discloses_ai=await _discloses_ai(session, campaign),
    )


async def _discloses_ai(session: AsyncSession, campaign: Campaign) -> bool:
    chosen = {AgentType.CONVERSATION: campaign.agent_id} if campaign.agent_id is not None else {}
    speaker = (await configurations_for(session, chosen))[AgentType.CONVERSATION]
    return speaker.guardrails.disclose_ai == "at_first_contact"


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
