"""Secrets that lie in the database: sealed, so that a copy of the database alone tells none of them.

    sealer = sealer_of(settings)
    row.secret = sealer.seal("whsec_…")
    sealer.open(row.secret)

Sealed with Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec) under a key that HKDF (RFC 5869) derives from
`OUTRIDER_SECRET_KEY`. An installation without that setting keeps a key of its own in the data folder.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outrider.config import Settings
from outrider.errors import ConfigurationError

KEY_FILE = "secret.key"
PURPOSE = b"outrider: secrets in the database"
KEY_BYTES = 32


class SecretUnreadable(ConfigurationError):
    """A secret in the database was sealed with a key that this process does not have."""

    title = "A stored secret can't be read"


class Sealer:
    """
    Args:
        keys: texts that nobody can guess, at least one; the first one seals, all of them open.
    """

    def __init__(self, keys: Sequence[str]):
        every = [Fernet(_derived(key)) for key in keys]
        self._newest, self._every = every[0], MultiFernet(every)

    def seal(self, secret: str) -> str:
        return self._newest.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """
        Raises:
            SecretUnreadable: none of the keys sealed it.
        """
        try:
            return self._every.decrypt(sealed).decode()
        except InvalidToken:
            raise SecretUnreadable(
                "It was sealed with another OUTRIDER_SECRET_KEY.",
                remedy="Name the key that sealed it in OUTRIDER_SECRET_KEY, too, behind a comma, or bring back the data folder's "
                f"{KEY_FILE}; if that is lost, replace the secret.",
            ) from None

    def opens(self, sealed: str) -> bool:
        """Whether one of the keys sealed it."""
        try:
            self._every.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key sealed it, so that no other one is needed."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def sealer_of(settings: Settings) -> Sealer:
    """What seals for an installation. A key of the data folder also opens once the setting is there.

    Raises:
        ConfigurationError: the key in the data folder can be neither read nor written.
    """
    given = "" if settings.secret_key is None else settings.secret_key.get_secret_value()
    return _sealer(given, settings.home / KEY_FILE)


@lru_cache(maxsize=8)
def _sealer(given: str, file: Path) -> Sealer:
    keys = [key.strip() for key in given.split(",") if key.strip()]
    try:
        return Sealer(keys + _kept(file) if keys else _kept(file) or [_made(file)])
    except OSError as error:
        raise ConfigurationError(
            f"{file}, the key of stored secrets, can't be used: {error.strerror}.",
            remedy="Set OUTRIDER_SECRET_KEY, or let Outrider read and write OUTRIDER_HOME.",
        ) from error


def _kept(file: Path) -> list[str]:
    return [text] if file.exists() and (text := file.read_text().strip()) else []


def _made(file: Path) -> str:
    """A key, written as a whole or not at all: of several processes that begin at once the first one's counts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(f"{secrets.token_urlsafe(KEY_BYTES)}\n")
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):
            os.link(part, file)
    finally:
        part.unlink()
    return file.read_text().strip()


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
