"""Signed webhooks as the Standard Webhooks specification describes them: https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping

TOLERANCE_SECONDS = 300
PREFIX = "whsec_"
SHORTEST_KEY, LONGEST_KEY = 24, 64
LONGEST_ID = 256


def usable_secret(secret: str) -> bytes:
    """The key in a secret such as `whsec_…`.

    Raises:
        ValueError: it is none; the message does not repeat it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("must be whsec_ and a base64 key") from None
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise ValueError(f"must be whsec_ and a base64 key of {SHORTEST_KEY} to {LONGEST_KEY} bytes")
    return key


def signed_headers(secret: str, message_id: str, body: bytes, *, now: int | None = None) -> dict[str, str]:
    """Headers that prove who sent `body`. The id stays the same when a message is sent again."""
    at = str(int(time.time()) if now is None else now)
    return {"webhook-id": message_id, "webhook-timestamp": at, "webhook-signature": _signature(secret, message_id, at, body)}


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> bool:
    """Whether the holder of `secret` sent `body` within the last minutes. Headers may carry signatures of several keys."""
    message_id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > LONGEST_ID or not at.isascii() or not at.isdigit() or len(at) > 12:
        return False
    if abs((time.time() if now is None else now) - int(at)) > TOLERANCE_SECONDS:
        return False
    expected = _signature(secret, message_id, at, body).encode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected, one.encode("utf-8", "replace")) for one in given)


def _signature(secret: str, message_id: str, at: str, body: bytes) -> str:
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(usable_secret(secret), signed, hashlib.sha256).digest()).decode()
