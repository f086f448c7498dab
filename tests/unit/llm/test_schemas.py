from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from outrider.llm.base import OutputFormat
from outrider.llm.providers.schemas import closed, instruction


class Quote(BaseModel):
    text: str = Field(max_length=200, description="What the lead said.")
    weight: float = 0.5


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]
    age: int | None = None


class Reading(BaseModel):
    mood: Literal["glad", "angry"]
    score: int = Field(ge=0, le=10)
    quotes: list[Quote] = []
    main: Quote = Field(description="The best one.")
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]


class WithMap(BaseModel):
    facts: dict[str, str]


class WithAnything(BaseModel):
    fact: Any


class Nothing(BaseModel):
    pass


def objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for part in schema for found in objects(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for part in schema.values() for found in objects(part)]


def test_all_is_named_required_and_closed() -> None:
    schema = closed(Reading.model_json_schema())
    assert schema is not None
    found = objects(schema)
    assert len(found) == 4
    for part in found:
        assert part["additionalProperties"] is False and part["required"] == list(part["properties"])
    assert schema["properties"]["main"] == {"$ref": "#/$defs/Quote"}
    assert {"oneOf", "discriminator", "default", "title", "maxLength", "minimum"}.isdisjoint(
        str(schema).replace("'", " ").split()
    )
    assert schema["properties"]["pet"]["anyOf"]


def test_limits_that_are_not_understood_are_told() -> None:
    schema = closed(Reading.model_json_schema())
    assert schema is not None
    assert schema["properties"]["score"]["description"] == "(maximum: 10, minimum: 0)"
    assert schema["$defs"]["Quote"]["properties"]["text"]["description"] == "What the lead said. (maxLength: 200)"


@pytest.mark.parametrize("shape", [WithMap, WithAnything, Nothing])
def test_what_is_open_cannot_be_closed(shape: type[BaseModel]) -> None:
    assert closed(shape.model_json_schema()) is None


def test_the_given_schema_stays_as_it_is() -> None:
    schema = Reading.model_json_schema()
    closed(schema)
    assert schema == Reading.model_json_schema()


def test_the_instruction_holds_the_schema() -> None:
    assert '"mood"' in instruction(OutputFormat("Reading", Reading.model_json_schema()))
