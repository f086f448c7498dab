"""Hosts that a secret may be sent to: `api.example.com`, `*.example.com` for those below it, either with a port.

Without a port the usual one of the scheme is meant, so that another service of the same machine does not get the secret.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"(?P<any>\*\.)?(?P<host>{LABEL}(?:\.{LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>[1-9][0-9]{{0,4}}))?")
LONGEST = 253
USUAL_PORTS = {"https": 443, "http": 80}
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Place:
    """One host, or all below one, at one port."""

    host: str
    port: int | None
    """None: the usual one of the scheme."""
    is_below: bool = False

    def covers(self, other: Place) -> bool:
        """Everything that is at `other` is here, too."""
        if self.port != other.port:
            return False
        if self.is_below:
            return other.host.endswith(f".{self.host}") or (other.is_below and other.host == self.host)
        return not other.is_below and other.host == self.host


def read_host(text: str) -> str:
    """The host in its proper form.

    Raises:
        ValueError: says in words for the user what is wrong with it.
    """
    host = text.strip().lower()
    found = HOST.fullmatch(host)
    if found is None or len(host) > LONGEST or int(found["port"] or 1) > LAST_PORT:
        raise ValueError(f"{text[:60]!r} is no host; write it as api.example.com, *.example.com or api.example.com:8443")
    if found["any"] and ("." not in found["host"] or found["host"][0] == "[" or found["host"].replace(".", "").isdigit()):
        raise ValueError(f"{text[:60]!r} is too wide; name the domain, as in *.example.com")
    return host


def place_of(host: str) -> Place:
    """A host in its proper form as a place."""
    found = HOST.fullmatch(host)
    assert found is not None, host
    return Place(found["host"], int(found["port"]) if found["port"] else None, bool(found["any"]))


def is_allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether `url`, whose parts have been checked, is at one of these hosts."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    usual = USUAL_PORTS.get(parts.scheme)
    named = f"[{host}]" if ":" in host else host
    # A host may also be named with its usual port.
    asked = {Place(named, port or usual)} | ({Place(named, None)} if port in (None, usual) else set())
    return usual is not None and any(place_of(one).covers(place) for one in hosts for place in asked)


def new_hosts(hosts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Those of `hosts` that go beyond `known`."""
    return [host for host in hosts if not any(place_of(one).covers(place_of(host)) for one in known)]
