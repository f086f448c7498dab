"""Companies in and out of the API."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class CompanyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    domain: str | None
    industry: str | None
    employees: int | None
    founded_year: int | None
    revenue: str | None
    description: str | None
    city: str | None
    region: str | None
    country: str | None
    technologies: list[str]
    competitors: list[str]
    notes: list[str]
    source: str | None
    updated_at: datetime


class RejectedCompany(BaseModel):
    """A row that did not become a company, or did without one of its values."""

    line: int
    """In the file, counted from 1."""
    reason: str


class CompanyImport(BaseModel):
    """What became of a file of companies."""

    columns: dict[str, str | None]
    """The file's columns, each with the field that it fills; None for those that were left out."""
    rows: int
    created: int
    updated: int
    duplicates: int
    """Rows that name a company whom a later row of the file names again."""
    rejected: int
    problems: list[RejectedCompany]
    """The first of them."""
