"""How many outcomes there must be before a scorer is offered."""

from __future__ import annotations

LEAST_ROWS = 500
LEAST_EACH = 50
"""Successes, and as many failures: with some ten features in use, about five of each per feature."""


def missing_outcomes(positives: int, rows: int) -> list[str]:
    """What is missing until a scorer may be offered, in plain words; empty when there is enough."""
    negatives = rows - positives
    missing = []
    if rows < LEAST_ROWS:
        missing.append(f"{LEAST_ROWS - rows} more with a known outcome (of {LEAST_ROWS}).")
    if positives < LEAST_EACH:
        missing.append(f"{LEAST_EACH - positives} more successes (of {LEAST_EACH}).")
    if negatives < LEAST_EACH:
        missing.append(f"{LEAST_EACH - negatives} more failures (of {LEAST_EACH}).")
    return missing
