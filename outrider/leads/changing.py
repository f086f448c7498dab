"""Changes of many leads in a few statements, as workflows ask for them: fields and attributes, tags, lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from outrider.errors import InvalidInput
from outrider.events.bus import publish
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.models import Lead
from outrider.leads.person import Person, changed_fields
from outrider.leads.schemas import LeadPatch
from outrider.leads.service import changed_person, stored_person
from outrider.leads.tags import MOST_TAGS, TAGS, tags_of

log = structlog.get_logger(__name__)

LONGEST_LIST_NAME = 200
ATTRIBUTE = "attributes."
CHANGEABLE = (
    "name", "email", "company", "title", "industry", "company_size", "notes", "language", "street", "city", "region",
    "postal_code", "country", "time_zone", "source", "score", "tier",
)  # fmt: skip
"""Everything but the number: it is how the person is known."""

ADD_LISTS = text("INSERT INTO lead_lists (name) SELECT unnest(CAST(:names AS text[])) ON CONFLICT DO NOTHING")
WANTED = """
    SELECT t.place, t.name, l.id AS list_id, p.id AS lead_id
    FROM unnest(CAST(:places AS int[]), CAST(:leads AS bigint[]), CAST(:names AS text[])) AS t (place, lead, name)
    LEFT JOIN lead_lists AS l ON l.name = t.name LEFT JOIN leads AS p ON p.id = t.lead
"""
JOIN_LISTS = text(f"""
    WITH wanted AS ({WANTED}), changed AS (
        INSERT INTO lead_list_members (list_id, lead_id)
        SELECT DISTINCT list_id, lead_id FROM wanted WHERE list_id IS NOT NULL AND lead_id IS NOT NULL ORDER BY 1, 2
        ON CONFLICT DO NOTHING RETURNING list_id, lead_id
    )
    SELECT wanted.*, changed.lead_id IS NOT NULL AS is_changed FROM wanted LEFT JOIN changed USING (list_id, lead_id)
    ORDER BY place, name
""")  # noqa: S608  (built from constants)
LEAVE_LISTS = text(f"""
    WITH wanted AS ({WANTED}), changed AS (
        DELETE FROM lead_list_members AS m USING wanted WHERE m.list_id = wanted.list_id AND m.lead_id = wanted.lead_id
        RETURNING m.list_id, m.lead_id
    )
    SELECT wanted.*, changed.lead_id IS NOT NULL AS is_changed FROM wanted LEFT JOIN changed USING (list_id, lead_id)
    ORDER BY place, name
""")  # noqa: S608  (built from constants)

LEAD_GONE = "The lead is not there any more."
EMAIL_KEPT = "The e-mail address was not set: the lead has no number and is known by its address alone."

LeftOut = dict[int, list[str]]
"""What was left out, in words for the user, by the place of the wish among those that were given."""


def read_changes(changes: Mapping[str, Any], default_region: str) -> dict[str, Any]:
    """The changes in the form in which they are kept.

    Args:
        changes: by field, `attributes.<name>` for an attribute; None empties.

    Raises:
        InvalidInput: names the field that can't be changed or used.
    """
    values = {name: value for name, value in changes.items() if not name.startswith(ATTRIBUTE)}
    if unknown := sorted(set(values) - set(CHANGEABLE)):
        raise InvalidInput.on(unknown[0], "can't be changed", f"Choose one of {', '.join(CHANGEABLE)}.")
    attributes = {name.removeprefix(ATTRIBUTE): value for name, value in changes.items() if name.startswith(ATTRIBUTE)}
    if attributes:
        values["attributes"] = attributes
    try:
        values = LeadPatch(**values).model_dump(exclude_unset=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput.on(".".join(str(part) for part in first["loc"]), first["msg"]) from error
    changed_person(_merged(values, {}), Person(), default_region)
    return values


async def change_many(session: AsyncSession, changes: Sequence[tuple[int, Mapping[str, Any]]], default_region: str) -> LeftOut:
    """Change leads, as (lead, changes as `read_changes` takes them); returns what was left out.

    A change that can't be used is left out as a whole; of the others, the address of a lead that is known by nothing else.
    """
    leads = await _locked(session, {lead_id for lead_id, _ in changes})
    changed, left_out = set[int](), LeftOut()
    for place, (lead_id, wanted) in enumerate(changes):
        if (lead := leads.get(lead_id)) is None:
            left_out[place] = [LEAD_GONE]
            continue
        try:
            values = read_changes(wanted, default_region)
            if not lead.phone and values.pop("email", lead.email) != lead.email:
                left_out[place] = [EMAIL_KEPT]
            if _change(lead, values, default_region):
                changed.add(lead_id)
        except InvalidInput as error:
            left_out[place] = [_refused(lead_id, error)]
    await _tell(session, changed)
    return left_out


async def tag_many(
    session: AsyncSession, wishes: Sequence[tuple[int, Sequence[str], Collection[str]]], default_region: str
) -> LeftOut:
    """Give leads tags and take others away, as (lead, tags to add, tags to remove); returns what was left out."""
    leads = await _locked(session, {lead_id for lead_id, _, _ in wishes})
    changed, left_out = set[int](), LeftOut()
    for place, (lead_id, add, remove) in enumerate(wishes):
        if (lead := leads.get(lead_id)) is None:
            left_out[place] = [LEAD_GONE]
            continue
        before = tags_of(lead.attributes)
        wanted = [tag for tag in dict.fromkeys([*before, *add]) if tag not in remove]
        after = wanted[:MOST_TAGS]
        if missing := [tag for tag in wanted[MOST_TAGS:] if tag in add]:
            left_out[place] = [f"Not given: {', '.join(missing)}. A lead has at most {MOST_TAGS} tags."]
        try:
            if after != before and _change(lead, {"attributes": {TAGS: after or None}}, default_region):
                changed.add(lead_id)
        except InvalidInput as error:
            left_out[place] = [_refused(lead_id, error)]
    await _tell(session, changed)
    return left_out


async def list_many(session: AsyncSession, wishes: Sequence[tuple[int, Sequence[str], Sequence[str]]]) -> LeftOut:
    """Put leads on lists and take them off, as (lead, lists to put it on, lists to take it off); returns what was left out.

    Lists go by their names; one to be put on is made if there is none.
    """
    add = [(place, lead_id, name) for place, (lead_id, names, _) in enumerate(wishes) for name in names]
    remove = [(place, lead_id, name) for place, (lead_id, _, names) in enumerate(wishes) for name in names]
    if add:
        await session.execute(ADD_LISTS, {"names": sorted({name for _, _, name in add})})
    changed, left_out = set[int](), LeftOut()
    for statement, wanted in ((JOIN_LISTS, add), (LEAVE_LISTS, remove)):
        if not wanted:
            continue
        places, leads, names = (list(part) for part in zip(*wanted, strict=True))
        for row in await session.execute(statement, {"places": places, "leads": leads, "names": names}):
            if row.is_changed:
                changed.add(row.lead_id)
            elif row.lead_id is None:
                left_out[row.place] = [LEAD_GONE]
            elif row.list_id is None:
                left_out.setdefault(row.place, []).append(f"There is no list {row.name!r}.")
    if changed:
        await publish(session, LeadsTouched(LeadChange.LISTS, sorted(changed)))
    return left_out


async def _locked(session: AsyncSession, lead_ids: Collection[int]) -> dict[int, Lead]:
    """The leads, locked in the order of their ids."""
    query = select(Lead).where(Lead.id.in_(lead_ids)).order_by(Lead.id).options(undefer(Lead.field_versions))
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {lead.id: lead for lead in await session.scalars(query)}


def _change(lead: Lead, values: Mapping[str, Any], default_region: str) -> bool:
    """Whether the lead is not what it was.

    Raises:
        InvalidInput: it can't hold that; nothing is changed.
    """
    before = stored_person(lead)
    after = changed_person(_merged(values, lead.attributes), before, default_region)
    changed = changed_fields(before, after)
    if not changed:
        return False
    for name, value in after._asdict().items():
        setattr(lead, name, list(value) if isinstance(value, tuple) else value)
    lead.version += 1
    lead.field_versions = lead.field_versions | dict.fromkeys(changed, lead.version)
    return True


def _refused(lead_id: int, error: InvalidInput) -> str:
    log.info("lead_not_changed", lead_id=lead_id, fields=[problem.field for problem in error.fields])
    told = "; ".join(f"{problem.field.removeprefix('body.')} {problem.problem}" for problem in error.fields)
    return f"Nothing of it was kept: {told or error.detail}."


def _merged(values: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """The values with attributes added to the stored ones; None takes one away."""
    if "attributes" not in values:
        return dict(values)
    merged = {**stored, **values["attributes"]}
    return {**values, "attributes": {name: value for name, value in merged.items() if value is not None}}


async def _tell(session: AsyncSession, changed: set[int]) -> None:
    await session.flush()
    if changed:
        await publish(session, LeadsTouched(LeadChange.CHANGED, sorted(changed)))
