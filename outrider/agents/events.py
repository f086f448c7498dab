"""Facts that agents publish, in the transaction in which they become true."""

from __future__ import annotations

from dataclasses import dataclass

from outrider.agents.base import AgentType, Tier, WorkflowState
from outrider.conversations.models import PersonReason


@dataclass(frozen=True, slots=True)
class AgentTransition:
    """Another agent answers from now on, or the conversation stands somewhere else."""

    conversation_id: int
    before: AgentType | None
    after: AgentType
    state_before: WorkflowState
    state_after: WorkflowState
    why: str
    """Name of the rule that chose the agent."""


@dataclass(frozen=True, slots=True)
class Escalated:
    """The agents left a conversation to a person."""

    conversation_id: int
    lead_id: int
    campaign_id: int | None
    reason: PersonReason
    detail: str
    """In plain words, with the lead's words that it stands on."""


@dataclass(frozen=True, slots=True)
class LeadQualified:
    """A lead's score or tier was worked out anew."""

    lead_id: int
    conversation_id: int | None
    campaign_id: int | None
    score: int
    tier: Tier
    tier_before: Tier | None


@dataclass(frozen=True, slots=True)
class ConversationSummarised:
    """A thread came to rest and was summed up."""

    conversation_id: int
    lead_id: int
    campaign_id: int | None
    outcome: str
    sentiment: str
