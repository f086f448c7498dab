"""What a campaign's runs have in common, read once per chunk."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign
from outrider.errors import Conflict
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.repository import find_version


class WorkflowMissing(Conflict):
    """The campaign has no workflow it could run."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """How the leads of one campaign are worked."""

    campaign_id: int
    workflow_version_id: int | None
    definition: WorkflowDefinition
    agent_type: str
    sms_system_prompt: str
    sms_temperature: float
    """0.0–1.0."""
    sms_template: str | None
    sender_name: str
    model: str | None
    sender_ids: tuple[int, ...]


async def read_plan(session: AsyncSession, campaign: Campaign) -> CampaignPlan:
    """
    Raises:
        WorkflowMissing: no workflow was fixed at the start.
    """
    return CampaignPlan(
        campaign_id=campaign.id,
        workflow_version_id=campaign.workflow_version_id,
        definition=await _definition(session, campaign),
        agent_type=campaign.agent_type,
        sms_system_prompt=campaign.sms_system_prompt,
        sms_temperature=campaign.sms_temperature / 100,
        sms_template=campaign.sms_template,
        sender_name=campaign.sender_name,
        model=campaign.model,
        sender_ids=tuple(campaign.sender_ids),
    )


async def _definition(session: AsyncSession, campaign: Campaign) -> WorkflowDefinition:
    if campaign.workflow_config is not None:
        return WorkflowDefinition.model_validate(campaign.workflow_config)
    version = None
    if campaign.workflow_version_id is not None:
        version = await find_version(session, campaign.workflow_version_id)
    if version is None:
        raise WorkflowMissing(f"Campaign {campaign.id} has no workflow.", remedy="Choose a workflow and start it again.")
    return WorkflowDefinition.model_validate(version.definition)
