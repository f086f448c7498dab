"""Connections to CRMs as the API takes and gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from outrider.crm.models import BackfillState, ConnectionState, ProblemKind
from outrider.integrations.crm.accounts import CrmKind
from outrider.leads.importing.plan import ATTRIBUTE, FIELDS
from outrider.leads.values import ATTRIBUTE_NAME, LONGEST_ATTRIBUTE_NAME

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Value = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
Direction = Literal["in", "out", "both"]
Rule = Literal["theirs", "ours", "newest", "keep", "ask"]
Outcome = Literal["replied", "qualified", "booked", "opted_out"]

COMPUTED = ("score", "tier")
"""Fields that the agents work out; a CRM may hold them, and never sets them."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FieldMap(_Strict):
    """One of their fields and one of ours."""

    remote: Line
    field: str = Field(max_length=200)
    """A field as in an import of leads (`phone`, `consent_sms`, `do_not_contact` …), or `attributes.…`."""
    direction: Direction = "both"
    kind: Literal["text", "number", "boolean", "date"] = "text"
    """How their value is read."""
    default: Value | None = None
    """For contacts where theirs is empty."""
    values: dict[Value, Value] = Field({}, max_length=200)
    """Their value → ours, as in `{"MQL": "qualified"}`; others stay as they are."""
    rule: Rule = "newest"
    """Who wins when both sides changed it: `theirs`, `ours`, the `newest`, nobody (`keep`: what is there is never overwritten),
    or a person (`ask`)."""

    @field_validator("field")
    @classmethod
    def _known(cls, field: str) -> str:
        name = field.removeprefix(ATTRIBUTE)
        if field in FIELDS:
            return field
        if name == field or not ATTRIBUTE_NAME.fullmatch(name) or len(name) > LONGEST_ATTRIBUTE_NAME:
            raise ValueError(f"there is no field {field[:60]!r}; use {', '.join(sorted(FIELDS))} or attributes.…")
        return field

    @model_validator(mode="after")
    def _computed_goes_out(self) -> Self:
        if self.field in COMPUTED:
            self.direction = "out"
        return self

    @property
    def is_in(self) -> bool:
        return self.direction != "out"

    @property
    def is_out(self) -> bool:
        return self.direction != "in" and not self.field.startswith("consent_") and self.field != "do_not_contact"


class OutcomeField(_Strict):
    remote: Line
    value: Value
    """What it is set to; `{score}` and `{tier}` stand for those of a qualified lead."""


class CrmConnectionOptions(_Strict):
    list_name: Line | None = None
    """List that leads from there are put into."""
    create_contacts: bool = False
    """Leads that are no contact there become one when there is something to tell about them."""
    activities: list[Literal["text", "call", "note", "meeting"]] = ["text", "call", "note", "meeting"]
    outcomes: dict[Outcome, OutcomeField] = {}
    poll_seconds: int = Field(30, ge=10, le=3600)


Mapping = Annotated[list[FieldMap], Field(max_length=200)]


class _Mapped(_Strict):
    @field_validator("mapping", check_fields=False)
    @classmethod
    def _once(cls, mapping: list[FieldMap] | None) -> list[FieldMap] | None:
        fields = [one.field for one in mapping or [] if one.is_in and one.field != "phone"]
        if twice := sorted({field for field in fields if fields.count(field) > 1}):
            raise ValueError(f"{twice[0]} is filled by two of their fields")
        return mapping


class CrmConnectionIn(_Mapped):
    name: Line
    account: Line
    direction: Direction = "both"
    mapping: Mapping = []
    options: CrmConnectionOptions = CrmConnectionOptions()


class CrmConnectionPatch(_Mapped):
    """What is left out stays."""

    name: Line | None = None
    direction: Direction | None = None
    mapping: Mapping | None = None
    options: CrmConnectionOptions | None = None
    state: Literal["active", "paused"] | None = None


class CrmAccountOut(BaseModel):
    """An account that the operator set up, without its secrets."""

    name: str
    kind: CrmKind
    host: str


class CrmAccountsOut(BaseModel):
    accounts: list[CrmAccountOut]
    variable: str
    """Where the operator names accounts."""


class CrmDeliveryCounts(BaseModel):
    waiting: int = 0
    delivered: int = 0
    failed: int = 0
    skipped: int = 0


class CrmConnectionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    account: str
    kind: CrmKind
    direction: Direction
    mapping: list[FieldMap]
    options: CrmConnectionOptions
    state: ConnectionState
    problem: str | None
    watermark_at: datetime
    polled_at: datetime | None
    delivered_at: datetime | None
    backfill: BackfillState
    backfill_read: int
    created_at: datetime
    links: int = 0
    """Leads that are contacts there."""
    open_problems: int = 0
    outbox: CrmDeliveryCounts = CrmDeliveryCounts()
    webhook_path: str | None = None
    """Where their system posts leads to, under this installation's address; only of webhook accounts."""


class CrmConnectionList(BaseModel):
    items: list[CrmConnectionOut]


class CrmTestOut(BaseModel):
    name: str
    detail: str


class CrmRemoteFieldOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    label: str
    kind: str
    choices: list[str]
    writable: bool
    sample: str | None = None
    """From one of their newest contacts."""


class CrmFieldsOut(BaseModel):
    remote: list[CrmRemoteFieldOut]
    ours: list[str]
    """Everything that a field of theirs can be mapped to, besides `attributes.…`."""
    suggested: list[FieldMap]


class CrmPreviewIn(_Mapped):
    mapping: Mapping | None = None
    """As it is to be; without it as it is stored."""


class CrmPreviewRow(BaseModel):
    external_id: str
    values: dict[str, str]
    verdict: Literal["ok", "ok, without some values", "rejected", "not to be contacted"]
    reason: str = ""
    lead: dict[str, Any] | None = None


class CrmPreviewOut(BaseModel):
    rows: list[CrmPreviewRow]


class CrmBackfillIn(_Strict):
    action: Literal["start", "pause", "resume"]


class CrmLogEntry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    action: str
    counts: dict[str, int]
    problem: str | None
    seconds: float
    created_at: datetime


class CrmProblemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    connection_id: int
    kind: ProblemKind
    lead_id: int | None
    external_id: str
    field: str
    ours: str | None
    theirs: str | None
    message: str
    decision: str | None
    resolved_at: datetime | None
    created_at: datetime


class CrmDecisionIn(_Strict):
    decision: Literal["theirs", "ours", "retry", "dismiss"]
    """Of a conflict `theirs` or `ours`; of a delivery `retry`; `dismiss` closes any of them."""


class IncomingContact(_Strict):
    """A contact as a system with webhooks posts it."""

    external_id: Line
    values: dict[Line, Annotated[str, StringConstraints(max_length=20_000)] | int | float | bool | None] = Field(
        {}, max_length=500
    )
    changed_at: datetime | None = None
    deleted: bool = False
    merged_into: Line | None = None


class Incoming(_Strict):
    contacts: list[IncomingContact] = Field(min_length=1, max_length=500)


class Taken(BaseModel):
    """What became of contacts."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    conflicts: int = 0
    opted_out: int = 0
    gone: int = 0

    def add(self, other: Taken) -> None:
        for name in type(self).model_fields:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def did_something(self) -> bool:
        return any(getattr(self, name) for name in type(self).model_fields if name not in ("read", "unchanged"))
