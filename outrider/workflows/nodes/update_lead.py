"""Update lead: set fields and attributes of the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from outrider.config import get_settings
from outrider.errors import InvalidInput
from outrider.leads.changing import ATTRIBUTE, read_changes
from outrider.workflows.context import LeadData
from outrider.workflows.expressions.texts import said
from outrider.workflows.intents import ChangeLead
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification

LeadField = Literal[
    "name", "email", "company", "title", "industry", "company_size", "notes", "language", "street", "city", "region",
    "postal_code", "country", "time_zone", "source", "score", "tier",
]  # fmt: skip
"""As `leads.changing.CHANGEABLE`."""


class FieldChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: LeadField = Field(title="Field")
    value: Any = Field(None, title="Value", description="A text or number, often an expression.")


class AttributeChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60, title="Attribute", description="Later steps read `lead.attributes.<name>`.")
    value: Any = Field(None, title="Value", description="A text, number, yes or no, or a list; often an expression.")


class UpdateLeadParams(NodeParams):
    fields: list[FieldChange] = Field(default_factory=list, max_length=20, title="Fields")
    attributes: list[AttributeChange] = Field(default_factory=list, max_length=50, title="Attributes")
    when_empty: Literal["keep", "clear"] = Field(
        "keep", title="A value that comes to nothing", description="Keeps what the lead has, or clears it."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> UpdateLeadParams:
        if not self.fields and not self.attributes:
            raise ValueError("name at least one field or attribute to set")
        return self


class UpdateLeadOutput(BaseModel):
    changed: dict[str, Any]
    """What was set, by field; attributes as `attributes.<name>`."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, UpdateLeadParams)
    given: dict[str, Any] = {change.field: _of_field(change.field, change.value) for change in call.params.fields}
    given |= {f"{ATTRIBUTE}{change.name}": _of_attribute(change.value) for change in call.params.attributes}
    changes = {name: value for name, value in given.items() if value is not None or call.params.when_empty == "clear"}
    try:
        values = read_changes(changes, get_settings().default_region)
    except InvalidInput as error:
        raise NodeFailed(f"{error.detail} {error.remedy}".strip(), kind="unusable") from error
    if not changes:
        return NodeResult("next", "Nothing to set", output={"changed": {}})
    _remember(call, values)
    message = f"Set {', '.join(changes)}"
    return NodeResult("next", message, output={"changed": changes}, intents=[ChangeLead(call.node_id, changes)])


def _of_field(field: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if field == "score":
        return round(value) if isinstance(value, float) else value
    return said(value)


def _of_attribute(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value if value != "" else None


def _remember(call: NodeCall, values: dict[str, Any]) -> None:
    """Later steps of this stretch of the run see the lead as it will be."""
    lead = call.context.lead
    attributes = {**lead["attributes"], **values.get("attributes", {})}
    kept = {name: value for name, value in values.items() if name in lead and name != "attributes"}
    call.context.lead = cast(
        LeadData, {**lead, **kept, "attributes": {name: value for name, value in attributes.items() if value is not None}}
    )


SPECIFICATION = NodeSpecification(
    kind="update_lead",
    name="update_lead",
    label="Update lead",
    icon="user-pen",
    description="Sets fields and attributes of the lead.",
    docs=(
        "Values are often expressions, as in `{{ steps.qualify.score }}`. Later steps see the lead as it is now. The number "
        "can't be changed: it is how the lead is known. A value that can't be used, such as a country that there is not, fails "
        "the step and names the field; one that comes to nothing leaves what the lead has, unless it is to be cleared. What the "
        "lead can't take when the run is stored, such as one attribute too many, is left out; the step says so on the run's page."
    ),
    category="data",
    handles=(Handle("next", "Next", "The values are set."),),
    run=run,
    params=UpdateLeadParams,
    has_effects=True,
    output=UpdateLeadOutput,
    example={
        "fields": [{"field": "tier", "value": "A"}],
        "attributes": [{"name": "interest", "value": "{{ conversation.last_text }}"}],
    },
)
