"""X-Twilio-Signature, computed here and not by the SDK, so that a fault in one does not hide in the other."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256


def sign_form(token: str, url: str, params: Mapping[str, str | Sequence[str]]) -> str:
    """Signature of a form POST.

    base64(HMAC-SHA1(token, url + for each name in byte order: name + each distinct value, sorted)). The URL is the exact
    one that is requested, query string included, fragment not.
    """
    text = [url]
    for name in sorted(params):
        value = params[name]
        if isinstance(value, str):
            text += (name, value)
        else:
            for one in sorted(set(value)):
                text += (name, one)
    return b64encode(hmac.digest(token.encode(), "".join(text).encode(), "sha1")).decode()


def sign_body(token: str, url: str, body: bytes) -> tuple[str, str]:
    """The URL with `bodySHA256` appended, and its signature: how a body that is no form is signed."""
    signed = f"{url}{'&' if '?' in url else '?'}bodySHA256={sha256(body).hexdigest()}"
    return signed, sign_form(token, signed, {})
