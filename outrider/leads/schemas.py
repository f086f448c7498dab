"""Leads in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from outrider.leads.models import ConsentChannel, ConsentKind

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Tier = Literal["A", "B", "C", "D"]
Ids = Annotated[list[int], Field(min_length=1, max_length=100_000)]


class Strict(BaseModel):
    """A request in which an unknown field is an error, so that a slip doesn't pass unseen."""

    model_config = ConfigDict(extra="forbid")


class LeadFields(Strict):
    """What can be said about a person."""

    name: Line = ""
    phone: Line | None = Field(None, description="Any usual spelling; stored as E.164.", examples=["+1 202 555 0143"])
    email: Line | None = None
    company: Line | None = None
    title: Line | None = None
    industry: Line | None = None
    company_size: Line | None = None
    notes: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    language: Line | None = Field(None, examples=["en", "es-MX"])
    street: Line | None = None
    city: Line | None = None
    region: Line | None = Field(None, description="State or province; worked out from the number without it.")
    postal_code: Line | None = None
    country: Line | None = Field(None, description="Name or ISO code; worked out from the number without it.")
    time_zone: Line | None = Field(None, description="IANA zone; worked out from number and address without it.")
    attributes: dict[str, Any] = {}
    source: Line | None = None
    score: Annotated[int, Field(ge=0, le=100)] | None = None
    tier: Tier | None = None


class ConsentIn(Strict):
    """Evidence that a person agreed to be contacted on a channel."""

    channel: ConsentChannel
    kind: ConsentKind
    method: Line | None = Field(None, description="How it was given.", examples=["web_form", "keyword", "paper", "call"])
    source: Line | None = Field(None, description="Where it was given.", examples=["https://example.com/contact"])
    obtained_at: AwareDatetime | None = None
    evidence: dict[str, Any] = {}


class LeadIn(LeadFields):
    """A new lead. It needs a phone number or an e-mail address."""

    consents: Annotated[list[ConsentIn], Field(max_length=3)] = []
    list_ids: Annotated[list[int], Field(max_length=100)] = []

    @model_validator(mode="after")
    def _can_be_reached(self) -> LeadIn:
        if not self.phone and not self.email:
            raise ValueError("a lead needs a phone number or an e-mail address")
        return self


class LeadPatch(LeadFields):
    """Changes to a lead; what is left out stays, null empties. Attributes are merged by name; a null removes one."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """The lead's version that the edit began with: refused if somebody changed the lead since. Without it the edit holds."""


class ConsentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    channel: ConsentChannel
    kind: ConsentKind
    method: str | None
    source: str | None
    obtained_at: datetime | None
    evidence: dict[str, Any]
    revoked_at: datetime | None
    created_at: datetime


class LeadOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    phone: str | None
    email: str | None
    company: str | None
    title: str | None
    industry: str | None
    company_size: str | None
    notes: str | None
    language: str | None
    street: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    time_zone: str | None
    time_zones: list[str]
    """Every IANA zone the person may be in: quiet hours are kept in all of them."""
    derived: list[str]
    """Which of country and region follow from the number; the others were given."""
    attributes: dict[str, Any]
    source: str | None
    score: int | None
    tier: str | None
    import_id: int | None
    version: int
    """Goes up with every change of these fields; an edit names the one it began with."""
    created_at: datetime
    updated_at: datetime
    consent_channels: list[ConsentChannel] = []
    """Channels with an open consent."""


class LeadDetail(LeadOut):
    """One lead with its consents, closed ones too, and its lists."""

    consents: list[ConsentOut] = []
    list_ids: list[int] = []


class LeadFilter(Strict):
    """Which leads; every part given must hold."""

    search: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    """Beginnings of words of name, company, e-mail or title; or the begin or end of a phone number."""
    list_id: int | None = None
    tier: Annotated[list[Tier], Field(max_length=4)] | None = None
    score_min: Annotated[int, Field(ge=0, le=100)] | None = None
    score_max: Annotated[int, Field(ge=0, le=100)] | None = None
    industry: Annotated[list[Line], Field(max_length=50)] | None = None
    company: Line | None = None
    country: Line | None = None
    region: Annotated[list[Line], Field(max_length=60)] | None = None
    source: Annotated[list[Line], Field(max_length=50)] | None = None
    has_phone: bool | None = None
    has_email: bool | None = None
    consent: ConsentChannel | None = None
    """An open consent for this channel, of any kind."""
    import_id: int | None = None
    """Everybody in the import's file, whether or not it changed them."""
    created_from: AwareDatetime | None = None
    created_to: AwareDatetime | None = None
    attribute: (
        Annotated[list[Annotated[str, Field(pattern=r"^[^:]{1,100}:.*$", max_length=300)]], Field(max_length=10)] | None
    ) = None
    """`name:value` pairs that must be among the attributes."""

    @property
    def is_empty(self) -> bool:
        """True if every lead matches."""
        return not self.model_dump(exclude_none=True)


class Selection(Strict):
    """Leads by their ids, or by a filter."""

    ids: Ids | None = None
    filter: LeadFilter | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Selection:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or filter")
        return self


class DeleteSelection(Selection):
    """Leads to delete."""

    expected: int | None = None
    """How many it must be, as `/api/leads/count` said; refused when it is another number."""


class Count(BaseModel):
    count: int


class Changed(BaseModel):
    """How many rows a bulk call changed."""

    changed: int
    is_running: bool = False
    """So many are concerned that a background job does it; `changed` is 0 then."""


class FieldValues(BaseModel):
    """Values that occur in a field, for a menu of filters."""

    values: list[str]
    more: bool
    """There are more than were listed."""


class ListIn(Strict):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    description: Annotated[str, StringConstraints(max_length=2000)] = ""


class ListPatch(Strict):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    description: Annotated[str, StringConstraints(max_length=2000)] | None = None


class ListOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    description: str
    lead_count: int
    created_at: datetime
    updated_at: datetime
