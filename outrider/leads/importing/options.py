"""How a file is to be imported, as the caller says it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from outrider.leads.importing.plan import ATTRIBUTE, FIELDS, Grant
from outrider.leads.models import ConsentChannel, ConsentKind
from outrider.leads.values import ATTRIBUTE_NAME, LONGEST_ATTRIBUTE_NAME

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class ConsentForAll(BaseModel):
    """A consent that every person of the file gave, for example on the form that the file was exported from."""

    model_config = ConfigDict(extra="forbid")

    channels: list[ConsentChannel] = Field(min_length=1)
    kind: ConsentKind
    method: Line | None = Field(None, examples=["web_form"])
    source: Line | None = Field(None, examples=["https://example.com/contact"])
    obtained_at: AwareDatetime | None = None

    def grants(self) -> tuple[Grant, ...]:
        moment: datetime | None = self.obtained_at
        return tuple(
            Grant(channel.value, self.kind.value, self.method, self.source, moment, 0) for channel in dict.fromkeys(self.channels)
        )


class ImportOptions(BaseModel):
    """Everything that is left out is found out from the file."""

    model_config = ConfigDict(extra="forbid")

    columns: dict[str, str | None] = Field(
        default={},
        max_length=500,
        examples=[{"Handy": "phone", "Plan": "attributes.plan", "Internal id": None}],
    )
    """By the column's name in the file: a field, `attributes.…`, or null to leave the column out. Columns that are not named
    here are mapped by their name and content."""
    has_header: bool | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: Annotated[str, StringConstraints(max_length=40)] | None = None
    sheet: Line | None = None
    """Name of the worksheet; the first one without it."""
    default_region: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = None
    """Country in which numbers without `+` are read, where the row has no country of its own."""
    list_name: Line | None = None
    """List that everybody in the file is put into; it is created if there is none of this name."""
    source: Line | None = None
    """Source of rows that name none; the file's name without it."""
    consent: ConsentForAll | None = None
    on_duplicate: Literal["merge", "skip"] = "merge"
    """What becomes of a row whose person is known already: merged into the lead, or left out."""
    strict: bool = False
    """Reject a row for any value that can't be used, instead of leaving the value out."""

    @field_validator("columns")
    @classmethod
    def _targets_exist(cls, columns: dict[str, str | None]) -> dict[str, str | None]:
        for column, target in columns.items():
            if target is None or target in FIELDS:
                continue
            name = target.removeprefix(ATTRIBUTE)
            if name == target:
                raise ValueError(f"{column!r}: there is no field {target!r}; use {', '.join(sorted(FIELDS))} or attributes.…")
            if not ATTRIBUTE_NAME.fullmatch(name) or len(name) > LONGEST_ATTRIBUTE_NAME:
                raise ValueError(f"{column!r}: {name[:40]!r} is not a name of an attribute")
        return columns
