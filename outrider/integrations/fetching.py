"""Fetching pages whose addresses come from outside, so that nobody can make us reach where only we can reach.

Every connection, also that of a redirect, goes to an address that was resolved and checked just before: it must be public.
Private, loopback, link-local, carrier-grade NAT and metadata addresses are refused, in IPv4, IPv6 and IPv4 embedded in IPv6.
The address that was checked is the one that is connected to, so that a name that resolves differently the next moment gains
nothing. Proxies of the environment are not used: they would resolve by themselves.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

import httpcore

from outrider import __version__
from outrider.errors import ProviderError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

AGENT = "Outrider"
USER_AGENT = f"{AGENT}/{__version__} (company research)"
MOST_REDIRECTS = 4
MOST_BYTES = 1_500_000
ROBOTS_BYTES = 500 * 1024
"""What RFC 9309 (2.5) asks crawlers to read of a robots.txt at least."""
ROBOTS_SECONDS = 3600.0
MOST_ROBOTS = 500
TOTAL_SECONDS = 8.0
"""Everything of one fetch together: names, redirects, slow servers."""
CONNECT_SECONDS = 3.0
PORTS = (80, 443)
LONGEST_URL = 2_000

_V4_REFUSED = [IPv4Network(net) for net in ("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4")]
METADATA = frozenset({ip_address("168.63.129.16"), ip_address("169.254.169.254"), ip_address("fd00:ec2::254")})
"""Where clouds answer questions about a machine; the first one lies among public addresses."""
_V6_PUBLIC = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


class FetchError(ProviderError):
    """A page could not be fetched; `retryable` says whether trying again may help."""

    title = "The page could not be fetched"
    passing: ClassVar[bool] = False

    def __init__(self, detail: str, **extra: Any):
        super().__init__(detail, retryable=self.passing, **extra)


class AddressRefused(FetchError):
    title = "This address is not fetched"


class FetchDisallowed(FetchError):
    title = "The site's robots.txt does not allow it"


class PageTooLarge(FetchError):
    title = "The page is too large"


class WrongContent(FetchError):
    title = "The page is not of a kind that is read"


class TooManyRedirects(FetchError):
    title = "The page is redirected too often"


class PageRefused(FetchError):
    """The server answered with an error of ours (4xx)."""

    title = "The server refused the page"


class PageUnavailable(FetchError):
    title = "The server could not be reached"
    passing = True


class FetchTimeout(PageUnavailable):
    title = "The server did not answer in time"


def is_public(address: Address) -> bool:
    """Whether anybody in the internet could reach this address, and not only we."""
    if address in METADATA:
        return False
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        return address in _V6_PUBLIC and address.is_global and address.scope_id is None
    if any(address in network for network in _V4_REFUSED):
        return False
    return address.is_global and not address.is_multicast


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host name by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched."""

    url: str
    """The last address, after redirects."""
    status: int
    content_type: str
    body: bytes

    @property
    def text(self) -> str:
        _, _, charset = self.content_type.partition("charset=")
        try:
            return self.body.decode(charset.split(";")[0].strip("\"' ") or "utf-8", errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to nothing else."""

    def __init__(self, resolver: Resolve, allowed: Callable[[Address], bool]):
        self._resolve = resolver
        self._allowed = allowed
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = (await self.addresses(host, port))[0]
        return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, all of which may be reached.

        Raises:
            AddressRefused: one of them may not.
            httpcore.ConnectError: it has none.
        """
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address") from error
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            # One private address among public ones is no accident; the whole name is refused.
            if not self._allowed(ip_address(address.partition("%")[0])) or "%" in address:
                raise AddressRefused(f"{host} is not a public address.")
        return addresses

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused("Sockets of this machine are not fetched.")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


@dataclass(slots=True)
class _Robots:
    rules: RobotFileParser | None
    """None: the site could not be asked, so nothing of it may be read (RFC 9309, 2.3.1.4)."""
    until: float


class Fetcher:
    """Fetches public pages within bounds of size, time and kind, where the site's robots.txt lets us.

    Args:
        resolver, allowed, ports: how names become addresses, which of them may be reached, and at which ports.
    """

    def __init__(
        self,
        *,
        resolver: Resolve = resolve,
        allowed: Callable[[Address], bool] = is_public,
        ports: Sequence[int] = PORTS,
        seconds: float = TOTAL_SECONDS,
        most_bytes: int = MOST_BYTES,
    ):
        self._ports = ports
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._pool = httpcore.AsyncConnectionPool(
            network_backend=GuardedBackend(resolver, allowed), max_connections=50, keepalive_expiry=5.0, retries=0
        )
        self._robots: dict[str, _Robots] = {}

    async def fetch(self, url: str, *, content_types: Sequence[str] = ("text/html", "application/xhtml+xml")) -> Page:
        """The page at `url`, of one of the content types.

        Raises:
            FetchError: it was not fetched; the subclass says why.
        """
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(url, content_types)
        except TimeoutError as error:
            raise FetchTimeout(f"{_named(url)} did not answer within {self._seconds:g} seconds.") from error

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _follow(self, url: str, content_types: Sequence[str]) -> Page:
        for _ in range(MOST_REDIRECTS + 1):
            target = self._checked(url)
            await self._ask_robots(target)
            page, location = await self._get(target, content_types, self._most_bytes)
            if page is not None:
                return page
            url = urljoin(target, location)
        raise TooManyRedirects(f"{_named(url)} was redirected more than {MOST_REDIRECTS} times.")

    def _checked(self, url: str) -> str:
        """
        Raises:
            AddressRefused: not an ordinary public web address.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
        except (ValueError, UnicodeError) as error:
            raise AddressRefused("The address can't be read.") from error
        if parts.scheme not in ("http", "https") or not host or len(url) > LONGEST_URL:
            raise AddressRefused("Only http and https addresses are fetched.")
        if parts.username or parts.password or port not in self._ports:
            raise AddressRefused("Addresses with a user, a password or an unusual port are not fetched.")
        netloc = f"[{host}]" if ":" in host else host
        usual = 443 if parts.scheme == "https" else 80
        return urlunsplit((parts.scheme, netloc if port == usual else f"{netloc}:{port}", parts.path or "/", parts.query, ""))

    async def _ask_robots(self, url: str) -> None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        now = asyncio.get_running_loop().time()
        known = self._robots.get(origin)
        if known is None or known.until < now:
            known = _Robots(await self._robots_of(origin), now + ROBOTS_SECONDS)
            if len(self._robots) >= MOST_ROBOTS:
                self._robots.pop(next(iter(self._robots)))
            self._robots[origin] = known
        if known.rules is None or not known.rules.can_fetch(AGENT, url):
            raise FetchDisallowed(f"{parts.hostname} does not allow this page to be read.")

    async def _robots_of(self, origin: str) -> RobotFileParser | None:
        rules = RobotFileParser()
        url = f"{origin}/robots.txt"
        try:
            for _ in range(MOST_REDIRECTS + 1):
                page, location = await self._get(self._checked(url), (), ROBOTS_BYTES, is_cut=True)
                if page is not None:
                    rules.parse(page.text.splitlines())
                    return rules
                url = urljoin(url, location)
        except PageRefused:
            rules.parse([])
            return rules
        except PageUnavailable:
            return None
        return rules

    async def _get(
        self, url: str, content_types: Sequence[str], most_bytes: int, *, is_cut: bool = False
    ) -> tuple[Page | None, str]:
        """The page, or None and where it is now. `is_cut`: what is beyond `most_bytes` is left out instead of refused."""
        headers: dict[bytes | str, bytes | str] = {
            "User-Agent": USER_AGENT,
            "Accept": ", ".join(content_types) or "text/plain",
            "Accept-Encoding": "identity",
        }
        timeouts = dict.fromkeys(("connect", "pool"), CONNECT_SECONDS) | dict.fromkeys(("read", "write"), self._seconds)
        try:
            async with self._pool.stream("GET", url, headers=headers, extensions={"timeout": timeouts}) as response:
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in (301, 302, 303, 307, 308) and told.get("location"):
                    return None, told["location"]
                _refuse_status(url, response.status)
                kind = told.get("content-type", "")
                _refuse_content(url, kind, told, content_types)
                body = await _read(response.aiter_stream(), url, most_bytes, is_cut=is_cut)
                return Page(url, response.status, kind, body), ""
        except httpcore.TimeoutException as error:
            raise FetchTimeout(f"{_named(url)} did not answer in time.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise PageUnavailable(f"{_named(url)} could not be reached ({type(error).__name__}).") from error


def _refuse_status(url: str, status: int) -> None:
    if status == 429 or status >= 500:
        raise PageUnavailable(f"{_named(url)} answered {status}.")
    if status >= 300:
        raise PageRefused(f"{_named(url)} answered {status}.")


def _refuse_content(url: str, kind: str, told: Mapping[str, str], wanted: Sequence[str]) -> None:
    if wanted and kind.partition(";")[0].strip().lower() not in wanted:
        raise WrongContent(f"{_named(url)} is {kind.partition(';')[0][:60] or 'of no stated kind'}.")
    if told.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        # It was asked for uncompressed; what unpacks to any size has no bound.
        raise WrongContent(f"{_named(url)} is compressed.")


async def _read(stream: Any, url: str, most_bytes: int, *, is_cut: bool) -> bytes:
    body = bytearray()
    async for piece in stream:
        body += piece
        if len(body) > most_bytes:
            if is_cut:
                break
            raise PageTooLarge(f"{_named(url)} is larger than {most_bytes // 1000} kB.")
    return bytes(body[:most_bytes])


def _named(url: str) -> str:
    """The host alone: paths and queries may hold what is nobody's business."""
    try:
        return urlsplit(url).hostname or "The address"
    except ValueError:
        return "The address"
