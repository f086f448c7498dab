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
JOIN_LISTS = text("""
    INSERT INTO lead_list_members (list_id, lead_id)
    SELECT DISTINCT l.id, p.id FROM unnest(CAST(:leads AS bigint[]), CAST(:names AS text[])) AS t (lead_id, name)
    JOIN lead_lists AS l ON l.name = t.name JOIN leads AS p ON p.id = t.lead_id
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING RETURNING lead_id
""")
LEAVE_LISTS = text("""
    DELETE FROM lead_list_members AS m
    USING unnest(CAST(:leads AS bigint[]), CAST(:names AS text[])) AS t (lead_id, name) JOIN lead_lists AS l ON l.name = t.name
    WHERE m.list_id = l.id AND m.lead_id = t.lead_id RETURNING m.lead_id
""")


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


async def change_many(session: AsyncSession, changes: Sequence[tuple[int, Mapping[str, Any]]], default_region: str) -> set[int]:
    """Change leads, as `read_changes` takes it; returns those that are not what they were.

    A change that can't be used is left out, as is the address of a lead that is known by nothing else.
    """
    leads = await _locked(session, {lead_id for lead_id, _ in changes})
    changed: set[int] = set()
    for lead_id, wanted in changes:
        if (lead := leads.get(lead_id)) is None:
            continue
        try:
            values = read_changes(wanted, default_region)
        except InvalidInput as error:
            _leave_out(lead_id, error)
            continue
        if _change(lead, values, default_region):
            changed.add(lead_id)
    return await _tell(session, changed)


async def tag_many(
    session: AsyncSession, wishes: Sequence[tuple[int, Sequence[str], Collection[str]]], default_region: str
) -> set[int]:
    """Give leads tags and take others away, as (lead, tags to add, tags to remove); returns those that changed."""
    leads = await _locked(session, {lead_id for lead_id, _, _ in wishes})
    changed: set[int] = set()
    for lead_id, add, remove in wishes:
        if (lead := leads.get(lead_id)) is None:
            continue
        before = tags_of(lead.attributes)
        after = [tag for tag in dict.fromkeys([*before, *add]) if tag not in remove][:MOST_TAGS]
        if after != before and _change(lead, {"attributes": {TAGS: after or None}}, default_region):
            changed.add(lead_id)
    return await _tell(session, changed)


async def list_many(session: AsyncSession, add: Sequence[tuple[int, str]], remove: Sequence[tuple[int, str]]) -> None:
    """Put leads on lists and take them off, as (lead, name of the list). A list to be put on is made if there is none."""
    changed: list[int] = []
    if add:
        leads, names = (list(part) for part in zip(*add, strict=True))
        await session.execute(ADD_LISTS, {"names": sorted(set(names))})
        changed += (await session.execute(JOIN_LISTS, {"leads": leads, "names": names})).scalars()
    if remove:
        leads, names = (list(part) for part in zip(*remove, strict=True))
        changed += (await session.execute(LEAVE_LISTS, {"leads": leads, "names": names})).scalars()
    if changed:
        await publish(session, LeadsTouched(LeadChange.LISTS, sorted(set(changed))))


async def _locked(session: AsyncSession, lead_ids: Collection[int]) -> dict[int, Lead]:
    """The leads, locked in the order of their ids."""
    query = select(Lead).where(Lead.id.in_(lead_ids)).order_by(Lead.id).options(undefer(Lead.field_versions))
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {lead.id: lead for lead in await session.scalars(query)}


def _change(lead: Lead, values: Mapping[str, Any], default_region: str) -> bool:
    before = stored_person(lead)
    usable = {name: value for name, value in _merged(values, lead.attributes).items() if name != "email" or lead.phone}
    try:
        after = changed_person(usable, before, default_region)
    except InvalidInput as error:
        _leave_out(lead.id, error)
        return False
    changed = changed_fields(before, after)
    if not changed:
        return False
    for name, value in after._asdict().items():
        setattr(lead, name, list(value) if isinstance(value, tuple) else value)
    lead.version += 1
    lead.field_versions = lead.field_versions | dict.fromkeys(changed, lead.version)
    return True


def _leave_out(lead_id: int, error: InvalidInput) -> None:
    log.info("lead_not_changed", lead_id=lead_id, fields=[problem.field for problem in error.fields])


def _merged(values: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """The values with attributes added to the stored ones; None takes one away."""
    if "attributes" not in values:
        return dict(values)
    merged = {**stored, **values["attributes"]}
    return {**values, "attributes": {name: value for name, value in merged.items() if value is not None}}


async def _tell(session: AsyncSession, changed: set[int]) -> set[int]:
    await session.flush()
    if changed:
        await publish(session, LeadsTouched(LeadChange.CHANGED, sorted(changed)))
    return changed
