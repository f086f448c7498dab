"""Transform: works out values for later steps."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.naming import OutcomeName, ensure_different


class NamedValue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: OutcomeName
    value: Any = Field(None, description="A text, number or list; with {{ … }} it is worked out for each lead.")


class TransformParams(NodeParams):
    fields: list[NamedValue] = Field(min_length=1, max_length=50, description="What later steps read as `steps.<id>.<name>`.")

    @field_validator("fields")
    @classmethod
    def _have_different_names(cls, fields: list[NamedValue]) -> list[NamedValue]:
        ensure_different([field.name for field in fields])
        return fields


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, TransformParams)
    values = {field.name: field.value for field in call.params.fields}
    return NodeResult("next", f"Worked out {', '.join(values)}", output=values)


SPECIFICATION = NodeSpecification(
    kind="transform",
    name="transform",
    label="Transform",
    icon="braces",
    description="Works out values from the lead and earlier steps, for later ones.",
    docs=(
        "Each field gets a name and a value; `{{ … }}` in it is worked out for the lead. Later steps read it as "
        "`steps.<id of this step>.<name>`. None of the fields sees another one."
    ),
    category="data",
    handles=(Handle("next", "Next", "The values are there."),),
    run=run,
    params=TransformParams,
    is_pure=True,
    example={"fields": [{"name": "greeting", "value": "{{ lead.score >= 60 ? 'Good to hear from you' : 'Hello' }}"}]},
)
