"""Where the steps of a drafted definition stand on the canvas, for whoever shows it without a layout of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from outrider.workflows.definition import Position, WorkflowEdge, WorkflowNode

ROW, COLUMN = 150.0, 290.0
"""Pixels between the steps, from top to bottom and side by side: more than a step is high and wide."""


def placed(nodes: Sequence[WorkflowNode], edges: Iterable[WorkflowEdge]) -> list[WorkflowNode]:
    """The nodes in rows: each below all that lead to it, beside those as far from the beginning. Ways back don't count."""
    following = defaultdict[str, list[str]](list)
    for edge in edges:
        following[edge.source].append(edge.target)
    order = _in_order([node.id for node in nodes], following)
    rows = dict.fromkeys(order, 0)
    before = set[str]()
    for node_id in order:
        before.add(node_id)
        for target in following[node_id]:
            if target in rows and target not in before:
                rows[target] = max(rows[target], rows[node_id] + 1)
    widths = defaultdict[int, int](int)
    columns: dict[str, int] = {}
    for node_id in order:
        columns[node_id] = widths[rows[node_id]]
        widths[rows[node_id]] += 1
    return [
        node.model_copy(
            update={
                "position": Position(
                    x=(columns[node.id] - (widths[rows[node.id]] - 1) / 2) * COLUMN,
                    y=rows[node.id] * ROW,
                )
            }
        )
        for node in nodes
    ]


def _in_order(nodes: Sequence[str], following: dict[str, list[str]]) -> list[str]:
    """Each node before those that it leads to, as far as there are no circles."""
    done: list[str] = []
    seen = set[str]()
    for begin in nodes:
        waiting = [(begin, False)]
        while waiting:
            node_id, is_left = waiting.pop()
            if is_left:
                done.append(node_id)
            elif node_id not in seen:
                seen.add(node_id)
                waiting.append((node_id, True))
                waiting += [(target, False) for target in following[node_id] if target not in seen]
    known = set(nodes)
    return [node_id for node_id in reversed(done) if node_id in known]
