"""What the agents are given of a thread, and the record of what they made of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentConfiguration, AgentType, WorkflowContext
from outrider.agents.contract import Briefing, Briefings
from outrider.agents.guard import shortened
from outrider.agents.guard.disclosure import discloses
from outrider.agents.library.configurations import configurations_for
from outrider.agents.memory import Memory
from outrider.agents.objections.service import library
from outrider.agents.scoring.prior import prior_of
from outrider.agents.standing import standing_of
from outrider.agents.team.graph import TeamAnswer
from outrider.agents.team.speaking import heard_in

THREAD_LENGTH = 30
SUGGESTION = "suggestion"
LONGEST_QUOTE = 200
"""Characters of a lead's words in the reason why a person is needed."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a turn begins with."""

    context: WorkflowContext
    heard: str
    """What the lead wrote since we last did."""
    memory: Memory
    configurations: Mapping[AgentType, AgentConfiguration]
    automated_replies: int
    """How often agents answered since a person last wrote or gave them the conversation."""


async def load(session: AsyncSession, briefings: Briefings, conversation_id: int, campaign_id: int | None) -> Given:
    """The thread's latest texts, the lead, what is remembered, and what the campaign that wrote last says about itself."""
    standing = await standing_of(session, conversation_id, THREAD_LENGTH)
    briefing = (await briefings.of_campaign(session, campaign_id) if campaign_id is not None else None) or Briefing()
    said, memory = standing.said, standing.memory
    heard = heard_in(said)
    context = WorkflowContext(
        call_id=uuid.uuid4().hex,
        now=datetime.now(UTC),
        lead=standing.lead,
        conversation_id=conversation_id,
        time_zone=standing.time_zone,
        language=memory.language or (standing.lead["language"] or "en")[:2].lower(),
        briefing=briefing,
        current_state=memory.state,
        current_agent=memory.current_agent,
        conversation_history=said[: len(said) - len(heard)],
        qualification_factors=memory.factors,
        qualification=standing.qualification,
        prior=await prior_of(session, standing.lead["id"]),
        questions_asked=memory.questions_asked,
        asked_factor=memory.asked_factor,
        objections=await library(session, campaign_id),
        answered_objections=memory.answered_objections,
        offered_slots=memory.offered_slots,
        meeting=standing.meeting,
        failures=memory.failures,
        # A campaign's first text may have said it.
        is_disclosed=memory.is_disclosed or any(one.author == "us" and discloses(one.body) for one in said),
    )
    chosen = {AgentType(kind): agent_id for kind, agent_id in briefing.agents.items()}
    configurations = await configurations_for(session, chosen)
    return Given(context, "\n\n".join(heard), memory, configurations, standing.automated_replies)


def why_a_person(why: str, heard: str) -> str:
    """`why`, and the words of the lead that it stands on: what they wrote since we last did."""
    quote = shortened(" ".join(heard.split()), LONGEST_QUOTE)
    return f"{why} They wrote: “{quote}”" if quote else why


def execution_of(
    kind: str, given: Given, answer: TeamAnswer | None, milliseconds: int, *, error: str | None = None
) -> dict[str, Any]:
    """The row of `AgentExecution` that says what an agent was given, what it answered and what that took.

    Args:
        kind: the agent's type, or `SUGGESTION`.
        answer: None if no answer came about.
    """
    context = given.context
    response = answer.response if answer else None
    configuration = given.configurations.get(response.agent_type) if response else None
    has_text = response is not None and response.text is not None
    return {
        "agent_type": kind,
        "agent_id": configuration.agent_id if configuration else None,
        "agent_version": configuration.version if configuration else None,
        "lead_id": context.lead["id"],
        "conversation_id": context.conversation_id,
        "campaign_id": context.briefing.campaign_id,
        "trace_id": context.call_id,
        "input_data": _input(given),
        "output_data": _output(answer, given.memory),
        "processing_time_ms": milliseconds,
        "success": has_text or (response is not None and response.person_reason is None),
        "error": error or (None if has_text or response is None else response.reason),
        "model": response.model if response else None,
        "input_tokens": response.cost.input_tokens if response else 0,
        "output_tokens": response.cost.output_tokens if response else 0,
        "cost": response.cost.cost if response else 0,
    }


def qualification_execution_of(given: Given, answer: TeamAnswer) -> dict[str, Any]:
    """The row of the qualification that came of a turn. Its tokens are those of the reading, which the speaker's row has."""
    assert answer.qualification is not None
    context = given.context
    return {
        "agent_type": AgentType.QUALIFICATION,
        "lead_id": context.lead["id"],
        "conversation_id": context.conversation_id,
        "campaign_id": context.briefing.campaign_id,
        "trace_id": context.call_id,
        "input_data": {"trace_id": context.call_id, "heard": given.heard, "findings": _findings(answer)},
        "output_data": answer.qualification.model_dump(mode="json"),
        "processing_time_ms": answer.milliseconds.get("qualify", 0),
        "success": True,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost": 0,
    }


def _input(given: Given) -> dict[str, Any]:
    context = given.context
    kept = {
        "lead", "conversation_id", "time_zone", "briefing", "current_state", "current_agent", "conversation_history",
        "offered_slots", "meeting", "failures", "taken_slots",
    }  # fmt: skip
    return {"trace_id": context.call_id, "heard": given.heard, **context.model_dump(mode="json", include=kept)}


def _output(answer: TeamAnswer | None, before: Memory) -> dict[str, Any]:
    if answer is None:
        return {}
    response = answer.response.model_dump(mode="json", exclude={"cost"}, exclude_none=True)
    reading = answer.reading.model_dump(mode="json", exclude_none=True)
    base = {"text": answer.response.text, "reason": answer.response.reason}
    return {**response, **base, "rule": answer.route.rule, "reading": reading, "milliseconds": dict(answer.milliseconds),
            "memory_before": before.model_dump(mode="json")}  # fmt: skip


def _findings(answer: TeamAnswer) -> list[dict[str, Any]]:
    return [finding.model_dump(mode="json") for finding in answer.reading.findings]
