"""List: puts the lead on lists and takes them off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, cast

from pydantic import BaseModel, Field, model_validator

from outrider.leads.changing import LONGEST_LIST_NAME
from outrider.leads.values import clean_line
from outrider.workflows.context import LeadData
from outrider.workflows.intents import ListLead
from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification

ListName = Annotated[str, Field(max_length=LONGEST_LIST_NAME)]


class ListParams(NodeParams):
    add: list[ListName] = Field(
        default_factory=list,
        max_length=20,
        title="Put on",
        description="Names of lists; one that there is not is made.",
        json_schema_extra={"x-options": "lists"},
    )
    remove: list[ListName] = Field(
        default_factory=list,
        max_length=20,
        title="Take off",
        description="Names of lists.",
        json_schema_extra={"x-options": "lists"},
    )

    @model_validator(mode="after")
    def _changes_something(self) -> ListParams:
        if not self.add and not self.remove:
            raise ValueError("name a list to put the lead on or to take it off")
        return self


class ListOutput(BaseModel):
    lists: list[str]
    """Names of all lists that the lead is on now."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, ListParams)
    lead, remove = call.context.lead, _names(call.params.remove)
    add = [name for name in _names(call.params.add) if name not in remove]
    lists = [name for name in dict.fromkeys([*lead.get("lists", []), *add]) if name not in remove]
    call.context.lead = cast(LeadData, {**lead, "lists": lists})
    message = "; ".join([*([f"Put on {', '.join(add)}"] if add else []), *([f"Took off {', '.join(remove)}"] if remove else [])])
    intents = [ListLead(call.node_id, tuple(add), tuple(remove))] if add or remove else []
    return NodeResult("next", message or "No list came of the expressions", output={"lists": lists}, intents=[*intents])


def _names(given: Sequence[str]) -> list[str]:
    cleaned = (clean_line(name)[:LONGEST_LIST_NAME].strip() for name in given)
    return list(dict.fromkeys(name for name in cleaned if name))


SPECIFICATION = NodeSpecification(
    kind="list",
    name="list",
    label="List",
    icon="list-plus",
    description="Puts the lead on lists and takes it off lists.",
    docs=(
        "Lists gather leads for the next campaign. They are named; a list that there is not is made when the first lead is put "
        "on it. Conditions ask for them as in `'Hot' in lead.lists`. The step says if a list that it takes off is gone."
    ),
    category="data",
    handles=(Handle("next", "Next", "The lead is where it should be."),),
    run=run,
    params=ListParams,
    has_effects=True,
    output=ListOutput,
    example={"add": ["Warm leads"], "remove": ["New"]},
)
