"""From a filter to a query. Campaigns, bulk calls, export and the list all select leads through this."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from outrider.leads.folding import words
from outrider.leads.models import Lead, LeadConsent, LeadImportMember, LeadListMember
from outrider.leads.schemas import LeadFilter, Selection

PHONE_SEARCH = re.compile(r"[\d\s().+-]{3,}")
FEWEST_DIGITS = 3
TELLING_DIGITS = 4

Columns = ReadOnlyColumnCollection[str, Any]
LEADS: Columns = Lead.__table__.c
CONSENTS: Columns = LeadConsent.__table__.c
MEMBERS: Columns = LeadListMember.__table__.c
IMPORTED: Columns = LeadImportMember.__table__.c


def filtered_lead_ids(given: LeadFilter) -> Select[int]:
    """Query of the ids that match."""
    return select(Lead.id).where(*conditions(given))


def selected_lead_ids(selection: Selection) -> Select[int]:
    """Query of the ids of a selection."""
    if selection.filter is not None:
        return filtered_lead_ids(selection.filter)
    return select(Lead.id).where(is_one_of(Lead.id, selection.ids or []))


def selected(selection: Selection) -> Iterator[ColumnElement[bool]]:
    """What must hold for a lead of a selection."""
    if selection.filter is not None:
        yield from conditions(selection.filter)
    else:
        yield is_one_of(Lead.id, selection.ids or [])


def is_one_of(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """As one array: as single parameters, many ids would exceed what a statement may have."""
    found: ColumnElement[bool] = column == func.any(literal(list(ids), ARRAY(BigInteger)))
    return found


def conditions(given: LeadFilter, lead: Columns = LEADS) -> Iterator[ColumnElement[bool]]:
    """What must hold for a lead to match.

    Args:
        lead: the columns to look at: those of the table, or of a subquery of it.
    """
    if given.search:
        yield _search(given.search, lead)
    if given.list_id is not None:
        yield lead.id.in_(select(MEMBERS.lead_id).where(MEMBERS.list_id == given.list_id))
    if given.consent is not None:
        open_consent = select(CONSENTS.lead_id).where(CONSENTS.channel == given.consent, CONSENTS.revoked_at.is_(None))
        yield lead.id.in_(open_consent)
    for pair in given.attribute or ():
        name, _, value = pair.partition(":")
        yield _attribute(name, value, lead)
    yield from _columns(given, lead)


def matches_few(given: LeadFilter) -> bool:
    """True for what can't match more than a handful: one company, a number's end, an address with digits."""
    digits = sum(map(str.isdigit, given.search or ""))
    return given.company is not None or digits >= TELLING_DIGITS


def bounds(given: LeadFilter, sort: str) -> list[ColumnElement[bool]]:
    """What a filter says about the very value that the list is sorted by: where in the order matches can lie."""
    of_sort = {"score": _score_bounds, "created_at": _created_bounds}.get(sort.removeprefix("-"))
    return list(of_sort(given)) if of_sort else []


def company_key(lead: Columns = LEADS) -> ColumnElement[str]:
    """As its index has it; with a parameter instead of the literal the index would not be recognised."""
    return func.lower(func.coalesce(lead.company, literal_column("''")))


def score_key(lead: Columns = LEADS) -> ColumnElement[int]:
    """As its index has it; a lead without a score lies below every bound."""
    return func.coalesce(lead.score, literal_column("-1"))


def _columns(given: LeadFilter, lead: Columns) -> Iterator[ColumnElement[bool]]:
    for column, values in (
        (lead.tier, given.tier),
        (lead.industry, given.industry),
        (lead.region, given.region),
        (lead.source, given.source),
    ):
        if values:
            yield column.in_(values)
    if given.company is not None:
        yield company_key(lead) == given.company.lower()
    if given.country is not None:
        yield lead.country == given.country.upper()
    if given.import_id is not None:
        yield lead.id.in_(_named_by_import(given.import_id))
    if given.has_phone is not None:
        yield lead.phone.is_not(None) if given.has_phone else lead.phone.is_(None)
    if given.has_email is not None:
        yield lead.email.is_not(None) if given.has_email else lead.email.is_(None)
    yield from _score_bounds(given, lead)
    yield from _created_bounds(given, lead)


def _named_by_import(import_id: int) -> CompoundSelect[int]:
    """Everybody in the file: those that the import wrote last, and those that it found or that were written again since."""
    return union_all(
        select(LEADS.id).where(LEADS.import_id == import_id), select(IMPORTED.lead_id).where(IMPORTED.import_id == import_id)
    )


def _score_bounds(given: LeadFilter, lead: Columns = LEADS) -> Iterator[ColumnElement[bool]]:
    if given.score_min is not None:
        yield score_key(lead) >= given.score_min
    if given.score_max is not None:
        yield score_key(lead) <= given.score_max
        yield score_key(lead) >= 0


def _created_bounds(given: LeadFilter, lead: Columns = LEADS) -> Iterator[ColumnElement[bool]]:
    if given.created_from is not None:
        yield lead.created_at >= given.created_from
    if given.created_to is not None:
        yield lead.created_at < given.created_to


def _search(text: str, lead: Columns) -> ColumnElement[bool]:
    digits = re.sub(r"\D", "", text)
    if PHONE_SEARCH.fullmatch(text) and len(digits) >= FEWEST_DIGITS:
        return or_(lead.phone.like(f"+{digits}%"), func.reverse(lead.phone).like(f"{digits[::-1]}%"))
    # The words are in the index as they are; quoted, no part of the query's syntax can be in them.
    prefixes = [f"'{word}':*" for word in words(text)]
    if not prefixes:
        return literal(False)
    found: ColumnElement[bool] = lead.search.bool_op("@@")(cast(" & ".join(prefixes), TSQUERY))
    return found


def _attribute(name: str, value: str, lead: Columns) -> ColumnElement[bool]:
    """`value` as a text, or as the number or truth value that it may stand for; also as one of a list's, as tags are."""
    candidates: list[Any] = [value]
    if re.fullmatch(r"-?\d{1,15}", value):
        candidates.append(int(value))
    elif re.fullmatch(r"-?\d{1,15}\.\d{1,15}", value):
        candidates.append(float(value))
    elif value in ("true", "false"):
        candidates.append(value == "true")
    candidates += [[candidate] for candidate in candidates]
    return or_(*(lead.attributes.contains({name: candidate}) for candidate in candidates))
