"""Finds out whether a lead fits, one question at a time; from what is known of a company where nobody has said anything."""

from __future__ import annotations

from typing import Any, ClassVar

from outrider.agents.base import AgentResponse, AgentType, Factor, LeadIntent, WorkflowContext, WorkflowState
from outrider.agents.factory import agent
from outrider.agents.sales.qualification import CompanyQualificationAgent
from outrider.agents.team.qualifying import merged, next_to_ask, qualify
from outrider.agents.team.reading import read
from outrider.agents.team.speaking import SpeakingAgent

ABOUT = {
    Factor.NEED: "what they want to solve or improve, and what made them look into it",
    Factor.TIMELINE: "by when they would like it, and whether something depends on that",
    Factor.AUTHORITY: "who else has a say in it",
    Factor.BUDGET: "what it may cost for it to be worth it to them",
    Factor.METRICS: "by which figure they would judge it",
    Factor.DECISION_CRITERIA: "what matters most to them in choosing",
    Factor.DECISION_PROCESS: "how they would decide",
    Factor.CHAMPION: "who in the company wants it",
}


@agent
class QualificationAgent(SpeakingAgent):
    """Takes up what was said and asks for the next thing that is not known."""

    agent_type: ClassVar[AgentType] = AgentType.QUALIFICATION
    tools: ClassVar[tuple[str, ...]] = ("search_campaign_facts", "update_lead", "lookup_company")
    seconds_goal = 0.633
    intents = frozenset({LeadIntent.INTERESTED, LeadIntent.TELLS})

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        """Answer the lead, or judge the company if nobody has said anything."""
        if not user_input and not context.conversation_history:
            return await CompanyQualificationAgent(self.configuration, self.parts).process(context, user_input)
        if context.reading is not None:
            return await super().process(context, user_input)
        reading, cost = await read(self.model(context), context, user_input)
        factors = merged(context.qualification_factors, reading.findings)
        changes = {"reading": reading, "language": reading.language, "qualification_factors": factors}
        response = await self.speak(context.model_copy(update=changes), user_input)
        response.cost += cost
        return response.model_copy(update={"qualification_factors": factors, "qualification": qualify(factors)})

    def task(self, context: WorkflowContext) -> dict[str, Any]:
        asked = next_to_ask(context.qualification_factors, context.asked_factor)
        if asked is None:
            return {"do": "Take up what they said and offer a short call."}
        return {
            "do": "Take up what they said in a few words, then ask one question.",
            "ask_about": asked,
            "which_means": ABOUT[asked],
        }

    async def speak(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        response = await super().speak(context, user_input)
        response.asked_factor = next_to_ask(context.qualification_factors, context.asked_factor)
        response.next_state = WorkflowState.QUALIFYING
        return response
