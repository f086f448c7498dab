"""Agents that prepare the approach to a lead: qualify the company, enrich, analyse its growth, plan, and draft the next step."""
