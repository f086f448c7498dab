"""Creative agent: writes an engaging, personal text. It only drafts; a later step sends."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from outrider.agents.base import AgentType, CostMetrics
from outrider.agents.figures import measured_run, measured_step
from outrider.agents.guard.answers import Told as Permitted
from outrider.agents.guard.answers import names_of, problem_in
from outrider.agents.guard.fencing import RULE, fenced
from outrider.agents.variables import fill
from outrider.channels.segments import count_segments
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeResult, NodeSpecification
from outrider.workflows.nodes.sms import DEFAULT_PROMPT, SmsParams, spent, system_prompt, user_prompt, write
from outrider.workflows.nodes.teamwork import AgentOutput, AgentParams, Told, handed_over, recorded_turn, results_in, tell

THREAD = 10
"""Texts of the conversation that it gets to read."""


class CreativeParams(SmsParams):
    agent_id: int | None = Field(
        None,
        ge=1,
        title="Agent",
        description="One of your own agents; empty takes the campaign's creative agent, if it has one.",
        json_schema_extra={"x-options": "agents"},
    )
    task: str = Field(
        "",
        max_length=2000,
        title="What to write",
        description="What this text is for, as in “Say that the spring offer ends on Friday”.",
        json_schema_extra={"format": "textarea"},
    )


class CreativeOutput(AgentOutput):
    text: str
    """The draft."""
    segments: int
    model: str


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, CreativeParams)
    context, params = call.context, call.params
    chosen = AgentParams(agent_id=params.agent_id, model=params.model, task=params.task)
    told = await tell(call, AgentType.CONVERSATION, chosen, context.campaign.creative_agent_id)
    own = told.configuration.system_prompt if told.configuration.agent_id is not None else ""
    prompt = fill(own, told.context) if own and not params.prompt else params.prompt
    spoken = params.model_copy(update={"prompt": prompt or context.campaign.sms_system_prompt or DEFAULT_PROMPT})
    system = f"{system_prompt(context, spoken)}\n{RULE}"
    with recorded_turn(call, told, AgentType.CONVERSATION, params.task) as turn:
        with measured_run(AgentType.CONVERSATION), measured_step(AgentType.CONVERSATION):
            text, writing = await write(
                context,
                spoken,
                system,
                "\n\n".join(filter(None, (user_prompt(context, spoken), _more(call, told, params.task)))),
                model=told.configuration.model,
                temperature=told.configuration.temperature if own else None,
            )
        turn.cost = CostMetrics(input_tokens=writing.input_tokens, output_tokens=writing.output_tokens, cost=writing.cost)
        turn.model, turn.output = writing.model, {"text": text, "reason": "Wrote a draft."}
        if problem := problem_in(text, permitted(told, params.template), told.configuration.guardrails):
            raise NodeFailed(
                f"The draft {problem}, so it was not used.",
                kind="refused",
                update=spent(writing),
                transcript=writing.transcript,
                tokens=writing.tokens,
                cost=writing.cost,
            )
    segments = count_segments(text).segments
    return NodeResult(
        "next",
        "Wrote a draft",
        output={
            "agent_type": str(AgentType.CONVERSATION),
            "result": {},
            "reason": "Wrote a draft.",
            "text": text,
            "segments": segments,
            "model": writing.model,
        },
        update=spent(writing),
        transcript=writing.transcript,
        tokens=writing.tokens,
        cost=writing.cost,
        details={"model": writing.model, "segments": segments},
    )


def permitted(told: Told, *more: str) -> Permitted:
    """What the agents' texts may stand on: the campaign and the words of the definition, never what a provider or lead said."""
    briefing = told.context.briefing
    ours = [message.body for message in told.context.conversation_history if message.author == "us"]
    told_by_us = [briefing.name, briefing.sender_name, briefing.description, briefing.template or "", briefing.system_prompt]
    return Permitted(
        by_us=[*told_by_us, *more, *ours],
        names=names_of(told.context.lead),
        prompt=told.configuration.system_prompt,
        instructions=RULE,
        secrets=told.parts.secrets,
    )


def _more(call: NodeCall, told: Told, task: str) -> str:
    """What a plain text message's writer is not told: the task, what was said, what agents found or handed over."""
    passed = handed_over(call.state)
    if passed:
        known: dict[str, Any] = {name: passed[name] for name in ("instructions", "message", "known") if passed.get(name)}
    else:
        said = [message.model_dump(mode="json", include={"author", "body"}) for message in told.context.conversation_history]
        known = {"said_so_far": said[-THREAD:], "found_by_colleagues": results_in(call.state)}
    known = {name: value for name, value in known.items() if value}
    parts = [f"What to write: {task}" if task else "", f"What is known besides:\n{fenced(known)}" if known else ""]
    return "\n\n".join(filter(None, parts))


SPECIFICATION = NodeSpecification(
    kind="creative_agent",
    name="creative_agent",
    label="Creative agent",
    icon="sparkles",
    description="Drafts a conversational, personal text from everything that is known.",
    docs=(
        "Writes one text as the campaign's creative agent, from the lead, what was said, what earlier agents found, or, after a "
        "*Hand-over*, from what was handed over. The draft is in `steps.<id>.text` and passes the same guard as every answer of "
        "an agent: no promise, link or number that the campaign doesn't name. Nothing is sent; use *Send text* for that, or hand "
        "the draft over to a *Deterministic agent*."
    ),
    category="agents",
    handles=(Handle("next", "Next", "The draft is written."),),
    run=run,
    params=CreativeParams,
    is_pure=True,
    asks_model=True,
    output=CreativeOutput,
    example={"task": "Ask whether spring is a good time for a roof check.", "max_segments": 2},
)
