"""Salesforce's REST API as its developer guide describes it, in memory, for the queries and calls that a CRM sync makes.

It parses the SOQL it is sent, literals included, and refuses what it can't read: a query that somebody's name broke fails here.
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

DATA = "/services/data/v62.0"
SOQL = re.compile(
    r"SELECT (?P<fields>[\w, ]+) FROM (?P<thing>\w+)(?: WHERE (?P<where>.+?))?"
    r"(?: ORDER BY (?P<order>[\w, ]+?))?(?: LIMIT (?P<limit>\d+))?",
    re.DOTALL,
)
CONTACT_FIELDS = {
    "Id": "id", "SystemModstamp": "datetime", "FirstName": "string", "LastName": "string", "Email": "email", "Phone": "phone",
    "Title": "string", "DoNotCall": "boolean", "Outrider_Id__c": "string", "Score__c": "double", "IsDeleted": "boolean",
    "MasterRecordId": "reference",
}  # fmt: skip
TASK_FIELDS = {
    "Outrider_Key__c", "WhoId", "Subject", "Description", "Status", "TaskSubtype", "ActivityDate", "CallType",
    "CallDurationInSeconds", "StartDateTime", "EndDateTime",
}  # fmt: skip


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str = "refused"):
        super().__init__(message)
        self.status, self.code = status, code


class SalesforceStandIn:
    def __init__(self) -> None:
        self.url = ""
        self.numbers = itertools.count(1)
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.contacts: dict[str, dict[str, Any]] = {}
        self.tasks: dict[str, dict[str, Any]] = {}
        self.sessions: set[str] = set()
        self.usage = (18, 15000)
        self.page = 2000
        self.cursors: dict[str, list[Any]] = {}
        self.calls: Counter[str] = Counter()
        self.answers: list[Answer] = []
        self.after: list[Answer] = []
        self.has_key_fields = True

    def add_contact(self, at: datetime | None = None, **values: Any) -> str:
        number = f"003{next(self.numbers):012d}AAA"
        self.contacts[number] = {"Id": number, "IsDeleted": False, "MasterRecordId": None, "DoNotCall": False}
        self.change(number, at, **values)
        return number

    def change(self, number: str, at: datetime | None = None, **values: Any) -> None:
        self.now += timedelta(milliseconds=10)
        self.contacts[number] |= values | {"SystemModstamp": at or self.now}

    def delete(self, number: str, master: str | None = None) -> None:
        self.change(number, IsDeleted=True, MasterRecordId=master)

    def respond(self, request: Heard) -> Answer:
        parts = urlsplit(request.path)
        self.calls[f"{request.method} {parts.path}"] += 1
        if parts.path == "/services/oauth2/token":
            return self._token(request)
        if self.answers:
            return self.answers.pop(0)
        headers = {"sforce-limit-info": f"api-usage={self.usage[0]}/{self.usage[1]}"}
        try:
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.sessions:
                raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
            body = json.loads(request.body) if request.body else None
            status, answer = self._route(request.method, parts.path, parse_qs(parts.query), body)
        except Refused as refusal:
            said = json.dumps([{"message": str(refusal), "errorCode": refusal.code}]).encode()
            return Answer(refusal.status, said, headers)
        if self.after:
            return self.after.pop(0)
        return Answer(status, b"" if answer is None else json.dumps(answer, default=written).encode(), headers)

    def _token(self, request: Heard) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        right = {"client_id": "app", "client_secret": "secret"}
        grants = ({"grant_type": "client_credentials", **right}, {"grant_type": "refresh_token", "refresh_token": "r", **right})
        if form not in grants:
            return Answer(400, b'{"error": "invalid_client", "error_description": "invalid client credentials"}')
        token = f"00D{next(self.numbers)}"
        self.sessions.add(token)
        return Answer(200, json.dumps({"access_token": token, "instance_url": self.url, "token_type": "Bearer"}).encode())

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        rest = path.removeprefix(DATA)
        if method == "GET" and rest in ("/query", "/queryAll"):
            return 200, self._query(query["q"][0], everything=rest == "/queryAll")
        if method == "GET" and rest.startswith("/query/"):
            return 200, self._page(rest.removeprefix("/query/"))
        if method == "GET" and rest.endswith("/describe"):
            return 200, {"fields": self._described(rest.split("/")[2])}
        if method == "PATCH" and rest.startswith("/composite/sobjects"):
            return 200, self._collection(rest.removeprefix("/composite/sobjects").strip("/").split("/"), body)
        names = [unquote(part) for part in rest.split("/")[2:]]
        if names[0] in ("Task", "Event") and names[1] == "Outrider_Key__c":
            return self._activity(method, names[0], names[2], body)
        if names[0] == "Contact" and method == "PATCH":
            self._check_values(body)
            self._alive(names[1])
            self.change(names[1], **body)
            return 204, None
        raise Refused(404, "NOT_FOUND", f"{method} {path}")

    def _described(self, thing: str) -> list[dict[str, Any]]:
        kinds = CONTACT_FIELDS if thing == "Contact" else dict.fromkeys(TASK_FIELDS, "string")
        keys = {"Outrider_Id__c", "Outrider_Key__c"} if self.has_key_fields else set()
        return [{"name": name, "label": name, "type": kind, "externalId": name in keys, "picklistValues": [],
                 "updateable": name not in ("Id", "SystemModstamp")} for name, kind in kinds.items()]  # fmt: skip

    def _query(self, soql: str, *, everything: bool) -> dict[str, Any]:
        parsed = SOQL.fullmatch(soql)
        if not parsed:
            raise Refused(400, "MALFORMED_QUERY", f"unexpected token: {soql}")
        if parsed["thing"] == "Organization":
            return {"totalSize": 1, "done": True, "records": [{"Id": "00D", "Name": "Acme"}]}
        fields = [name.strip() for name in parsed["fields"].split(",")]
        if unknown := set(fields) - set(CONTACT_FIELDS):
            raise Refused(400, "INVALID_FIELD", f"No such column {unknown}")
        where = Where(parsed["where"])
        found = [one for one in self.contacts.values() if (everything or not one["IsDeleted"]) and where.holds(one)]
        found.sort(key=lambda one: (one["SystemModstamp"], one["Id"]))
        if "DESC" in (parsed["order"] or ""):
            found.reverse()
        rows = [{"attributes": {"type": "Contact"}} | {name: one.get(name) for name in fields} for one in found]
        rows = rows[: int(parsed["limit"] or 50_000)]
        cursor = f"01g{next(self.numbers)}"
        self.cursors[cursor] = rows
        return self._page(f"{cursor}-0") | {"totalSize": len(rows)}

    def _page(self, name: str) -> dict[str, Any]:
        cursor, start = name.split("-")
        rows, end = self.cursors[cursor], int(start) + self.page
        done = end >= len(rows)
        return {"done": done, "records": rows[int(start) : end]} | (
            {} if done else {"nextRecordsUrl": f"{DATA}/query/{cursor}-{end}"}
        )

    def _collection(self, names: list[str], body: Any) -> list[Any]:
        if set(body) != {"allOrNone", "records"} or not 1 <= len(body["records"]) <= 200:
            raise Refused(400, "JSON_PARSER_ERROR")
        results = []
        for record in body["records"]:
            values = {name: value for name, value in record.items() if name not in ("attributes", "id")}
            if record["attributes"] != {"type": "Contact"} or ("id" in record) == (len(names) == 2):
                raise Refused(400, "INVALID_FIELD")
            try:
                self._check_values(values)
                if "id" in record:
                    number, created = self._alive(record["id"]), False
                    self.change(number, **values)
                else:
                    known = [
                        n for n, one in self.contacts.items() if one.get(names[1]) == values[names[1]] and not one["IsDeleted"]
                    ]
                    created = not known
                    number = known[0] if known else self.add_contact(**values)
                    self.change(number, **values)
                results.append({"id": number, "success": True, "errors": [], "created": created})
            except Refused as refusal:
                results.append(
                    {"success": False, "errors": [{"statusCode": refusal.code, "message": str(refusal), "fields": []}]}
                )
        return results

    def _check_values(self, values: dict[str, Any]) -> None:
        kinds = {"boolean": bool, "double": int | float}
        for name, value in values.items():
            if name not in CONTACT_FIELDS or name in ("Id", "SystemModstamp"):
                raise Refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE", f"No such column '{name}'")
            if value is not None and not isinstance(value, kinds.get(CONTACT_FIELDS[name], str)):
                raise Refused(400, "JSON_PARSER_ERROR", f"Cannot deserialize {name}")
            if name == "Email" and value and "@" not in value:
                raise Refused(400, "INVALID_EMAIL_ADDRESS", f"Email: invalid email address: {value}")

    def _activity(self, method: str, thing: str, key: str, body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, self.tasks[key]
        if unknown := set(body) - TASK_FIELDS:
            raise Refused(400, "INVALID_FIELD", f"No such column {unknown}")
        if len(body["Subject"]) > 255:
            raise Refused(400, "STRING_TOO_LONG")
        if body["WhoId"] not in self.contacts or self.contacts[body["WhoId"]]["IsDeleted"]:
            raise Refused(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        is_new = key not in self.tasks
        self.tasks[key] = {"Id": self.tasks.get(key, {}).get("Id", f"00T{next(self.numbers)}"), "thing": thing} | body
        return (201 if is_new else 204), ({"id": self.tasks[key]["Id"], "success": True, "created": True} if is_new else None)

    def _alive(self, number: str) -> str:
        if number not in self.contacts or self.contacts[number]["IsDeleted"]:
            raise Refused(404, "ENTITY_IS_DELETED", "entity is deleted")
        return number


class Where:
    """The conditions that are known here: `a = x`, `a > x`, `a >= x`, `a IN (…)`, AND, OR and parentheses around one AND."""

    TOKEN = re.compile(r"\s*(?:('(?:[^'\\]|\\.)*')|([\w:.\-+]+)|(>=|<=|[=><(),]))")

    def __init__(self, text: str | None):
        self.tokens: list[str] = []
        position, text = 0, text or ""
        while position < len(text):
            found = self.TOKEN.match(text, position)
            if not found:
                raise Refused(400, "MALFORMED_QUERY", f"unexpected token at {text[position:]}")
            self.tokens.append(found[1] or found[2] or found[3])
            position = found.end()

    def holds(self, one: dict[str, Any]) -> bool:
        if not self.tokens:
            return True
        tokens = list(self.tokens)
        result = self._either(tokens, one)
        if tokens:
            raise Refused(400, "MALFORMED_QUERY", f"unexpected token {tokens}")
        return result

    def _either(self, tokens: list[str], one: dict[str, Any]) -> bool:
        result = self._both(tokens, one)
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            result = self._both(tokens, one) or result
        return result

    def _both(self, tokens: list[str], one: dict[str, Any]) -> bool:
        result = self._single(tokens, one)
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            result = self._single(tokens, one) and result
        return result

    def _single(self, tokens: list[str], one: dict[str, Any]) -> bool:
        if tokens[0] == "(":
            tokens.pop(0)
            result = self._either(tokens, one)
            assert tokens.pop(0) == ")"
            return result
        name, operator = tokens.pop(0), tokens.pop(0)
        if name not in CONTACT_FIELDS:
            raise Refused(400, "INVALID_FIELD", f"No such column {name}")
        mine = one.get(name)
        if operator == "IN":
            assert tokens.pop(0) == "("
            values = []
            while (token := tokens.pop(0)) != ")":
                if token != ",":
                    values.append(literal(token))
            return mine is not None and str(mine).lower() in [str(value).lower() for value in values]
        other = literal(tokens.pop(0))
        if mine is None:
            return False
        return {"=": mine == other, ">": mine > other, ">=": mine >= other}[operator]


def literal(token: str) -> Any:
    if token.startswith("'"):
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), token[1:-1])
    if token in ("true", "false"):
        return token == "true"
    try:
        return datetime.fromisoformat(token)
    except ValueError:
        raise Refused(400, "MALFORMED_QUERY", f"unexpected token {token}") from None


def written(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
