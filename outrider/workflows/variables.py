"""What expressions may refer to besides earlier steps, for the editor's picker of variables."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.leads.service import field_values


class WorkflowVariableOut(BaseModel):
    """A name that expressions know."""

    name: str
    type: str
    """`text`, `number`, `yes or no`, `time`, `list` or `map`."""
    description: str
    example: Any


def _variable(name: str, kind: str, description: str, example: Any = None) -> WorkflowVariableOut:
    return WorkflowVariableOut(name=name, type=kind, description=description, example=example)


VARIABLES: tuple[WorkflowVariableOut, ...] = (
    _variable("lead.first_name", "text", "First word of the lead's name.", "Maya"),
    _variable("lead.name", "text", "Name of the lead.", "Maya Lindt"),
    _variable("lead.company", "text", "Where the lead works.", "Lindt Roofing"),
    _variable("lead.title", "text", "What the lead does there.", "Owner"),
    _variable("lead.email", "text", "E-mail address.", "maya@example.com"),
    _variable("lead.phone", "text", "Phone number.", "+13125550101"),
    _variable("lead.industry", "text", "Industry of the company.", "Construction"),
    _variable("lead.company_size", "text", "How many people work there; `number(lead.company_size)` compares.", "11–50"),
    _variable("lead.city", "text", "City of the lead.", "Chicago"),
    _variable("lead.language", "text", "Language of the lead, as a code.", "en"),
    _variable("lead.score", "number", "How well the lead fits, from 0 to 100; null if nobody scored it.", 72),
    _variable("lead.tier", "text", "Tier of the score.", "hot"),
    _variable("lead.time_zone", "text", "Time zone where the lead most likely is.", "America/Chicago"),
    _variable("lead.consent", "text", "Latest consent to texts.", "written"),
    _variable("lead.tags", "list", "Tags of the lead.", ["vip"]),
    _variable("lead.lists", "list", "Names of the lists that the lead is on.", ["Spring fair"]),
    _variable("lead.attributes", "map", "Everything else that is known about the lead.", {}),
    _variable("campaign.name", "text", "Name of the campaign.", "Spring"),
    _variable("campaign.description", "text", "What the campaign is about.", "A free roof check."),
    _variable("campaign.sender_name", "text", "Who the texts speak for.", "Maya"),
    _variable("campaign.agent_type", "text", "Channels of the campaign: `sms`, `voice` or `both`.", "sms"),
    _variable("campaign.id", "number", "Number of the campaign.", 1),
    _variable("conversation.replied", "yes or no", "The lead wrote since the run began.", False),
    _variable("conversation.last_text", "text", "The lead's latest text.", "Yes, call me tomorrow"),
    _variable("conversation.last_text_at", "time", "When it came.", "2026-03-02T09:30:00+00:00"),
    _variable("conversation.language", "text", "Language of the conversation, as a code.", "en"),
    _variable("conversation.meeting.start", "time", "Begin of the next meeting; null without one.", "2026-03-04T15:00:00+00:00"),
    _variable("conversation.meeting.end", "time", "End of the next meeting.", "2026-03-04T15:30:00+00:00"),
    _variable("conversation.meeting.title", "text", "What the next meeting is about.", "Roof check"),
    _variable("conversation.meeting.location", "text", "Where it is: a place, or the link of a video call.", ""),
    _variable("run.now", "time", "The present time.", "2026-03-02T09:30:00+00:00"),
    _variable("run.key", "text", "Name of the run, the same whenever it is worked again.", "campaign_lead:7/1"),
    _variable("run.is_dry", "yes or no", "The run is only tried out.", False),
)


async def variables(session: AsyncSession) -> list[WorkflowVariableOut]:
    """All variables, with the attributes that leads of this installation have."""
    attributes = (await field_values(session, "attributes")).values
    own = [
        _variable(f"lead.attributes.{name}", "text", "An attribute of the lead.") for name in attributes if name.isidentifier()
    ]
    return [*VARIABLES, *own]
