"""Permissions, and the dependency by which every route declares the one it needs.

Until a sign-in is configured the only caller that is let in is a person on this very machine: a loopback peer that
speaks to a loopback host name and comes through no proxy. Whatever arrives through a tunnel or a proxy (that is how
the carrier reaches us) can use only routes that prove their caller by themselves, as webhooks do by signature.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request
from starlette.requests import HTTPConnection

from outrider.errors import NotAuthenticated

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Permission(StrEnum):
    PUBLIC = "public"
    """Anyone: health and metrics of the process, nothing about leads."""
    WEBHOOK = "webhook"
    """The carrier; the route verifies the signature itself."""
    LEADS_READ = "leads:read"
    LEADS_WRITE = "leads:write"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_SEND = "campaigns:send"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is calling."""

    name: str
    permissions: frozenset[Permission]


LOCAL_OPERATOR = Actor(name="local operator", permissions=frozenset(Permission))


def is_local(connection: HTTPConnection) -> bool:
    """True for a person on this machine, false for anything that a proxy or another site may have sent."""
    client = connection.client
    if client is None or not ip_address(client.host).is_loopback:
        return False
    if any(header in connection.headers for header in PROXY_HEADERS):
        return False
    host = (
        connection.headers.get("host", "").rsplit(":", 1)[0]
        if not connection.headers.get("host", "").endswith("]")
        else connection.headers["host"]
    )
    return host in LOCAL_HOSTS and _is_same_site(connection)


def _is_same_site(connection: HTTPConnection) -> bool:
    """A browser names the page that asks; another site's page must not act as the operator.

    Nothing stops a page from opening a socket to another site, and not every browser says by `Sec-Fetch-Site` that it
    does; `Origin` comes with every socket that a page opens.
    """
    if connection.headers.get("sec-fetch-site", "none") not in ("none", "same-origin", "same-site"):
        return False
    origin = connection.headers.get("origin")
    is_socket = connection.scope["type"] == "websocket"
    return origin is None or not is_socket or urlsplit(origin).netloc == connection.headers.get("host")


def identify(connection: HTTPConnection) -> Actor:
    """Who is calling, by HTTP or over a socket.

    Raises:
        NotAuthenticated: nobody we know.
    """
    if is_local(connection):
        return LOCAL_OPERATOR
    raise NotAuthenticated(
        "Only a person on this machine may use the API until a sign-in is configured.",
        remedy="Call it on the same machine as http://localhost, not through a proxy or tunnel.",
    )


def require(permission: Permission) -> Callable[[Request], Awaitable[Actor]]:
    """Dependency that lets only callers with `permission` in.

    Raises:
        NotAuthenticated: nobody we know is calling.
    """

    async def check(request: Request) -> Actor:
        if permission in (Permission.PUBLIC, Permission.WEBHOOK):
            return Actor(name="anonymous", permissions=frozenset({permission}))
        return identify(request)

    check.permission = permission  # type: ignore[attr-defined]  # read by the test that walks the route table
    return check
