"""What can be done with leads: create, change, delete, consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from outrider.db.pages import Page, read_order
from outrider.errors import Conflict, FieldProblem, InvalidInput, NotFound
from outrider.events.bus import publish
from outrider.leads import repository
from outrider.leads.events import LeadChange, LeadsLeaving, LeadsTouched
from outrider.leads.filters import LEADS, selected_lead_ids
from outrider.leads.models import Lead, LeadConsent, LeadListMember
from outrider.leads.person import Person, changed_fields, completed, given_country, given_region
from outrider.leads.phones import UnusablePhone, parse_phone
from outrider.leads.places import country_code, region_code
from outrider.leads.schemas import (
    ConsentIn,
    ConsentOut,
    FieldValues,
    LeadDetail,
    LeadFilter,
    LeadIn,
    LeadOut,
    LeadPatch,
    Selection,
)
from outrider.leads.tags import with_tags
from outrider.leads.values import UnusableValue, check_attributes, clean_line, clean_text, read_email, read_language
from outrider.leads.zones import zone_name

LEADS_OUT = TypeAdapter(list[LeadOut])
LINES = ("name", "company", "title", "industry", "company_size", "street", "city", "postal_code", "source")


class LeadNotFound(NotFound):
    """There is no lead with this number."""


class LeadExists(Conflict):
    """Another lead has this phone number or, without one, this e-mail address."""


class LeadEditedMeanwhile(Conflict):
    """Somebody changed the lead after the version that an edit began with."""

    title = "Changed by somebody else meanwhile"


async def list_leads(session: AsyncSession, given: LeadFilter, sort: str, cursor: str | None, limit: int) -> Page[LeadOut]:
    """One page of the leads that match.

    Raises:
        InvalidInput: the sort or the cursor is none of this list.
    """
    order = read_order(sort, repository.SORTS, LEADS.id)
    leads, next_cursor = await repository.read_page(session, given, order, cursor, limit)
    return Page(items=LEADS_OUT.validate_python([lead._asdict() for lead in leads]), next_cursor=next_cursor)


async def get_lead(session: AsyncSession, lead_id: int) -> Lead:
    """
    Raises:
        LeadNotFound
    """
    lead = await session.get(Lead, lead_id)
    if lead is None:
        raise LeadNotFound(f"There is no lead {lead_id}.")
    return lead


async def lead_detail(session: AsyncSession, lead_id: int) -> LeadDetail:
    """
    Raises:
        LeadNotFound
    """
    lead = await get_lead(session, lead_id)
    detail = LeadDetail.model_validate(lead)
    detail.consents = [ConsentOut.model_validate(consent) for consent in await repository.consents_of(session, lead_id)]
    detail.consent_channels = sorted(consent.channel for consent in detail.consents if consent.revoked_at is None)
    detail.list_ids = await repository.lists_of(session, lead_id)
    return detail


async def create_lead(session: AsyncSession, given: LeadIn, default_region: str) -> LeadDetail:
    """
    Raises:
        InvalidInput: names the field that can't be used.
        LeadExists: the phone number or address belongs to another lead.
    """
    values = given.model_dump(exclude={"consents", "list_ids"})
    lead = Lead()
    await _write(session, lead, changed_person(values, Person(), default_region))
    session.add(lead)
    await session.flush()
    for consent in given.consents:
        session.add(LeadConsent(lead_id=lead.id, **consent.model_dump()))
    await _join_lists(session, lead.id, given.list_ids)
    await session.flush()
    await publish(session, LeadsTouched(LeadChange.CREATED, [lead.id]))
    await session.refresh(lead)
    return await lead_detail(session, lead.id)


async def change_lead(session: AsyncSession, lead_id: int, patch: LeadPatch, default_region: str) -> LeadDetail:
    """Change what the patch names; country, state and zones follow the new number or address.

    Raises:
        LeadNotFound
        InvalidInput: names the field that can't be used.
        LeadExists: the new phone number or address belongs to another lead.
        LeadEditedMeanwhile: the patch names a version, and somebody changed the lead since; names the fields.
    """
    lead = await _lock(session, lead_id)
    before = stored_person(lead)
    _refuse_outdated(lead, patch.version)
    values = patch.model_dump(exclude_unset=True, exclude={"version"})
    if "attributes" in values:
        merged = {**lead.attributes, **values["attributes"]}
        values["attributes"] = {name: value for name, value in merged.items() if value is not None}
    after = changed_person(values, before, default_region)
    await _write(session, lead, after)
    if changed := changed_fields(before, after):
        lead.version += 1
        lead.field_versions = lead.field_versions | dict.fromkeys(changed, lead.version)
    await session.flush()
    await publish(session, LeadsTouched(LeadChange.CHANGED, [lead_id]))
    await session.refresh(lead)
    return await lead_detail(session, lead_id)


async def delete_lead(session: AsyncSession, lead_id: int) -> None:
    """
    Raises:
        LeadNotFound
        Conflict: something still needs the lead.
    """
    await get_lead(session, lead_id)
    await delete_all(session, [lead_id])


async def delete_all(session: AsyncSession, lead_ids: Sequence[int]) -> int:
    """Delete leads by their ids; returns how many there were.

    Raises:
        Conflict: something still needs one of them.
    """
    if not lead_ids:
        return 0
    await publish(session, LeadsLeaving(lead_ids))
    await publish(session, LeadsTouched(LeadChange.DELETED, lead_ids))
    return await repository.delete_leads(session, lead_ids)


async def count_leads(session: AsyncSession, selection: Selection) -> int:
    return await repository.count(session, selected_lead_ids(selection))


async def field_values(session: AsyncSession, field: str) -> FieldValues:
    """Values that occur in a field or attribute, or names of attributes, for a menu.

    Raises:
        InvalidInput: not a field with a menu.
    """
    if field == "attributes":
        values = await repository.attribute_names(session)
    elif field.startswith("attributes."):
        values = await repository.attribute_values(session, field.removeprefix("attributes."))
    elif field in repository.LISTED_FIELDS:
        values = await repository.distinct_values(session, field)
    else:
        known = ", ".join((*repository.LISTED_FIELDS, "attributes", "attributes.<name>"))
        raise InvalidInput.on("path.field", f"{field!r} has no menu", f"Use one of {known}.")
    return FieldValues(values=values[: repository.MOST_VALUES], more=len(values) > repository.MOST_VALUES)


async def grant_consent(session: AsyncSession, lead_id: int, given: ConsentIn) -> LeadDetail:
    """Record consent for a channel; an open one is closed and the new one takes its place.

    Raises:
        LeadNotFound
    """
    await get_lead(session, lead_id)
    await repository.close_consent(session, lead_id, given.channel, datetime.now(UTC))
    session.add(LeadConsent(lead_id=lead_id, **given.model_dump()))
    await session.flush()
    await publish(session, LeadsTouched(LeadChange.CHANGED, [lead_id]))
    return await lead_detail(session, lead_id)


async def revoke_consent(session: AsyncSession, lead_id: int, channel: str) -> LeadDetail:
    """
    Raises:
        LeadNotFound
        NotFound: there is no open consent for the channel.
    """
    await get_lead(session, lead_id)
    if not await repository.close_consent(session, lead_id, channel, datetime.now(UTC)):
        raise NotFound(f"Lead {lead_id} has no open consent for {channel}.")
    await publish(session, LeadsTouched(LeadChange.CHANGED, [lead_id]))
    return await lead_detail(session, lead_id)


async def _lock(session: AsyncSession, lead_id: int) -> Lead:
    """The lead for a change: two edits at once follow each other, and the second sees what the first did."""
    options = [undefer(Lead.field_versions)]
    lead = await session.get(Lead, lead_id, options=options, with_for_update={"key_share": True}, populate_existing=True)
    if lead is None:
        raise LeadNotFound(f"There is no lead {lead_id}.")
    return lead


def _refuse_outdated(lead: Lead, version: int | None) -> None:
    """
    Raises:
        LeadEditedMeanwhile
        InvalidInput: the lead never had this version.
    """
    if version is None or version == lead.version:
        return
    if version > lead.version:
        raise InvalidInput.on("body.version", f"is beyond {lead.version}, the lead's version", "Use the one that the lead has.")
    changed = sorted(name for name, changed_in in lead.field_versions.items() if changed_in > version)
    raise LeadEditedMeanwhile(
        f"Somebody else changed lead {lead.id} meanwhile: {', '.join(changed)}.",
        remedy=f"Look at what they wrote; to keep yours, send it again with version {lead.version}.",
        fields=[FieldProblem(field=f"body.{name}", problem="was changed by somebody else meanwhile") for name in changed],
        version=lead.version,
    )


async def _join_lists(session: AsyncSession, lead_id: int, list_ids: Sequence[int]) -> None:
    unknown = set(list_ids) - await repository.known_lists(session, list_ids) if list_ids else set()
    if unknown:
        raise InvalidInput.on("body.list_ids", f"there is no list {min(unknown)}", "Create the list first.")
    session.add_all([LeadListMember(list_id=list_id, lead_id=lead_id) for list_id in set(list_ids)])


async def _write(session: AsyncSession, lead: Lead, person: Person) -> None:
    """Give the lead the person's values, after making sure that nobody else is this person."""
    if person.phone is None and person.email is None:
        raise InvalidInput.on("body.phone", "and e-mail are both empty", "A lead needs one of them.")
    if person.phone is not None:
        twin = await repository.find_by_phone(session, person.phone)
    else:
        twin = await repository.find_by_email_without_phone(session, person.email or "")
    if twin is not None and twin.id != lead.id:
        field = "phone number" if person.phone else "e-mail address"
        raise LeadExists(f"Lead {twin.id} has this {field}.", remedy="Change that lead instead.", lead_id=twin.id)
    for name, value in person._asdict().items():
        setattr(lead, name, list(value) if isinstance(value, tuple) else value)


def stored_person(lead: Lead) -> Person:
    values = (getattr(lead, name) for name in Person._fields)
    return Person._make(tuple(value) if isinstance(value, list) else value for value in values)


def changed_person(values: dict[str, Any], stored: Person, default_region: str) -> Person:
    """`stored` with `values`, each read into the form it is kept in.

    Raises:
        InvalidInput: names the field.
    """
    read = {name: _read(name, value, values, stored, default_region) for name, value in values.items()}
    if "name" in read:
        read["name"] = read["name"] or ""
    base = stored._replace(country=given_country(stored), region=given_region(stored), derived=())
    return completed(base._replace(**read))


def _read(name: str, value: Any, values: dict[str, Any], stored: Person, default_region: str) -> Any:
    if value is None or value == "":
        return None
    try:
        return _readers(values, stored, default_region).get(name, lambda kept: kept)(value)
    except (UnusableValue, UnusablePhone) as error:
        raise InvalidInput.on(f"body.{name}", str(error), "Correct it, or leave it out.") from error


def _readers(values: dict[str, Any], stored: Person, default_region: str) -> dict[str, Any]:
    country = country_code(values["country"]) if values.get("country") else given_country(stored)
    return {
        **dict.fromkeys(LINES, clean_line),
        "notes": clean_text,
        "phone": lambda text: parse_phone(text, country or default_region).e164,
        "email": read_email,
        "language": read_language,
        "country": _country,
        "region": lambda text: region_code(country, clean_line(text)),
        "time_zone": _zone,
        "attributes": _attributes,
    }


def _country(text: str) -> str:
    code = country_code(text)
    if code is None:
        raise UnusableValue("is no country")
    return code


def _zone(text: str) -> str:
    zone = zone_name(text)
    if zone is None:
        raise UnusableValue("is no time zone")
    return zone


def _attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    check_attributes(attributes)
    return with_tags(attributes)
