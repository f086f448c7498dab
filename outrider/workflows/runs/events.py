"""Facts about runs, published in the transaction in which they become true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outrider.workflows.runs.repository import EndedRun


@dataclass(frozen=True, slots=True)
class RunsEnded:
    """Waiting runs were ended from outside: stopped or cancelled."""

    runs: Sequence[EndedRun]
    reason: str
    """`replied`, `opted_out`, `suppressed`, `cancelled` …"""
