"""Agents that an installation writes for itself: drafts, published versions, and what shipped agents look like."""
