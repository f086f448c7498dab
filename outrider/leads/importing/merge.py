"""The rule by which two descriptions of one person become one.

The same phone is the same person; if one side has no phone, the same e-mail address is. What is new and not empty wins;
what is empty erases nothing. Attributes are merged by name. Notes are appended, once. Consent is only ever added.
"""

from __future__ import annotations

from outrider.leads.importing.plan import Grant, Normalised
from outrider.leads.person import Person, completed, given_country, given_region
from outrider.leads.values import LIMITS

STRENGTH = {"implied": 0, "express": 1, "written": 2}


def merged(stored: Person, new: Person) -> Person:
    """`stored` with what `new` adds. Merging the same `new` again changes nothing."""
    values = (mine if other is None or other == "" else other for mine, other in zip(stored, new, strict=True))
    joined = Person._make(values)._replace(
        phone=stored.phone or new.phone,
        notes=_appended(stored.notes, new.notes),
        attributes={**stored.attributes, **new.attributes},
        country=given_country(new) or given_country(stored),
        region=given_region(new) or given_region(stored),
        derived=(),
    )
    return completed(joined)


def _appended(stored: str | None, new: str | None) -> str | None:
    if not new or not stored:
        return stored or new
    if f"\n{new}\n" in f"\n{stored}\n" or len(stored) + len(new) + 1 > LIMITS["notes"]:
        return stored
    return f"{stored}\n{new}"


def stronger(first: tuple[Grant, ...], second: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """One consent per channel: the stronger kind, else the earlier statement."""
    best: dict[str, Grant] = {}
    for grant in (*first, *second):
        known = best.get(grant.channel)
        if known is None or STRENGTH[grant.kind] > STRENGTH[known.kind]:
            best[grant.channel] = grant
    return tuple(best.values())


class Gathered:
    """Rows of one batch, those of one person merged as they come."""

    def __init__(self, *, keep_first: bool = False) -> None:
        self.rows: list[Normalised] = []
        self.duplicates = 0
        self._keep_first = keep_first
        self._by_phone: dict[str, int] = {}
        self._by_email: dict[str, int] = {}
        self._by_email_without_phone: dict[str, int] = {}

    def add(self, row: Normalised) -> None:
        known = self._position(row.person)
        if known is None:
            self._index(len(self.rows), row.person)
            self.rows.append(row)
            return
        self.duplicates += 1
        if not self._keep_first:
            earlier = self.rows[known]
            person = merged(earlier.person, row.person)
            self.rows[known] = Normalised(row.line, person, stronger(earlier.grants, row.grants))
            self._index(known, person)

    def _position(self, person: Person) -> int | None:
        if person.phone is None:
            return self._by_email.get(person.email or "")
        known = self._by_phone.get(person.phone)
        return self._by_email_without_phone.get(person.email or "") if known is None else known

    def _index(self, position: int, person: Person) -> None:
        if person.email:
            self._by_email.setdefault(person.email, position)
        if person.phone:
            self._by_phone[person.phone] = position
            if person.email and self._by_email_without_phone.get(person.email) == position:
                del self._by_email_without_phone[person.email]
        elif person.email:
            self._by_email_without_phone[person.email] = position
