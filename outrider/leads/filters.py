"""From a filter to a query. Campaigns, bulk calls, export and the list all select leads through this."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from outrider.leads.folding import words
from outrider.leads.models import Lead, LeadConsent, LeadListMember
from outrider.leads.schemas import LeadFilter, Selection

PHONE_SEARCH = re.compile(r"[\d\s().+-]{3,}")
FEWEST_DIGITS = 3


def filtered_lead_ids(given: LeadFilter) -> Select[int]:
    """Query of the ids that match."""
    return select(Lead.id).where(*conditions(given))


def selected_lead_ids(selection: Selection) -> Select[int]:
    """Query of the ids of a selection."""
    if selection.filter is not None:
        return filtered_lead_ids(selection.filter)
    return select(Lead.id).where(Lead.id.in_(selection.ids or []))


def conditions(given: LeadFilter) -> Iterator[ColumnElement[bool]]:
    """What must hold for a lead to match."""
    if given.search:
        yield _search(given.search)
    if given.list_id is not None:
        yield Lead.id.in_(select(LeadListMember.lead_id).where(LeadListMember.list_id == given.list_id))
    if given.consent is not None:
        open_consent = select(LeadConsent.lead_id).where(LeadConsent.channel == given.consent, LeadConsent.revoked_at.is_(None))
        yield Lead.id.in_(open_consent)
    for pair in given.attribute or ():
        name, _, value = pair.partition(":")
        yield _attribute(name, value)
    yield from _columns(given)


def _columns(given: LeadFilter) -> Iterator[ColumnElement[bool]]:
    for column, values in (
        (Lead.tier, given.tier),
        (Lead.industry, given.industry),
        (Lead.region, given.region),
        (Lead.source, given.source),
    ):
        if values:
            yield column.in_(values)
    if given.company is not None:
        yield func.lower(func.coalesce(Lead.company, "")) == given.company.lower()
    if given.country is not None:
        yield Lead.country == given.country.upper()
    if given.import_id is not None:
        yield Lead.import_id == given.import_id
    if given.has_phone is not None:
        yield Lead.phone.is_not(None) if given.has_phone else Lead.phone.is_(None)
    if given.has_email is not None:
        yield Lead.email.is_not(None) if given.has_email else Lead.email.is_(None)
    # Through the expression that is indexed; a lead without a score lies below every bound.
    score = func.coalesce(Lead.score, -1)
    if given.score_min is not None:
        yield score >= given.score_min
    if given.score_max is not None:
        yield score <= given.score_max
        yield score >= 0
    if given.created_from is not None:
        yield Lead.created_at >= given.created_from
    if given.created_to is not None:
        yield Lead.created_at < given.created_to


def _search(text: str) -> ColumnElement[bool]:
    digits = re.sub(r"\D", "", text)
    if PHONE_SEARCH.fullmatch(text) and len(digits) >= FEWEST_DIGITS:
        ends_so = func.reverse(Lead.phone).op("~>=~")(digits[::-1]) & func.reverse(Lead.phone).like(f"{digits[::-1]}%")
        return or_(Lead.phone.like(f"+{digits}%"), ends_so)
    # The words are in the index as they are; quoted, no part of the query's syntax can be in them.
    prefixes = [f"'{word}':*" for word in words(text)]
    if not prefixes:
        return literal(False)
    return Lead.search.bool_op("@@")(cast(" & ".join(prefixes), TSQUERY))


def _attribute(name: str, value: str) -> ColumnElement[bool]:
    """`value` as a text, or as the number or truth value that it may stand for."""
    candidates: list[Any] = [value]
    if re.fullmatch(r"-?\d{1,15}", value):
        candidates.append(int(value))
    elif re.fullmatch(r"-?\d{1,15}\.\d{1,15}", value):
        candidates.append(float(value))
    elif value in ("true", "false"):
        candidates.append(value == "true")
    return or_(*(Lead.attributes.contains({name: candidate}) for candidate in candidates))
