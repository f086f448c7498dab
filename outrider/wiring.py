"""What every process has in common.

Imports every module that declares tables, registers jobs or subscribes to events: a module that is missing here would not
take part. Connects the figures of one part with those who collect them.
"""

from __future__ import annotations

import outrider.agents.jobs
import outrider.agents.live
import outrider.agents.models
import outrider.agents.notices
import outrider.agents.objections.models
import outrider.agents.sales.approvals.models
import outrider.agents.sales.bdr
import outrider.agents.sales.enrichment
import outrider.agents.sales.growth
import outrider.agents.sales.jobs
import outrider.agents.sales.marketing
import outrider.agents.scheduling.delivery_jobs
import outrider.agents.scheduling.jobs
import outrider.agents.scheduling.live
import outrider.agents.scheduling.models
import outrider.agents.scoring.jobs
import outrider.agents.scoring.models
import outrider.agents.team.models
import outrider.campaigns.credentials
import outrider.campaigns.jobs
import outrider.campaigns.models
import outrider.campaigns.subscribers
import outrider.campaigns.texts
import outrider.conversations.arrivals
import outrider.conversations.jobs
import outrider.conversations.live
import outrider.conversations.models
import outrider.conversations.notices
import outrider.conversations.subscribers
import outrider.credentials.models
import outrider.crm.jobs
import outrider.crm.models
import outrider.crm.runs
import outrider.crm.sheets
import outrider.crm.subscribers
import outrider.db.idempotency
import outrider.evals.jobs
import outrider.evals.models
import outrider.events.models
import outrider.integrations.crm.models
import outrider.integrations.enrichment.models
import outrider.jobs.housekeeping
import outrider.leads.companies.models
import outrider.leads.enriching.jobs
import outrider.leads.enriching.models
import outrider.leads.jobs
import outrider.leads.live
import outrider.leads.models
import outrider.llm.budgets.jobs
import outrider.llm.budgets.models
import outrider.notifications.jobs
import outrider.notifications.models
import outrider.notifications.subscribers
import outrider.workflows.credentials
import outrider.workflows.models
import outrider.workflows.runs.effects
import outrider.workflows.runs.leads
import outrider.workflows.runs.meetings
import outrider.workflows.runs.notices
import outrider.workflows.runs.webhooks  # noqa: F401
from outrider.llm.counted import CallObserved
from outrider.telemetry import MODEL_CALLS, MODEL_COST, MODEL_SECONDS, MODEL_TOKENS


def count_model_call(call: CallObserved) -> None:
    """Bring one model call into the figures."""
    MODEL_CALLS.labels(call.model, call.outcome).inc()
    MODEL_SECONDS.labels(call.model).observe(call.seconds)
    MODEL_TOKENS.labels(call.model, "input").inc(call.input_tokens)
    MODEL_TOKENS.labels(call.model, "output").inc(call.output_tokens)
    MODEL_COST.labels(call.model).inc(float(call.cost))
