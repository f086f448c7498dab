"""Calendars and bookings in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from outrider.agents.base import Slot
from outrider.agents.scheduling.hours import OFFICE_HOURS, WorkingHours
from outrider.agents.scheduling.models import BookingStatus, CalendarKind, InvitationState, MeetingDelivery


def _printable(value: str) -> str:
    if not all(c.isprintable() for c in value):
        raise ValueError("must be one line of printable characters")
    return value


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Berlin")
    return value


def _of_these_times(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2200:
        raise ValueError("must lie between the years 2000 and 2200")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_of_these_times)]
"""A time with its zone, far enough from the ends of the calendar to be reckoned with."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_printable)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_printable)]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+$"
    ),
]
Zone = Annotated[str, AfterValidator(_known_zone)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
CampaignIds = Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=500)]


class CalendarIn(BaseModel):
    """A new calendar."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    account: str | None = Field(
        None, max_length=40, description="Name of an account (`GET /api/calendars/accounts`); the built-in calendar without it."
    )
    external_id: Line = Field(
        "", description="The calendar at the account: what follows the address for CalDAV, its id for Google."
    )
    enabled: bool = True
    time_zone: Zone | None = Field(None, description="IANA zone of the working hours; the installation's without it.")
    working_hours: WorkingHours = OFFICE_HOURS
    slot_minutes: int = Field(30, ge=5, le=480)
    buffer_before_minutes: int = Field(0, ge=0, le=480)
    buffer_after_minutes: int = Field(0, ge=0, le=480)
    minimum_notice_minutes: int = Field(120, ge=0, le=20_160)
    horizon_days: int = Field(14, ge=1, le=180)
    most_per_day: int | None = Field(None, ge=1, le=200)
    title_template: Line = Field(
        "", description="Title of meetings, with variables such as `{{lead.name}}`; the agent's words without it."
    )
    location: Line = Field("", description="A place, or the link of a video call.")
    owner_name: Line = ""
    owner_email: Email | None = None
    campaign_ids: CampaignIds = Field([], description="Campaigns it serves; empty: all that have no calendar of their own.")


class CalendarPatch(BaseModel):
    """Changes to a calendar; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    account: str | None = Field(None, max_length=40)
    external_id: Line | None = None
    enabled: bool | None = None
    time_zone: Zone | None = None
    working_hours: WorkingHours | None = None
    slot_minutes: int | None = Field(None, ge=5, le=480)
    buffer_before_minutes: int | None = Field(None, ge=0, le=480)
    buffer_after_minutes: int | None = Field(None, ge=0, le=480)
    minimum_notice_minutes: int | None = Field(None, ge=0, le=20_160)
    horizon_days: int | None = Field(None, ge=1, le=180)
    most_per_day: int | None = Field(None, ge=1, le=200)
    title_template: Line | None = None
    location: Line | None = None
    owner_name: Line | None = None
    owner_email: Email | None = None
    campaign_ids: CampaignIds | None = None


class CalendarOut(BaseModel):
    """A calendar. Address and secret of its account are never shown."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    kind: CalendarKind
    account: str | None
    external_id: str
    enabled: bool
    time_zone: str
    working_hours: WorkingHours
    slot_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    most_per_day: int | None
    title_template: str
    location: str
    owner_name: str
    owner_email: str | None
    campaign_ids: list[int]
    busy_fetched_at: datetime | None
    """When the copy of the outside calendar was made; None for the built-in one, and before the first copy."""
    busy_problem: str | None
    """Why the outside calendar could not be read; without a recent copy no slots of it are offered."""
    created_at: datetime
    updated_at: datetime


class AccountOut(BaseModel):
    """An account that the operator set up."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    kind: Literal["caldav", "google"]
    host: str


class ConnectionTest(BaseModel):
    """What came of reaching the outside calendar."""

    ok: bool
    name: str | None = None
    """The calendar's own name."""
    can_write: bool | None = None
    """None where only the first meeting will tell."""
    busy_times: int | None = None
    """Busy times within the horizon."""
    problem: str | None = None
    remedy: str | None = None


class FreeSlots(BaseModel):
    """What would be offered now."""

    time_zone: str
    slots: list[Slot]
    """In `time_zone`, in order."""
    problem: str | None = None
    """Why there are none, as far as it is the calendar's state."""


class BookingIn(BaseModel):
    """A meeting that a person books."""

    model_config = ConfigDict(extra="forbid")

    calendar_id: int = Field(ge=1, le=2**63 - 1)
    lead_id: int = Field(ge=1, le=2**63 - 1)
    starts_at: Moment
    minutes: int | None = Field(None, ge=5, le=480, description="The calendar's slot length without it.")
    title: Line = Field("", description="The calendar's own title without it.")
    note: Note = ""
    conversation_id: int | None = Field(None, ge=1, le=2**63 - 1)
    campaign_id: int | None = Field(None, ge=1, le=2**63 - 1)


class BookingMove(BaseModel):
    model_config = ConfigDict(extra="forbid")

    starts_at: Moment
    calendar_id: int | None = Field(None, ge=1, le=2**63 - 1, description="Another calendar; the same without it.")


class BookingCancel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Line = ""


class BookingOut(BaseModel):
    """A meeting, who it is with, and how far calendar and people know of it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    calendar_id: int
    calendar_name: str
    lead_id: int | None
    lead_name: str | None
    conversation_id: int | None
    campaign_id: int | None
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    """The lead's."""
    title: str
    location: str
    note: str
    attendee_name: str | None
    attendee_email: str | None
    booked_by: str
    sequence: int
    delivery_state: MeetingDelivery
    delivery_problem: str | None
    invitation_state: InvitationState
    invitation_problem: str | None
    moved_to_id: int | None
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    created_at: datetime
