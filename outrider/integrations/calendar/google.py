"""Google Calendar, API v3: https://developers.google.com/workspace/calendar/api/v3/reference.

An event gets an id of ours when it is inserted, so that a repeated insert finds the first one (409) and brings it up to
date instead. The ids of Google are base32hex digits (a–v, 0–9), 5 to 1024 of them: hexadecimal digits are among them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import jwt

from outrider.errors import ConfigurationError
from outrider.integrations.calendar.accounts import VARIABLE, GoogleAccount
from outrider.integrations.calendar.base import Busy, CalendarAccess, CalendarError, CalendarEvent
from outrider.integrations.calendar.http import CalendarHttp, retry_after

SCOPE = "https://www.googleapis.com/auth/calendar"
LONGEST_QUERY = timedelta(days=30)
"""Google refuses free/busy of more than about two months."""
CLAIM_SECONDS = 3600
RENEW_BEFORE_SECONDS = 60
RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "calendarUsageLimitsExceeded"})
CONFLICT, FORBIDDEN, UNAUTHORIZED = 409, 403, 401
NOT_THERE = frozenset({404, 410})


class GoogleTokens:
    """Access tokens of one account, each used until shortly before it ends."""

    def __init__(self, account: GoogleAccount, http: CalendarHttp):
        self._account = account
        self._http = http
        self._key = _read_key(account)
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def get(self) -> str:
        async with self._asking:
            if time.monotonic() >= self._good_until:
                await self._renew()
            return self._token

    def forget(self) -> None:
        """The token was refused."""
        self._good_until = 0.0

    async def _renew(self) -> None:
        url = str(self._account.token_url)
        response = await self._http.ask("POST", url, data=self._grant(), accepts=frozenset({400, 401}))
        answer = _object(response)
        token = answer.get("access_token")
        if response.is_error or not isinstance(token, str):
            # `invalid_grant`: the key was withdrawn, the consent ended, or our clock is wrong.
            said = str(answer.get("error_description") or answer.get("error") or "no token")[:200]
            remedy = "Renew the account's key or consent."
            raise CalendarError(f"Google gives no access: {said}.", retryable=False, remedy=remedy)
        lifetime = answer.get("expires_in")
        seconds = lifetime if isinstance(lifetime, int) else CLAIM_SECONDS
        self._token, self._good_until = token, time.monotonic() + max(0, seconds - RENEW_BEFORE_SECONDS)

    def _grant(self) -> dict[str, str]:
        account = self._account
        if self._key is None:
            assert account.client_id and account.client_secret and account.refresh_token
            return {
                "grant_type": "refresh_token",
                "client_id": account.client_id,
                "client_secret": account.client_secret.get_secret_value(),
                "refresh_token": account.refresh_token.get_secret_value(),
            }
        now = int(time.time())
        claim = {
            "iss": self._key["client_email"], "scope": SCOPE, "aud": str(account.token_url),
            "iat": now, "exp": now + CLAIM_SECONDS,
            **({"sub": account.subject} if account.subject else {}),
        }  # fmt: skip
        headers = {"kid": self._key["private_key_id"]} if "private_key_id" in self._key else None
        signed = jwt.encode(claim, self._key["private_key"], algorithm="RS256", headers=headers)
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}


class GoogleCalendar:
    """One calendar of a Google account.

    Args:
        calendar_id: as Google names it: an address, or `primary`.
        time_zone: clock in which times are written.

    Raises:
        ConfigurationError: the service account's key file can't be used.
    """

    def __init__(self, account: GoogleAccount, calendar_id: str, time_zone: str):
        self._calendar_id = calendar_id or "primary"
        self._zone = ZoneInfo(time_zone)
        self._api = str(account.api_url).rstrip("/")
        self._http = CalendarHttp("Google Calendar")
        self._tokens = GoogleTokens(account, self._http)

    async def check(self) -> CalendarAccess:
        # `calendarList` tells the right to write, but only of calendars that the account has put into its list.
        response = await self._ask("GET", f"/users/me/calendarList/{self._quoted}", accepts=NOT_THERE)
        if response.is_success:
            found = _object(response)
            role = found.get("accessRole")
            return CalendarAccess(name=str(found.get("summary", self._calendar_id)), can_write=role in ("writer", "owner"))
        found = _object(await self._ask("GET", f"/calendars/{self._quoted}"))
        return CalendarAccess(name=str(found.get("summary", self._calendar_id)), can_write=None)

    async def busy(self, since: datetime, until: datetime) -> Sequence[Busy]:
        found: list[Busy] = []
        begin = since
        while begin < until:
            end = min(begin + LONGEST_QUERY, until)
            found += await self._busy(begin, end)
            begin = end
        return found

    async def put(self, event: CalendarEvent) -> str:
        body = _body(event, self._zone)
        response = await self._ask(
            "POST", f"/calendars/{self._quoted}/events", accepts=frozenset({CONFLICT}), params={"sendUpdates": "none"},
            json={**body, "id": event.uid},
        )  # fmt: skip
        if response.status_code == CONFLICT:
            # It is there already, perhaps deleted: Google keeps deleted ids, and `confirmed` brings the event back.
            await self._ask("PUT", f"/calendars/{self._quoted}/events/{event.uid}", params={"sendUpdates": "none"}, json=body)
        return event.uid

    async def remove(self, uid: str) -> None:
        path = f"/calendars/{self._quoted}/events/{quote(uid, safe='')}"
        await self._ask("DELETE", path, accepts=NOT_THERE, params={"sendUpdates": "none"})

    async def aclose(self) -> None:
        await self._http.aclose()

    @property
    def _quoted(self) -> str:
        return quote(self._calendar_id, safe="")

    async def _busy(self, since: datetime, until: datetime) -> list[Busy]:
        query = {"timeMin": _rfc3339(since), "timeMax": _rfc3339(until), "items": [{"id": self._calendar_id}]}
        answer = _object(await self._ask("POST", "/freeBusy", json=query))
        calendars = answer.get("calendars")
        entry = calendars.get(self._calendar_id) if isinstance(calendars, dict) else None
        if not isinstance(entry, dict):
            raise CalendarError("Google Calendar did not say when the owner is busy.", retryable=True)
        if errors := entry.get("errors"):
            reason = str(errors[0].get("reason", "unknown"))
            remedy = "Share the calendar with the account."
            raise CalendarError(
                f"Google Calendar says of this calendar: {reason}.", retryable=reason in ("internalError",), remedy=remedy
            )
        try:
            return [Busy(_moment(one["start"]), _moment(one["end"])) for one in entry.get("busy", [])]
        except (KeyError, TypeError, ValueError) as error:
            raise CalendarError("Google Calendar names a busy time that can't be read.", retryable=False) from error

    async def _ask(self, method: str, path: str, *, accepts: frozenset[int] = frozenset(), **request: Any) -> httpx.Response:
        """One request; a token that ended early is renewed once."""
        watched = accepts | {FORBIDDEN, UNAUTHORIZED}
        for is_last in (False, True):
            headers = {"authorization": f"Bearer {await self._tokens.get()}"}
            response = await self._http.ask(method, f"{self._api}{path}", accepts=watched, headers=headers, **request)
            if response.status_code == UNAUTHORIZED and not is_last:
                self._tokens.forget()
                continue
            break
        if response.status_code in (FORBIDDEN, UNAUTHORIZED):
            raise _refusal(response)
        return response


def _refusal(response: httpx.Response) -> CalendarError:
    error = _object(response).get("error")
    errors = error.get("errors") if isinstance(error, dict) else None
    reason = str(errors[0].get("reason", "")) if isinstance(errors, list) and errors and isinstance(errors[0], dict) else ""
    if reason in RATE_REASONS:
        return CalendarError("Google Calendar asks us to slow down.", retryable=True, retry_after=retry_after(response))
    remedy = "Share the calendar with the account, with the right to change events, and enable the Calendar API in its project."
    return CalendarError(f"Google Calendar refuses it ({reason or response.status_code}).", retryable=False, remedy=remedy)


def _body(event: CalendarEvent, zone: ZoneInfo) -> dict[str, Any]:
    """The event without guests: we invite them ourselves."""

    def at(moment: datetime) -> dict[str, str]:
        return {"dateTime": moment.astimezone(zone).isoformat(), "timeZone": zone.key}

    return {
        "summary": event.title,
        "description": event.description,
        "location": event.location,
        "start": at(event.starts_at),
        "end": at(event.ends_at),
        "status": "confirmed",
        "sequence": event.sequence,
    }


def _read_key(account: GoogleAccount) -> Mapping[str, str] | None:
    if account.service_account_file is None:
        return None
    try:
        key = json.loads(account.service_account_file.read_text())
        jwt.encode({}, key["private_key"], algorithm="RS256")
        return {
            name: str(key[name])
            for name in ("client_email", "private_key", "private_key_id")
            if name in key or name != "private_key_id"
        }
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        detail = f"{VARIABLE}: the key file of the service account can't be used ({type(error).__name__})."
        raise ConfigurationError(detail, remedy="Name the JSON file that Google handed out.") from None


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CalendarError("Google Calendar's answer can't be read.", retryable=response.is_server_error or response.is_success)
    return answer


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
