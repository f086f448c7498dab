"""HubSpot's CRM API v3 with the token of a private app: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3.

Our keys are properties whose values HubSpot keeps unique (`hasUniqueValue`): `outrider_id` of contacts, `outrider_key` of
activities. Creating an activity a second time is therefore refused (409) and found by its key.

A search lists at most 10,000 results and sorts by one property, so the list of changes goes by value instead of by page:
first the rest of the contacts of the last moment by id, then those of later moments by date.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from outrider.integrations.crm.accounts import HubSpotAccount
from outrider.integrations.crm.base import (
    Activity,
    ActivityKind,
    Changes,
    Contact,
    ContactMissing,
    ContactWrite,
    CrmAccount,
    CrmNotAuthenticated,
    CrmRefused,
    CrmTraits,
    CrmUnavailable,
    FieldKind,
    Gone,
    Position,
    RemoteField,
    Written,
)
from outrider.integrations.crm.http import CrmHttp, Pace, batches, json_object, moment, zulu

WHO = "HubSpot"
CONTACTS = "/crm/v3/objects/contacts"
CHANGED = "lastmodifieddate"
MERGED = "hs_merged_object_ids"
OUR_ID = "outrider_id"
OUR_KEY = "outrider_key"
BATCH = 100
MOST_DELETED_PAGES = 100
INDEXING = timedelta(seconds=120)
"""What was written is found by a search some seconds later."""
EXISTING = re.compile(r"Existing ID: (\d+)")
KINDS: Mapping[str, FieldKind] = {
    "number": "number", "bool": "boolean", "date": "date", "datetime": "date", "enumeration": "choice",
}  # fmt: skip

ACTIVITIES = {
    ActivityKind.TEXT: ("communications", 81),
    ActivityKind.CALL: ("calls", 194),
    ActivityKind.NOTE: ("notes", 202),
    ActivityKind.MEETING: ("meetings", 200),
}
"""The object that each kind is there, and the type of its association with a contact."""


class HubSpot:
    traits = CrmTraits(polls=True, lag=INDEXING, page=BATCH)

    def __init__(self, account: HubSpotAccount):
        self._account = account
        self._url = str(account.api_url).rstrip("/")
        self._http = CrmHttp(WHO, Pace(account.requests_per_second))

    async def check(self) -> CrmAccount:
        found = await self._get("/account-info/v3/details")
        await self._get(f"{CONTACTS}?limit=1")
        return CrmAccount(f"HubSpot portal {found.get('portalId')}", str(found.get("uiDomain", "")))

    async def prepare(self) -> None:
        await self._ensure_property("contacts", OUR_ID, "Outrider id", is_unique=True)
        if self._account.opt_out_property == HubSpotAccount.model_fields["opt_out_property"].default:
            await self._ensure_property("contacts", self._account.opt_out_property, "Opted out (Outrider)", is_flag=True)
        for kind, _ in ACTIVITIES.values():
            await self._ensure_property(kind, OUR_KEY, "Outrider key", is_unique=True)

    async def fields(self) -> Sequence[RemoteField]:
        answer = await self._get("/crm/v3/properties/contacts?archived=false")
        found = [_field(one) for one in answer.get("results", []) if not one.get("hidden")]
        return sorted(found, key=lambda one: one.label.casefold())

    async def changed(self, after: Position | None, fields: Sequence[str], limit: int) -> Changes:
        limit = min(limit, self.traits.page)
        if after is not None and after.external_id:
            same = await self._search(
                [_filter(CHANGED, "EQ", _stamp(after.changed_at)), _filter("hs_object_id", "GT", after.external_id)],
                "hs_object_id", fields, limit,
            )  # fmt: skip
            if same:
                return Changes(same, _at(same[-1]), more=True)
        filters = [_filter(CHANGED, "GT", _stamp(after.changed_at))] if after else [_filter(CHANGED, "HAS_PROPERTY")]
        later = await self._search(filters, CHANGED, fields, limit)
        if len(later) < limit:
            ordered = sorted(later, key=lambda one: (one.changed_at, int(one.external_id)))
            return Changes(ordered, _at(ordered[-1]) if ordered else None, more=False)
        return await self._whole_moments(later, fields, limit)

    async def _whole_moments(self, page: Sequence[Contact], fields: Sequence[str], limit: int) -> Changes:
        """A full page ends within a moment; of that one, only the contacts with the lowest ids are certain."""
        last = page[-1].changed_at
        before = [one for one in page if one.changed_at < last]
        if before:
            ordered = sorted(before, key=lambda one: (one.changed_at, int(one.external_id)))
            return Changes(ordered, _at(ordered[-1]), more=True)
        first = await self._search([_filter(CHANGED, "EQ", _stamp(last))], "hs_object_id", fields, limit)
        return Changes(first, _at(first[-1]) if first else None, more=bool(first))

    async def gone(self, since: datetime) -> Sequence[Gone]:
        found: list[Gone] = []
        after = ""
        for _ in range(MOST_DELETED_PAGES):
            answer = await self._get(f"{CONTACTS}?archived=true&limit={BATCH}{after}")
            for one in answer.get("results", []):
                at = moment(WHO, one.get("archivedAt") or one.get("updatedAt"))
                if at >= since:
                    found.append(Gone(str(one["id"]), at))
            following = answer.get("paging", {}).get("next", {}).get("after")
            if not following:
                break
            after = f"&after={quote(str(following))}"
        return sorted(found, key=lambda one: one.at)

    async def read(self, external_ids: Sequence[str], fields: Sequence[str]) -> Sequence[Contact]:
        found: list[Contact] = []
        for some in batches(external_ids, BATCH):
            found += await self._batch_read(some, fields)
        return found

    async def upsert(self, contacts: Sequence[ContactWrite]) -> Sequence[Written]:
        done: dict[str, Written] = {}
        known = {one.key: one.external_id for one in contacts if one.external_id}
        known |= await self._found([one for one in contacts if not one.external_id])
        for some in batches([one for one in contacts if one.key in known], BATCH):
            done |= await self._update(some, known)
        for some in batches([one for one in contacts if one.key not in known], BATCH):
            done |= await self._create(some)
        return [done[one.key] for one in contacts]

    async def log(self, activity: Activity) -> str:
        kind, association = ACTIVITIES[activity.kind]
        path = f"/crm/v3/objects/{kind}"
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": association}]
        body = {
            "properties": {OUR_KEY: activity.key, **_activity(activity)},
            "associations": [{"to": {"id": activity.external_id}, "types": types}],
        }
        response = await self._ask("POST", path, json=body)
        if response.status_code == httpx.codes.CONFLICT or _says_duplicate(response):
            found = await self._get(f"{path}/{quote(activity.key, safe='')}?idProperty={OUR_KEY}")
            return str(found["id"])
        if response.is_error and await self._is_missing(activity.external_id):
            raise ContactMissing(f"HubSpot has no contact {activity.external_id}.")
        return str(_accepted(response)["id"])

    async def set_fields(self, external_id: str, values: Mapping[str, str]) -> None:
        _accepted(await self._ask("PATCH", f"{CONTACTS}/{quote(external_id, safe='')}", json={"properties": dict(values)}))

    async def opt_out(self, external_id: str, at: datetime) -> None:
        await self.set_fields(external_id, {self._account.opt_out_property: "true"})

    async def aclose(self) -> None:
        await self._http.aclose()

    # Contacts

    async def _search(self, filters: Sequence[Any], sort: str, fields: Sequence[str], limit: int) -> list[Contact]:
        body = {
            "filterGroups": [{"filters": list(filters)}], "sorts": [sort], "limit": limit, "after": "0",
            "properties": sorted({*fields, CHANGED, MERGED}),
        }  # fmt: skip
        answer = _accepted(await self._ask("POST", f"{CONTACTS}/search", json=body))
        return [_contact(one) for one in answer.get("results", [])]

    async def _batch_read(self, ids: Sequence[str], fields: Sequence[str], by: str | None = None) -> list[Contact]:
        body: dict[str, Any] = {
            "inputs": [{"id": one} for one in ids],
            "properties": sorted({*fields, CHANGED, MERGED}),
            "propertiesWithHistory": [],
        }
        if by:
            body["idProperty"] = by
        # 207: some of them were not found, and are left out.
        answer = _accepted(await self._ask("POST", f"{CONTACTS}/batch/read?archived=false", json=body))
        return [_contact(one) for one in answer.get("results", [])]

    async def _found(self, contacts: Sequence[ContactWrite]) -> dict[str, str]:
        """Contacts that are there already, by our key: written by us before, or known by their address or number."""
        found: dict[str, str] = {}
        for some in batches(contacts, BATCH):
            ours = {
                one.values[OUR_ID]: one.external_id for one in await self._batch_read([c.key for c in some], [OUR_ID], OUR_ID)
            }
            found |= {key: ours[key] for key in (c.key for c in some) if key in ours}
            addresses = {c.email: c.key for c in some if c.email and c.key not in found}
            if addresses:
                for one in await self._batch_read(list(addresses), ["email"], "email"):
                    key = addresses.get(one.values.get("email", "").lower())
                    if key:
                        found[key] = one.external_id
        for contact in contacts:
            if contact.phone and contact.key not in found:
                filters = [_filter("phone", "EQ", contact.phone)]
                if same := await self._search(filters, "hs_object_id", [], 1):
                    found[contact.key] = same[0].external_id
        return found

    async def _update(self, contacts: Sequence[ContactWrite], known: Mapping[str, str]) -> dict[str, Written]:
        inputs = [{"id": known[one.key], "properties": {**one.values, OUR_ID: one.key}} for one in contacts]
        response = await self._ask("POST", f"{CONTACTS}/batch/update", json={"inputs": inputs})
        if response.status_code == httpx.codes.OK:
            return {one.key: Written(one.key, known[one.key]) for one in contacts}
        if len(contacts) > 1:
            # One contact spoils the whole batch and the answer need not say which.
            return {key: one for contact in contacts for key, one in (await self._update([contact], known)).items()}
        return {contacts[0].key: Written(contacts[0].key, None, _problem(response))}

    async def _create(self, contacts: Sequence[ContactWrite]) -> dict[str, Written]:
        inputs = [{"id": one.key, "idProperty": OUR_ID, "properties": {**one.values, OUR_ID: one.key}} for one in contacts]
        response = await self._ask("POST", f"{CONTACTS}/batch/upsert", json={"inputs": inputs})
        if response.status_code in (httpx.codes.OK, httpx.codes.CREATED):
            results = json_object(WHO, response).get("results", [])
            ids = {one.get("properties", {}).get(OUR_ID): str(one["id"]) for one in results}
            return {one.key: Written(one.key, ids.get(one.key)) for one in contacts}
        if len(contacts) > 1:
            return {key: one for contact in contacts for key, one in (await self._create([contact])).items()}
        (contact,) = contacts
        if existing := EXISTING.search(response.text):
            return await self._update([contact], {contact.key: existing[1]})
        return {contact.key: Written(contact.key, None, _problem(response))}

    async def _is_missing(self, external_id: str) -> bool:
        response = await self._ask("GET", f"{CONTACTS}/{quote(external_id, safe='')}")
        return response.status_code == httpx.codes.NOT_FOUND

    async def _ensure_property(self, kind: str, name: str, label: str, *, is_unique: bool = False, is_flag: bool = False) -> None:
        path = f"/crm/v3/properties/{kind}"
        response = await self._ask("GET", f"{path}/{name}")
        if response.status_code != httpx.codes.NOT_FOUND:
            _accepted(response)
            return
        body: dict[str, Any] = {"name": name, "label": label, "groupName": _group(kind), "type": "string", "fieldType": "text"}
        if is_unique:
            body["hasUniqueValue"] = True
        if is_flag:
            choices = [{"label": label, "value": value, "displayOrder": place, "hidden": False}
                       for place, (label, value) in enumerate((("Yes", "true"), ("No", "false")))]  # fmt: skip
            body |= {"type": "bool", "fieldType": "booleancheckbox", "options": choices}
        response = await self._ask("POST", path, json=body)
        if response.status_code != httpx.codes.CONFLICT:
            _accepted(response)

    # Requests

    async def _get(self, path: str) -> dict[str, Any]:
        return _accepted(await self._ask("GET", path))

    async def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._account.token.get_secret_value()}"}
        response = await self._http.ask(method, f"{self._url}{path}", headers=headers, **request)
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            remedy = "Give the private app the scopes that the guide names, and put its token into OUTRIDER_CRM_ACCOUNTS."
            raise CrmNotAuthenticated(f"HubSpot refuses the token: {_problem(response)}", remedy=remedy)
        return response


def _accepted(response: httpx.Response) -> dict[str, Any]:
    if response.is_success:
        return json_object(WHO, response)
    if response.status_code == httpx.codes.NOT_FOUND:
        raise ContactMissing(f"HubSpot: {_problem(response)}")
    if response.is_redirect:
        raise CrmUnavailable("HubSpot sends us elsewhere.")
    raise CrmRefused(f"HubSpot: {_problem(response)}")


def _problem(response: httpx.Response) -> str:
    try:
        said = response.json().get("message")
    except (ValueError, AttributeError):
        said = None
    return str(said or f"it answered {response.status_code}.")[:500]


def _says_duplicate(response: httpx.Response) -> bool:
    return response.status_code == httpx.codes.BAD_REQUEST and "already has that value" in response.text


def _contact(one: Mapping[str, Any]) -> Contact:
    try:
        values = {name: str(value) for name, value in one["properties"].items() if value is not None}
        merged = tuple(part for part in values.get(MERGED, "").split(";") if part)
        return Contact(str(one["id"]), values, moment(WHO, values.get(CHANGED) or one["updatedAt"]), merged)
    except (KeyError, AttributeError) as error:
        raise CrmUnavailable("HubSpot lists a contact that can't be read.") from error


def _field(one: Mapping[str, Any]) -> RemoteField:
    choices = tuple(str(option.get("value")) for option in one.get("options") or [])
    writable = not one.get("modificationMetadata", {}).get("readOnlyValue", False)
    kind = KINDS.get(str(one.get("type")), "text")
    return RemoteField(str(one["name"]), str(one.get("label") or one["name"]), kind, choices, writable)


def _filter(name: str, operator: str, value: str | None = None) -> dict[str, str]:
    return {"propertyName": name, "operator": operator} | ({} if value is None else {"value": value})


def _stamp(at: datetime) -> str:
    """Milliseconds since 1970, as searches want them."""
    return str(int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)))


def _at(contact: Contact) -> Position:
    return Position(contact.changed_at, contact.external_id)


def _activity(activity: Activity) -> dict[str, str]:
    at = zulu(activity.at)
    # Bodies are rich text there: what somebody wrote must show as they wrote it.
    body = html.escape(activity.body).replace("\n", "<br>")
    subject = activity.subject
    direction = "INBOUND" if activity.is_inbound else "OUTBOUND"
    match activity.kind:
        case ActivityKind.TEXT:
            text = f"<strong>{html.escape(subject)}</strong><br>{body}"
            return {"hs_timestamp": at, "hs_communication_channel_type": "SMS", "hs_communication_logged_from": "CRM",
                    "hs_communication_body": text}  # fmt: skip
        case ActivityKind.CALL:
            ends_at = activity.ends_at or activity.at
            lasted = str(int((ends_at - activity.at) / timedelta(milliseconds=1)))
            return {"hs_timestamp": at, "hs_call_title": subject, "hs_call_body": body, "hs_call_direction": direction,
                    "hs_call_status": "COMPLETED", "hs_call_duration": lasted}  # fmt: skip
        case ActivityKind.MEETING:
            return {"hs_timestamp": at, "hs_meeting_title": subject, "hs_meeting_body": body, "hs_meeting_start_time": at,
                    "hs_meeting_end_time": zulu(activity.ends_at or activity.at + timedelta(minutes=30)),
                    "hs_meeting_outcome": "SCHEDULED"}  # fmt: skip
        case ActivityKind.NOTE:
            return {"hs_timestamp": at, "hs_note_body": f"<strong>{html.escape(subject)}</strong><br>{body}"}


def _group(kind: str) -> str:
    return {"contacts": "contactinformation"}.get(kind, kind.removesuffix("s"))
