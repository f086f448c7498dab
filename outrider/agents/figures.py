"""Counts and times agents' runs for those who watch the process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from outrider.agents.base import AgentType
from outrider.errors import OutriderError
from outrider.telemetry import AGENT_ERRORS, AGENT_SECONDS, AGENT_SUCCESS, PIPELINE_SECONDS

CANCELLED = "cancelled"
INTERNAL = "internal"


@contextmanager
def measured_run(agent_type: AgentType) -> Iterator[None]:
    """Bring the run in the block into the figures, by how it ends."""
    began = time.perf_counter()
    try:
        yield
    except BaseException as error:
        AGENT_ERRORS.labels(agent_type, error_code(error)).inc()
        raise
    else:
        AGENT_SUCCESS.labels(agent_type).inc()
    finally:
        AGENT_SECONDS.labels(agent_type).observe(time.perf_counter() - began)


@contextmanager
def measured_step(agent_type: AgentType) -> Iterator[None]:
    """Bring one step of the sales pipeline into the figures, whether it ends well or not."""
    began = time.perf_counter()
    try:
        yield
    finally:
        PIPELINE_SECONDS.labels(agent_type).observe(time.perf_counter() - began)


def error_code(error: BaseException) -> str:
    """A failure's stable name."""
    if isinstance(error, OutriderError):
        return error.slug
    return INTERNAL if isinstance(error, Exception) else CANCELLED
