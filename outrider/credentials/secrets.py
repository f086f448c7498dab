"""What a secret must be like, the header that carries it, and how it is kept out of what is written down."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import orjson

from outrider.credentials.models import CredentialKind
from outrider.errors import InvalidInput

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
OUR_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer",
                         "idempotency-key", "webhook-id", "webhook-timestamp", "webhook-signature", "accept-encoding",
                         "expect"})  # fmt: skip
"""Headers that are set by us or by the connection."""
HIDDEN = "•••"
SHORTEST_HIDDEN = 4
"""Characters; shorter parts, such as the password `x` of services whose key is the user's name, are everywhere in a text."""


@dataclass(frozen=True, slots=True)
class Secret:
    """An opened secret on its way to its receiver."""

    name: str
    """Of the credential."""
    headers: dict[str, str] = field(repr=False)
    """What carries it; names in lower case."""
    words: tuple[str, ...] = field(repr=False)
    """What must not be written down, the longest first."""

    def hide(self, value: Any) -> Any:
        """Plain data without the secret, which some receivers repeat in what they answer."""
        if isinstance(value, str):
            return self._without(value, self.words)
        try:
            text = orjson.dumps(value).decode()
        except TypeError:  # Nested too deeply, or a number that JSON lacks: nobody can look for the secret in it.
            return HIDDEN
        hidden = self._without(text, [orjson.dumps(word).decode()[1:-1] for word in self.words])
        try:
            return value if hidden == text else orjson.loads(hidden)
        except orjson.JSONDecodeError:
            return hidden

    @staticmethod
    def _without(text: str, words: tuple[str, ...] | list[str]) -> str:
        for word in words:
            text = text.replace(word, HIDDEN)
        return text


def to_keep(kind: CredentialKind, value: str, username: str | None) -> str:
    """The text that is sealed, of what a person entered.

    Raises:
        InvalidInput: it can't be sent so; doesn't repeat it.
    """
    if kind is CredentialKind.BASIC:
        return _user_and_password(username, value)
    if username:
        raise InvalidInput.on("body.username", "belongs to the kind basic only", "Leave it out.")
    value = value.strip()
    if kind is CredentialKind.BEARER:
        value = re.sub(r"(?i)^bearer(\s+|$)", "", value)
    if not value:
        raise InvalidInput.on("body.value", "is empty", "Enter the secret.")
    if not (value.isascii() and value.isprintable()):
        raise InvalidInput.on("body.value", "holds characters that no header can have", "Enter the secret as one line of ASCII.")
    return value


def _user_and_password(username: str | None, password: str) -> str:
    if not username or ":" in username or not username.isprintable():
        remedy = "Enter the user's name, which has no colon."
        raise InvalidInput.on("body.username", "is needed for the kind basic, without a colon", remedy)
    if not password.isprintable():
        raise InvalidInput.on("body.value", "holds a control character", "Enter the password as one line.")
    return f"{username}:{password}"


def opened(name: str, kind: CredentialKind, header_name: str, kept: str) -> Secret:
    """The secret with the header that carries it."""
    words = {kept}
    if kind is CredentialKind.BASIC:
        encoded = b64encode(kept.encode()).decode()
        headers = {"authorization": f"Basic {encoded}"}
        words |= {encoded, *kept.split(":", 1)}
    elif kind is CredentialKind.BEARER:
        headers = {"authorization": f"Bearer {kept}"}
    else:
        headers = {header_name.lower(): kept}
    hidden = sorted((word for word in words if len(word) >= SHORTEST_HIDDEN), key=len, reverse=True)
    return Secret(name, headers, tuple(hidden))
