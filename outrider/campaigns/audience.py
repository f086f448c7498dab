"""Who a campaign reaches: from the campaign's own words to the parts that queries work with."""

from __future__ import annotations

from outrider.campaigns.models import Campaign
from outrider.campaigns.repository.audience import AudienceParts
from outrider.campaigns.schemas import AssignLeads, Audience
from outrider.leads.filters import filtered_lead_ids


def audience_parts(campaign: Campaign) -> AudienceParts:
    """Everybody that the campaign's audience names, and the leads that were assigned to it."""
    return parts_of(Audience.model_validate(campaign.audience), assigned_to=campaign.id)


def parts_of(named: Audience | AssignLeads, assigned_to: int | None = None) -> AudienceParts:
    return AudienceParts(
        list_ids=named.list_ids,
        lead_ids=named.lead_ids,
        filtered=filtered_lead_ids(named.filter) if named.filter else None,
        assigned_to=assigned_to,
    )
