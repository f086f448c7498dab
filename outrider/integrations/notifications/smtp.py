"""E-mail by SMTP (RFC 5321), over TLS unless somebody turned it off."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any, Literal

import aiosmtplib

from outrider.integrations.notifications.base import Channel, Notice, NoticeDelayed, NoticeRefused, Receipt
from outrider.integrations.notifications.mail import compose, read_address

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
TEMPORARY = range(400, 500)


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """Where mails are handed in.

    Args:
        sender: address that mails come from, as in `Outrider <outrider@example.com>`.
        security: `starttls` and `tls` refuse to go on without encryption.
    """

    host: str
    sender: str
    port: int | None = None
    username: str | None = None
    password: str | None = None
    security: Security = "starttls"
    timeout: float = 20.0


class SmtpNotifier:
    """Opens a connection per mail: notices are few, and servers end connections that rest."""

    channel = Channel.EMAIL
    is_local = False

    def __init__(self, account: SmtpAccount, *, tls: ssl.SSLContext | None = None):
        self._account = account
        self._tls = tls

    def check_target(self, target: str) -> str:
        return read_address(target)

    async def send(self, notice: Notice, target: str) -> Receipt:
        """
        Raises:
            NoticeRefused: wrong credentials, an unknown recipient, no encryption (5xx).
            NoticeDelayed: the server is away or busy (4xx).
        """
        account = self._account
        message = compose(notice, read_address(target), account.sender)
        try:
            _, answer = await aiosmtplib.send(message, **self._server())
        except aiosmtplib.SMTPException as error:
            raise _explained(error, account) from error
        except (ssl.SSLError, OSError) as error:
            raise NoticeDelayed(f"The mail server {account.host} can't be reached ({type(error).__name__}).") from error
        return Receipt(answer[:200])

    async def reach(self) -> None:
        """Sign in at the mail server, without handing in a mail.

        Raises:
            NoticeRefused, NoticeDelayed: as in `send`.
        """
        account = self._account
        client = aiosmtplib.SMTP(**self._server())
        try:
            async with client:
                await client.noop()
        except aiosmtplib.SMTPException as error:
            raise _explained(error, account) from error
        except (ssl.SSLError, OSError) as error:
            raise NoticeDelayed(f"The mail server {account.host} can't be reached ({type(error).__name__}).") from error

    async def aclose(self) -> None:
        return

    def _server(self) -> dict[str, Any]:
        """Where and how to sign in."""
        account = self._account
        return {
            "hostname": account.host,
            "port": account.port or PORTS[account.security],
            "username": account.username,
            "password": account.password,
            "use_tls": account.security == "tls",
            "start_tls": account.security == "starttls",
            "tls_context": self._tls,
            "timeout": account.timeout,
        }


def _explained(error: aiosmtplib.SMTPException, account: SmtpAccount) -> NoticeRefused | NoticeDelayed:
    code, said = _code_and_text(error)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and code not in TEMPORARY:
        return NoticeRefused(
            f"The mail server refused the sign-in ({code} {said}).", remedy="Check SMTP_USERNAME and SMTP_PASSWORD."
        )
    if isinstance(error, aiosmtplib.SMTPNotSupported) or "STARTTLS" in said:
        return NoticeRefused(
            f"The mail server {account.host} offers no encryption.", remedy="Set SMTP_SECURITY to tls, or to none if it is yours."
        )
    if code is None:
        return NoticeDelayed(f"The mail server {account.host} did not answer as it should ({type(error).__name__}).")
    if code in TEMPORARY:
        return NoticeDelayed(f"The mail server asks to try later ({code} {said}).")
    return NoticeRefused(f"The mail server refused the mail ({code} {said}).", remedy="Check the recipient and SMTP_FROM.")


def _code_and_text(error: aiosmtplib.SMTPException) -> tuple[int | None, str]:
    """What the server said; of several refused recipients the first one's, since each mail has one."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        first = error.recipients[0]
        return first.code, first.message[:200]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code, error.message[:200]
    return None, str(error)[:200]
