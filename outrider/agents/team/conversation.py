"""Greets, answers questions, keeps the thread going."""

from __future__ import annotations

from typing import Any, ClassVar

from outrider.agents.base import AgentResponse, AgentType, LeadIntent, UpdateLead, WorkflowContext, WorkflowState
from outrider.agents.factory import agent
from outrider.agents.team.reminding import ANSWER_ONLY, is_reminded
from outrider.agents.team.signals import find_signals
from outrider.agents.team.speaking import SpeakingAgent, reading_of, slots_ahead

ENDS = frozenset({LeadIntent.NOT_INTERESTED, LeadIntent.WRONG_PERSON, LeadIntent.WANTS_NO_TEXTS})


@agent
class ConversationAgent(SpeakingAgent):
    """Answers what no other agent is for."""

    agent_type: ClassVar[AgentType] = AgentType.CONVERSATION
    tools: ClassVar[tuple[str, ...]] = ("search_campaign_facts", "update_lead")
    intents = frozenset(
        {
            LeadIntent.GREETING, LeadIntent.QUESTION, LeadIntent.PRICE_QUESTION, LeadIntent.WHO_ARE_YOU, LeadIntent.WHERE_FROM,
            LeadIntent.WANTS_IN_WRITING, LeadIntent.THANKS, LeadIntent.UNCLEAR, *ENDS,
        }
    )  # fmt: skip

    def task(self, context: WorkflowContext) -> dict[str, Any]:
        intent = reading_of(context).intent
        if intent in ENDS:
            return {"do": "Accept it in one friendly sentence, ask nothing and offer nothing."}
        if intent is LeadIntent.THANKS:
            return {"do": "Answer in a few words and ask nothing."}
        if is_reminded(context):
            return {"do": ANSWER_ONLY, "is_reminded": True}
        return {"do": "Answer what they want to know, then ask at most one question that helps them further."}

    async def speak(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        response = await super().speak(context, user_input)
        intent = reading_of(context).intent
        response.next_state = context.current_state if slots_ahead(context) else _state(intent, context.current_state)
        if intent in ENDS:
            response.next_state, response.offered_slots = WorkflowState.CLOSED, []
        if intent is LeadIntent.WANTS_IN_WRITING and not context.is_draft:
            # The address that they give in answer to where to send it is theirs.
            address = find_signals(user_input).email
            response.intents = [*response.intents, *([UpdateLead(changes={"email": address})] if address else [])]
        return response


def _state(intent: LeadIntent, before: WorkflowState) -> WorkflowState:
    if intent in (LeadIntent.THANKS, LeadIntent.UNCLEAR) or before is WorkflowState.BOOKED:
        return before
    return WorkflowState.DISCOVERY
