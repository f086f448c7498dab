"""Marketing plan: how to reach the lead over the channels that may be used, with each touch written. Nothing is sent."""

from __future__ import annotations

from typing import Any

from outrider.agents.base import AgentType
from outrider.agents.sales import marketing as _agent  # noqa: F401  (registers its agent)
from outrider.agents.sales.results import MarketingPlan
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.nodes.teamwork import AgentOutput, AgentParams, ask_agent, told_result


class MarketingPlanOutput(AgentOutput):
    strategy: str
    channels: list[str]
    """In the order in which they are used: `sms`, `email`, `call`."""
    touches: list[dict[str, Any]]
    """Each with `day`, `channel`, `purpose`, `subject` and `text`."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, AgentParams)
    response = await ask_agent(call, AgentType.MARKETING, call.params)
    plan = MarketingPlan.model_validate(response.result)
    touches = [touch.model_dump(mode="json", exclude={"personalised_by"}) for touch in plan.touches]
    fields = {"strategy": plan.strategy, "channels": [str(channel) for channel in plan.channels], "touches": touches}
    return told_result("planned" if touches else "no_plan", plan.reason or response.reason, response, fields)


SPECIFICATION = NodeSpecification(
    kind="marketing_plan",
    name="marketing_plan",
    label="Marketing plan",
    icon="calendar-range",
    description="Plans up to five touches over the allowed channels and writes each.",
    docs=(
        "Only channels with a consent (texts, calls) or an address (e-mail) are planned. Each touch has a day, a channel, a "
        "purpose and its text, checked like everything that is sent: no figure, link or promise that nobody told. It plans "
        "and sends nothing; *BDR draft* takes up its first touch, *Send text* sends one, as in "
        "`{{ steps.<id>.touches[0].text }}`."
    ),
    category="agents",
    handles=(
        Handle("planned", "Planned", "There is at least one touch."),
        Handle("no_plan", "No plan", "No channel may be used, or no draft could be used.", otherwise="ordinary"),
    ),
    run=run,
    params=AgentParams,
    is_pure=True,
    asks_model=True,
    output=MarketingPlanOutput,
    example={"task": "At most three touches."},
)
