"""CRM sync: brings the lead's fields and a note to the connected CRMs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from outrider.workflows.expressions.resolving import NO_EXPRESSIONS
from outrider.workflows.intents import SyncCrm
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification

NOT_CONNECTED = "not_connected"


class CrmSyncParams(NodeParams):
    connections: list[Annotated[str, Field(max_length=300)]] = Field(
        default_factory=list,
        max_length=20,
        title="CRMs",
        description="Names of connections; none means all that are told things.",
        json_schema_extra={"x-options": "crms", **NO_EXPRESSIONS},
    )
    push_fields: bool = Field(True, title="Write the lead's fields", description="As each connection maps them.")
    subject: str = Field("", max_length=200, title="Note", description="Subject of a note on the contact; empty leaves none.")
    body: str = Field("", max_length=8_000, title="Text of the note", json_schema_extra={"format": "textarea"})

    @model_validator(mode="after")
    def _brings_something(self) -> CrmSyncParams:
        if not self.push_fields and not self.subject:
            raise ValueError("write the lead's fields, or leave a note")
        return self


class CrmSyncOutput(BaseModel):
    crms: list[str]
    """Names of the connections that are told."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, CrmSyncParams)
    params, crms = call.params, call.context.services.crms
    connected = [] if crms is None else await crms.names()
    if unknown := [name for name in params.connections if name not in connected]:
        raise NodeFailed(
            f"There is no CRM connection {unknown[0]!r} that is told things. Set it up under Settings, CRM, or choose another.",
            kind=NOT_CONNECTED,
        )
    told = params.connections or connected
    if not told:
        return NodeResult(
            NOT_CONNECTED, "No CRM is connected: nothing was brought anywhere", level="WARNING", output={"crms": []}
        )
    intent = SyncCrm(call.node_id, tuple(params.connections), params.subject, params.body, params.push_fields)
    return NodeResult("next", f"Goes to {', '.join(told)}", output={"crms": list(told)}, intents=[intent])


SPECIFICATION = NodeSpecification(
    kind="crm_sync",
    name="crm_sync",
    label="CRM sync",
    icon="refresh-cw",
    description="Brings the lead's fields and a note to the connected CRMs.",
    docs=(
        "Texts, notes, meetings and opt-outs are told to the CRMs anyway; this step writes the lead's fields at once and leaves "
        "a note of your own, once per run. A lead that is no contact there becomes one if the connection says so. Without a CRM "
        "the run leaves by **No CRM**, and the step says so; a connection that is named and missing fails the step."
    ),
    category="integrations",
    handles=(
        Handle("next", "Next", "It is on its way."),
        Handle(NOT_CONNECTED, "No CRM", "No CRM is connected.", otherwise="ordinary"),
    ),
    run=run,
    params=CrmSyncParams,
    has_effects=True,
    output=CrmSyncOutput,
    example={"subject": "Interested", "body": "{{ lead.name }} wrote: {{ conversation.last_text }}"},
)
