"""What a campaign tells the agents about itself."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.contract import Briefing
from outrider.agents.models import Agent
from outrider.campaigns.models import Campaign


class CampaignBriefings:
    """Implements `agents.contract.Briefings`. An agent set on the campaign speaks with its own prompt and model."""

    async def of_campaign(self, session: AsyncSession, campaign_id: int) -> Briefing | None:
        campaign = await session.get(Campaign, campaign_id)
        if campaign is None:
            return None
        agent = await session.get(Agent, campaign.agent_id) if campaign.agent_id is not None else None
        return Briefing(
            campaign_id=campaign.id,
            name=campaign.name,
            description=campaign.description,
            sender_name=campaign.sender_name,
            system_prompt=agent.system_prompt if agent else campaign.sms_system_prompt,
            template=campaign.sms_template,
            temperature=campaign.sms_temperature / 100,
            model=(agent.model if agent else None) or campaign.model,
            agent_id=campaign.agent_id,
            auto_reply=campaign.auto_reply,
        )
