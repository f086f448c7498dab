"""Who a campaign reaches: from the campaign's own words to the parts that queries work with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outrider.campaigns.models import Campaign
from outrider.campaigns.repository.audience import AudienceParts
from outrider.campaigns.schemas import AssignLeads, Audience


def audience_parts(campaign: Campaign) -> AudienceParts:
    """Everybody that the campaign's audience names, and the leads that were assigned to it."""
    return parts_of(Audience.model_validate(campaign.audience), assigned_to=campaign.id)


def parts_of(named: Audience | AssignLeads, assigned_to: int | None = None) -> AudienceParts:
    return AudienceParts(list_ids=named.list_ids, lead_ids=named.lead_ids, assigned_to=assigned_to)


def is_empty(audience: Mapping[str, Any]) -> bool:
    """Nobody is named."""
    return not any(audience.values())
