"""The state that a run of one campaign lead carries from node to node."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypedDict

from outrider.workflows.intents import Intent


class LeadData(TypedDict):
    """What a workflow knows about the person. All of it is data; none of it is an instruction."""

    id: int
    name: str
    phone: str | None
    email: str | None
    company: str | None
    title: str | None
    industry: str | None
    city: str | None
    language: str | None
    attributes: dict[str, Any]


class TranscriptEntry(TypedDict):
    """One message to or from the model."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str
    metadata: dict[str, Any]


class LogEntry(TypedDict):
    """What one node did."""

    node: str
    """Name of the node's kind: `validate`, `sms_agent`, `finalize`."""
    node_id: str
    level: str
    """`INFO`, `WARNING` or `ERROR`."""
    message: str
    ms: float
    """Milliseconds the node took."""
    tokens: int
    cost: Decimal
    """US dollars of its model calls."""
    details: dict[str, Any]


class CampaignLeadState(TypedDict):
    campaign_lead_id: int
    campaign_id: int
    lead_id: int
    trace_id: str
    lead_data: LeadData

    campaign_name: str
    campaign_description: str
    agent_type: str
    sms_system_prompt: str
    sms_temperature: float
    """0.0–1.0."""
    sms_template: str | None
    sender_name: str
    model: str | None
    discloses_ai: bool
    """The first text says that an automated assistant writes."""

    validation_passed: bool
    validation_errors: list[str]
    sms_sent: bool
    """The run asked for a text. Whether it left is the outbox's knowledge, not the run's."""
    sms_message: str
    sms_cost: Decimal
    """US dollars of the model calls that wrote it."""
    input_tokens: int
    output_tokens: int
    model_used: str | None

    conversation_history: list[TranscriptEntry]
    processing_logs: list[LogEntry]
    intents: list[Intent]
    outcome: str
    """Handle by which the last node was left."""
    status: str
    """`completed` or `failed`, once the run is finalized."""
    error_message: str


def initialize_lead_state(
    *,
    campaign_lead_id: int,
    campaign_id: int,
    lead_id: int,
    trace_id: str,
    lead_data: LeadData,
    campaign_name: str,
    campaign_description: str,
    agent_type: str,
    sms_system_prompt: str,
    sms_temperature: float,
    sms_template: str | None,
    sender_name: str,
    model: str | None,
    discloses_ai: bool = False,
) -> CampaignLeadState:
    """State at the start of a run."""
    return {
        "campaign_lead_id": campaign_lead_id,
        "campaign_id": campaign_id,
        "lead_id": lead_id,
        "trace_id": trace_id,
        "lead_data": lead_data,
        "campaign_name": campaign_name,
        "campaign_description": campaign_description,
        "agent_type": agent_type,
        "sms_system_prompt": sms_system_prompt,
        "sms_temperature": sms_temperature,
        "sms_template": sms_template,
        "sender_name": sender_name,
        "model": model,
        "discloses_ai": discloses_ai,
        "validation_passed": False,
        "validation_errors": [],
        "sms_sent": False,
        "sms_message": "",
        "sms_cost": Decimal(0),
        "input_tokens": 0,
        "output_tokens": 0,
        "model_used": None,
        "conversation_history": [],
        "processing_logs": [],
        "intents": [],
        "outcome": "",
        "status": "",
        "error_message": "",
    }
