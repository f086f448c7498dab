"""Answers doubts along the objection library."""

from __future__ import annotations

from typing import Any, ClassVar

from outrider.agents.base import AgentResponse, AgentType, LeadIntent, WorkflowContext, WorkflowState
from outrider.agents.contract import Objection
from outrider.agents.factory import agent
from outrider.agents.team.reminding import ANSWER_ONLY, is_reminded
from outrider.agents.team.speaking import SpeakingAgent, reading_of


@agent
class ObjectionHandlerAgent(SpeakingAgent):
    """Takes a doubt seriously, answers it once, and accepts it when it is raised again."""

    agent_type: ClassVar[AgentType] = AgentType.OBJECTION_HANDLER
    tools: ClassVar[tuple[str, ...]] = ("search_campaign_facts",)
    intents = frozenset({LeadIntent.OBJECTION})

    def task(self, context: WorkflowContext) -> dict[str, Any]:
        objection = raised(context)
        if objection is None:
            if is_reminded(context):
                return {"do": f"Take their doubt seriously. {ANSWER_ONLY}", "is_reminded": True}
            return {"do": "Take their doubt seriously, answer it from the facts, and close with one light question."}
        if objection.key in context.answered_objections:
            return {"do": "They have this doubt again. Accept it, thank them, and leave the door open.", "is_repeated": True,
                    "objection": {"key": objection.key, "name": objection.name}}  # fmt: skip
        told = objection.model_dump(include={"key", "name", "guidance", "sample_answer", "proof_points"})
        if is_reminded(context):
            return {"do": f"Answer this doubt along its guidance. {ANSWER_ONLY}", "objection": told, "is_reminded": True}
        return {"do": "Answer this doubt along its guidance.", "objection": told}

    async def speak(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        response = await super().speak(context, user_input)
        objection = raised(context)
        is_repeated = objection is not None and objection.key in context.answered_objections
        response.answered_objection = objection.key if objection else None
        response.next_state = WorkflowState.CLOSED if is_repeated else WorkflowState.OBJECTION
        if is_repeated:
            response.offered_slots = []
        return response


def raised(context: WorkflowContext) -> Objection | None:
    """The objection of the library that the lead raises."""
    key = reading_of(context).objection
    return next((objection for objection in context.objections if objection.key == key), None)
