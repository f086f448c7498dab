"""A node for Outrider's workflows: splits leads by the hour of the day where they are."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, model_validator

from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification


class GoodHourParams(NodeParams):
    first: int = Field(9, ge=0, le=23, title="From", description="First good hour of the lead's day.")
    last: int = Field(17, ge=0, le=23, title="To", description="Last good hour of the lead's day.")

    @model_validator(mode="after")
    def _are_in_order(self) -> GoodHourParams:
        if self.last < self.first:
            raise ValueError("the last good hour is before the first")
        return self


class GoodHourOutput(BaseModel):
    hour: int
    """The hour where the lead is, from 0 to 23."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, GoodHourParams)
    zone = call.context.lead.get("time_zone")
    if not zone:
        raise NodeFailed("Nobody knows the lead's time zone.", kind="no_zone")
    hour = call.context.now().astimezone(ZoneInfo(zone)).hour
    is_good = call.params.first <= hour <= call.params.last
    return NodeResult("good" if is_good else "bad", f"It is {hour} o'clock there", output={"hour": hour})


SPECIFICATION = NodeSpecification(
    kind="good_hour",
    name="good_hour",
    label="Good hour?",
    icon="clock",
    description="Splits leads by the hour of the day where they are.",
    docs="Leaves by **good** between the two hours, by **bad** otherwise.",
    category="timing",
    handles=(
        Handle("good", "Good hour", "It is between the two hours there."),
        Handle("bad", "Bad hour", "It is earlier or later there.", otherwise="finalize"),
    ),
    run=run,
    params=GoodHourParams,
    is_pure=True,
    output=GoodHourOutput,
    example={"first": 9, "last": 17},
)
