"""Decisions that only a person may take: what an agent drafted waits here, and nothing of it leaves before somebody approves."""
