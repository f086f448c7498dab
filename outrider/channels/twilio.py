"""The carrier port on Twilio's official SDK.

The SDK builds and names the requests; the transport under it is ours, because the SDK's own asynchronous one ignores
its time-out and can send a POST again after a 5xx. Requests go through `request_async` of the API version rather than
through `messages.create_async`: the SDK's exceptions carry no headers (so no Retry-After), and report a body that is
not Twilio's as if its HTTP status were a Twilio code.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from math import inf, isfinite
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import orjson
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from outrider.channels.base import (
    CarrierAccount,
    CarrierMessage,
    CarrierRefused,
    CarrierUnavailable,
    ErrorClass,
    OutgoingText,
    Refused,
    SendOutcome,
    Unknown,
)
from outrider.channels.twilio_errors import classify, explain
from outrider.channels.twilio_rows import accepted, account, message, page, utc
from outrider.errors import ConfigurationError
from outrider.telemetry import mask_text

NEVER_REACHED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""Raised only while connecting, before the first byte of a request leaves."""
BROKEN_OFF = (aiohttp.ClientError, TimeoutError, OSError)
"""Everything else the network can do to a request; it may have arrived."""

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)
"""What reading a body of another shape than Twilio's raises."""

_Read = TypeVar("_Read")
_MAX_VALIDITY_SECONDS = 36_000
_PAGE_SIZE = 200
_KEEP_ALIVE_SECONDS = 4.0
"""Shorter than any server keeps idle connections (uvicorn: 5 s), so that no text leaves on one about to be closed:
its loss would leave the outcome unknown."""


class Transport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's HTTP client over one aiohttp session: pooled, limited in time, and without a second try for a POST.

    With a base URL, every product of the SDK (api, messaging, lookups …) is reached there. The session is opened by
    the first request, inside the running event loop.
    """

    def __init__(self, base_url: str | None, timeout: float, max_connections: int):
        super().__init__(logging.getLogger(__name__), is_async=True, timeout=timeout)
        self._base_url = base_url
        self._max_connections = max_connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request, one answer of any status; its body is read as UTF-8 whatever it claims to be.

        Raises:
            aiohttp.ClientError, TimeoutError, OSError: there is no whole answer; see `NEVER_REACHED`.
        """
        headers = dict(headers or {})
        if auth:
            headers["Authorization"] = aiohttp.encode_basic_auth(*auth)
        url = self._rerouted(uri)
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params, doseq=True)
        async with self._opened().request(
            method,
            url,
            data=_encoded(data, headers) if data else None,
            headers=headers,
            timeout=_limits(timeout or self.timeout),
            allow_redirects=allow_redirects,
        ) as answer:
            body = await answer.read()
            return Response(answer.status, body.decode("utf-8", "replace"), answer.headers)

    async def aclose(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._max_connections, keepalive_timeout=_KEEP_ALIVE_SECONDS, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _rerouted(self, uri: str) -> str:
        if self._base_url is None:
            return uri
        _, _, path = uri.removeprefix("https://").partition("/")
        return f"{self._base_url}/{path}"


def _limits(timeout: float) -> aiohttp.ClientTimeout:
    """Half of the time to get a connection, all of it for the answer's last byte; never rounded up."""
    return aiohttp.ClientTimeout(total=timeout, connect=timeout / 2, ceil_threshold=inf)


def _encoded(data: Mapping[str, object], headers: Mapping[str, str]) -> bytes:
    """The body in the form its content type promises. Characters that UTF-8 can't hold become `?`."""
    if headers.get("Content-Type", "").startswith("application/json"):
        return orjson.dumps(data)
    return urlencode(data, doseq=True, errors="replace").encode()


class TwilioCarrier:
    """Twilio, or anything that speaks its API at `base_url`.

    Args:
        account_sid, auth_token: credentials of the account that owns the senders.
        base_url: where every request goes instead of Twilio's hosts, as `http://127.0.0.1:8010`.
        timeout: seconds until a request counts as unanswered.
        max_connections: requests in flight at once; further ones wait for a connection, and the wait counts.

    Raises:
        ConfigurationError: a credential is empty, or `base_url` is no http(s) address.
    """

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str | None = None, timeout: float = 10.0, max_connections: int = 64
    ):
        if not account_sid.strip() or not auth_token.strip():
            raise ConfigurationError("A carrier credential is empty.", remedy="Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
        self._transport = Transport(_checked(base_url), timeout, max_connections)
        self._api = Client(account_sid, auth_token, http_client=self._transport).api
        self._account = f"/Accounts/{quote(account_sid, safe='')}"

    async def send_text(self, text: OutgoingText) -> SendOutcome:
        try:
            answer = await self._api.v2010.request_async("POST", f"{self._account}/Messages.json", data=_send_form(text))
        except NEVER_REACHED as error:
            return Refused(None, ErrorClass.RETRYABLE, f"Not reached: {_words(error)}")
        except BROKEN_OFF as error:
            return Unknown(f"No answer: {_words(error)}")
        return _outcome(answer)

    async def list_messages(
        self, *, to: str | None = None, from_: str | None = None, since: datetime | None = None
    ) -> AsyncIterator[CarrierMessage]:
        """Texts the carrier has, newest first; see `Carrier.list_messages`.

        Twilio filters by the date a text was *sent*, which a queued one has not got, so `since` is applied here. Its
        list is sorted by that date: once a whole page was sent before `since`, nothing later in it can qualify.
        """
        if since is not None:
            since = since.replace(microsecond=0)  # Twilio's dates have whole seconds
        filters = {"To": to, "From": from_, "PageSize": str(_PAGE_SIZE)}
        params = {name: value for name, value in filters.items() if value is not None}
        address: str | None = self._api.v2010.absolute_url(f"{self._account}/Messages.json")
        while address:
            messages, following = _readable(page, await self._read(address, params))
            for one in messages:
                if since is None or one.created_at >= since:
                    yield one
            if since and messages and all((one.sent_at or one.created_at) < since for one in messages):
                return
            address, params = self._api.absolute_url(following) if following else None, {}

    async def fetch_message(self, carrier_sid: str) -> CarrierMessage | None:
        address = self._api.v2010.absolute_url(f"{self._account}/Messages/{quote(carrier_sid, safe='')}.json")
        try:
            row = await self._read(address)
        except CarrierRefused as refusal:
            if refusal.code == 20404:
                return None
            raise
        return _readable(message, row)

    async def check(self) -> CarrierAccount:
        row = await self._read(self._api.v2010.absolute_url(f"{self._account}.json"))
        return _readable(account, row)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _read(self, address: str, params: Mapping[str, str] | None = None) -> Any:
        """The parsed body of a GET.

        Raises:
            CarrierUnavailable: no answer, "not now" (429), 5xx, a redirect or a body that is not JSON.
            CarrierRefused: any other 4xx.
        """
        try:
            answer = await self._api.twilio.request_async("GET", address, params=params)
        except BROKEN_OFF as error:
            raise CarrierUnavailable(f"The carrier does not answer: {_words(error)}") from error
        if 200 <= answer.status_code < 300:
            return _readable(orjson.loads, answer.text)
        refusal = _refusal(answer)
        if refusal.error_class is ErrorClass.RETRYABLE or not 400 <= answer.status_code < 500:
            raise CarrierUnavailable(f"The carrier answered {answer.status_code}.", retry_after=refusal.retry_after)
        advice = explain(refusal.code) if refusal.code else refusal.message
        raise CarrierRefused(f"The carrier refused: {advice}", code=refusal.code, error_class=refusal.error_class)


def _checked(base_url: str | None) -> str | None:
    if base_url is None:
        return None
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"{base_url!r} is no http(s) address.", remedy="Correct TWILIO_API_BASE_URL or unset it.")
    return base_url.rstrip("/")


def _send_form(text: OutgoingText) -> dict[str, object]:
    validity = text.validity_seconds
    return {
        "To": text.to,
        "From": text.from_number,
        "MessagingServiceSid": text.messaging_service_sid,
        "Body": text.body,
        "StatusCallback": text.status_callback,
        "ValidityPeriod": None if validity is None else min(max(validity, 1), _MAX_VALIDITY_SECONDS),
    }


def _outcome(answer: Response) -> SendOutcome:
    status = answer.status_code
    if 400 <= status < 500:
        return _refusal(answer)
    if not 200 <= status < 300:
        return Unknown(f"The carrier answered {status}.")
    try:
        return accepted(orjson.loads(answer.text))
    except UNREADABLE as error:
        return Unknown(f"The carrier answered {status}, but not readably: {_words(error)}")


def _refusal(answer: Response) -> Refused:
    """A 4xx in either of Twilio's formats: `code, message`, or RFC 9457 `code, title, detail`."""
    try:
        row = orjson.loads(answer.text)
        code = int(row["code"])
        message = str(row.get("message") or row.get("detail") or row.get("title") or explain(code))
    except UNREADABLE:
        code, message = None, f"HTTP {answer.status_code} without a Twilio error."
    return Refused(code, classify(code, answer.status_code), mask_text(message), _retry_after(answer.headers))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3)."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (utc(value) - datetime.now(UTC)).total_seconds()
        except ValueError:
            return None
    return max(0.0, seconds) if isfinite(seconds) else None


def _readable(parse: Callable[[Any], _Read], source: Any) -> _Read:
    """`parse(source)`, with everything that can be wrong about foreign data turned into one named error."""
    try:
        return parse(source)
    except UNREADABLE as error:
        raise CarrierUnavailable(f"The carrier's answer can't be read: {_words(error)}") from error


_ADDRESS_QUERY = re.compile(r"\?\S*")


def _words(error: BaseException) -> str:
    """What happened, without the addresses' query strings: a StatusCallback or a filter may stand in them."""
    return mask_text(_ADDRESS_QUERY.sub("", f"{type(error).__name__} {error}".strip()))
