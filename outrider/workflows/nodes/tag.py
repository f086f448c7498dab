"""Tag: gives the lead tags and takes them away."""

from __future__ import annotations

from typing import Annotated, cast

from pydantic import BaseModel, Field, model_validator

from outrider.leads.tags import TAGS, read_tags, tags_of
from outrider.workflows.context import LeadData
from outrider.workflows.intents import TagLead
from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification

Tag = Annotated[str, Field(max_length=200)]


class TagParams(NodeParams):
    add: list[Tag] = Field(default_factory=list, max_length=20, title="Give", json_schema_extra={"x-options": "tags"})
    remove: list[Tag] = Field(default_factory=list, max_length=20, title="Take away", json_schema_extra={"x-options": "tags"})

    @model_validator(mode="after")
    def _changes_something(self) -> TagParams:
        if not self.add and not self.remove:
            raise ValueError("name a tag to give or to take away")
        return self


class TagOutput(BaseModel):
    tags: list[str]
    """All tags that the lead has now."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, TagParams)
    lead, remove = call.context.lead, read_tags(call.params.remove)
    add = [tag for tag in read_tags(call.params.add) if tag not in remove]
    tags = [tag for tag in dict.fromkeys([*(lead.get("tags") or tags_of(lead["attributes"])), *add]) if tag not in remove]
    attributes = {**lead["attributes"], TAGS: tags} if tags else {n: v for n, v in lead["attributes"].items() if n != TAGS}
    call.context.lead = cast(LeadData, {**lead, "tags": tags, "attributes": attributes})
    message = "; ".join([*([f"Gave {', '.join(add)}"] if add else []), *([f"Took away {', '.join(remove)}"] if remove else [])])
    intents = [TagLead(call.node_id, tuple(add), tuple(remove))] if add or remove else []
    return NodeResult("next", message or "No tag came of the expressions", output={"tags": tags}, intents=[*intents])


SPECIFICATION = NodeSpecification(
    kind="tag",
    name="tag",
    label="Tag",
    icon="tag",
    description="Gives the lead tags and takes tags away.",
    docs=(
        "Tags are words of your own; conditions ask for them as in `'vip' in lead.tags`. A tag that is given and taken away by "
        "the same step is taken away. They are kept in the lead's attribute `tags`; a lead has at most 100, and the step says "
        "which were left out."
    ),
    category="data",
    handles=(Handle("next", "Next", "The lead has its tags."),),
    run=run,
    params=TagParams,
    has_effects=True,
    output=TagOutput,
    example={"add": ["interested"], "remove": ["cold"]},
)
