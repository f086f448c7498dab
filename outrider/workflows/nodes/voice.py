"""Voice agent: known to the editor, refused by the validation until calls can be placed."""

from __future__ import annotations

from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeResult, NodeSpecification

UNAVAILABLE = "Phone calls can't be placed yet."


async def run(call: NodeCall) -> NodeResult:
    raise NodeFailed(UNAVAILABLE)


SPECIFICATION = NodeSpecification(
    kind="voice",
    name="voice_agent",
    label="Voice agent",
    icon="phone",
    description="Calls the lead and holds the conversation.",
    docs="Calls the lead with a generated script and tracks the call.",
    category="message",
    handles=(Handle("next", "Next", "The call is over."),),
    run=run,
    has_effects=True,
    pauses=True,
    unavailable=UNAVAILABLE,
)
