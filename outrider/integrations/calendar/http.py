"""HTTP as adapters of calendars use it: no redirects, no proxies from the environment, bounded time and size, named errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from outrider.integrations.calendar.base import CalendarError

TIMEOUT_SECONDS = 15.0
LARGEST_ANSWER = 10 * 2**20
"""Bytes; a calendar with more than this in the time asked about is no person's calendar."""
PASSING = frozenset({408, 409, 423, 425, 429})
"""Refusals that end by themselves; so do all of 5xx."""


class CalendarHttp:
    """A client for one server.

    Args:
        who: the server in messages to people: `Google Calendar`, `the CalDAV server cloud.example.com`.
    """

    def __init__(self, who: str, auth: httpx.Auth | None = None):
        self._who = who
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False, auth=auth)

    async def ask(
        self,
        method: str,
        url: str,
        *,
        accepts: frozenset[int] = frozenset(),
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """The whole answer; 2xx, or one of `accepts`.

        Raises:
            CalendarError: no answer, or a refusal.
        """
        try:
            async with self._http.stream(method, url, headers=headers, **request) as response:
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise CalendarError(f"{self._who} answers with more than {LARGEST_ANSWER} bytes.", retryable=False)
        except httpx.TimeoutException as error:
            raise CalendarError(f"{self._who} did not answer in time.", retryable=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CalendarError(f"{self._who} can't be reached: {type(error).__name__}.", retryable=True) from error
        whole = httpx.Response(
            response.status_code, headers=_plain(response.headers), content=bytes(body), request=response.request
        )
        if whole.is_success or whole.status_code in accepts:
            return whole
        raise self._refusal(whole)

    async def aclose(self) -> None:
        await self._http.aclose()

    def _refusal(self, response: httpx.Response) -> CalendarError:
        status = response.status_code
        if response.is_redirect:
            return CalendarError(f"{self._who} sends us elsewhere.", retryable=False, remedy="Enter its final address.")
        if status == httpx.codes.UNAUTHORIZED:
            return CalendarError(f"{self._who} refuses our credentials.", retryable=False, remedy="Renew the account's secret.")
        if status == httpx.codes.FORBIDDEN:
            remedy = "Share the calendar with the account, with the right to change events."
            return CalendarError(f"{self._who} does not allow it.", retryable=False, remedy=remedy)
        if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            return CalendarError(f"{self._who} has no such calendar.", retryable=False, remedy="Correct the calendar's name.")
        passes = status in PASSING or response.is_server_error
        return CalendarError(f"{self._who} answered {status}.", retryable=passes, retry_after=retry_after(response))


def retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None


def _plain(headers: httpx.Headers) -> httpx.Headers:
    """The headers of a body that is decoded already."""
    return httpx.Headers([(k, v) for k, v in headers.multi_items() if k not in ("content-encoding", "content-length")])
