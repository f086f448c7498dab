"""Facts that leads publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class LeadsLeaving:
    """These leads are about to be deleted, in this transaction. A subscriber raises to refuse it."""

    lead_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class ContactForbidden:
    """A file of leads says of these numbers (E.164) that they must not be contacted; they were not imported."""

    phones: Sequence[str]
    source: str
    """The file, as evidence."""


class LeadChange(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    LISTS = "lists"
    """Which lists there are, or who is in them."""


@dataclass(frozen=True, slots=True)
class LeadsTouched:
    """Leads are not what they were."""

    change: LeadChange
    lead_ids: Sequence[int] = ()
    others: bool = False
    """Leads that are not named changed, too."""


@dataclass(frozen=True, slots=True)
class ImportMoved:
    """An import began, wrote a batch, or ended."""

    import_id: int
