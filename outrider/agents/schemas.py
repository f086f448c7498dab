"""Drafts of agents in and out of the API."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel

from outrider.channels.segments import Encoding
from outrider.conversations.models import PersonReason


class Suggestion(BaseModel):
    """An answer that the agent drafted for a person to send, change or drop."""

    execution_id: int
    trace_id: str
    text: str | None
    """None when the agent wrote nothing that may be sent; `reason` says why."""
    reason: str
    needs_person_reason: PersonReason | None
    """Why the agent itself would have left the answer to a person."""
    model: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars."""
    processing_time_ms: int
    segments: int
    """0 without a text."""
    encoding: Encoding
