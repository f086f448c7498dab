"""What is known before the first row: which column is which field, and what holds for every row.

Plain values only: a plan is handed to the processes that normalise rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from outrider.leads.person import Person

ATTRIBUTE = "attributes."
"""A column mapped to `attributes.plan` fills the attribute `plan`."""

TEXT_FIELDS = ("company", "title", "industry", "company_size", "street", "city", "source")
"""Fields that take any line of text."""

FIELDS = frozenset({
    "name", "first_name", "last_name", "phone", "email", *TEXT_FIELDS, "notes", "language", "region", "postal_code",
    "country", "time_zone", "score", "tier", "consent_sms", "consent_voice", "consent_email", "consent_channel",
    "consent_kind", "consent_method", "consent_source", "consent_at", "do_not_contact",
})  # fmt: skip
"""Everything a column can be mapped to, besides attributes."""


class Grant(NamedTuple):
    """One consent that a row, or the whole file, states."""

    channel: str
    kind: str
    method: str | None
    source: str | None
    obtained_at: datetime | None
    line: int


@dataclass(frozen=True, slots=True)
class Plan:
    header: tuple[str, ...]
    """Names of the columns, as the file has them."""
    targets: tuple[str | None, ...]
    """Per column: a field, `attributes.…`, or None for a column that is left out."""
    phones: tuple[tuple[int, str], ...]
    """Columns with phone numbers in their order of preference, each with the attribute that keeps a number which is not used."""
    default_region: str
    filename: str
    import_id: int = 0
    """With the file's name and the line, the evidence of a consent."""
    source: str | None = None
    """Source of rows that name none."""
    consent: tuple[Grant, ...] = ()
    """Consents that hold for every row."""
    strict: bool = False
    """A row with any value that can't be used is rejected, not only one that could not be reached."""
    keep_first: bool = False
    """Of several rows for one person the first alone counts, instead of all of them merged."""


class Normalised(NamedTuple):
    """A person as the file describes them: one row, or several rows of one batch merged."""

    line: int
    """The last of the rows' lines."""
    person: Person
    grants: tuple[Grant, ...]


class Rejected(NamedTuple):
    line: int
    kept: bool
    """The row is used, without the values that `reason` names."""
    reason: str
    cells: dict[str, str]


class Batch(NamedTuple):
    """Normalised rows of one stretch of the file."""

    rows: list[Normalised]
    rejected: list[Rejected]
    read: int
    duplicates: int
    """Rows that were merged into an earlier one of this batch."""
    refused: list[str]
    """Numbers (E.164) that the file marks as not to be contacted."""
