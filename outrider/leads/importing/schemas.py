"""Imports as the API gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from outrider.leads.importing.columns import By
from outrider.leads.importing.options import ImportOptions
from outrider.leads.models import ImportStatus


class ImportProgress(BaseModel):
    """How far an import is. Every row read is counted in exactly one of the others."""

    model_config = ConfigDict(from_attributes=True)

    rows_read: int = 0
    rows_created: int = 0
    rows_updated: int = 0
    rows_unchanged: int = 0
    rows_duplicate: int = 0
    """Rows about somebody whom another row of the file is about; merged into that one."""
    rows_rejected: int = 0
    total_bytes: int = 0
    done_bytes: int = 0


class RejectionReason(BaseModel):
    """Why rows did not become leads as they are."""

    reason: str
    kept: bool
    """The rows became leads; only the named values were left out."""
    rows: int


class ImportReport(ImportProgress):
    """An import with its figures."""

    id: int
    filename: str
    status: ImportStatus
    list_id: int | None = None
    """The list that its people were put into."""
    rows_with_values_left_out: int = 0
    """Rows that became leads without some of their values; the rejections name these too."""
    reasons: list[RejectionReason] = []
    """The most frequent reasons among the rejections, first the one of most rows."""
    options: ImportOptions
    detected: dict[str, Any]
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ImportOut(ImportProgress):
    """An import as the list shows it."""

    id: int
    filename: str
    status: ImportStatus
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class PreviewColumn(BaseModel):
    name: str
    target: str | None
    """The field that it fills, `attributes.…`, or null: left out."""
    by: By
    samples: list[str]


class PreviewRow(BaseModel):
    line: int
    cells: list[str]
    verdict: str
    """`ok`, `ok, without some values`, or `rejected`."""
    reason: str = ""
    lead: dict[str, Any] | None = None
    """What it would become."""


class ImportPreview(BaseModel):
    """What the file turned out to be, and what would become of its first rows."""

    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    has_header: bool
    size: int
    columns: list[PreviewColumn]
    rows: list[PreviewRow]
    fields: list[str]
    """Everything that a column can be mapped to, besides `attributes.…`."""
    problem: str | None = None
    """Why the file can't be imported with these columns."""
