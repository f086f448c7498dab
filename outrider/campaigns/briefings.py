"""What a campaign tells the agents about itself."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType
from outrider.agents.contract import Briefing
from outrider.agents.library.configurations import configurations_for
from outrider.campaigns.repository.campaigns import briefing_of
from outrider.campaigns.service import AGENT_FIELDS


class CampaignBriefings:
    """Implements `agents.contract.Briefings`. An agent set on the campaign speaks with its own prompt and model, as published."""

    async def of_campaign(self, session: AsyncSession, campaign_id: int) -> Briefing | None:
        campaign = await briefing_of(session, campaign_id)
        if campaign is None:
            return None
        chosen = {kind: agent_id for field, kind in AGENT_FIELDS.items() if (agent_id := campaign[field]) is not None}
        speaker = None
        if (agent_id := chosen.get(AgentType.CONVERSATION)) is not None:
            found = (await configurations_for(session, {AgentType.CONVERSATION: agent_id}))[AgentType.CONVERSATION]
            speaker = found if found.agent_id == agent_id else None
        return Briefing(
            campaign_id=campaign_id,
            name=campaign["name"],
            description=campaign["description"],
            sender_name=campaign["sender_name"],
            system_prompt=speaker.system_prompt if speaker else campaign["sms_system_prompt"],
            template=campaign["sms_template"],
            temperature=speaker.temperature if speaker else campaign["sms_temperature"] / 100,
            model=(speaker.model if speaker else None) or campaign["model"],
            agent_id=campaign["agent_id"],
            agents={kind.value: agent_id for kind, agent_id in chosen.items()},
            auto_reply=campaign["auto_reply"],
        )
