"""Facts that leads publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
