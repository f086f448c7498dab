"""From the cells of a row to a person, or to the reason why not.

A row must end in somebody who can be reached: with a phone number that is valid, or, when its phone cells are empty, with
an e-mail address. Any other value that can't be used is left out and reported, or rejects the row if the plan is strict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from outrider.leads.importing.cells import read_yes, text_of
from outrider.leads.importing.consent_cells import ConsentCells
from outrider.leads.importing.merge import Gathered, stronger
from outrider.leads.importing.plan import ATTRIBUTE, TEXT_FIELDS, Batch, Grant, Normalised, Plan, Rejected
from outrider.leads.importing.rows import Row
from outrider.leads.person import Person, completed
from outrider.leads.phones import Phone, UnusablePhone, parse_phone
from outrider.leads.places import country_code, region_code
from outrider.leads.tags import with_tags
from outrider.leads.values import (
    LIMITS,
    LONGEST_ATTRIBUTE,
    UnusableValue,
    clean_line,
    clean_text,
    read_email,
    read_language,
    read_score,
    read_tier,
)
from outrider.leads.zones import zone_name

LONGEST_KEPT_CELL = 500
"""Of a rejected row's cell, so that a broken file can't fill the database."""

_POSITION = {field: position for position, field in enumerate(Person._fields)}


class RowRefused(Exception):
    """The row becomes no lead; the message says why."""


class DoNotContact(RowRefused):
    """The file itself says that this person must not be contacted."""

    def __init__(self, phone: str | None):
        super().__init__("marked as not to be contacted")
        self.phone = phone


class Normaliser:
    """Reads rows by one plan."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._columns: dict[str, list[int]] = {}
        for index, target in enumerate(plan.targets):
            if target:
                self._columns.setdefault(target, []).append(index)
        self._texts = [(_POSITION[field], field, index) for field in TEXT_FIELDS for index in self._columns.get(field, ())]
        self._attributes = [
            (target.removeprefix(ATTRIBUTE), index)
            for target, indexes in self._columns.items()
            if target.startswith(ATTRIBUTE)
            for index in indexes
        ]
        self._has_consent = any(target.startswith("consent_") for target in self._columns)
        self._single = {target: indexes[0] for target, indexes in self._columns.items()}

    def batch(self, rows: Sequence[Row]) -> Batch:
        """Normalise rows and merge those of one person."""
        gathered = Gathered(keep_first=self._plan.keep_first)
        rejected: list[Rejected] = []
        refused: list[str] = []
        for line, cells in rows:
            problems: list[str] = []
            try:
                gathered.add(self.row(line, cells, problems))
            except RowRefused as reason:
                rejected.append(self._rejected(line, cells, [*problems, str(reason)], kept=False))
                if isinstance(reason, DoNotContact) and reason.phone:
                    refused.append(reason.phone)
            else:
                if problems:
                    rejected.append(self._rejected(line, cells, problems, kept=True))
        return Batch(gathered.rows, rejected, len(rows), gathered.duplicates, refused)

    def row(self, line: int, cells: list[str], problems: list[str]) -> Normalised:
        """One row; values that were left out are named in `problems`.

        Raises:
            RowRefused: it becomes no lead.
        """
        cells = self._squared(cells)
        values: list[Any] = [None] * len(_POSITION)
        for position, field, index in self._texts:
            text = cells[index]
            if text and values[position] is None:
                values[position] = self._limited(field, clean_line(text), problems)
        country = self._country(cells, problems)
        number = self._phone(cells, country or self._plan.default_region, problems)
        email = self._read("email", cells, read_email, problems)
        self._check_reachable(cells, number, email)
        values[0] = self._name(cells, problems)
        values[1] = number.e164 if number else None
        values[2] = email
        values[_POSITION["country"]] = country
        values[_POSITION["region"]] = self._region(cells, country, number, problems)
        values[_POSITION["postal_code"]] = self._read("postal_code", cells, _postal_code, problems)
        values[_POSITION["notes"]] = self._read("notes", cells, clean_text, problems)
        values[_POSITION["language"]] = self._read("language", cells, read_language, problems)
        values[_POSITION["time_zone"]] = self._read("time_zone", cells, _zone, problems)
        values[_POSITION["score"]] = self._read("score", cells, read_score, problems)
        values[_POSITION["tier"]] = self._read("tier", cells, read_tier, problems)
        values[_POSITION["attributes"]] = self._attribute_values(cells, number, problems)
        values[_POSITION["time_zones"]] = values[_POSITION["derived"]] = ()
        if values[_POSITION["source"]] is None:
            values[_POSITION["source"]] = self._plan.source
        grants = self._grants(line, cells, country, problems)
        if problems and self._plan.strict:
            raise RowRefused("the import is strict")
        return Normalised(line, completed(Person._make(values), number), grants)

    def _squared(self, cells: list[str]) -> list[str]:
        """The row as wide as the header."""
        missing = len(self._plan.targets) - len(cells)
        if missing == 0:
            return cells
        if missing > 0:
            return cells + [""] * missing
        if any(cell.strip() for cell in cells[missing:]):
            raise RowRefused(
                f"the row has {len(cells)} cells, the header {len(self._plan.targets)};"
                " a text that holds the delimiter must be quoted"
            )
        return cells[:missing]

    def _read(self, field: str, cells: list[str], read: Callable[[str], Any], problems: list[str]) -> Any:
        index = self._single.get(field)
        if index is None or not cells[index] or not (text := text_of(cells[index])):
            return None
        try:
            value = read(text)
        except UnusableValue as reason:
            problems.append(f"{field} {reason}")
            return None
        return self._limited(field, value, problems) if field in LIMITS else value

    def _limited(self, field: str, value: str, problems: list[str]) -> str | None:
        if len(value) > LIMITS[field]:
            problems.append(f"{field} is longer than {LIMITS[field]} characters")
            return None
        return value or None

    def _name(self, cells: list[str], problems: list[str]) -> str:
        name = self._read("name", cells, clean_line, problems)
        if name is None and ("first_name" in self._single or "last_name" in self._single):
            parts = (self._read(part, cells, clean_line, problems) for part in ("first_name", "last_name"))
            name = self._limited("name", " ".join(part for part in parts if part), problems)
        return name or ""

    def _country(self, cells: list[str], problems: list[str]) -> str | None:
        index = self._single.get("country")
        if index is None or not (text := text_of(cells[index])):
            return None
        code = country_code(text)
        if code is None:
            problems.append("country is not a known country")
        return code

    def _region(self, cells: list[str], country: str | None, number: Phone | None, problems: list[str]) -> str | None:
        place = country or (number.country if number else None) or self._plan.default_region
        region: str | None = self._read("region", cells, lambda text: region_code(place, clean_line(text)), problems)
        return region

    def _phone(self, cells: list[str], region: str, problems: list[str]) -> Phone | None:
        """The first valid number of the phone columns, in their order of preference.

        Raises:
            RowRefused: there are numbers, but no valid one.
        """
        failures: list[str] = []
        for index, _ in self._plan.phones:
            text = text_of(cells[index])
            if not text:
                continue
            try:
                number = parse_phone(text, region)
            except UnusablePhone as reason:
                failures.append(f"phone: {reason}")
                continue
            problems += failures
            return number
        if failures:
            raise RowRefused("; ".join(failures))
        return None

    def _check_reachable(self, cells: list[str], number: Phone | None, email: str | None) -> None:
        index = self._single.get("do_not_contact")
        if index is not None and cells[index].strip() and read_yes(cells[index]) is not False:
            raise DoNotContact(number.e164 if number else None)
        if number is None and email is None:
            raise RowRefused("there is neither a phone number nor an e-mail address")

    def _attribute_values(self, cells: list[str], number: Phone | None, problems: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, index in self._attributes:
            text = cells[index]
            if text and (text := clean_text(text)):
                if len(text) > LONGEST_ATTRIBUTE:
                    problems.append(f"{self._plan.header[index]} is longer than {LONGEST_ATTRIBUTE} characters")
                else:
                    found[name] = text
        if number and number.extension:
            found["phone_extension"] = number.extension
        if len(self._plan.phones) > 1:
            found |= self._further_numbers(cells, number)
        return with_tags(found)

    def _further_numbers(self, cells: list[str], number: Phone | None) -> dict[str, str]:
        """What the other phone columns hold, as it is written there."""
        others = ((name, text_of(cells[index])) for index, name in self._plan.phones)
        used = number.e164[-7:] if number else ""
        return {name: text for name, text in others if text and used not in _digits(text)}

    def _grants(self, line: int, cells: list[str], country: str | None, problems: list[str]) -> tuple[Grant, ...]:
        """The row's own consents, then those of the whole file for the channels on which the row does not say no."""
        whole_file = tuple(grant._replace(line=line) for grant in self._plan.consent)
        if not self._has_consent:
            return whole_file
        reading = ConsentCells(self._single, cells, country or self._plan.default_region, self._plan.consent, problems)
        own = reading.grants(line)
        settled = reading.denied.union(grant.channel for grant in own)
        return (*stronger((), own), *(grant for grant in whole_file if grant.channel not in settled))

    def _rejected(self, line: int, cells: list[str], reasons: list[str], *, kept: bool) -> Rejected:
        names = [*self._plan.header, *(f"column {number}" for number in range(len(self._plan.header) + 1, len(cells) + 1))]
        row = {name: cell[:LONGEST_KEPT_CELL].replace("\0", "") for name, cell in zip(names, cells, strict=False)}
        return Rejected(line, kept, "; ".join(reasons), row)


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _postal_code(text: str) -> str:
    return clean_line(text).upper()


def _zone(text: str) -> str:
    zone = zone_name(text)
    if zone is None:
        raise UnusableValue("is not an IANA time zone such as America/Chicago")
    return zone
