"""HubSpot's CRM API as its public guide describes it, in memory, strict about what it is asked.

Unknown properties, missing or surplus keys of a request, wrong types, too large pages and batches are refused as the guide says.
Searches find what was written `indexed_after` moments earlier.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.stand_ins.http import Answer, Heard

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOKEN = "pat-test"
ASSOCIATIONS = {"communications": 81, "calls": 194, "notes": 202, "meetings": 200}
REQUIRED = {"communications": {"hs_communication_channel_type", "hs_communication_logged_from"}}


class Refused(Exception):
    def __init__(self, status: int, message: str, category: str = "VALIDATION_ERROR"):
        super().__init__(message)
        self.status, self.category = status, category


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class HubSpotStandIn:
    def __init__(self) -> None:
        self.ids = itertools.count(101)
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.objects: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in ("contacts", *ASSOCIATIONS)}
        names = ("firstname", "lastname", "email", "phone", "company", "jobtitle", "lifecyclestage", "consent", "consent_date")
        self.properties: dict[str, dict[str, dict[str, Any]]] = {
            "contacts": {name: {"name": name, "label": name.title(), "type": "string", "groupName": "contactinformation"}
                         for name in (*names, "lastmodifieddate", "hs_object_id", "hs_merged_object_ids")},
            **{kind: {} for kind in ASSOCIATIONS},
        }  # fmt: skip
        self.calls: Counter[str] = Counter()
        self.answers: list[Answer] = []
        """Given instead of its own, one after the other."""
        self.after: list[Answer] = []
        """As `answers`, after the request took effect: the answer is lost on its way."""
        self.loses_first_answers = False
        """Every write takes effect, and its first answer is lost."""
        self.lost: set[bytes] = set()

    def tick(self) -> datetime:
        self.now += timedelta(milliseconds=10)
        return self.now

    def add_contact(self, at: datetime | None = None, **properties: str) -> str:
        return self.create("contacts", properties, at)["id"]

    def change(self, contact_id: str, **properties: str) -> None:
        self._store(self.objects["contacts"][contact_id], properties)

    def archive(self, contact_id: str) -> None:
        self.objects["contacts"][contact_id] |= {"archived": True, "archivedAt": stamp(self.tick())}

    def merge(self, kept: str, gone: str) -> None:
        self.archive(gone)
        self.objects["contacts"][gone]["merged_into"] = kept
        self.change(kept, hs_merged_object_ids=gone)

    def activities(self) -> list[dict[str, Any]]:
        return [one | {"kind": kind} for kind in ASSOCIATIONS for one in self.objects[kind].values()]

    # HTTP

    def respond(self, request: Heard) -> Answer:
        parts = urlsplit(request.path)
        self.calls[f"{request.method} {parts.path}"] += 1
        if self.answers:
            return self.answers.pop(0)
        try:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                raise Refused(401, "Authentication credentials not found.", "INVALID_AUTHENTICATION")
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = json.loads(request.body) if request.body else None
            status, answer = self._route(request.method, unquote(parts.path), query, body)
        except Refused as refusal:
            said = {"status": "error", "message": str(refusal), "category": refusal.category,
                    "correlationId": "00000000-0000-4000-8000-000000000000"}  # fmt: skip
            return Answer(refusal.status, json.dumps(said).encode())
        if self.after:
            return self.after.pop(0)
        is_write = request.method != "GET" and not parts.path.endswith(("/search", "/batch/read"))
        if self.loses_first_answers and is_write and request.body not in self.lost:
            self.lost.add(request.body)
            return Answer(502, b"{}")
        return Answer(status, json.dumps(answer).encode())

    def _route(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if (method, path) == ("GET", "/account-info/v3/details"):
            return 200, {"portalId": 4711, "uiDomain": "app.hubspot.com", "accountType": "STANDARD"}
        if found := re.fullmatch(r"/crm/v3/properties/(\w+)(?:/(\w+))?", path):
            return self._property(method, found[1], found[2], body)
        found = re.fullmatch(r"/crm/v3/objects/(\w+)(?:/(.+))?", path)
        if not found or found[1] not in self.objects:
            raise Refused(404, f"No resource at {path}", "OBJECT_NOT_FOUND")
        kind, rest = found[1], found[2]
        if method == "POST":
            if rest is None:
                expect(body, {"properties": dict, "associations": list})
                return 201, self._create_with_association(kind, body)
            return {"search": self._search, "batch/read": self._batch_read, "batch/update": self._batch_update,
                    "batch/upsert": self._batch_upsert}[rest](kind, body)  # fmt: skip
        if method == "GET" and rest is None:
            return 200, self._list(kind, query)
        if method == "GET":
            return 200, public(self._one(kind, rest, query.get("idProperty")))
        if method == "PATCH":
            expect(body, {"properties": dict})
            return 200, public(self._store(self._one(kind, rest, None), body["properties"], kind))
        raise Refused(405, f"{method} is not allowed")

    def _property(self, method: str, kind: str, name: str | None, body: Any) -> tuple[int, Any]:
        known = self.properties[kind]
        if method == "GET" and name is None:
            return 200, {"results": [one | {"options": one.get("options", [])} for one in known.values()]}
        if method == "GET":
            if name not in known:
                raise Refused(404, f"Property {name} does not exist", "OBJECT_NOT_FOUND")
            return 200, known[name]
        expect(body, {"name": str, "label": str, "groupName": str, "type": str, "fieldType": str},
               {"hasUniqueValue": bool, "options": list})  # fmt: skip
        if body["name"] in known:
            raise Refused(409, "Property exists", "OBJECT_ALREADY_EXISTS")
        known[body["name"]] = body
        return 201, body

    def _search(self, kind: str, body: Any) -> tuple[int, Any]:
        expect(body, {"filterGroups": list, "sorts": list, "limit": int, "after": str, "properties": list})
        if not 1 <= body["limit"] <= 200 or len(body["sorts"]) != 1 or int(body["after"]) + body["limit"] > 10_000:
            raise Refused(400, "Invalid paging")
        (group,) = body["filterGroups"]
        alive = [one for one in self.objects[kind].values() if not one["archived"]]
        found = [one for one in alive if all(self._matches(one, rule) for rule in group["filters"])]
        sort = body["sorts"][0]
        found.sort(key=lambda one: comparable(sort, one["properties"].get(sort)))
        return 200, {"total": len(found), "results": [public(one) for one in found[: body["limit"]]]}

    def _matches(self, one: dict[str, Any], rule: dict[str, str]) -> bool:
        expect(rule, {"propertyName": str, "operator": str}, {"value": str})
        name, operator = rule["propertyName"], rule["operator"]
        if name not in self.properties["contacts"]:
            raise Refused(400, f"There was a problem with the request: property {name} does not exist")
        mine = comparable(name, one["properties"].get(name))
        if operator == "HAS_PROPERTY":
            return one["properties"].get(name) is not None
        other = comparable(name, rule["value"], is_filter=True)
        return {"EQ": mine == other, "GT": mine > other, "GTE": mine >= other}[operator]

    def _list(self, kind: str, query: dict[str, str]) -> dict[str, Any]:
        limit, start = int(query.get("limit", 10)), int(query.get("after", 0))
        if limit > 100:
            raise Refused(400, "limit must be at most 100")
        wanted = query.get("archived") == "true"
        found = [one for one in self.objects[kind].values() if one["archived"] is wanted]
        page = {"results": [public(one) for one in found[start : start + limit]]}
        return page | ({"paging": {"next": {"after": str(start + limit)}}} if len(found) > start + limit else {})

    def _batch_read(self, kind: str, body: Any) -> tuple[int, Any]:
        expect(body, {"inputs": list, "properties": list, "propertiesWithHistory": list}, {"idProperty": str})
        limited(body["inputs"])
        found = []
        for given in body["inputs"]:
            try:
                one = self._one(kind, given["id"], body.get("idProperty"))
            except Refused:
                continue
            found.append(public(one))
        return (200 if len(found) == len(body["inputs"]) else 207), batch(found)

    def _batch_update(self, kind: str, body: Any) -> tuple[int, Any]:
        limited(body["inputs"])
        for given in body["inputs"]:
            expect(given, {"id": str, "properties": dict})
        ones = [self._one(kind, given["id"], None) for given in body["inputs"]]
        for one, given in zip(ones, body["inputs"], strict=True):
            self._check(kind, given["properties"], one["id"])
        return 200, batch([public(self._store(one, g["properties"], kind)) for one, g in zip(ones, body["inputs"], strict=True)])

    def _batch_upsert(self, kind: str, body: Any) -> tuple[int, Any]:
        limited(body["inputs"])
        for given in body["inputs"]:
            expect(given, {"id": str, "idProperty": str, "properties": dict})
            self._check(kind, given["properties"], self._id_by(kind, given["idProperty"], given["id"]))
        done = []
        for given in body["inputs"]:
            known = self._id_by(kind, given["idProperty"], given["id"])
            one = self.objects[kind][known] if known else None
            made = self._store(one, given["properties"], kind) if one else self.create(kind, given["properties"])
            done.append(public(made) | {"new": one is None})
        return 200, batch(done)

    # Objects

    def create(self, kind: str, properties: dict[str, str], at: datetime | None = None) -> dict[str, Any]:
        number = str(next(self.ids))
        one = {"id": number, "properties": {"hs_object_id": number}, "archived": False, "createdAt": stamp(self.now)}
        self.objects[kind][number] = one
        return self._store(one, properties, kind, at)

    def _create_with_association(self, kind: str, body: Any) -> dict[str, Any]:
        self._check(kind, body["properties"], None)
        if missing := REQUIRED.get(kind, set()) - set(body["properties"]) or {"hs_timestamp"} - set(body["properties"]):
            raise Refused(400, f"Some required properties were not set: {missing}")
        for association in body["associations"]:
            expect(association, {"to": dict, "types": list})
            if association["types"] != [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": ASSOCIATIONS[kind]}]:
                raise Refused(400, "invalid association type")
            self._one("contacts", association["to"]["id"], None, status=400)
        made = self.create(kind, body["properties"])
        made["contact"] = body["associations"][0]["to"]["id"]
        return public(made)

    def _store(
        self, one: dict[str, Any], properties: dict[str, str], kind: str = "contacts", at: datetime | None = None
    ) -> dict[str, Any]:
        self._check(kind, properties, one["id"])
        changed = at or self.tick()
        one["properties"] |= properties
        if kind == "contacts":
            one["properties"]["lastmodifieddate"] = stamp(changed)
        one["updatedAt"] = stamp(changed)
        return one

    def _check(self, kind: str, properties: dict[str, str], own_id: str | None) -> None:
        for name, value in properties.items():
            if not isinstance(value, str):
                raise Refused(400, f"{name}: values are strings")
            if kind == "contacts" and name not in self.properties["contacts"]:
                raise Refused(400, f'Property values were not valid: [{{"message":"Property \\"{name}\\" does not exist"}}]')
            if name == "email" and value and "@" not in value:
                raise Refused(400, f"Property values were not valid: Email address {value} is invalid")
            is_unique = self.properties[kind].get(name, {}).get("hasUniqueValue") or (kind == "contacts" and name == "email")
            twin = self._id_by(kind, name, value) if is_unique and value else None
            if twin and twin != own_id:
                label = f"Contact already exists. Existing ID: {twin}" if name == "email" else f"{name} {value} is taken"
                raise Refused(409, label, "CONFLICT")

    def _id_by(self, kind: str, name: str, value: str) -> str | None:
        alive = (one for one in self.objects[kind].values() if not one["archived"])
        return next((one["id"] for one in alive if (one["properties"].get(name) or "").lower() == value.lower()), None)

    def _one(self, kind: str, number: str, by: str | None, status: int = 404) -> dict[str, Any]:
        if by and by != "email" and not self.properties[kind].get(by, {}).get("hasUniqueValue"):
            raise Refused(400, f"{by} is no unique property")
        one = self.objects[kind].get((self._id_by(kind, by, number) or "") if by else number)
        while one and one.get("merged_into"):
            one = self.objects[kind].get(one["merged_into"])
        if one is None or one["archived"]:
            raise Refused(status, f"Object not found. objectId are usually numeric: {number}", "OBJECT_NOT_FOUND")
        return one


def public(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("id", "properties", "archived", "createdAt", "updatedAt", "archivedAt") if name in one}


def comparable(name: str, value: str | None, *, is_filter: bool = False) -> Any:
    if name == "hs_object_id":
        return int(value or 0)
    if name == "lastmodifieddate" and value:
        return int(value) if is_filter else round((datetime.fromisoformat(value) - EPOCH) / timedelta(milliseconds=1))
    return (value or "").lower()


def limited(inputs: list[Any]) -> None:
    if not 1 <= len(inputs) <= 100:
        raise Refused(400, "A batch has 1 to 100 inputs")


def batch(results: list[Any]) -> dict[str, Any]:
    return {"status": "COMPLETE", "results": results, "startedAt": "2026-01-01T00:00:00Z", "completedAt": "2026-01-01T00:00:00Z"}


def expect(body: Any, required: dict[str, type], optional: dict[str, type] | None = None) -> None:
    known = required | (optional or {})
    if not isinstance(body, dict) or set(required) - set(body) or set(body) - set(known):
        raise Refused(
            400, f"Invalid input JSON: expected {sorted(required)}, got {body if not isinstance(body, dict) else sorted(body)}"
        )
    for name, value in body.items():
        if not isinstance(value, known[name]):
            raise Refused(400, f"Invalid input JSON: {name} is no {known[name].__name__}")
