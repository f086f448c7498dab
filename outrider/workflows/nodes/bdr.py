"""BDR draft: the next step with a lead, written ready to send. A person decides about it in the step after it."""

from __future__ import annotations

from outrider.agents.base import AgentType
from outrider.agents.sales import bdr as _agent  # noqa: F401  (registers its agent)
from outrider.agents.sales.results import BdrPlan
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification
from outrider.workflows.nodes.teamwork import AgentOutput, AgentParams, ask_agent, told_result


class BdrOutput(AgentOutput):
    channel: str
    """`sms`, `email` or `call`; empty without a proposal."""
    subject: str
    text: str
    why: str
    """Why this step."""
    summary: list[str]
    """Who the lead is and why they fit."""
    checks: list[str]
    """What a person should look at before they approve."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, AgentParams)
    response = await ask_agent(call, AgentType.BDR, call.params)
    plan = BdrPlan.model_validate(response.result)
    fields = {
        "channel": str(plan.channel or ""),
        "subject": plan.subject,
        "text": plan.text,
        "why": plan.why,
        "summary": [claim.text for claim in plan.summary],
        "checks": plan.checks,
    }
    is_drafted = plan.state == "awaiting_approval"
    message = f"Proposes a step over {plan.channel}" if is_drafted else plan.reason
    return told_result("drafted" if is_drafted else "nothing", message, response, fields)


SPECIFICATION = NodeSpecification(
    kind="bdr",
    name="bdr",
    label="BDR draft",
    icon="file-pen-line",
    description="Proposes the next step with the lead and writes it, for a person to approve.",
    docs=(
        "Sums up who the lead is, proposes one step over a channel that may be used, and writes its text. Nothing is sent: put "
        "an *Approval* after it that shows `{{ steps.<id>.text }}` in a field to correct, and a *Send text* after that. Leaves "
        "by **nothing to propose** when no channel may be used or the draft could not be used."
    ),
    category="agents",
    handles=(
        Handle("drafted", "Drafted", "There is a proposal."),
        Handle("nothing", "Nothing to propose", "There is none, with the reason.", otherwise="finalize"),
    ),
    run=run,
    params=AgentParams,
    is_pure=True,
    asks_model=True,
    output=BdrOutput,
    example={"task": "Prefer a text message."},
)
