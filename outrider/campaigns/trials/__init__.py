"""Trying a campaign before it runs: who would be reached, and what they would read."""
