"""Outgoing webhooks, signed as the Standard Webhooks specification says (standardwebhooks.com).

Every delivery has `webhook-id` (the same for every attempt), `webhook-timestamp` (of the attempt) and `webhook-signature`
(HMAC-SHA256 of id, timestamp and body; one per secret while a secret is being replaced). Addresses come from users, so that
a connection only ever goes to an address that was checked just before it.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
from standardwebhooks.webhooks import Webhook

from outrider import __version__
from outrider.circuit import Circuit, CircuitRules, Circuits, Verdict
from outrider.errors import InvalidInput, ProviderError
from outrider.integrations.fetching import METADATA, Address, AddressRefused, GuardedBackend, Resolve, is_public, resolve
from outrider.integrations.notifications.base import NotifierError

SECONDS = 15.0
CONNECT_SECONDS = 5.0
MOST_ANSWER_BYTES = 4_000
MOST_REDIRECTS = 3
SECRET_BYTES = 32
LONGEST_URL = 2_000
GONE = 410
NOT_NOW = frozenset({408, 429})
PRIVATE_HOSTS = "OUTRIDER_WEBHOOK_PRIVATE_HOSTS"
INSIDE = re.compile(r"(?:^|\.)(?:localhost|localdomain|local|internal|home\.arpa)$")
"""Names that only this machine or its network knows: RFC 6761, 6762, 8375, and ICANN's reservation of `internal`."""
NUMBERS = re.compile(r"[0-9][0-9a-fx.]*")
"""An IPv4 address as C libraries read it: with fewer parts, in octal or hexadecimal."""
RULES = CircuitRules(pause_seconds=5.0, longest_pause_seconds=60.0)
"""Short pauses: who repaired an endpoint waits for its messages."""


class DeliveryFailed(NotifierError):
    """An endpoint did not take a message.

    Args:
        status: of its answer; None if there was none.
        answer: the beginning of what it said.
    """

    title = "The endpoint did not take the message"

    def __init__(
        self, detail: str, *, retryable: bool = True, status: int | None = None, answer: str = "",
        milliseconds: int = 0, retry_after: float | None = None,
    ):  # fmt: skip
        super().__init__(detail, retryable=retryable, retry_after=retry_after)
        self.answer_status, self.answer, self.milliseconds = status, answer, milliseconds

    @property
    def is_gone(self) -> bool:
        """The endpoint says that it will never take a message again."""
        return self.answer_status == GONE


class EndpointLeftAlone(DeliveryFailed):
    """Nobody was asked: the endpoint failed too often."""

    title = "The endpoint failed too often"


def endpoint_circuit(name: str, now: Callable[[], float] = time.monotonic) -> Circuit:
    return Circuit(name, refusal=EndpointLeftAlone, rules=RULES, judge=_verdict, now=now)


def _verdict(error: ProviderError) -> Verdict:
    """An answer shows that the endpoint works, also one that can't do anything with the message."""
    status = error.answer_status if isinstance(error, DeliveryFailed) else None
    is_away = status is None or status >= 500 or status in NOT_NOW
    return Verdict.FAILURE if error.retryable and is_away else Verdict.ANSWER


@dataclass(frozen=True, slots=True)
class Delivered:
    status: int
    answer: str
    """The beginning of what the endpoint said."""
    milliseconds: int


class CallFailed(ProviderError):
    """A web address gave no answer.

    Args:
        was_sent: the request may have arrived.
    """

    title = "The address gave no answer"

    def __init__(self, detail: str, *, was_sent: bool, retryable: bool = True):
        super().__init__(detail, retryable=retryable)
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Called:
    """What a web address answered."""

    status: int
    content_type: str
    body: bytes
    is_cut: bool
    """The answer was longer than what was read."""


def check_url(url: str, *, allows_private: bool) -> str:
    """The address in its proper form.

    Raises:
        InvalidInput: no address that messages may be sent to.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInput.on("body.url", "is no address", "Write it as https://example.com/hooks.") from error
    is_plain = url.isascii() and url.isprintable() and len(url) <= LONGEST_URL
    if parts.scheme not in ("http", "https") or not host or not is_plain:
        raise InvalidInput.on("body.url", "is no web address", "Write it as https://example.com/hooks.")
    if parts.username or parts.password or parts.fragment:
        raise InvalidInput.on("body.url", "has a user, a password or a fragment", "Leave them out; messages are signed.")
    if parts.scheme == "http" and not allows_private:
        raise InvalidInput.on("body.url", "is not encrypted", f"Use https, or set {PRIVATE_HOSTS}=true.")
    return url.strip()


def may_be_called(address: Address, *, allows_private: bool) -> bool:
    """Whether messages may be sent to this machine."""
    if allows_private:
        # Even on a trusted network nothing of ours has to ask a machine's cloud about the machine.
        inner = (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
        return inner not in METADATA and not (inner.is_link_local or inner.is_multicast or inner.is_unspecified)
    return is_public(address)


def is_plainly_refused(host: str, *, allows_private: bool) -> bool:
    """Whether what is written alone shows that nothing may be sent to this host. Any other is judged when its name is resolved.

    Args:
        host: a name or an address, in any form that resolvers take: `[::1]`, `127.1`, `2130706433`.
    """
    name = host.lower().rstrip(".")
    address = _written_out(name)
    if address is not None:
        return not may_be_called(address, allows_private=allows_private)
    return not allows_private and INSIDE.search(name) is not None


def _written_out(name: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    with suppress(ValueError):
        return ip_address(name.removeprefix("[").removesuffix("]"))
    if NUMBERS.fullmatch(name) is None:
        return None
    try:
        return IPv4Address(socket.inet_aton(name))
    except OSError:
        return None


class WebhookSender:
    """
    Args:
        allows_private: endpoints of the own network and unencrypted ones may be reached, too.
        now: clock of the circuits, in seconds.
    """

    def __init__(
        self,
        *,
        allows_private: bool = False,
        resolver: Resolve = resolve,
        seconds: float = SECONDS,
        now: Callable[[], float] = time.monotonic,
    ):
        self.under_way: Counter[int] = Counter()
        """Messages that are being sent, by a number of the caller's for their endpoint."""
        self.circuits = Circuits(lambda name: endpoint_circuit(name, now))
        """Of the endpoints. A caller who keeps messages asks them before an attempt, so that a refusal costs none."""
        self._allows_private, self._resolver, self._seconds = allows_private, resolver, seconds
        backend = GuardedBackend(resolver, self._is_allowed)
        self._pool = httpcore.AsyncConnectionPool(network_backend=backend, max_connections=64, keepalive_expiry=15.0, retries=0)

    def check_url(self, url: str) -> str:
        """`check_url` with this sender's bounds."""
        return check_url(url, allows_private=self._allows_private)

    async def check_host(self, url: str) -> None:
        """Look now whether the address is one that messages would be sent to; a name that can't be found passes.

        Raises:
            InvalidInput: it belongs to this machine, to its network, or to a cloud's metadata.
        """
        parts = urlsplit(self.check_url(url))
        with suppress(httpcore.ConnectError):
            try:
                await GuardedBackend(self._resolver, self._is_allowed).addresses(str(parts.hostname), parts.port or 443)
            except AddressRefused as error:
                raise InvalidInput.on(
                    "body.url",
                    "is not a public address",
                    f"Use one that the internet can reach, or set {PRIVATE_HOSTS}=true.",
                ) from error

    async def deliver(self, url: str, body: bytes, *, message_id: str, secrets: Sequence[str]) -> Delivered:
        """Send one message once.

        Args:
            secrets: the signing secrets in force, `whsec_…`; the newest first.

        Raises:
            DeliveryFailed: no 2xx came back in time.
        """
        began = time.perf_counter()
        headers = {
            **signed(body, message_id, secrets, datetime.now(UTC)),
            "content-type": "application/json",
            "user-agent": f"Outrider/{__version__} (webhooks)",
            "accept-encoding": "identity",
        }
        try:
            async with asyncio.timeout(self._seconds):
                status, answer, retry_after = await self._post(self.check_url(url), body, list(headers.items()))
        except InvalidInput as error:
            raise DeliveryFailed(error.detail, retryable=False) from error
        except AddressRefused as error:
            raise DeliveryFailed(error.detail, retryable=False, milliseconds=_since(began)) from error
        except (TimeoutError, httpcore.TimeoutException) as error:
            detail = f"The endpoint did not answer within {self._seconds:g} seconds."
            raise DeliveryFailed(detail, milliseconds=_since(began)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            detail = f"The endpoint can't be reached ({_reason(error)})."
            raise DeliveryFailed(detail, milliseconds=_since(began)) from error
        if 200 <= status < 300:
            return Delivered(status, answer, _since(began))
        detail = f"The endpoint answered {status}{'; redirects are not followed' if 300 <= status < 400 else ''}."
        raise DeliveryFailed(
            detail, retryable=status != GONE, status=status, answer=answer, milliseconds=_since(began), retry_after=retry_after
        )

    async def call(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None,
        headers: Mapping[str, str],
        seconds: float,
        most_bytes: int,
        follows: bool = True,
    ) -> Called:
        """Make one request; any status is an answer.

        Redirects are followed within the same host only, for nothing that the caller sends is meant for another one, and where
        they keep the method.

        Args:
            seconds: in all, redirects among them.
            most_bytes: what is read of the answer.
            follows: False for a call whose headers are for this one address; a redirect is its answer then.

        Raises:
            CallFailed: no answer came; says whether the request may have arrived.
        """
        sent = {"user-agent": f"Outrider/{__version__} (webhooks)", "accept-encoding": "identity"} | dict(headers)
        try:
            async with asyncio.timeout(seconds):
                for _ in range(MOST_REDIRECTS + 1):
                    answer, location = await self._request(
                        method, self.check_url(url), body, list(sent.items()), seconds, most_bytes
                    )
                    target = urljoin(url, location)
                    if not (follows and _is_followed(method, answer.status, url, target)):
                        break
                    url = target
                return answer
        except InvalidInput as error:
            raise CallFailed(f"The address {error.fields[0].problem}.", was_sent=False, retryable=False) from error
        except AddressRefused as error:
            raise CallFailed(error.detail, was_sent=False, retryable=False) from error
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise CallFailed(f"The address can't be reached ({_reason(error)}).", was_sent=False) from error
        except (TimeoutError, httpcore.TimeoutException) as error:
            raise CallFailed(f"No answer came within {seconds:g} seconds.", was_sent=True) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise CallFailed(f"The connection broke ({_reason(error)}).", was_sent=True) from error

    async def aclose(self) -> None:
        await self._pool.aclose()

    def _is_allowed(self, address: Address) -> bool:
        return may_be_called(address, allows_private=self._allows_private)

    async def _post(self, url: str, body: bytes, headers: Sequence[tuple[str, str]]) -> tuple[int, str, float | None]:
        timeouts = {"connect": CONNECT_SECONDS, "pool": self._seconds, "read": self._seconds, "write": self._seconds}
        async with self._pool.stream("POST", url, headers=headers, content=body, extensions={"timeout": timeouts}) as response:
            told = bytearray()
            async for piece in response.aiter_stream():
                told += piece
                if len(told) >= MOST_ANSWER_BYTES:
                    break
            text = bytes(told[:MOST_ANSWER_BYTES]).decode("utf-8", errors="replace").replace("\x00", "�")
            return response.status, text, _retry_after(response.headers)

    async def _request(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Sequence[tuple[str, str]],
        seconds: float,
        most_bytes: int,
    ) -> tuple[Called, str]:
        """The answer, and where it points to."""
        timeouts = {"connect": CONNECT_SECONDS, "pool": seconds, "read": seconds, "write": seconds}
        extensions = {"timeout": timeouts}
        async with self._pool.stream(method, url, headers=headers, content=body, extensions=extensions) as response:
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            read = bytearray()
            async for piece in response.aiter_stream():
                read += piece
                if len(read) > most_bytes:
                    break
            answer = Called(response.status, told.get("content-type", ""), bytes(read[:most_bytes]), len(read) > most_bytes)
            return answer, told.get("location", "")


def _is_followed(method: str, status: int, url: str, target: str) -> bool:
    keeps_method = status in (307, 308) or (status in (301, 302, 303) and method == "GET")
    before, after = urlsplit(url), urlsplit(target)
    is_same_place = (before.scheme, before.hostname, before.port) == (after.scheme, after.hostname, after.port)
    return keeps_method and target != url and is_same_place


def signed(body: bytes, message_id: str, secrets: Sequence[str], moment: datetime) -> dict[str, str]:
    """The headers by which a receiver knows that the message is ours, whole, and new."""
    signatures = [Webhook(secret).sign(message_id, moment, body.decode()) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def new_secret() -> str:
    """A signing secret in the form that the libraries of Standard Webhooks read."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def _retry_after(headers: Sequence[tuple[bytes, bytes]]) -> float | None:
    for name, value in headers:
        if name.lower() == b"retry-after" and value.strip().isdigit():
            return float(value)
    return None


def _reason(error: Any) -> str:
    return str(error)[:120].rstrip(".") or type(error).__name__


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
