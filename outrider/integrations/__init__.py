"""Ports to other systems: CRM, enrichment, calendars, notifications. They know nothing of leads, campaigns or models."""
