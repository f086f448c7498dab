"""How a notice looks as an e-mail (RFC 5322), an invitation (RFC 6047) included."""

from __future__ import annotations

import html
import re
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Any

from outrider.errors import InvalidInput
from outrider.integrations.notifications.base import Attachment, Notice

ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}", re.IGNORECASE)
CALENDAR = "text/calendar"
LONGEST_SUBJECT = 200


def read_address(text: str) -> str:
    """An e-mail address.

    Raises:
        InvalidInput: it is none.
    """
    address = text.strip()
    if not ADDRESS.fullmatch(address) or len(address) > 254 or not address.isascii():
        raise InvalidInput.on("body.target", "is no e-mail address", "Write it as name@example.com.")
    return address


def compose(notice: Notice, target: str, sender: str) -> EmailMessage:
    """The message, the same one however often it is composed: a mail server that got it twice may drop one.

    An invitation is also an alternative of the text, which is what mail programs show buttons for.
    """
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=target)
    message["Subject"] = _one_line(notice.title)[:LONGEST_SUBJECT]
    message["Date"] = format_datetime(notice.written_at)
    message["Message-ID"] = f"<{digest_of(notice, target)[:32]}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if notice.reply_to:
        message["Reply-To"] = Address(addr_spec=notice.reply_to)
    message.set_content(_plain(notice))
    message.add_alternative(_markup(notice), subtype="html")
    for attachment in notice.attachments:
        if attachment.media_type == CALENDAR:
            _attach(message, attachment, is_alternative=True)
    for attachment in notice.attachments:
        _attach(message, attachment, is_alternative=False)
    return message


def digest_of(notice: Notice, target: str) -> str:
    """The same for every attempt at the same notice to the same person."""
    return sha256(f"{notice.key}\n{target}".encode()).hexdigest()


def _plain(notice: Notice) -> str:
    return "\n\n".join(part for part in (notice.title, notice.text, notice.link or "") if part) + "\n"


def _markup(notice: Notice) -> str:
    paragraphs = [f"<p><strong>{html.escape(notice.title)}</strong></p>"]
    paragraphs += [f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in notice.text.split("\n\n") if part]
    if notice.link:
        link = html.escape(notice.link, quote=True)
        paragraphs.append(f'<p><a href="{link}">Open in Outrider</a></p>')
    return f"<!doctype html><html><body>{''.join(paragraphs)}</body></html>"


def _attach(message: EmailMessage, attachment: Attachment, *, is_alternative: bool) -> None:
    main, _, sub = attachment.media_type.partition("/")
    parameters = dict(attachment.parameters)
    if is_alternative:
        part: Any = MIMEPart()
        part.set_content(attachment.content.decode(), subtype=sub, params=parameters)
        message.attach(part)
    elif main == "text":
        text = attachment.content.decode()
        message.add_attachment(text, subtype=sub, filename=_one_line(attachment.name), params=parameters)
    else:
        message.add_attachment(
            attachment.content, maintype=main, subtype=sub, filename=_one_line(attachment.name), params=parameters
        )


def _one_line(text: str) -> str:
    """A header must not hold line breaks: what follows one would be a header of its own."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
