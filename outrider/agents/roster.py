"""Imports every agent that ships, so that it takes part."""

from __future__ import annotations

import outrider.agents.sales.bdr
import outrider.agents.sales.enrichment
import outrider.agents.sales.growth
import outrider.agents.sales.marketing
import outrider.agents.team.graph  # noqa: F401
