"""The team's graph: read → qualify → route → speak → guard. One short run per turn; it thinks and never acts.

At most two model calls: one that reads, one that speaks. The only module of the agents that knows LangGraph.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypedDict, cast

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langsmith.utils import tracing_is_enabled

import outrider.agents.team.analyst
import outrider.agents.team.conversation
import outrider.agents.team.objection_handler
import outrider.agents.team.qualification
import outrider.agents.team.scheduler  # noqa: F401  (the agents register themselves)
from outrider.agents.base import (
    AgentConfiguration,
    AgentResponse,
    AgentType,
    CostMetrics,
    Qualification,
    Reading,
    WorkflowContext,
    WorkflowState,
)
from outrider.agents.defaults import built_in
from outrider.agents.factory import AgentFactory, AgentParts
from outrider.agents.figures import measured_run
from outrider.agents.guard.answers import Told, admits_not_knowing, check_answer, names_of
from outrider.agents.guard.disclosure import discloses
from outrider.agents.guard.escalation import Escalation, escalation
from outrider.agents.memory import Memory
from outrider.agents.scoring.prior import blended
from outrider.agents.team.qualifying import merged, qualify
from outrider.agents.team.reading import read
from outrider.agents.team.reminding import with_reminder
from outrider.agents.team.routing import Route, route
from outrider.agents.team.sentences import say, speaks
from outrider.agents.team.speaking import SpeakingAgent, reading_of, state_after
from outrider.conversations.models import PersonReason

Configurations = Mapping[AgentType, AgentConfiguration]
HOLD = {"do": "Say in one sentence that a colleague will get back to them. Ask nothing."}
SAYS_NOTHING = "There is nothing left to say."


class TeamState(TypedDict, total=False):
    """What goes through the graph. Each node reads what it needs and returns what it found; `_step` puts it together."""

    heard: str
    """The lead's latest texts."""
    configurations: Configurations
    only: AgentType | None
    """The agent that has to answer, whatever the routing says."""
    context: WorkflowContext
    reading_cost: CostMetrics
    qualification: Qualification | None
    """Worked out anew in this turn; None if nothing new was said."""
    escalation: Escalation | None
    route: Route
    response: AgentResponse
    milliseconds: dict[str, int]
    """Time of each node, by its name."""


class Carried(TypedDict):
    """What LangGraph carries: the whole state as one value. It looks at every value that it carries several times per step, and
    one node follows the other, so that nothing has to be merged."""

    state: TeamState


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """What the team makes of one turn."""

    response: AgentResponse
    """What to say and do, as far as the guard lets it."""
    reading: Reading
    route: Route
    context: WorkflowContext
    """As the speaking agent saw it."""
    qualification: Qualification | None
    """New in this turn."""
    milliseconds: Mapping[str, int]
    """Time of each node."""


class ConversationTeam:
    """Answers turns of any conversation."""

    def __init__(self, parts: AgentParts):
        self.parts = parts
        self._factory = AgentFactory(parts)
        graph: Any = StateGraph(Carried)
        steps = {"read": self._read, "qualify": self._qualify, "decide": self._route, "speak": self._speak, "guard": self._guard}
        for name, step in steps.items():
            graph.add_node(name, _step(name, step))
        names = [START, *steps, END]
        for before, after in pairwise(names):
            graph.add_edge(before, after)
        self._graph = graph.compile()

    async def answer(
        self,
        context: WorkflowContext,
        heard: str,
        configurations: Configurations | None = None,
        *,
        only: AgentType | None = None,
    ) -> TeamAnswer:
        """What to answer to `heard`, the lead's texts since we last wrote.

        Args:
            only: the agent that answers, for those who try one out; the rules of the routing are not asked.

        Raises:
            ModelError: a model gave no answer.
            BudgetExhausted: nobody pays for one.
            ConfigurationError: there is no such model.
        """
        config: RunnableConfig = {"run_name": "conversation"}
        if tracing_is_enabled():
            config["metadata"] = {"trace_id": context.call_id}
        began: TeamState = {
            "context": context,
            "heard": heard,
            "configurations": configurations or {},
            "only": only,
            "milliseconds": {},
        }
        final = cast(Carried, await self._graph.ainvoke({"state": began}, config))["state"]
        return TeamAnswer(
            response=final["response"],
            reading=reading_of(final["context"]),
            route=final["route"],
            context=final["context"],
            qualification=final.get("qualification"),
            milliseconds=final["milliseconds"],
        )

    async def _read(self, state: TeamState) -> TeamState:
        context = state["context"]
        model = self._agent(state.get("only") or AgentType.CONVERSATION, state).model(context)
        reading, cost = await read(model, context, state["heard"])
        read_context = context.model_copy(update={"reading": reading, "language": reading.language})
        return {"context": read_context, "reading_cost": cost}

    async def _qualify(self, state: TeamState) -> TeamState:
        """Bring what was found together with what was known. Pure: a second is never spent here."""
        context = state["context"]
        factors = merged(context.qualification_factors, reading_of(context).findings)
        if factors == context.qualification_factors:
            return {"qualification": None}
        found = blended(qualify(factors), context.prior)
        context = context.model_copy(update={"qualification_factors": factors, "qualification": found})
        return {"context": context, "qualification": found}

    async def _route(self, state: TeamState) -> TeamState:
        context, only = state["context"], state.get("only")
        guardrails = self._agent(only or AgentType.CONVERSATION, state).configuration.guardrails
        found = escalation(reading_of(context), guardrails)
        if found is not None and not context.taken_slots:
            return {"escalation": found, "route": Route(only or AgentType.CONVERSATION, found.reason)}
        if only is not None:
            return {"escalation": None, "route": Route(only, "asked for alone")}
        return {"escalation": None, "route": route(context, state["heard"])}

    async def _speak(self, state: TeamState) -> TeamState:
        agent_type = state["route"].agent or AgentType.CONVERSATION
        with measured_run(agent_type):
            response = await self._spoken(state, agent_type)
        response.cost += state["reading_cost"]
        return {"response": response}

    async def _spoken(self, state: TeamState, agent_type: AgentType) -> AgentResponse:
        context, found = state["context"], state["escalation"]
        agent = self._agent(agent_type, state)
        if state["route"].agent is None:
            return agent.said_by_code(None, SAYS_NOTHING, next_state=context.current_state)
        if found is None:
            return await agent.speak(context, state["heard"])
        if found.sentence is None or speaks(context.language):
            text = say(context.language, found.sentence, name=_name(context)) if found.sentence else None
            response = agent.said_by_code(text, found.detail)
        else:
            response = await agent.written(context, state["heard"], HOLD, ())
        return response.model_copy(
            update={
                "person_reason": found.reason,
                "reason": found.detail,
                "next_state": WorkflowState.HANDED_OVER,
                "confidence": reading_of(context).confidence,
            }
        )

    async def _guard(self, state: TeamState) -> TeamState:
        response = self._checked(state, state["response"])
        if response.next_state is None:
            response.next_state = state_after(response.agent_type)
        if response.person_reason is not None:
            response.next_state = WorkflowState.HANDED_OVER
        limits = self._agent(response.agent_type, state).configuration.guardrails
        return {"response": with_reminder(response, state["context"], limits.most_characters)}

    def _checked(self, state: TeamState, response: AgentResponse) -> AgentResponse:
        if response.text is None:
            return response
        context = state["context"]
        agent = self._agent(response.agent_type, state)
        limits = agent.configuration.guardrails
        could_answer = response.could_answer and not admits_not_knowing(response.text)
        if not could_answer and context.failures + 1 >= limits.most_failures and response.person_reason is None:
            return _stuck(context, response)
        wants_to_know = reading_of(context).asks_whether_ai
        is_first = limits.disclose_ai == "at_first_contact" and not context.is_disclosed
        checked = check_answer(
            response.text,
            replace(told(context, state["heard"], _instructions(agent, context), self.parts.secrets), prompt=_own_prompt(agent)),
            limits,
            must_disclose=wants_to_know or is_first,
            language=context.language,
        )
        changes: dict[str, Any] = {"text": checked.text, "could_answer": could_answer}
        if checked.person_reason is not None and response.person_reason is None:
            changes |= {"person_reason": checked.person_reason, "reason": checked.reason}
            if checked.text is None:
                # What may not be said is not done either.
                changes["intents"] = []
        elif response.reason == "answered":
            changes["reason"] = checked.reason
        return response.model_copy(update=changes)

    def _agent(self, agent_type: AgentType, state: TeamState) -> SpeakingAgent:
        configuration = state["configurations"].get(agent_type) or built_in(agent_type)
        return cast(SpeakingAgent, self._factory.create_agent(agent_type, configuration))


def told(context: WorkflowContext, heard: str, instructions: str = "", secrets: Sequence[str] = ()) -> Told:
    """What an answer in this conversation may stand on."""
    briefing = context.briefing
    ours = [message.body for message in context.conversation_history if message.author == "us"]
    theirs = [message.body for message in context.conversation_history if message.author == "lead"]
    library = [text for one in context.objections for text in (one.sample_answer, *one.proof_points)]
    campaign = (briefing.name, briefing.sender_name, briefing.description, briefing.system_prompt, briefing.template or "")
    return Told(
        by_us=[*campaign, *library, *ours],
        # Nothing of the lead's row: whoever fills in a form with another person's number could have us write to that person.
        by_lead=[*theirs, heard],
        names=names_of(context.lead),
        our_texts=ours,
        instructions=instructions,
        secrets=secrets,
    )


def _instructions(agent: SpeakingAgent, context: WorkflowContext) -> str:
    return f"{agent.rules(context)}\n{built_in(agent.agent_type).system_prompt}"


def _own_prompt(agent: SpeakingAgent) -> str:
    return agent.configuration.system_prompt


def memory_after(before: Memory, answer: TeamAnswer) -> Memory:
    """What is remembered once the answer is given."""
    response, context = answer.response, answer.context
    is_question = response.agent_type is AgentType.QUALIFICATION and response.text is not None
    answered = [*before.answered_objections]
    if response.answered_objection and response.text is not None:
        answered = list(dict.fromkeys([*answered, response.answered_objection]))
    spoke = answer.route.agent is not None
    return Memory(
        current_agent=response.agent_type if spoke else before.current_agent,
        state=response.next_state or before.state,
        factors=context.qualification_factors,
        offered_slots=before.offered_slots if response.offered_slots is None else response.offered_slots,
        questions_asked=before.questions_asked + is_question,
        asked_factor=response.asked_factor,
        answered_objections=answered,
        failures=0 if response.could_answer else before.failures + 1,
        is_disclosed=before.is_disclosed or (response.text is not None and discloses(response.text)),
        language=answer.reading.language,
    )


def _stuck(context: WorkflowContext, response: AgentResponse) -> AgentResponse:
    """It could not answer once too often: a person does."""
    changes: dict[str, Any] = {
        "text": say(context.language, "stuck", name=_name(context)) if speaks(context.language) else None,
        "person_reason": PersonReason.REPEATED_FAILURE,
        "reason": f"Could not answer {context.failures + 1} times in a row.",
        "could_answer": False,
        "intents": [],
    }
    return response.model_copy(update=changes)


def _name(context: WorkflowContext) -> str:
    return str(context.lead.get("name") or "")


def _step(name: str, work: Callable[[TeamState], Awaitable[TeamState]]) -> Callable[[Carried], Awaitable[Carried]]:
    """The function that LangGraph calls: runs the node, and adds what it found and the time that it took."""

    async def run(carried: Carried) -> Carried:
        began, state = time.perf_counter(), carried["state"]
        found = await work(state)
        took = round((time.perf_counter() - began) * 1000)
        milliseconds = {**state["milliseconds"], name: took}
        return {"state": cast(TeamState, {**state, **found, "milliseconds": milliseconds})}

    return run
