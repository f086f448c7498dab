"""Dashboards, funnels, cost: read-only figures over everything below."""
