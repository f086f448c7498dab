"""HTTP as the adapters of CRMs use it: paced, bounded in time and size, no redirects, no proxies of the environment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from outrider.integrations.crm.base import CrmUnavailable

TIMEOUT_SECONDS = 30.0
LARGEST_ANSWER = 32 * 2**20
LONGEST_RETRY_AFTER = 6 * 3600.0

T = TypeVar("T")


class Pace:
    """Lets so many requests a second pass, evenly, and none while the server asked for rest."""

    def __init__(self, per_second: float):
        self._gap = 1.0 / per_second
        self._next = 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        at = max(self._next, now)
        self._next = at + self._gap
        if at > now:
            await asyncio.sleep(at - now)

    def rest(self, seconds: float) -> None:
        self._next = max(self._next, time.monotonic() + min(seconds, TIMEOUT_SECONDS))


class CrmHttp:
    """A client for one server.

    Args:
        who: the server in messages to people: `HubSpot`.
    """

    def __init__(self, who: str, pace: Pace):
        self._who = who
        self._pace = pace
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)

    async def ask(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **request: Any) -> httpx.Response:
        """The whole answer, whatever its status, except for those that ask us to come back.

        Raises:
            CrmUnavailable: no answer, 429, or 5xx.
        """
        await self._pace.wait()
        try:
            async with self._http.stream(method, url, headers=headers, **request) as response:
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise CrmUnavailable(f"{self._who} answers with more than {LARGEST_ANSWER} bytes.")
        except httpx.TimeoutException as error:
            raise CrmUnavailable(f"{self._who} did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CrmUnavailable(f"{self._who} can't be reached: {type(error).__name__}.") from error
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = retry_after(response)
            self._pace.rest(wait or 1.0)
            raise CrmUnavailable(f"{self._who} asks us to slow down.", retry_after=wait)
        if response.is_server_error:
            raise CrmUnavailable(f"{self._who} answered {response.status_code}.", retry_after=retry_after(response))
        plain = [(n, v) for n, v in response.headers.multi_items() if n not in ("content-encoding", "content-length")]
        return httpx.Response(response.status_code, headers=plain, content=bytes(body), request=response.request)

    async def aclose(self) -> None:
        await self._http.aclose()


def batches(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """The items in the pieces that one request takes."""
    return (items[start : start + most] for start in range(0, len(items), most))


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that `Retry-After` asks for, given as seconds or as a date."""
    value = response.headers.get("retry-after", "").strip()
    try:
        seconds = float(value) if value.isascii() and value.isdigit() else _until(value)
    except (TypeError, ValueError):
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER)


def _until(date: str) -> float:
    return (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()


def json_object(who: str, response: httpx.Response) -> dict[str, Any]:
    """
    Raises:
        CrmUnavailable: the answer is none of the server we meant.
    """
    answer = json_of(who, response)
    if not isinstance(answer, dict):
        raise CrmUnavailable(f"{who}'s answer can't be read.")
    return answer


def json_of(who: str, response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise CrmUnavailable(f"{who}'s answer can't be read.") from error


def moment(who: str, text: Any) -> datetime:
    """A time as these systems write it, as in `2026-03-01T10:00:00.000Z` or `…+0000`."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise CrmUnavailable(f"{who} names a time that can't be read.") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
