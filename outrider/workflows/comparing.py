"""What differs between two definitions: as data, and in words. Where nodes are drawn does not count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.nodes import SPECIFICATIONS

Change = Literal["added", "removed", "changed"]
LONGEST_SAID = 80
EMBEDDED = "definition"
"""Parameter of a sub-workflow that repeats another workflow; it is compared and not told word for word."""


class ValueChange(BaseModel):
    """One parameter or setting."""

    name: str
    before: Any = None
    after: Any = None


class NodeChange(BaseModel):
    id: str
    type: str
    title: str
    """Its name on the canvas."""
    change: Change
    parameters: list[ValueChange]


class EdgeChange(BaseModel):
    """Where one outcome leads."""

    source: str
    handle: str
    """The outcome; empty where a kind that is not known here has no named one."""
    change: Change
    before: str | None
    after: str | None


class Difference(BaseModel):
    nodes: list[NodeChange]
    edges: list[EdgeChange]
    settings: list[ValueChange]
    words: list[str]
    """The same in sentences, for people."""


def compare(before: WorkflowDefinition, after: WorkflowDefinition) -> Difference:
    """What leads from `before` to `after`."""
    old, new = {node.id: node for node in before.nodes}, {node.id: node for node in after.nodes}
    all_nodes = {**old, **new}
    nodes = [change for node_id in all_nodes if (change := _node(old.get(node_id), new.get(node_id)))]
    edges = _edges(before, after)
    settings = _values(before.settings.model_dump(mode="json"), after.settings.model_dump(mode="json"))
    words = [
        *(sentence for node in nodes for sentence in _node_words(node)),
        *(_edge_words(edge, all_nodes) for edge in edges),
        *(f"Setting {change.name}: {_told(change.before)} → {_told(change.after)}." for change in settings),
    ]
    return Difference(nodes=nodes, edges=edges, settings=settings, words=words)


def title_of(node: WorkflowNode) -> str:
    """What the canvas calls a node."""
    label = node.data.get("label")
    if isinstance(label, str) and label:
        return label
    known = SPECIFICATIONS.get(node.type)
    return known.label if known else node.type


def _node(before: WorkflowNode | None, after: WorkflowNode | None) -> NodeChange | None:
    node = after or before
    assert node is not None
    if before is None or after is None:
        change: Change = "removed" if after is None else "added"
        return NodeChange(id=node.id, type=node.type, title=title_of(node), change=change, parameters=[])
    parameters = _values(before.data, after.data)
    if before.type != after.type:
        parameters = [ValueChange(name="type", before=before.type, after=after.type), *parameters]
    if not parameters:
        return None
    return NodeChange(id=node.id, type=node.type, title=title_of(node), change="changed", parameters=parameters)


def _values(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ValueChange]:
    names = dict.fromkeys((*before, *after))
    return [
        ValueChange(name=name, before=before.get(name), after=after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _edges(before: WorkflowDefinition, after: WorkflowDefinition) -> list[EdgeChange]:
    old, new = (_ways(definition) for definition in (before, after))
    return [
        EdgeChange(
            source=way[0],
            handle=way[1],
            change="added" if way not in old else "removed" if way not in new else "changed",
            before=old.get(way),
            after=new.get(way),
        )
        for way in dict.fromkeys((*old, *new))
        if old.get(way) != new.get(way)
    ]


def _ways(definition: WorkflowDefinition) -> dict[tuple[str, str], str]:
    """Where each outcome leads, by node and outcome; an edge that names none leaves by the ordinary one."""
    types = {node.id: node.type for node in definition.nodes}
    return {(edge.source, edge.source_handle or _ordinary(types.get(edge.source, ""))): edge.target for edge in definition.edges}


def _ordinary(kind: str) -> str:
    known = SPECIFICATIONS.get(kind)
    return known.ordinary_handle if known else ""


def _node_words(node: NodeChange) -> list[str]:
    if node.change != "changed":
        return [f"“{node.title}” ({node.type}) was {node.change}."]
    return [
        f"“{node.title}”: {parameter.name} changed."
        if parameter.name == EMBEDDED
        else f"“{node.title}”: {parameter.name} {_told(parameter.before)} → {_told(parameter.after)}."
        for parameter in node.parameters
    ]


def _edge_words(edge: EdgeChange, nodes: Mapping[str, WorkflowNode]) -> str:
    def titled(node_id: str | None) -> str:
        return f"“{title_of(nodes[node_id]) if node_id in nodes else node_id}”" if node_id else ""

    is_ordinary = edge.source in nodes and edge.handle == _ordinary(nodes[edge.source].type)
    way = titled(edge.source) if is_ordinary or not edge.handle else f"{titled(edge.source)} by {edge.handle}"
    before, after = titled(edge.before), titled(edge.after)
    if edge.change == "added":
        return f"{way} now leads to {after}."
    return f"{way} no longer leads to {before}." if edge.change == "removed" else f"{way} leads to {after} instead of {before}."


def _told(value: Any) -> str:
    if value is None or value in ("", []):
        return "nothing"
    text = value if isinstance(value, str) else str(value)
    return f"“{text[:LONGEST_SAID]}…”" if len(text) > LONGEST_SAID else f"“{text}”"
