"""What differs between two definitions."""

from __future__ import annotations

from typing import Any

from outrider.workflows.comparing import compare
from outrider.workflows.definition import WorkflowDefinition


def definition(*edges: dict[str, str], end: str = "finalize", **data: Any) -> WorkflowDefinition:
    nodes = [{"id": "check", "type": "validate", "data": data}, {"id": "over", "type": end}]
    return WorkflowDefinition.model_validate({"nodes": nodes, "edges": edges})


PASSED = {"source": "check", "target": "over", "sourceHandle": "passed"}
FAILED = {"source": "check", "target": "over", "sourceHandle": "failed"}


def test_an_edge_without_an_outcome_is_the_ordinary_one() -> None:
    assert compare(definition({"source": "check", "target": "over"}), definition(PASSED)).words == []


def test_edges_are_told_by_their_outcome() -> None:
    (edge,) = compare(definition(PASSED), definition(PASSED, FAILED)).edges
    assert (edge.source, edge.handle, edge.change, edge.before, edge.after) == ("check", "failed", "added", None, "over")


def test_parameters_are_told_before_and_after() -> None:
    (node,) = compare(definition(require_email=True), definition(require_name=False)).nodes
    told = [(one.name, one.before, one.after) for one in node.parameters]
    assert told == [("require_email", True, None), ("require_name", None, False)]
