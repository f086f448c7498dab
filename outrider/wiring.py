"""Imports every module that declares tables, registers jobs or subscribes to events.

Each process imports this once; a module that is missing here would not take part.
"""

from __future__ import annotations

import outrider.agents.jobs
import outrider.agents.models
import outrider.campaigns.jobs
import outrider.campaigns.models
import outrider.campaigns.subscribers
import outrider.conversations.models
import outrider.conversations.subscribers
import outrider.db.idempotency
import outrider.jobs.housekeeping
import outrider.leads.jobs
import outrider.leads.models
import outrider.workflows.models  # noqa: F401
