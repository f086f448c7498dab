"""The sales agents on a lead, in the background."""

from __future__ import annotations

import structlog

from outrider.agents.invoking.schemas import AgentInput
from outrider.agents.sales.team import SalesTeam
from outrider.errors import InvalidInput
from outrider.jobs import JobContext, job
from outrider.leads.service import LeadNotFound

log = structlog.get_logger(__name__)


@job("agents.research", max_attempts=3)
async def research(context: JobContext, lead_id: int, campaign_id: int | None = None) -> None:
    """Run the pipeline on a lead. Delivered twice, the later draft supersedes the earlier one; nothing leaves by itself."""
    team = context.part(SalesTeam)
    try:
        await team.run(await team.prepare(AgentInput(lead_id=lead_id, campaign_id=campaign_id)))
    except (InvalidInput, LeadNotFound):
        log.info("lead_left_before_research", lead_id=lead_id)
