"""Wait: the run goes on later, by the lead's own clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, model_validator

from outrider.agents.scheduling.hours import Clock, Weekday
from outrider.config import get_settings
from outrider.workflows.context import LeadData
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.timing import FURTHEST_DAYS, WORKDAYS, BusinessHours, Unit, after, next_time_of_day, within_hours
from outrider.workflows.waiting import Wait, WaitKind


class WaitParams(NodeParams):
    mode: Literal["for", "until", "time_of_day", "business_hours"] = Field(
        "for", description="For a span, until a moment, for the next time of day, or for the next business hours."
    )
    amount: float = Field(1, gt=0, le=10_000, description="How many units, for a span.")
    unit: Unit = Field(Unit.DAYS, description="Days and weeks keep the time of day, also when the clocks change.")
    until: datetime | None = Field(
        None,
        description="The moment, often an expression, as in `{{ timestamp(lead.attributes.meeting) - duration('24h') }}`. "
        "Without a zone it is the lead's own time.",
    )
    time_of_day: Clock = Field("09:00", description="The time where the lead is.")
    days: list[Weekday] = Field(default_factory=lambda: list(WORKDAYS), min_length=1, description="Days that count.")
    within: BusinessHours | None = Field(None, description="Go on only within these hours, where the lead is.")

    @model_validator(mode="before")
    @classmethod
    def _knows_what_for(cls, data: Any) -> Any:
        # An expression that comes to nothing is a matter of the visit: after the pause it may, and the wait is over all the same.
        if isinstance(data, dict) and data.get("mode") == "until" and "until" not in data:
            raise ValueError("`until` names the moment to wait for")
        return data


class WaitOutput(BaseModel):
    until: str
    """When the wait ended or would have ended, in ISO 8601."""


def zone_of(lead: LeadData) -> ZoneInfo:
    """The lead's time zone; the installation's if nobody knows it."""
    try:
        return ZoneInfo(lead.get("time_zone") or get_settings().time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(get_settings().time_zone)


def end_of(params: WaitParams, now: datetime, zone: ZoneInfo) -> datetime:
    """When the wait is over, in UTC; not after `now` if there is nothing to wait for."""
    match params.mode:
        case "for":
            ends = after(now, params.amount, params.unit, zone)
        case "until":
            if params.until is None:
                raise NodeFailed("The moment to wait for came to nothing.", kind="no_moment")
            ends = params.until if params.until.tzinfo else params.until.replace(tzinfo=zone)
        case "time_of_day":
            ends = next_time_of_day(now, params.time_of_day, params.days, zone)
        case "business_hours":
            ends = within_hours(now, params.within or BusinessHours(), zone)
    return within_hours(max(ends, now), params.within, zone) if params.within else ends


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, WaitParams)
    now, zone = call.context.now(), zone_of(call.context.lead)
    # After the pause the lead may be in another zone and the moment another one: what was waited for counts.
    ends = (call.paused.due_at if call.paused else None) or end_of(call.params, now, zone)
    if (ends - now).days > FURTHEST_DAYS:
        raise NodeFailed(f"The wait would last until {_said(ends, zone)}; at most {FURTHEST_DAYS} days are allowed.")
    output = {"until": ends.isoformat(timespec="seconds")}
    if ends <= now and call.paused is None:
        return NodeResult("next", "There was nothing to wait for", output=output)
    await call.wait(Wait(WaitKind.TIMER, ends, {"zone": zone.key}))
    return NodeResult("next", "The time has come", output=output)


def _said(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %B %Y %H:%M} ({zone.key})"


SPECIFICATION = NodeSpecification(
    kind="wait",
    name="wait",
    label="Wait",
    icon="timer",
    description="Goes on after a span, at a moment, at a time of day or within business hours, by the lead's clock.",
    docs=(
        "A span of minutes or hours is real time; days and weeks keep the time of day where the lead is, also when the clocks "
        "change. **Within** holds the run until the hours are open. A waiting run survives restarts; a campaign "
        "that is paused keeps its runs waiting. Texts obey the quiet hours in any case."
    ),
    category="timing",
    handles=(Handle("next", "Next", "The time has come."),),
    run=run,
    params=WaitParams,
    pauses=True,
    output=WaitOutput,
    example={"mode": "for", "amount": 3, "unit": "days", "within": {"start": "09:00", "end": "17:00"}},
)
