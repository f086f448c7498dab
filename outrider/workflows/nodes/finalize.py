"""Finalize: always the last node; settles how the run ended."""

from __future__ import annotations

from outrider.workflows.nodes.base import NodeCall, NodeResult, NodeSpecification


async def run(call: NodeCall) -> NodeResult:
    error = call.state["error_message"]
    if error:
        return NodeResult("", f"Processing failed: {error}", level="ERROR", update={"status": "failed"})
    return NodeResult("", "Processing complete", update={"status": "completed"})


SPECIFICATION = NodeSpecification(
    kind="finalize",
    name="finalize",
    label="Finalize",
    icon="flag",
    description="Ends the run and settles its result.",
    docs="Every workflow ends here. A run that met an error is failed with its reason; any other is completed.",
    category="start & end",
    handles=(),
    run=run,
    ends_run=True,
)
