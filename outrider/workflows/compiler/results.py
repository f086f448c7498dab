"""What a visit brings: results put together, failures as results, outputs as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from outrider.workflows.context import Pin
from outrider.workflows.nodes.base import ERROR, NodeFailed, NodeResult
from outrider.workflows.state import SUMMED, Change

MOST_OUTPUT_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class NestedResult(NodeResult):
    """Of a node that runs a graph of its own."""

    inner: Change = field(default_factory=lambda: Change(kind="change"))


class NestedFailed(NodeFailed):
    """The graph that a node runs ended in a failure."""

    def __init__(self, reason: str, inner: Change):
        super().__init__(reason, kind="sub_workflow")
        self.inner = inner


def pinned(pin: Pin, ordinary: str) -> NodeResult:
    return NodeResult(pin.handle or ordinary, "Pinned result.", output=pin.output, details={"pinned": True})


def failed(failure: NodeFailed) -> NodeResult:
    return NodeResult(
        ERROR,
        failure.reason,
        level="ERROR",
        update=failure.update,
        transcript=failure.transcript,
        tokens=failure.tokens,
        cost=failure.cost,
    )


def with_earlier(failure: NodeFailed, earlier: NodeFailed) -> NodeFailed:
    return NodeFailed(
        failure.reason,
        kind=failure.kind,
        update=_added(earlier.update, failure.update),
        transcript=[*earlier.transcript, *failure.transcript],
        tokens=earlier.tokens + failure.tokens,
        cost=earlier.cost + failure.cost,
    )


def with_cost_of(earlier: NodeFailed, result: NodeResult) -> NodeResult:
    return replace(
        result,
        update=_added(earlier.update, result.update),
        transcript=[*earlier.transcript, *result.transcript],
        tokens=earlier.tokens + result.tokens,
        cost=earlier.cost + result.cost,
    )


def paid_for(failure: NodeFailed, result: NodeResult) -> NodeFailed:
    """The failure of a step whose result can't be used: what it cost is kept, what it claims to have done is not."""
    spent = {key: value for key, value in result.update.items() if key in (*SUMMED, "model_used")}
    return NodeFailed(
        failure.reason, kind=failure.kind, update=spent, transcript=result.transcript, tokens=result.tokens, cost=result.cost
    )


def _added(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    sums = {key: earlier[key] + later[key] for key in SUMMED if key in earlier and key in later}
    return {**earlier, **later, **sums}


def put_together(first: Change, second: Change) -> Change:
    return {
        "kind": "change",
        "steps": {**first.get("steps", {}), **second.get("steps", {})},
        "visits": {**first.get("visits", {}), **second.get("visits", {})},
        "facts": {**first.get("facts", {}), **second.get("facts", {})},
    }


def plain(output: dict[str, Any]) -> dict[str, Any]:
    """The output as it will be read after a pause: plain JSON data.

    Raises:
        NodeFailed: it is none, or too large.
    """
    if all(map(_is_plain, output.values())):
        return output
    try:
        packed = orjson.dumps(output, default=str)
    except TypeError as error:
        raise NodeFailed("The result of the step is no plain data.", kind="crashed") from error
    if len(packed) > MOST_OUTPUT_BYTES:
        raise NodeFailed(f"The result of the step is larger than {MOST_OUTPUT_BYTES // 1024} KiB.", kind="too_large")
    plain: dict[str, Any] = orjson.loads(packed)
    return plain


def _is_plain(value: object) -> bool:
    """It needs no closer look: most outputs are a few short values."""
    if isinstance(value, str):
        return len(value) < 1000 and value.isascii()
    return value is None or type(value) is bool or (type(value) is int and abs(value) < 2**53)
