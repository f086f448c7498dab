"""JSON Schema in the part of it that models can be held to while they write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from outrider.llm.base import OutputFormat

_KEPT = frozenset({"type", "description", "enum", "const", "items", "anyOf", "$ref", "$defs", "properties"})
_SILENT = frozenset({"title", "default", "discriminator", "required", "additionalProperties", "examples"})
"""Left out without a word: they say nothing that a model has to keep to."""


class _Open(Exception):
    """The schema allows things that it does not name."""


def closed(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema with all that is named required and nothing else allowed, or None if it can't be put so.

    Both OpenAI (https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas") and Anthropic
    (https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations") hold a model to
    such schemas only. Constraints that they don't know (`maximum`, `minLength` …) move into the description: the model
    may keep to them, and whoever validates the answer finds out.
    """
    try:
        return _closed(schema)
    except _Open:
        return None


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        # Nothing may stand beside a reference, except the definitions at the root.
        return {"$ref": schema["$ref"], **_definitions(schema)}
    if isinstance(parts := schema.get("allOf"), list) and len(parts) == 1:
        schema = {**parts[0], **{name: value for name, value in schema.items() if name != "allOf"}}
        return _closed(schema)
    given = dict(schema)
    if "oneOf" in given:
        given["anyOf"] = given.pop("oneOf")
    made = {name: given[name] for name in given if name in _KEPT} | _definitions(given)
    if not made.keys() & {"type", "enum", "const", "anyOf"}:
        raise _Open
    if "anyOf" in made:
        made["anyOf"] = [_closed(part) for part in made["anyOf"]]
    if made.get("type") == "object":
        made |= _closed_object(given)
    if made.get("type") == "array":
        if not isinstance(given.get("items"), Mapping):
            raise _Open
        made["items"] = _closed(given["items"])
    if rest := given.keys() - _KEPT - _SILENT:
        limits = ", ".join(f"{name}: {given[name]}" for name in sorted(rest))
        made["description"] = f"{made.get('description', '')} ({limits})".strip()
    return made


def _closed_object(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties") or {}
    if not properties or schema.get("additionalProperties") or "patternProperties" in schema:
        raise _Open
    return {
        "properties": {name: _closed(part) for name, part in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


def _definitions(schema: Mapping[str, Any]) -> dict[str, Any]:
    defined = schema.get("$defs")
    return {"$defs": {name: _closed(part) for name, part in defined.items()}} if defined else {}


def instruction(output: OutputFormat) -> str:
    """What a model is told that can't be held to a schema."""
    schema = orjson.dumps(output.schema).decode()
    return f"Answer with one JSON object and nothing else, no code fence. It is a {output.name} of this JSON Schema:\n{schema}"
