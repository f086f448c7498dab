"""Salesforce's REST API: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/.

Our keys are external id fields that an administrator adds (unique, case-sensitive): one at contacts or leads, one at
activities (tasks and events share their custom fields). Upserts by them can be repeated.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx

from outrider.integrations.crm.accounts import SalesforceAccount
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
from outrider.integrations.crm.http import CrmHttp, Pace, batches, json_object, json_of, moment, zulu

WHO = "Salesforce"
BATCH = 200
CHANGED = "SystemModstamp"
TOKEN_SECONDS = 900.0
"""The answer does not say how long a token lasts; a session that ended early is renewed once anyway."""
QUOTA_PAUSE = 900.0
SHARE_LEFT = 0.05
"""Of the daily calls; the last ones are the customer's."""
ORGANISATION = "SELECT Id, Name FROM Organization LIMIT 1"
FIELD_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")
RECORD_ID = re.compile(r"^[A-Za-z0-9]{15,18}$")
KINDS: Mapping[str, FieldKind] = {
    "boolean": "boolean", "int": "number", "double": "number", "currency": "number", "percent": "number", "date": "date",
    "datetime": "date", "picklist": "choice", "multipicklist": "choice",
}  # fmt: skip
SUBTYPES = {ActivityKind.CALL: "Call", ActivityKind.TEXT: "Task", ActivityKind.NOTE: "Task"}
LONGEST_SUBJECT = 255
LONGEST_BODY = 32_000


class Salesforce:
    traits = CrmTraits(polls=True, lag=timedelta(seconds=30), page=BATCH)

    def __init__(self, account: SalesforceAccount):
        self._account = account
        self._http = CrmHttp(WHO, Pace(account.requests_per_second))
        self._login = str(account.login_url).rstrip("/")
        self._instance = ""
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()
        self._object = account.sobject
        self._types: dict[str, str] = {}
        self._writable: frozenset[str] = frozenset()

    async def check(self) -> CrmAccount:
        await self._know_fields()
        answer = await self._get("/query?q=" + quote(ORGANISATION))
        records = answer.get("records") or [{}]
        return CrmAccount(
            f"Salesforce, {records[0].get('Name', 'unknown organisation')}", urlsplit(self._instance).hostname or ""
        )

    async def prepare(self) -> None:
        missing = []
        for thing, name in ((self._object, self._account.id_field), ("Task", self._account.key_field),
                            ("Event", self._account.key_field)):  # fmt: skip
            fields = {one.get("name"): one for one in (await self._get(f"/sobjects/{thing}/describe")).get("fields", [])}
            if not fields.get(name, {}).get("externalId"):
                missing.append(f"{thing}.{name}")
        if missing:
            raise CrmRefused(
                f"Salesforce lacks the external id fields {', '.join(missing)}.",
                remedy="Add them as text fields of 255 characters, unique and external id, and let the app's user see them.",
            )

    async def fields(self) -> Sequence[RemoteField]:
        found = [_field(one) for one in await self._know_fields()]
        return sorted(found, key=lambda one: one.label.casefold())

    async def changed(self, after: Position | None, fields: Sequence[str], limit: int) -> Changes:
        where = ""
        if after is not None:
            at = zulu(after.changed_at)
            beyond = f" OR ({CHANGED} = {at} AND Id > '{_record_id(after.external_id)}')" if after.external_id else ""
            where = f" WHERE {CHANGED} > {at}{beyond}"
        query = f"SELECT {self._selected(fields)} FROM {self._object}{where} ORDER BY {CHANGED}, Id LIMIT {limit}"  # noqa: S608  (names and dates)
        contacts = [_contact(one) async for one in self._query(query)]
        position = Position(contacts[-1].changed_at, contacts[-1].external_id) if contacts else None
        return Changes(contacts, position, more=len(contacts) == limit)

    async def gone(self, since: datetime) -> Sequence[Gone]:
        where = f"IsDeleted = true AND {CHANGED} >= {zulu(since)} ORDER BY {CHANGED}, Id"
        query = f"SELECT Id, {CHANGED}, MasterRecordId FROM {self._object} WHERE {where}"  # noqa: S608  (names and a date)
        return [
            Gone(str(one["Id"]), moment(WHO, one[CHANGED]), one.get("MasterRecordId"))
            async for one in self._query(query, "queryAll")
        ]

    async def read(self, external_ids: Sequence[str], fields: Sequence[str]) -> Sequence[Contact]:
        found: list[Contact] = []
        for some in batches([one for one in external_ids if RECORD_ID.fullmatch(one)], BATCH):
            ids = ", ".join(f"'{_record_id(one)}'" for one in some)
            query = f"SELECT {self._selected(fields)} FROM {self._object} WHERE Id IN ({ids})"  # noqa: S608  (ids)
            found += [_contact(one) async for one in self._query(query)]
        return found

    async def upsert(self, contacts: Sequence[ContactWrite]) -> Sequence[Written]:
        await self._know_fields()
        known = {one.key: one.external_id for one in contacts if one.external_id}
        known |= await self._found([one for one in contacts if not one.external_id])
        done: dict[str, Written] = {}
        for some in batches([one for one in contacts if one.key in known], BATCH):
            records = [self._record(one) | {"id": known[one.key], self._account.id_field: one.key} for one in some]
            done |= await self._collection("PATCH", "/composite/sobjects", some, records)
        for some in batches([one for one in contacts if one.key not in known], BATCH):
            records = [self._record(one) | {self._account.id_field: one.key} for one in some]
            path = f"/composite/sobjects/{self._object}/{self._account.id_field}"
            done |= await self._collection("PATCH", path, some, records)
        return [done[one.key] for one in contacts]

    async def log(self, activity: Activity) -> str:
        thing, values = _activity(activity)
        path = f"/sobjects/{thing}/{self._account.key_field}/{quote(activity.key, safe='')}"
        response = await self._ask("PATCH", path, json={"WhoId": activity.external_id, **values})
        if _codes(response) & {"INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED", "MALFORMED_ID"}:
            raise ContactMissing(f"Salesforce has no {self._object} {activity.external_id}.")
        _accepted(response)
        if response.status_code == httpx.codes.NO_CONTENT:
            found = await self._get(path)
            return str(found["Id"])
        return str(json_object(WHO, response)["id"])

    async def set_fields(self, external_id: str, values: Mapping[str, str]) -> None:
        await self._know_fields()
        typed = self._typed(values)
        _accepted(await self._ask("PATCH", f"/sobjects/{self._object}/{quote(external_id, safe='')}", json=typed))

    async def opt_out(self, external_id: str, at: datetime) -> None:
        await self.set_fields(external_id, {self._account.opt_out_field: "true"})

    async def aclose(self) -> None:
        await self._http.aclose()

    # Contacts

    async def _know_fields(self) -> list[dict[str, Any]]:
        described = (await self._get(f"/sobjects/{self._object}/describe")).get("fields", [])
        self._types = {one["name"]: str(one.get("type")) for one in described}
        return list(described)

    def _selected(self, fields: Sequence[str]) -> str:
        # Names become part of the query, so they are names and nothing else.
        wanted = {one for one in fields if FIELD_NAME.fullmatch(one)}
        return ", ".join(["Id", CHANGED, *sorted(wanted - {"Id", CHANGED})])

    def _record(self, contact: ContactWrite) -> dict[str, Any]:
        return {"attributes": {"type": self._object}, **self._typed(contact.values)}

    def _typed(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Texts as the values that the API takes; a text where a number belongs is left for it to refuse."""
        return {name: _value(self._types.get(name, ""), text) for name, text in values.items() if FIELD_NAME.fullmatch(name)}

    async def _found(self, contacts: Sequence[ContactWrite]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in batches(contacts, BATCH):
            for name, keys in (
                (self._account.id_field, {one.key: one.key for one in some}),
                ("Email", {one.email: one.key for one in some if one.email}),
                ("Phone", {one.phone: one.key for one in some if one.phone}),
            ):
                left = {value: key for value, key in keys.items() if key not in found}
                if left:
                    values = ", ".join(_literal(value) for value in left)
                    where = f"{name} IN ({values}) ORDER BY Id DESC"
                    query = f"SELECT Id, {name} FROM {self._object} WHERE {where}"  # noqa: S608  (names and quoted values)
                    async for one in self._query(query):
                        given = str(one.get(name) or "")
                        if key := left.get(given) or left.get(given.lower()):
                            found[key] = str(one["Id"])
        return found

    async def _collection(
        self, method: str, path: str, contacts: Sequence[ContactWrite], records: Sequence[Mapping[str, Any]]
    ) -> dict[str, Written]:
        response = await self._ask(method, path, json={"allOrNone": False, "records": list(records)})
        _accepted(response)
        results = json_of(WHO, response)
        if not isinstance(results, list) or len(results) != len(contacts):
            raise CrmUnavailable("Salesforce's answer can't be read.")
        return {
            contact.key: Written(contact.key, str(result["id"]))
            if result.get("success")
            else Written(contact.key, None, _said(result.get("errors")))
            for contact, result in zip(contacts, results, strict=True)
        }

    async def _query(self, query: str, how: str = "query") -> Any:
        answer = await self._get(f"/{how}?q={quote(query)}")
        while True:
            for one in answer.get("records", []):
                yield one
            following = answer.get("nextRecordsUrl")
            if answer.get("done", True) or not following:
                return
            answer = await self._get(str(following), is_path=True)

    # Requests

    async def _get(self, path: str, *, is_path: bool = False) -> dict[str, Any]:
        response = await self._ask("GET", path, is_path=is_path)
        _accepted(response)
        return json_object(WHO, response)

    async def _ask(self, method: str, path: str, *, is_path: bool = False, **request: Any) -> httpx.Response:
        """One request; a session that ended early is renewed once."""
        for is_last in (False, True):
            token = await self._access()
            base = self._instance if is_path else f"{self._instance}/services/data/{self._account.api_version}"
            url = urljoin(self._instance, path) if is_path else base + path
            if urlsplit(url).netloc != urlsplit(self._instance).netloc:
                raise CrmUnavailable("Salesforce sends us elsewhere.")
            response = await self._http.ask(method, url, headers={"authorization": f"Bearer {token}"}, **request)
            if response.status_code == httpx.codes.UNAUTHORIZED and not is_last:
                self._good_until = 0.0
                continue
            break
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise CrmNotAuthenticated("Salesforce ends every session at once.", remedy="Look at the connected app's policies.")
        if "REQUEST_LIMIT_EXCEEDED" in _codes(response):
            raise CrmUnavailable("Salesforce's daily limit of API calls is used up.", retry_after=QUOTA_PAUSE)
        _spare(response)
        return response

    async def _access(self) -> str:
        async with self._asking:
            if time.monotonic() < self._good_until:
                return self._token
            response = await self._http.ask("POST", f"{self._login}/services/oauth2/token", data=self._grant())
            answer = json_object(WHO, response)
            if response.is_error or "access_token" not in answer:
                said = str(answer.get("error_description") or answer.get("error") or response.status_code)[:200]
                remedy = "Check client id, secret and the app's permitted flows, then OUTRIDER_CRM_ACCOUNTS."
                raise CrmNotAuthenticated(f"Salesforce gives no access: {said}.", remedy=remedy)
            self._token = str(answer["access_token"])
            self._instance = _instance(self._login, str(answer.get("instance_url") or self._login))
            self._good_until = time.monotonic() + TOKEN_SECONDS
            return self._token

    def _grant(self) -> dict[str, str]:
        account = self._account
        secret = {"client_secret": account.client_secret.get_secret_value()} if account.client_secret else {}
        if account.refresh_token is not None:
            token = account.refresh_token.get_secret_value()
            return {"grant_type": "refresh_token", "client_id": account.client_id, "refresh_token": token, **secret}
        return {"grant_type": "client_credentials", "client_id": account.client_id, **secret}


def _instance(login: str, told: str) -> str:
    """Where the organisation's data are; a token goes to nobody else."""
    host = urlsplit(told).hostname or ""
    if host == urlsplit(login).hostname or (told.startswith("https://") and host.endswith(".salesforce.com")):
        return told.rstrip("/")
    raise CrmNotAuthenticated("Salesforce names a server that is none of its own.", remedy="Correct login_url.")


def _spare(response: httpx.Response) -> None:
    """Stop before the customer's last calls of the day are gone: `Sforce-Limit-Info: api-usage=14900/15000`."""
    used = re.search(r"api-usage=(\d+)/(\d+)", response.headers.get("sforce-limit-info", ""))
    if used and response.request.method == "GET" and int(used[1]) > (1 - SHARE_LEFT) * int(used[2]):
        raise CrmUnavailable("Salesforce's daily limit of API calls is nearly used up.", retry_after=QUOTA_PAUSE)


def _accepted(response: httpx.Response) -> None:
    if response.is_success:
        return
    if response.status_code == httpx.codes.NOT_FOUND or "ENTITY_IS_DELETED" in _codes(response):
        raise ContactMissing(f"Salesforce: {_problem(response)}")
    if response.is_redirect:
        raise CrmUnavailable("Salesforce sends us elsewhere.")
    if response.status_code == httpx.codes.FORBIDDEN:
        raise CrmNotAuthenticated(f"Salesforce: {_problem(response)}", remedy="Give the app's user the permission.")
    if _codes(response) & {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"}:
        raise CrmUnavailable(f"Salesforce: {_problem(response)}")
    raise CrmRefused(f"Salesforce: {_problem(response)}")


def _errors(response: httpx.Response) -> list[Any]:
    if response.is_success:
        return []
    try:
        answer = response.json()
    except ValueError:
        return []
    return answer if isinstance(answer, list) else [answer]


def _codes(response: httpx.Response) -> set[str]:
    return {str(one.get("errorCode")) for one in _errors(response) if isinstance(one, dict)}


def _problem(response: httpx.Response) -> str:
    return _said(_errors(response)) if _errors(response) else f"it answered {response.status_code}."


def _said(errors: Any) -> str:
    words = [str(one.get("message", "")) for one in errors or [] if isinstance(one, dict)]
    return "; ".join(filter(None, words))[:500] or "it was refused."


def _contact(one: Mapping[str, Any]) -> Contact:
    try:
        values = {name: _text(value) for name, value in one.items() if name != "attributes" and value is not None}
        return Contact(str(one["Id"]), values, moment(WHO, one[CHANGED]))
    except KeyError as error:
        raise CrmUnavailable("Salesforce lists a contact that can't be read.") from error


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(kind: str, text: str) -> Any:
    if kind == "boolean":
        return text.lower() == "true"
    if text == "":
        return None
    if kind in ("int", "double", "currency", "percent"):
        try:
            return float(text) if kind != "int" else int(text)
        except ValueError:
            return text
    return text


def _field(one: Mapping[str, Any]) -> RemoteField:
    choices = tuple(str(choice.get("value")) for choice in one.get("picklistValues") or [] if choice.get("active", True))
    kind = KINDS.get(str(one.get("type")), "text")
    return RemoteField(str(one["name"]), str(one.get("label") or one["name"]), kind, choices, bool(one.get("updateable")))


def _activity(activity: Activity) -> tuple[str, dict[str, Any]]:
    subject, body = activity.subject[:LONGEST_SUBJECT], activity.body[:LONGEST_BODY]
    if activity.kind is ActivityKind.MEETING:
        ends_at = activity.ends_at or activity.at + timedelta(minutes=30)
        times = {"StartDateTime": zulu(activity.at), "EndDateTime": zulu(ends_at)}
        return "Event", {"Subject": subject, "Description": body, **times}
    values: dict[str, Any] = {
        "Subject": subject, "Description": body, "Status": "Completed", "TaskSubtype": SUBTYPES[activity.kind],
        "ActivityDate": activity.at.astimezone(UTC).date().isoformat(),
    }  # fmt: skip
    if activity.kind is ActivityKind.CALL:
        values["CallType"] = "Inbound" if activity.is_inbound else "Outbound"
        values["CallDurationInSeconds"] = int(((activity.ends_at or activity.at) - activity.at).total_seconds())
    return "Task", values


def _literal(text: str) -> str:
    """A text as SOQL quotes it, so that nothing a contact says becomes part of a query."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _record_id(text: str) -> str:
    if not RECORD_ID.fullmatch(text):
        raise ContactMissing(f"{text[:40]!r} is no id of Salesforce.")
    return text
