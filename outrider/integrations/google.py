"""Signing in at Google: a service account's key, or a user's consent, becomes access tokens.

OAuth 2.0 for server-to-server applications (a JWT signed with the key, RFC 7523) and refresh tokens (RFC 6749, section 6):
https://developers.google.com/identity/protocols/oauth2/service-account.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
import jwt

from outrider.errors import ConfigurationError, ProviderError

CLAIM_SECONDS = 3600
RENEW_BEFORE_SECONDS = 60

Post = Callable[[Mapping[str, str]], Awaitable[httpx.Response]]
"""Posts a form to the token's address and returns any answer; raises the port's error when there is none."""


class Failure(Protocol):
    """Makes an error of the port whose adapter signs in; most often a class of errors."""

    def __call__(self, detail: str, *, retryable: bool, remedy: str = "") -> ProviderError: ...


@dataclass(frozen=True, slots=True)
class ServiceAccountKey:
    """What Google's key file holds."""

    email: str
    """The account's address: whom to share things with."""
    key: str = field(repr=False)
    key_id: str | None = None

    @classmethod
    def read(cls, path: Path, variable: str) -> ServiceAccountKey:
        """
        Args:
            variable: the setting that names the file, for the message.

        Raises:
            ConfigurationError: it is no key that can be signed with.
        """
        try:
            given = json.loads(path.read_text())
            jwt.encode({}, given["private_key"], algorithm="RS256")
            key_id = given.get("private_key_id")
            return cls(str(given["client_email"]), str(given["private_key"]), None if key_id is None else str(key_id))
        except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            detail = f"{variable}: the key file of the service account can't be used ({type(error).__name__})."
            raise ConfigurationError(detail, remedy="Name the JSON file that Google handed out.") from None

    def grant(self, scope: str, token_url: str, subject: str | None = None) -> dict[str, str]:
        """
        Args:
            subject: user of the domain on whose behalf the account acts.
        """
        now = int(time.time())
        claim: dict[str, Any] = {"iss": self.email, "scope": scope, "aud": token_url, "iat": now, "exp": now + CLAIM_SECONDS}
        if subject:
            claim["sub"] = subject
        headers = {"kid": self.key_id} if self.key_id else None
        signed = jwt.encode(claim, self.key, algorithm="RS256", headers=headers)
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}


class GoogleTokens:
    """Access tokens of one account, each used until shortly before it ends.

    Args:
        grant: what is exchanged for a token.
        post: how it is sent.
        failure: makes the error when there is no token.
    """

    def __init__(self, grant: Callable[[], Mapping[str, str]], post: Post, failure: Failure):
        self._grant, self._post, self._failure = grant, post, failure
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def headers(self) -> dict[str, str]:
        """
        Raises:
            ProviderError: of the port.
        """
        async with self._asking:
            if time.monotonic() >= self._good_until:
                await self._renew()
            return {"authorization": f"Bearer {self._token}"}

    def forget(self) -> None:
        """The token was refused."""
        self._good_until = 0.0

    async def _renew(self) -> None:
        response = await self._post(self._grant())
        if response.is_server_error:
            raise self._failure(f"Google's sign-in answered {response.status_code}.", retryable=True)
        answer = _object(response)
        token = answer.get("access_token")
        if response.is_error or not isinstance(token, str):
            # `invalid_grant`: the key was withdrawn, the consent ended, or our clock is wrong.
            said = str(answer.get("error_description") or answer.get("error") or "no token")[:200]
            raise self._failure(f"Google gives no access: {said}.", retryable=False, remedy="Renew the account's key or consent.")
        lifetime = answer.get("expires_in")
        seconds = lifetime if isinstance(lifetime, int) else CLAIM_SECONDS
        self._token, self._good_until = token, time.monotonic() + max(0, seconds - RENEW_BEFORE_SECONDS)


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
