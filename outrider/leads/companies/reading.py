"""A file of companies, row by row: CSV in any delimiter and encoding, or XLSX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from outrider.errors import InvalidInput
from outrider.integrations.enrichment.base import clean_value, company_key, read_domain
from outrider.leads.importing.cells import text_of
from outrider.leads.importing.files import detect_shape, read_facts
from outrider.leads.importing.rows import open_rows

MOST_ROWS = 200_000
MOST_PROBLEMS = 50
LONGEST_TEXT, LONGEST_LINE = 1_000, 300
MOST_LISTED = 20
LARGEST_NUMBER = 2**31 - 1

NAMES: Mapping[str, Sequence[str]] = {
    "name": ("name", "company", "company name", "organization", "organisation", "account", "account name", "firma", "empresa"),
    "domain": ("domain", "website", "web", "url", "company domain", "company website", "site", "webseite", "homepage"),
    "industry": ("industry", "sector", "branch", "branche", "vertical"),
    "employees": ("employees", "employee count", "number of employees", "headcount", "company size", "size", "mitarbeiter"),
    "founded_year": ("founded", "founded year", "year founded", "founding year"),
    "revenue": ("revenue", "annual revenue", "turnover", "umsatz"),
    "description": ("description", "about", "summary", "beschreibung"),
    "city": ("city", "town", "ort", "stadt", "ciudad"),
    "region": ("region", "state", "province", "bundesland"),
    "country": ("country", "land", "pais", "país"),
    "technologies": ("technologies", "technology", "tech stack", "tools"),
    "competitors": ("competitors", "competition", "wettbewerber"),
    "notes": ("notes", "news", "signals", "growth", "funding"),
}
_FIELDS = {alias: name for name, aliases in NAMES.items() for alias in aliases}
LISTS = ("technologies", "competitors", "notes")
NUMBERS = ("employees", "founded_year")


@dataclass(slots=True)
class CompanyFile:
    """What a file holds."""

    columns: dict[str, str | None]
    companies: dict[tuple[str, bool], dict[str, Any]] = field(default_factory=dict)
    """By domain, or else by name; a later row replaces an earlier one."""
    rows: int = 0
    duplicates: int = 0
    rejected: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_companies(path: Path) -> CompanyFile:
    """
    Raises:
        UnreadableFile: it holds no table.
        InvalidInput: no column names the company, or it has too many rows.
    """
    shape = detect_shape(path, read_facts(path), None, None, None)
    rows = open_rows(path, shape)
    try:
        lines = iter(rows)
        _, header = next(lines, (1, []))
        read = CompanyFile(_mapped(header))
        targets = [read.columns[name] for name in _named(header)]
        for line, cells in lines:
            read.rows += 1
            if read.rows > MOST_ROWS:
                raise InvalidInput.on("file", f"has more than {MOST_ROWS:,} rows", "Split it.")
            _take(read, line, dict(_values(targets, cells)))
        return read
    finally:
        rows.close()


def _named(header: Sequence[str]) -> list[str]:
    """The columns' names, told apart where several are the same."""
    names = [clean_value(name)[:120] or f"column {number}" for number, name in enumerate(header, 1)]
    return [f"{name} ({number})" if names.index(name) != number - 1 else name for number, name in enumerate(names, 1)]


def _mapped(header: Sequence[str]) -> dict[str, str | None]:
    mapped: dict[str, str | None] = {}
    for name in _named(header):
        target = _FIELDS.get(" ".join(re.sub(r"[_\-]+", " ", name.lower()).split()))
        mapped[name] = target if target not in mapped.values() else None
    if "name" not in mapped.values() and "domain" not in mapped.values():
        raise InvalidInput.on(
            "file", "has no column with the name or the domain of companies", "Name one “company” or “domain” in its first line."
        )
    return mapped


def _values(targets: Sequence[str | None], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    for target, cell in zip(targets, cells, strict=False):
        # A leading apostrophe is how spreadsheets keep a cell from being a formula.
        value = clean_value(text_of(cell).removeprefix("'"))
        if target and value:
            yield target, value


def _take(read: CompanyFile, line: int, given: dict[str, str]) -> None:
    problems: list[str] = []
    company: dict[str, Any] = {}
    for field_name, value in given.items():
        try:
            company[field_name] = _cell(field_name, value)
        except ValueError as error:
            problems.append(f"{field_name.replace('_', ' ')} {error}")
    name = company.get("name") or company.get("domain")
    key = company_key(name)
    if not name or not key:
        problems.append("the row names no company")
        read.rejected += 1
    else:
        domain = company.get("domain")
        identity = (domain, True) if domain else (key, False)
        read.duplicates += identity in read.companies
        read.companies[identity] = {**company, "name": name, "name_key": key}
    if problems and len(read.problems) < MOST_PROBLEMS:
        read.problems.append((line, "; ".join(problems)))


def _cell(name: str, value: str) -> Any:
    if name == "domain":
        domain = read_domain(value)
        if domain is None:
            raise ValueError("is no domain")
        return domain
    if name in NUMBERS:
        return _number(name, value)
    if name in LISTS:
        return [part.strip()[:LONGEST_LINE] for part in re.split(r"[;|]|,\s", value) if part.strip()][:MOST_LISTED]
    return value[: LONGEST_TEXT if name == "description" else LONGEST_LINE]


def _number(name: str, value: str) -> int:
    """`1,600` → 1600; of a range such as `51-200` the lower end, for more is not known."""
    digits = re.match(r"\D{0,3}(\d[\d.,' ]*)", value)
    number = int(re.sub(r"\D", "", digits[1])) if digits else -1
    if name == "founded_year" and not 1200 <= number <= datetime.now(UTC).year:
        raise ValueError("is no year")
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError("is no number")
    return number
