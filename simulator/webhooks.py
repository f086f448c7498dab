"""Signed POSTs from the carrier to the product, with Twilio's time-outs and retries."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
from yarl import URL

from simulator.signature import sign_form

logger = logging.getLogger(__name__)

FailureKind = Literal["ct", "rt", "4xx", "5xx"]
"""Twilio's names: connect failure, no answer in time (or cut off), answered 4xx, answered 5xx."""

_RETRY_PAUSE = 0.1
"""Seconds between two tries of one delivery."""
_IDLE_CONNECTION_SECONDS = 2.0
"""Shorter than any server's keep-alive, so that a delivery never meets a connection that is being closed."""


def is_webhook_url(text: str) -> bool:
    """Whether Twilio takes the text as an address to call: http(s), with a host that has no underscore."""
    try:
        parts = urlsplit(text)
        usable_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and bool(host) and "_" not in host and usable_port and not re.search(r"\s", text)


class WebhookFailed(Exception):
    """No usable answer (Twilio's error 11200)."""

    def __init__(self, kind: FailureKind, problem: str):
        super().__init__(f"{kind}: {problem}")
        self.kind: FailureKind = kind


@dataclass(frozen=True)
class Answer:
    content_type: str
    content: bytes


@dataclass(frozen=True)
class ConnectionPolicy:
    """Time-outs and retries, as a webhook's URL may override them in its fragment (`#ct=…&rt=…&tt=…&rc=…&rp=…`)."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    """Covers all tries together."""
    retries: int = 1
    retried: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, url: str) -> tuple[str, ConnectionPolicy]:
        """The URL that is requested and signed, and the policy that its fragment asks for."""
        address, _, fragment = url.partition("#")
        if not fragment:
            return address, _DEFAULT_POLICY
        values = dict(parse_qsl(fragment))
        kinds = frozenset(values.get("rp", "ct").split(","))
        policy = cls(
            connect_seconds=_bounded(values.get("ct"), 5000, 100, 10000) / 1000,
            read_seconds=_bounded(values.get("rt"), 15000, 100, 15000) / 1000,
            total_seconds=_bounded(values.get("tt"), 15000, 100, 15000) / 1000,
            retries=_bounded(values.get("rc"), 1, 0, 5),
            retried=frozenset({"ct", "rt", "4xx", "5xx"}) if "all" in kinds else kinds,
        )
        return address, policy


_DEFAULT_POLICY = ConnectionPolicy()


def _bounded(text: str | None, default: int, lowest: int, highest: int) -> int:
    return min(highest, max(lowest, int(text))) if text and text.isdecimal() else default


class WebhookClient:
    """Sends forms over one pool of connections."""

    def __init__(self, auth_token: str):
        self._token = auth_token
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_CONNECTION_SECONDS)
        self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"})

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, params: Mapping[str, str], *, token: str, on_retry: Callable[[], None]) -> Answer:
        """Deliver one form.

        Args:
            url: where to; a fragment overrides time-outs and retries and is neither sent nor signed.
            token: sent as `I-Twilio-Idempotency-Token`, the same at every try of this delivery.

        Raises:
            WebhookFailed: after the last permitted try.
        """
        address, policy = ConnectionPolicy.of(url)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": sign_form(self._token, address, params),
            "I-Twilio-Idempotency-Token": token,
        }
        form = urlencode(params).encode()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + policy.total_seconds
        for tries_left in range(policy.retries, -1, -1):
            try:
                return await self._try(URL(address, encoded=True), form, headers, policy, deadline - loop.time())
            except WebhookFailed as failure:
                if not tries_left or failure.kind not in policy.retried or loop.time() + _RETRY_PAUSE >= deadline:
                    raise
            on_retry()
            await asyncio.sleep(_RETRY_PAUSE)
        raise AssertionError("the last try either returns or raises")

    async def _try(self, url: URL, form: bytes, headers: dict[str, str], policy: ConnectionPolicy, remaining: float) -> Answer:
        assert self._session is not None, "start() comes first"
        timeout = aiohttp.ClientTimeout(total=remaining, sock_connect=policy.connect_seconds, sock_read=policy.read_seconds)
        try:
            async with self._session.post(url, data=form, headers=headers, timeout=timeout, allow_redirects=False) as response:
                content = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise WebhookFailed("ct", str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise WebhookFailed("rt", repr(error)) from error
        if 200 <= response.status < 300:
            return Answer(response.headers.get("Content-Type", ""), content)
        raise WebhookFailed("5xx" if response.status >= 500 else "4xx", f"answered {response.status}")


class Lane:
    """Deliveries in the order they were put in, at most `width` at once."""

    def __init__(self, width: int, on_defect: Callable[[], None]):
        self._width = width
        self._on_defect = on_defect
        self._queue: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._busy = 0

    @property
    def pending(self) -> int:
        return self._queue.qsize() + self._busy

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._width)]

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def put(self, delivery: Callable[[], Awaitable[None]]) -> None:
        self._queue.put_nowait(delivery)

    async def _work(self) -> None:
        while True:
            delivery = await self._queue.get()
            self._busy += 1
            try:
                await delivery()
            except Exception:
                self._on_defect()
                logger.exception("a delivery failed inside the simulator")
            finally:
                self._busy -= 1
