"""Definitions tried on real leads: whole workflows, single nodes, single expressions. Nothing leaves, nothing is stored."""
