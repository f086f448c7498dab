"""The pool of connections that models share."""

from __future__ import annotations

import httpx2
import openai

CONNECT_SECONDS = 5.0
MOST_CONNECTIONS = 1000
IDLE_CONNECTION_SECONDS = 60.0
"""Long enough to last between two turns of a phone call, so that a turn doesn't begin with a TLS handshake."""


def open_http_client(timeout: float) -> httpx2.AsyncClient:
    """A pool of connections; close it with `aclose`. `timeout` in seconds.

    It is the OpenAI SDK's client over aiohttp, a fraction of the work of the usual one; other providers' SDKs take it, too.
    """
    limits = httpx2.Limits(
        max_connections=MOST_CONNECTIONS,
        max_keepalive_connections=MOST_CONNECTIONS,
        keepalive_expiry=IDLE_CONNECTION_SECONDS,
    )
    return openai.DefaultAioHttpClient(limits=limits, timeout=httpx2.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)))
