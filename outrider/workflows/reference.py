"""The reference of the nodes as a page of the documentation, written from their specifications."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from outrider.workflows.nodes.base import ERROR, POLICY, Category, NodeParams, NodeSpecification
from outrider.workflows.nodes.library import GROUP, load, own_specifications

CATEGORIES: Sequence[str] = get_args(Category)
HEAD = """# Nodes

Every node that comes with Outrider, written from its specification by `outrider nodes`; edit the specification, not this page.
What all have in common is in [Workflows](workflows.md), how to add one in [Nodes of your own](custom-nodes.md).
"""


HEAD_INSTALLED = f"""# Nodes of installed packages

What they offer by the entry point `{GROUP}`.
"""


def node_reference() -> str:
    """Markdown. What other packages added is left out: the page is the same on every machine."""
    specifications = {known.kind: known for known in own_specifications()}
    return "\n".join([HEAD, *_contents(specifications), *_all_have(), *_sections(specifications)]).rstrip() + "\n"


def installed_reference() -> str:
    """Markdown of the nodes that installed packages add, also of those that can't be used."""
    own = {known.kind for known in own_specifications()}
    specifications = {kind: known for kind, known in load().items() if kind not in own}
    found = "\n".join(_sections(specifications)) or "No installed package adds a node.\n"
    return f"{HEAD_INSTALLED}\n{found.rstrip()}\n"


def _of(category: str, specifications: Mapping[str, NodeSpecification]) -> list[NodeSpecification]:
    return [known for known in specifications.values() if known.category == category]


def _contents(specifications: Mapping[str, NodeSpecification]) -> Iterator[str]:
    for category in CATEGORIES:
        links = ", ".join(f"[{known.label}](#{known.kind})" for known in _of(category, specifications))
        if links:
            yield f"- {category.capitalize()}: {links}"
    yield ""


def _all_have() -> Iterator[str]:
    yield "## What every node has\n"
    yield from _parameters({name: field for name, field in _properties(NodeParams).items() if name in POLICY}, ())
    yield f"Every node but the last has the outcome `{ERROR}`, too: it could not do its work. Unconnected, it ends the run.\n"


def _sections(specifications: Mapping[str, NodeSpecification]) -> Iterator[str]:
    for category in CATEGORIES:
        if known := _of(category, specifications):
            yield f"## {category.capitalize()}\n"
            for specification in known:
                yield from _section(specification)


def _section(known: NodeSpecification) -> Iterator[str]:
    yield f'<a id="{known.kind}"></a>\n### {known.label}\n'
    yield f"`{known.kind}` · {known.description}\n"
    yield f"{known.docs}\n"
    if traits := _traits(known):
        yield f"{traits}\n"
    schema = known.params.model_json_schema()
    own = {name: field for name, field in schema.get("properties", {}).items() if name not in POLICY}
    if own:
        yield "**Parameters**\n"
        yield from _parameters(own, schema.get("required", ()), schema.get("$defs"))
    if known.handles or known.handles_from:
        yield from _outcomes(known)
    if known.output is not None:
        yield from _output(known)
    if known.example:
        yield f"**Example**\n\n```json\n{json.dumps(known.example, ensure_ascii=False)}\n```\n"


def _traits(known: NodeSpecification) -> str:
    told = (
        (known.pauses, "waits"),
        (known.asks_model, "asks a model"),
        (known.has_effects, "asks for effects"),
        (known.is_pure, "may be retried"),
    )
    found = [words for holds, words in told if holds]
    return f"_{', '.join(found).capitalize()}._" if found else ""


def _parameters(fields: Mapping[str, Any], required: Sequence[str], shapes: Mapping[str, Any] | None = None) -> Iterator[str]:
    yield "| Name | Value | Meaning |\n|---|---|---|"
    for name, field in fields.items():
        usual = "" if field.get("default") in (None, "", []) else f"`{json.dumps(field['default'])}`"
        parts = "; ".join(filter(None, (_value(field, shapes or {}), "required" if name in required else usual)))
        yield f"| `{name}` | {_cell(parts)} | {_cell(str(field.get('description', '')))} |"
    yield ""


def _outcomes(known: NodeSpecification) -> Iterator[str]:
    unconnected = {None: "must be connected", "ordinary": "goes where the first goes", "finalize": "ends the run"}
    yield "**Outcomes**\n\n| Name | Meaning | Unconnected |\n|---|---|---|"
    for handle in known.handles:
        yield f"| `{handle.name}` | {_cell(f'{handle.label}: {handle.description}')} | {unconnected[handle.otherwise]} |"
    if known.handles_from:
        made = known.handles_from
        yield f"| one for each of `{made.param}` | named by its `{made.name}` | {unconnected[made.otherwise]} |"
    yield ""


def _output(known: NodeSpecification) -> Iterator[str]:
    assert known.output is not None
    schema = known.output.model_json_schema()
    fields = (f"`{name}` ({_value(field, schema.get('$defs', {}))})" for name, field in schema["properties"].items())
    yield f"**Writes** `steps.<id>` with {', '.join(fields)}.\n"


def _value(field: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    """In a few words what a value of this schema is."""
    if choices := field.get("enum"):
        return " · ".join(f"`{choice}`" for choice in choices)
    if "const" in field:
        return f"`{field['const']}`"
    if options := field.get("anyOf"):
        return " or ".join(_value(option, shapes) for option in options if option.get("type") != "null")
    if reference := field.get("$ref"):
        return _value(shapes.get(reference.rpartition("/")[2], {}), shapes)
    match field.get("type"):
        case "array":
            return f"list of {_value(field.get('items', {}), shapes)}"
        case "object":
            names = ", ".join(f"`{name}`" for name in field.get("properties", {}))
            return f"{{{names}}}" if names else "object"
        case "string":
            return {"date-time": "time"}.get(str(field.get("format")), "text")
        case "integer" | "number":
            return "number" + _bounds(field)
        case "boolean":
            return "yes or no"
    return "anything"


def _bounds(field: Mapping[str, Any]) -> str:
    least = field.get("minimum", field.get("exclusiveMinimum"))
    most = field.get("maximum", field.get("exclusiveMaximum"))
    if most is None:
        return "" if least is None else f", at least {least:g}"
    return f" up to {most:g}" if least is None else f" from {least:g} to {most:g}"


def _properties(params: type[NodeParams]) -> dict[str, Any]:
    found: dict[str, Any] = params.model_json_schema()["properties"]
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
