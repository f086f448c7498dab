"""Sums up a thread that rests: how it ended, what the lead wants, what to do next."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field

from outrider.agents.base import Agent, AgentConfiguration, AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import AgentParts, agent
from outrider.agents.guard.fencing import RULE, fenced
from outrider.agents.team.speaking import prompt_data, scope_of
from outrider.agents.team.times import zone_of
from outrider.agents.tools.loop import cost_of
from outrider.agents.variables import fill
from outrider.llm.base import ChatMessage, ChatRequest
from outrider.llm.structured import complete_as

PURPOSE = "summary"
MOST_TOKENS = 700
RULES = f"""Answer in English, whatever language the conversation is in; quotes stay as they are.
{RULE}"""


class Outcome(StrEnum):
    """How a conversation stands at its end."""

    MEETING_BOOKED = "meeting_booked"
    INTERESTED = "interested"
    """Wants to go on; nothing is fixed yet."""
    UNDECIDED = "undecided"
    """Asks, doubts, thinks about it."""
    LATER = "later"
    NOT_INTERESTED = "not_interested"
    WRONG_PERSON = "wrong_person"
    OPTED_OUT = "opted_out"
    NEEDS_PERSON = "needs_person"
    """Waits for a person."""
    WENT_SILENT = "went_silent"
    """They wrote, we answered, and nothing of substance followed."""


class ThreadSummary(BaseModel):
    """What an analyst makes of a thread."""

    outcome: Outcome
    summary: Annotated[str, Field(min_length=1, max_length=800)]
    sentiment: Literal["positive", "neutral", "negative"]
    next_step: Annotated[str, Field(min_length=1, max_length=300)]
    open_questions: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=5)] = []


@agent
class AnalyticsAgent(Agent):
    """Reads a thread for colleagues; says nothing to the lead."""

    agent_type: ClassVar[AgentType] = AgentType.ANALYTICS
    result_type = ThreadSummary
    seconds_goal = 5.0

    def __init__(self, configuration: AgentConfiguration, parts: AgentParts):
        super().__init__(configuration)
        self.parts = parts

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        """Sum up the context's thread, with `user_input` as its last text where there is one."""
        model = self.parts.models.get(self.configuration.model or context.briefing.model)
        found, reply = await complete_as(model, self._request(context, user_input), ThreadSummary)
        if context.meeting is not None:
            # A meeting in the books is no matter of opinion.
            found.outcome = Outcome.MEETING_BOOKED
        elif found.outcome is Outcome.MEETING_BOOKED:
            found.outcome = Outcome.INTERESTED
        return AgentResponse(
            agent_type=self.agent_type,
            result=found.model_dump(mode="json"),
            reason=found.summary,
            model=reply.model,
            cost=cost_of(reply),
        )

    def can_handle(self, context: WorkflowContext) -> bool:
        return any(message.author == "lead" for message in context.conversation_history)

    def get_system_prompt(self, context: WorkflowContext) -> str:
        return f"{fill(self.configuration.system_prompt, context)}\n\n{RULES}"

    def _request(self, context: WorkflowContext, heard: str) -> ChatRequest:
        zone = zone_of(context.time_zone)
        data: dict[str, Any] = {
            **prompt_data(context, heard),
            "state": context.current_state,
            "meeting": context.meeting.slot.starts_at.astimezone(zone).isoformat() if context.meeting else None,
            "qualification": context.qualification.model_dump(mode="json", include={"score", "tier", "reasoning"})
            if context.qualification
            else None,
        }
        return ChatRequest(
            messages=[ChatMessage("system", self.get_system_prompt(context)), ChatMessage("user", fenced(data))],
            temperature=self.configuration.temperature,
            max_tokens=MOST_TOKENS,
            purpose=PURPOSE,
            scope=scope_of(context),
            metadata={"trace_id": context.call_id},
            context=data,
        )
