"""Outrider: AI agents that work a company's leads by text and phone."""

__version__ = "0.1.0"
