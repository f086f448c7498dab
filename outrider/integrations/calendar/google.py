"""Google Calendar, API v3: https://developers.google.com/workspace/calendar/api/v3/reference.

An event gets an id of ours when it is inserted, so that a repeated insert finds the first one (409) and brings it up to
date instead. The ids of Google are base32hex digits (a–v, 0–9), 5 to 1024 of them: hexadecimal digits are among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx

from outrider.integrations.calendar.accounts import VARIABLE, GoogleAccount
from outrider.integrations.calendar.base import Busy, CalendarAccess, CalendarError, CalendarEvent
from outrider.integrations.calendar.http import CalendarHttp, retry_after
from outrider.integrations.google import GoogleTokens, ServiceAccountKey

SCOPE = "https://www.googleapis.com/auth/calendar"
LONGEST_QUERY = timedelta(days=30)
"""Google refuses free/busy of more than about two months."""
RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "calendarUsageLimitsExceeded"})
CONFLICT, FORBIDDEN, UNAUTHORIZED = 409, 403, 401
NOT_THERE = frozenset({404, 410})
TOKEN_REFUSED = frozenset({400, 401})


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
        token_url = str(account.token_url)

        async def post(form: Mapping[str, str]) -> httpx.Response:
            return await self._http.ask("POST", token_url, data=form, accepts=TOKEN_REFUSED)

        self._tokens = GoogleTokens(_granting(account), post, CalendarError)

    async def reach(self) -> None:
        """
        Raises:
            CalendarError: Google is away, or refuses the sign-in.
        """
        await self._tokens.headers()

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
            headers = await self._tokens.headers()
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


def _granting(account: GoogleAccount) -> Callable[[], Mapping[str, str]]:
    """What the account gets its tokens for: the service account's key, or the user's consent."""
    if account.service_account_file is not None:
        key = ServiceAccountKey.read(account.service_account_file, VARIABLE)
        return lambda: key.grant(SCOPE, str(account.token_url), account.subject)
    assert account.client_id and account.client_secret and account.refresh_token
    consent = {
        "grant_type": "refresh_token",
        "client_id": account.client_id,
        "client_secret": account.client_secret.get_secret_value(),
        "refresh_token": account.refresh_token.get_secret_value(),
    }
    return lambda: consent


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
