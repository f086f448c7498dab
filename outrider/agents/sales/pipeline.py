"""All sales agents on one lead, as a graph: enrich → qualify ∥ analyse growth → plan → propose a step (→ answer a text).

Qualification and growth both judge by what enrichment found, and need nothing of each other. An agent that fails leaves its part
empty; those after it work from what there is.
"""

from __future__ import annotations

import operator
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, TypedDict, cast

from langgraph.graph import END, START, StateGraph

from outrider.agents.base import Agent, AgentConfiguration, AgentMessage, AgentType, WorkflowContext
from outrider.agents.defaults import built_in
from outrider.agents.factory import AgentFactory, NoSuchAgent
from outrider.agents.sales.qualification import CompanyQualificationAgent
from outrider.agents.sales.running import Step, TeamMember, run

Results = dict[AgentType, dict[str, Any]]


def _latest(_: str, new: str) -> str:
    return new


class AgentState(TypedDict, total=False):
    """What the agents of a pipeline hand on."""

    lead_data: dict[str, Any]
    qualification_score: int
    enrichment_data: dict[str, Any]
    growth_insights: list[dict[str, Any]]
    marketing_plan: dict[str, Any]
    bdr_actions: list[dict[str, Any]]
    conversation_history: list[dict[str, Any]]
    current_agent: Annotated[str, _latest]
    """The one that ended last."""
    steps: Annotated[list[Step], operator.add]
    results: Annotated[Results, operator.or_]


class Pipeline:
    """Runs the agents on a context.

    Args:
        configurations: of stored agents, by type; the built-in ones where there is none.
    """

    def __init__(self, factory: AgentFactory, configurations: dict[AgentType, AgentConfiguration] | None = None):
        self._factory = factory
        self._configurations = configurations or {}

    async def run(self, context: WorkflowContext, message: str = "") -> AgentState:
        """The state after all agents. `message`: a text of the lead, which the conversation agent answers at the end."""
        state: AgentState = {}
        async for _, latest in self.stream(context, message):
            state = latest
        return state

    async def stream(self, context: WorkflowContext, message: str = "") -> AsyncIterator[tuple[Sequence[Step], AgentState]]:
        """As `run`: after each part of the graph the steps that are new, and the state so far."""
        said = [text.model_dump(mode="json") for text in context.conversation_history]
        if message:
            said.append(AgentMessage(author="lead", body=message).model_dump(mode="json"))
        state: AgentState = {
            "lead_data": _shown(context),
            "conversation_history": said,
            "steps": [],
            "results": dict(context.results),
        }
        told = 0
        graph = self._compiled(context, message)
        async for values in graph.astream(state, {"run_name": "sales pipeline"}, stream_mode="values"):
            state = cast(AgentState, values)
            yield state["steps"][told:], state
            told = len(state["steps"])

    def _compiled(self, context: WorkflowContext, message: str) -> Any:
        graph: Any = StateGraph(AgentState)
        for kind in (
            AgentType.QUALIFICATION, AgentType.ENRICHMENT, AgentType.GROWTH_ANALYSIS, AgentType.MARKETING, AgentType.BDR,
        ):  # fmt: skip
            graph.add_node(str(kind), self._node(kind, context, ""))
        graph.add_edge(START, str(AgentType.ENRICHMENT))
        graph.add_edge(str(AgentType.ENRICHMENT), str(AgentType.QUALIFICATION))
        graph.add_edge(str(AgentType.ENRICHMENT), str(AgentType.GROWTH_ANALYSIS))
        graph.add_edge([str(AgentType.QUALIFICATION), str(AgentType.GROWTH_ANALYSIS)], str(AgentType.MARKETING))
        graph.add_edge(str(AgentType.MARKETING), str(AgentType.BDR))
        last = AgentType.BDR
        if message:
            graph.add_node(str(AgentType.CONVERSATION), self._node(AgentType.CONVERSATION, context, message))
            graph.add_edge(str(last), str(AgentType.CONVERSATION))
            last = AgentType.CONVERSATION
        graph.add_edge(str(last), END)
        return graph.compile()

    def _node(self, kind: AgentType, context: WorkflowContext, text: str) -> Any:
        async def node(state: AgentState) -> AgentState:
            configuration = self._configurations.get(kind) or built_in(kind)
            agent: Agent
            if kind is AgentType.QUALIFICATION:
                agent = CompanyQualificationAgent(configuration, self._factory.parts)
            elif kind is AgentType.CONVERSATION:
                agent = TeamMember(configuration, self._factory.parts)
            else:
                try:
                    agent = self._factory.create_agent(kind, configuration)
                except NoSuchAgent as error:
                    missing = Step(
                        agent_type=kind, success=False, milliseconds=0, goal_milliseconds=0, within_goal=True,
                        reason=error.detail, error_code=error.slug,
                    )  # fmt: skip
                    return {"steps": [missing], "current_agent": str(kind)}
            step = await run(agent, context.model_copy(update={"results": state["results"]}), text)
            return _update(step, state)

        return node


def _update(step: Step, state: AgentState) -> AgentState:
    update: AgentState = {"steps": [step], "current_agent": str(step.agent_type)}
    response = step.response
    if response is None:
        return update
    result = response.result or {}
    update["results"] = {step.agent_type: result}
    match step.agent_type:
        case AgentType.QUALIFICATION:
            update["qualification_score"] = result["score"]
        case AgentType.ENRICHMENT:
            update["enrichment_data"] = result
        case AgentType.GROWTH_ANALYSIS:
            update["growth_insights"] = [*result["growth_signals"], *result["market_opportunity"]]
        case AgentType.MARKETING:
            update["marketing_plan"] = result
        case AgentType.BDR:
            update["bdr_actions"] = [result] if result["state"] == "awaiting_approval" else []
        case AgentType.CONVERSATION if response.text:
            answer = AgentMessage(author="us", body=response.text, agent_type=step.agent_type).model_dump(mode="json")
            update["conversation_history"] = [*state["conversation_history"], answer]
    return update


def _shown(context: WorkflowContext) -> dict[str, Any]:
    return {name: value for name, value in context.lead.items() if name not in ("email", "phone")}
