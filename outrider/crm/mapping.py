"""Between a contact's values and a lead: reads theirs by the rules of every import, writes ours as they store them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from outrider.crm.schemas import FieldMap
from outrider.integrations.crm.base import Contact
from outrider.leads.importing.cells import read_yes
from outrider.leads.importing.normalise import DoNotContact, Normaliser, RowRefused
from outrider.leads.importing.plan import ATTRIBUTE, Grant, Normalised, Plan
from outrider.leads.person import Person, completed, given_country, given_region

NAME_PARTS = ("first_name", "last_name")
LONGEST_CELL = 20_000

Values = dict[str, str]


@dataclass(slots=True)
class Read:
    """A contact as it reads here."""

    contact: Contact
    hash: str
    normalised: Normalised | None = None
    values: Values = field(default_factory=dict)
    """By our field, as `person_values` gives them; empty ones are missing."""
    grants: tuple[Grant, ...] = ()
    is_not_to_be_contacted: bool = False
    phone: str | None = None
    problems: list[str] = field(default_factory=list)
    refused: str | None = None
    """Why it becomes no lead."""


class Mapper:
    """Reads and writes by one mapping."""

    def __init__(self, mapping: Sequence[FieldMap], default_region: str, source: str):
        self.mapping = mapping
        self._incoming = [one for one in mapping if one.is_in]
        targets = tuple(one.field for one in self._incoming)
        phones = [(index, f"phone_{index}") for index, target in enumerate(targets) if target == "phone"]
        self._plan = Plan(
            header=tuple(one.remote for one in self._incoming), targets=targets, phones=tuple(phones),
            default_region=default_region, filename=source, source=source,
        )  # fmt: skip
        self._normaliser = Normaliser(self._plan)
        self.reaches_somebody = bool({"phone", "email"} & set(targets))
        """Without it no contact could become a lead, so none is asked for."""
        self.remote_fields = sorted({one.remote for one in mapping})
        self.rules = {_compared(one.field): one.rule for one in reversed(self._incoming) if _is_compared(one.field)}
        self._last_name_alone = not any(one.field == "first_name" and one.is_out for one in mapping)
        self.outgoing = {_compared(one.field): one.rule for one in reversed(mapping) if one.is_out}

    def read(self, contact: Contact) -> Read:
        cells = [self._cell(one, contact) for one in self._incoming]
        found = Read(contact, hashlib.sha256(orjson.dumps(cells)).hexdigest()[:32])
        found.is_not_to_be_contacted = any(
            one.field == "do_not_contact" and cell.strip() and read_yes(cell) is not False
            for one, cell in zip(self._incoming, cells, strict=True)
        )
        try:
            found.normalised = self._normaliser.row(0, cells, found.problems)
        except DoNotContact as mark:
            found.phone = mark.phone
            return found
        except RowRefused as reason:
            found.refused = "; ".join([*found.problems, str(reason)])
            return found
        found.phone = found.normalised.person.phone
        found.values = person_values(found.normalised.person, self.rules)
        found.grants = tuple(grant for grant in found.normalised.grants if _has_evidence(grant))
        if len(found.grants) < len(found.normalised.grants):
            found.problems.append("a consent without its date or its source was left out")
        return found

    def consent_evidence(self, contact: Contact) -> Values:
        """What the contact says of its consent, as it stands there."""
        told = (one.remote for one in self._incoming if one.field.startswith("consent_"))
        return {name: contact.values[name][:500] for name in told if contact.values.get(name)}

    def written(self, person: Person, fields: Sequence[str]) -> Values:
        """Our values of `fields` as their fields hold them."""
        values = person_values(person, fields)
        found: Values = {}
        for one in self.mapping:
            name = _compared(one.field)
            if one.is_out and name in values:
                text = _part(one.field, values[name], alone=self._last_name_alone) or one.default or ""
                back = {ours: theirs for theirs, ours in one.values.items()}
                found[one.remote] = back.get(text, text)
        return {name: text for name, text in found.items() if text}

    def _cell(self, one: FieldMap, contact: Contact) -> str:
        text = contact.values.get(one.remote, "").replace("\0", "")[:LONGEST_CELL].strip()
        text = one.values.get(text, text)
        if not text:
            return one.default or ""
        return _READERS[one.kind](text)


def person_values(person: Person, fields: Mapping[str, object] | Sequence[str]) -> Values:
    """The person's values as texts; empty ones, and those that only follow from the number, are left out."""
    given = person._replace(country=given_country(person), region=given_region(person))
    found: Values = {}
    for name in fields:
        own = given.attributes.get(name.removeprefix(ATTRIBUTE)) if name.startswith(ATTRIBUTE) else getattr(given, name, None)
        if own not in (None, ""):
            found[name] = own if isinstance(own, str) else str(own)
    return found


def with_fields(stored: Person, new: Person, fields: Sequence[str]) -> Person:
    """`stored` with those fields of `new`."""
    values: dict[str, object] = {"derived": (), "country": given_country(stored), "region": given_region(stored)}
    attributes = dict(stored.attributes)
    for name in fields:
        if name.startswith(ATTRIBUTE):
            attributes[name.removeprefix(ATTRIBUTE)] = new.attributes[name.removeprefix(ATTRIBUTE)]
        else:
            values[name] = getattr(new, name)
    return completed(stored._replace(**values, attributes=attributes))  # type: ignore[arg-type]


def suggested(remote: Mapping[str, str]) -> list[FieldMap]:
    """A mapping for their fields, by name, that a person can begin with.

    Args:
        remote: labels by name.
    """
    found: list[FieldMap] = []
    taken: set[str] = set()
    for name in remote:
        target = KNOWN.get("".join(filter(str.isalnum, name.lower())))
        if target and target not in taken:
            taken.add(target)
            found.append(FieldMap(remote=name, field=target, direction="in" if target == "do_not_contact" else "both"))
    return found


KNOWN = {
    "firstname": "first_name", "lastname": "last_name", "name": "name", "fullname": "name", "email": "email", "phone": "phone",
    "mobilephone": "phone", "company": "company", "companyname": "company", "jobtitle": "title", "title": "title",
    "city": "city", "mailingcity": "city", "zip": "postal_code", "mailingpostalcode": "postal_code", "country": "country",
    "mailingcountry": "country", "hstimezone": "time_zone", "timezone": "time_zone", "donotcall": "do_not_contact",
    "outrideroptout": "do_not_contact", "optedout": "do_not_contact", "industry": "industry",
}  # fmt: skip


def _compared(target: str) -> str:
    return "name" if target in NAME_PARTS else target


def _is_compared(target: str) -> bool:
    return target != "do_not_contact" and not target.startswith("consent_")


def _has_evidence(grant: Grant) -> bool:
    """A bare yes is nobody's evidence: when or where it was given has to be told, too."""
    return grant.obtained_at is not None or bool(grant.source)


def _part(target: str, name: str, *, alone: bool) -> str:
    """A name's part. A single word is a first name, unless only the last name has a field."""
    first, _, rest = name.partition(" ")
    if target == "first_name":
        return first
    return (rest or (first if alone else "")) if target == "last_name" else name


def _number(text: str) -> str:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return text
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else str(value)


def _boolean(text: str) -> str:
    known = read_yes(text)
    return text if known is None else "yes" if known else "no"


def _date(text: str) -> str:
    """Also milliseconds since 1970, as HubSpot stores dates."""
    if text.lstrip("-").isdigit() and len(text) >= 11:
        try:
            return datetime.fromtimestamp(int(text) / 1000, UTC).isoformat()
        except (OverflowError, OSError, ValueError):
            return text
    return text


_READERS: Mapping[str, Callable[[str], str]] = {"text": str, "number": _number, "boolean": _boolean, "date": _date}
