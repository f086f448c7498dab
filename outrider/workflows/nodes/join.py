"""Join: goes on when all branches of a parallel node have come to their end."""

from __future__ import annotations

from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification


async def run(call: NodeCall) -> NodeResult:
    return NodeResult("next", "All branches are done.")


SPECIFICATION = NodeSpecification(
    kind="join",
    name="join",
    label="Join",
    icon="git-merge",
    description="Waits for all branches of a Parallel node.",
    docs=(
        "The run goes on when every branch has come to its end. If one of them failed, the join fails, too: it leaves by "
        "**error** if that is connected, otherwise the run fails with the branch's reason."
    ),
    category="logic",
    handles=(Handle("next", "Next", "All branches are done."),),
    run=run,
    is_pure=True,
)
