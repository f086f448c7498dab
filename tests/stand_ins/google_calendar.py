"""Google Calendar as its published reference has it, for one account with one calendar; what the reference forbids is refused."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.stand_ins.http import Answer, Heard, HttpStandIn

CALENDAR, SERVICE = "ann@example.com", "robot@project.iam.gserviceaccount.com"
CLIENT = {"client_id": "client.apps.example.com", "client_secret": "client-secret", "refresh_token": "refresh-token"}
EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")
EVENT_FIELDS = {"id", "summary", "description", "location", "start", "end", "status", "sequence"}


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class GoogleServer(HttpStandIn):
    def __init__(self) -> None:
        super().__init__(self._answer)
        self.events: dict[str, dict[str, Any]] = {}
        """By id; deleted ones stay, as `cancelled`."""
        self.entered: list[tuple[datetime, datetime]] = []
        """What the owner entered."""
        self.fails: list[Answer] = []
        self.tokens: set[str] = set()
        self.role: str | None = "writer"
        """None: the calendar is not in the account's list."""
        self.given = 0

    def key_file(self, folder: Path) -> Path:
        pem = _key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()  # fmt: skip
        path = folder / "google.json"
        path.write_text(
            json.dumps({"type": "service_account", "client_email": SERVICE, "private_key": pem, "private_key_id": "k1"})
        )
        return path

    def live(self) -> list[dict[str, Any]]:
        return [event for event in self.events.values() if event["status"] != "cancelled"]

    def _answer(self, request: Heard) -> Answer:
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/token":
            return self._token(request)
        if self.fails:
            return self.fails.pop(0)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _error(401, "authError")
        path = parts.path.removeprefix("/calendar/v3")
        body = json.loads(request.body) if request.body else None
        match request.method, [unquote(part) for part in path.strip("/").split("/")]:
            case "GET", ["users", "me", "calendarList", known]:
                return (
                    _json(200, {"id": known, "summary": "Ann", "accessRole": self.role})
                    if self.role and known == CALENDAR
                    else _error(404, "notFound")
                )
            case "GET", ["calendars", known]:
                return _json(200, {"id": known, "summary": "Ann"}) if known == CALENDAR else _error(404, "notFound")
            case "POST", ["freeBusy"]:
                return self._free_busy(body)
            case "POST", ["calendars", known, "events"] if known == CALENDAR and query == {"sendUpdates": "none"}:
                return self._insert(body)
            case "PUT", ["calendars", known, "events", event] if known == CALENDAR and query == {"sendUpdates": "none"}:
                return self._update(event, body)
            case "DELETE", ["calendars", known, "events", event] if known == CALENDAR and query == {"sendUpdates": "none"}:
                return self._delete(event)
        return _error(404, "notFound")

    def _token(self, request: Heard) -> Answer:
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("grant_type") == "refresh_token":
            if {name: form.get(name) for name in CLIENT} != CLIENT:
                return _json(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        else:
            assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            try:
                claim = jwt.decode(
                    form["assertion"], _key().public_key(), algorithms=["RS256"], audience=f"{self.url}/token", issuer=SERVICE
                )  # fmt: skip
                assert claim["exp"] - claim["iat"] <= 3600 and abs(claim["iat"] - time.time()) < 60
                assert claim["scope"] == "https://www.googleapis.com/auth/calendar"
            except jwt.PyJWTError as error:
                return _json(400, {"error": "invalid_grant", "error_description": str(error)})
        self.given += 1
        token = f"token-{self.given}"
        self.tokens.add(token)
        return _json(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _free_busy(self, body: dict[str, Any]) -> Answer:
        since, until = (_moment(body[name]) for name in ("timeMin", "timeMax"))
        if not timedelta(0) < until - since <= timedelta(days=62):
            return _error(400, "timeRangeTooLong")
        calendars: dict[str, Any] = {}
        for item in body["items"]:
            if item["id"] != CALENDAR:
                calendars[item["id"]] = {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
                continue
            own = [(_moment(event["start"]["dateTime"]), _moment(event["end"]["dateTime"])) for event in self.live()]
            spans: list[list[datetime]] = []
            for begin, end in sorted([*own, *self.entered]):
                if begin >= until or end <= since:
                    continue
                if spans and begin <= spans[-1][1]:
                    spans[-1][1] = max(spans[-1][1], end)
                else:
                    spans.append([begin, end])
            cut = [(max(begin, since), min(end, until)) for begin, end in spans]
            calendars[item["id"]] = {"busy": [{"start": _text(begin), "end": _text(end)} for begin, end in cut]}
        return _json(200, {"kind": "calendar#freeBusy", "calendars": calendars})

    def _insert(self, body: dict[str, Any]) -> Answer:
        if (problem := _problem(body)) or not EVENT_ID.fullmatch(body.get("id", "")):
            return _error(400, problem or "invalid")
        if body["id"] in self.events:
            return _error(409, "duplicate")
        self.events[body["id"]] = body
        return _json(200, body)

    def _update(self, event: str, body: dict[str, Any]) -> Answer:
        if event not in self.events:
            return _error(404, "notFound")
        if problem := _problem(body):
            return _error(400, problem)
        if body["sequence"] < self.events[event]["sequence"]:
            return _error(400, "invalid")
        self.events[event] = {**body, "id": event}
        return _json(200, self.events[event])

    def _delete(self, event: str) -> Answer:
        if event not in self.events:
            return _error(404, "notFound")
        if self.events[event]["status"] == "cancelled":
            return _error(410, "deleted")
        self.events[event] = {**self.events[event], "status": "cancelled"}
        return Answer(204, b"")


def _problem(body: dict[str, Any]) -> str | None:
    if set(body) - EVENT_FIELDS:
        return "badRequest"
    begin, end = (_moment(body[name]["dateTime"]) for name in ("start", "end"))
    return None if begin < end and "timeZone" in body["start"] else "timeRangeEmpty"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None
    return moment


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(body).encode())


def _error(status: int, reason: str) -> Answer:
    return _json(status, {"error": {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason}]}})
